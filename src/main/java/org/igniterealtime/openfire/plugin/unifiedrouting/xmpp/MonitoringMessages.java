package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.dom4j.DocumentException;
import org.dom4j.DocumentHelper;
import org.dom4j.Element;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.imports.Reading;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.imports.RowOutcome;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.imports.SourceMessage;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.imports.SourceReader;
import org.igniterealtime.openfire.plugin.unifiedrouting.rules.Persistence;
import org.xmpp.packet.JID;
import org.xmpp.packet.Message;

/**
 * Understands what the monitoring plugin has archived: messages with a body, between two addresses, of which at least one
 * is an account of this server. What comes of a message is decided by the rules and by what its owners want archived, as if
 * it arrived now. Not thread-safe: it remembers accounts, because Openfire looks up those that do not exist anew each time.
 */
public final class MonitoringMessages implements SourceReader {

    private final Accounts accounts;
    private final Rooms rooms;
    private final Judge judge;
    private final ArchivePolicy policy;
    private final Map<String, Optional<String>> known = new HashMap<>();

    public MonitoringMessages(Accounts accounts, Rooms rooms, Judge judge, ArchivePolicy policy) {
        this.accounts = accounts;
        this.rooms = rooms;
        this.judge = judge;
        this.policy = policy;
    }

    @Override
    public Reading read(SourceMessage row) {
        if (row.ofRoom()) {
            return new Reading.Unwanted(RowOutcome.ROOM);
        }
        if (row.stanza() == null && row.body() == null) {
            return new Reading.Unwanted(RowOutcome.EMPTY);
        }
        Optional<JID> from = address(row.fromBare(), row.fromResource());
        Optional<JID> to = address(row.toBare(), row.toResource());
        if (from.isEmpty() || to.isEmpty()) {
            return new Reading.Unwanted(RowOutcome.UNREADABLE);
        }
        return read(row, from.get(), to.get());
    }

    private Reading read(SourceMessage row, JID from, JID to) {
        Optional<String> sender = accountOf(from);
        Optional<String> recipient = accountOf(to);
        if (sender.isEmpty() && recipient.isEmpty()) {
            return new Reading.Unwanted(RowOutcome.NOT_LOCAL);
        }
        Optional<Element> element = element(row, from, to);
        if (element.isEmpty()) {
            return new Reading.Unwanted(RowOutcome.UNREADABLE);
        }
        Message message = new Message(element.get(), true);
        String type = element.get().attributeValue("type");
        if (rooms.isRoom(from) || rooms.isRoom(to) || "groupchat".equals(type) || !isBetween(message, from, to)) {
            return new Reading.Unwanted(RowOutcome.ROOM);
        }
        StanzaIds.strip(element.get(), accounts.domain(), null);
        if ("error".equals(type) || judge.judge(message).verdict().persistence() != Persistence.ARCHIVED) {
            return new Reading.Unwanted(RowOutcome.NOT_KEPT);
        }
        JID fullFrom = message.getFrom().getResource() == null ? from : message.getFrom();
        JID fullTo = message.getTo().getResource() == null ? to : message.getTo();
        Optional<String> keptBySender = sender.filter(owner -> policy.archives(owner, fullTo));
        Optional<String> keptByRecipient = recipient.filter(owner -> policy.archives(owner, fullFrom));
        if (keptBySender.isEmpty() && keptByRecipient.isEmpty()) {
            return new Reading.Unwanted(RowOutcome.NOT_KEPT);
        }
        return new Reading.Wanted(
                fullFrom,
                fullTo,
                keptBySender,
                keptByRecipient,
                Optional.ofNullable(message.getID()),
                StoredStanza.of(element.get()));
    }

    /**
     * Whether the stanza names the addresses of the row. A private message in a room is filed under its sender's and its
     * recipient's own addresses, which the two need not know of each other; the stanza names the occupant.
     */
    private static boolean isBetween(Message message, JID from, JID to) {
        return message.getFrom().asBareJID().equals(from.asBareJID())
                && message.getTo().asBareJID().equals(to.asBareJID());
    }

    /** The stanza with both its addresses; made of the text where there is none, or none that can be read. */
    private static Optional<Element> element(SourceMessage row, JID from, JID to) {
        Element element = parsed(row.stanza());
        if (element == null) {
            element = parsed(rebuilt(row.body()));
        }
        if (element == null) {
            return Optional.empty();
        }
        complete(element, "from", from);
        complete(element, "to", to);
        return Optional.of(element);
    }

    private static Element parsed(String xml) {
        if (xml == null) {
            return null;
        }
        try {
            Element element = StoredStanza.parse(xml);
            return element.getName().equals("message") ? element : null;
        } catch (DocumentException e) {
            return null;
        }
    }

    private static String rebuilt(String body) {
        if (body == null) {
            return null;
        }
        Element message = DocumentHelper.createElement("message").addAttribute("type", "chat");
        message.addElement("body").setText(withoutForbidden(body));
        return StoredStanza.of(message);
    }

    /** What XML has no way to say (XML 1.0 §2.2) becomes U+FFFD. */
    private static String withoutForbidden(String text) {
        StringBuilder allowed = new StringBuilder(text.length());
        text.codePoints().map(c -> XmlContent.isAllowed(c) ? c : 0xFFFD).forEach(allowed::appendCodePoint);
        return allowed.toString();
    }

    /** Only what is missing or is no address: an occupant's address says that this is no message between two accounts. */
    private static void complete(Element element, String attribute, JID address) {
        String present = element.attributeValue(attribute);
        if (present == null || address(present, null).isEmpty()) {
            element.addAttribute(attribute, address.toString());
        }
    }

    private static Optional<JID> address(String bare, String resource) {
        try {
            return Optional.of(new JID(resource == null ? bare : bare + '/' + resource));
        } catch (IllegalArgumentException | NullPointerException e) {
            return Optional.empty();
        }
    }

    private Optional<String> accountOf(JID address) {
        return known.computeIfAbsent(address.toBareJID(), bare -> accounts.accountOf(address));
    }
}
