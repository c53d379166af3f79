package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import org.dom4j.Element;
import org.dom4j.QName;

/**
 * Openfire keeps stanzas without their content namespace, because the stream around them declares it. Inside another
 * element a message needs it.
 */
final class ClientNamespace {

    private ClientNamespace() {}

    /** Puts an element and those of its descendants that stand in no namespace into {@code jabber:client}. */
    static Element declareOn(Element element) {
        if (element.getNamespaceURI().isEmpty()) {
            element.setQName(QName.get(element.getName(), Namespaces.CLIENT));
            element.elements().forEach(ClientNamespace::declareOn);
        } else if (Namespaces.CLIENT.equals(element.getNamespaceURI())) {
            element.elements().forEach(ClientNamespace::declareOn);
        }
        return element;
    }
}
