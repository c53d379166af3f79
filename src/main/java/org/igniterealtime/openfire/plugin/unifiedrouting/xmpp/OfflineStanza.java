package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.dom4j.DocumentException;
import org.dom4j.Element;
import org.dom4j.QName;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Mid;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineMessage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xmpp.packet.JID;
import org.xmpp.packet.Message;

/** A message of an offline set as its owner gets it: as it was sent, with its time (XEP-0203) and its stanza-id. */
final class OfflineStanza {

    private static final Logger Log = LoggerFactory.getLogger(OfflineStanza.class);
    private static final QName DELAY = QName.get("delay", Namespaces.DELAY);

    private OfflineStanza() {}

    /**
     * @param owner the bare JID of the account, whose domain is the server's
     * @throws DocumentException if what is stored cannot be made into a message
     */
    static Message of(OfflineMessage message, JID owner) throws DocumentException {
        return of(message, owner, new StoredStanza.Parser());
    }

    /** @param parser for one message after the other */
    static Message of(OfflineMessage message, JID owner, StoredStanza.Parser parser) throws DocumentException {
        try {
            return of(message, owner, parser.parse(message.stanza()));
        } catch (RuntimeException e) {
            // Whatever it is, it would be so every time, and nothing behind it would ever be given.
            throw new DocumentException("No message can be made of what is stored", e);
        }
    }

    /**
     * Many at once, which is quicker.
     *
     * @return by their ids; without those that {@link #of} throws an exception for
     */
    static Map<Mid, Message> all(List<OfflineMessage> messages, JID owner, StoredStanza.Parser parser) {
        List<Element> stanzas = together(messages, parser).orElse(null);
        Map<Mid, Message> all = new HashMap<>();
        for (int i = 0; i < messages.size(); i++) {
            OfflineMessage message = messages.get(i);
            try {
                all.put(
                        message.mid(),
                        stanzas == null ? of(message, owner, parser) : of(message, owner, stanzas.get(i)));
            } catch (DocumentException | RuntimeException e) {
                Log.debug("No message can be made of {} in the offline set of '{}'.", message.mid(), owner, e);
            }
        }
        return all;
    }

    private static Optional<List<Element>> together(List<OfflineMessage> messages, StoredStanza.Parser parser) {
        try {
            return parser.parse(messages.stream().map(OfflineMessage::stanza).toList());
        } catch (RuntimeException e) {
            Log.debug("A page cannot be parsed as one document.", e);
            return Optional.empty();
        }
    }

    private static Message of(OfflineMessage message, JID owner, Element stanza) {
        StanzaIds.add(stanza, owner, message.mid().value(), message.archived());
        if (stanza.elements(DELAY).stream()
                .noneMatch(delay -> owner.getDomain().equals(delay.attributeValue("from")))) {
            stanza.addElement(DELAY)
                    .addAttribute("from", owner.getDomain())
                    .addAttribute("stamp", Timestamps.format(message.receivedAt()));
        }
        return new Message(stanza, true);
    }
}
