package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
     * @throws DocumentException if what is stored is not well-formed
     */
    static Message of(OfflineMessage message, JID owner) throws DocumentException {
        return of(message, owner, new StoredStanza.Parser());
    }

    /** @param parser for one message after the other */
    static Message of(OfflineMessage message, JID owner, StoredStanza.Parser parser) throws DocumentException {
        return of(message, owner, parser.parse(message.stanza()));
    }

    /**
     * Many at once, which is quicker.
     *
     * @return by their ids; without those that {@link #of} throws an exception for
     */
    static Map<Mid, Message> all(List<OfflineMessage> messages, JID owner, StoredStanza.Parser parser) {
        List<Element> stanzas = parser.parse(
                        messages.stream().map(OfflineMessage::stanza).toList())
                .orElse(null);
        Map<Mid, Message> all = new HashMap<>();
        for (int i = 0; i < messages.size(); i++) {
            OfflineMessage message = messages.get(i);
            try {
                all.put(
                        message.mid(),
                        stanzas == null ? of(message, owner, parser) : of(message, owner, stanzas.get(i)));
            } catch (DocumentException | IllegalArgumentException e) {
                Log.debug("Message {} in the offline set of '{}' is not XML.", message.mid(), owner, e);
            }
        }
        return all;
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
