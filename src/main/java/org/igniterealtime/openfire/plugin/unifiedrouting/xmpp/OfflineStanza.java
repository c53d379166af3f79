package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import org.dom4j.DocumentException;
import org.dom4j.Element;
import org.dom4j.QName;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineMessage;
import org.xmpp.packet.JID;
import org.xmpp.packet.Message;

/** A message of an offline set as its owner gets it: as it was sent, with its time (XEP-0203) and its stanza-id. */
final class OfflineStanza {

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
        Element stanza = parser.parse(message.stanza());
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
