package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.dom4j.DocumentException;
import org.dom4j.Element;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Direction;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Mid;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.NewEntry;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.OfflineClaim;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineMessage;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.handover.HeldMessage;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.handover.HeldStanzas;
import org.igniterealtime.openfire.plugin.unifiedrouting.rules.Persistence;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xmpp.packet.JID;
import org.xmpp.packet.Message;

/**
 * Understands what Openfire's own offline store holds. The rules decide, as if a message arrived now, whether the archive
 * is to show it; it is kept until it is delivered whatever they say, because Openfire has promised it. Thread-safe.
 */
public final class OpenfireHeldStanzas implements HeldStanzas {

    private static final Logger Log = LoggerFactory.getLogger(OpenfireHeldStanzas.class);

    /** What old versions of Openfire wrote, and no parser of XML reads (XML 1.0 §4.1). */
    private static final Pattern CHARACTER_REFERENCE = Pattern.compile("&#\\d+;");

    private final Accounts accounts;
    private final Judge judge;
    private final ArchivePolicy policy;
    private final Supplier<Mid> mids;

    public OpenfireHeldStanzas(Accounts accounts, Judge judge, ArchivePolicy policy, Supplier<Mid> mids) {
        this.accounts = accounts;
        this.judge = judge;
        this.policy = policy;
        this.mids = mids;
    }

    @Override
    public Optional<Understood> read(String owner, HeldMessage held) {
        Element element = parsed(held.stanza());
        if (element == null || !element.getName().equals("message")) {
            Log.warn("Message {} of '{}' in Openfire's offline store is no message; it stays there.", held.id(), owner);
            return Optional.empty();
        }
        try {
            return Optional.of(understood(owner, held, new Message(element, true)));
        } catch (IllegalArgumentException e) {
            Log.warn(
                    "Message {} of '{}' in Openfire's offline store has no address; it stays there.",
                    held.id(),
                    owner,
                    e);
            return Optional.empty();
        }
    }

    private Understood understood(String owner, HeldMessage held, Message message) {
        JID bareJid = accounts.bareJid(owner);
        Element element = message.getElement();
        Optional<Mid> known =
                StanzaIds.find(element, bareJid).filter(Mid::isPossible).map(Mid::new);
        StanzaIds.strip(element, accounts.domain(), null);
        if (message.getFrom() == null) {
            message.setFrom(new JID(null, accounts.domain(), null, true));
        }
        if (message.getTo() == null) {
            message.setTo(bareJid);
        }
        JID peer = message.getFrom();
        String stanza = StoredStanza.of(element);
        return new Understood(
                new NewEntry(
                        owner,
                        mids.get(),
                        Direction.RECEIVED,
                        peer,
                        held.heldSince(),
                        Optional.ofNullable(message.getID()),
                        ContentHash.of(element, stanza),
                        stanza,
                        isForTheArchive(owner, message) ? OfflineClaim.ELIGIBLE : OfflineClaim.OFFLINE_ONLY),
                known);
    }

    private boolean isForTheArchive(String owner, Message message) {
        return judge.judge(message).verdict().persistence() == Persistence.ARCHIVED
                && policy.archives(owner, message.getFrom());
    }

    private static Element parsed(String xml) {
        try {
            return StoredStanza.parse(xml);
        } catch (DocumentException e) {
            try {
                return StoredStanza.parse(CHARACTER_REFERENCE.matcher(xml).replaceAll(""));
            } catch (DocumentException again) {
                return null;
            }
        }
    }

    @Override
    public boolean isSame(NewEntry entry, String peer, String stanza) {
        Element held = parsed(entry.stanza());
        Element archived = parsed(stanza);
        return held != null
                && archived != null
                && entry.peer().toString().equals(peer)
                && StoredStanza.of(ContentHash.lasting(archived)).equals(StoredStanza.of(ContentHash.lasting(held)));
    }

    @Override
    public Optional<String> write(String owner, OfflineMessage message) {
        try {
            return Optional.of(StoredStanza.of(
                    OfflineStanza.of(message, accounts.bareJid(owner)).getElement()));
        } catch (DocumentException e) {
            Log.error("Message {} in the offline set of '{}' is not XML.", message.mid(), owner, e);
            return Optional.empty();
        }
    }
}
