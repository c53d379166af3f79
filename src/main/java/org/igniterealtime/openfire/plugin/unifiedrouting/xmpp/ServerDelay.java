package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import org.dom4j.Element;
import org.dom4j.QName;
import org.xmpp.packet.Message;

/** The delay (XEP-0203) that says that this server itself has held a message back. Whoever sends one can put it on, too. */
final class ServerDelay {

    private static final QName DELAY = QName.get("delay", Namespaces.DELAY);

    private ServerDelay() {}

    /** The first one of this domain; null if there is none. Asked of each message, so that no list is made. */
    static Element of(Message message, String domain) {
        Element stanza = message.getElement();
        for (int i = 0; i < stanza.nodeCount(); i++) {
            if (stanza.node(i) instanceof Element child
                    && DELAY.equals(child.getQName())
                    && domain.equals(child.attributeValue("from"))) {
                return child;
            }
        }
        return null;
    }
}
