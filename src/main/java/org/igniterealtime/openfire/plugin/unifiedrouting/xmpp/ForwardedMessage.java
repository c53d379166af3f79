package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import org.dom4j.DocumentException;
import org.dom4j.DocumentHelper;
import org.dom4j.Element;
import org.dom4j.QName;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchivedMessage;
import org.xmpp.packet.JID;

/** An archived message as its owner is shown it: forwarded (XEP-0297), with its time and its stanza-id. */
final class ForwardedMessage {

    private ForwardedMessage() {}

    /**
     * @param owner the bare JID of the archive's owner
     * @throws DocumentException if what is stored is not well-formed
     */
    static Element of(ArchivedMessage message, JID owner) throws DocumentException {
        return of(message, owner, StoredStanza.parse(message.stanza()));
    }

    /** @param parsed what the message's text says; becomes a part of the result */
    static Element of(ArchivedMessage message, JID owner, Element parsed) {
        Element stanza = ClientNamespace.declareOn(parsed);
        StanzaIds.add(stanza, owner, message.mid().value(), true);
        Element forwarded = DocumentHelper.createElement(QName.get("forwarded", Namespaces.FORWARD));
        forwarded
                .addElement(QName.get("delay", Namespaces.DELAY))
                .addAttribute("stamp", Timestamps.format(message.receivedAt()));
        forwarded.add(stanza);
        return forwarded;
    }
}
