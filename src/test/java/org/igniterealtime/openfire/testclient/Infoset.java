package org.igniterealtime.openfire.testclient;

import java.util.List;
import java.util.TreeSet;
import org.dom4j.Attribute;
import org.dom4j.Element;
import org.dom4j.Node;
import org.dom4j.QName;

/** What an element says, whatever its prefixes, the order of its attributes and the way in which it was written. */
public final class Infoset {

    private Infoset() {}

    /** Names with their namespaces, attributes, text to the last character; equal for elements that say the same. */
    public static String of(Element element) {
        StringBuilder text = new StringBuilder();
        append(element, text);
        return text.toString();
    }

    /**
     * As {@link #of}, of a message without what servers put into it on its way: its addresses, and the ids that were
     * given to it (XEP-0359).
     */
    public static String ofMessage(Element message) {
        Element copy = message.createCopy();
        for (String address : List.of("from", "to")) {
            Attribute attribute = copy.attribute(QName.get(address));
            if (attribute != null) {
                copy.remove(attribute);
            }
        }
        List.copyOf(copy.elements(QName.get("stanza-id", Stanzas.SID))).forEach(copy::remove);
        return of(copy);
    }

    private static void append(Element element, StringBuilder text) {
        text.append('<').append(name(element.getQName()));
        TreeSet<String> attributes = new TreeSet<>();
        for (Attribute attribute : element.attributes()) {
            attributes.add(name(attribute.getQName()) + "='" + attribute.getValue() + '\'');
        }
        attributes.forEach(attribute -> text.append(' ').append(attribute));
        text.append('>');
        for (int i = 0; i < element.nodeCount(); i++) {
            Node node = element.node(i);
            if (node instanceof Element child) {
                append(child, text);
            } else if (node.getNodeType() == Node.TEXT_NODE || node.getNodeType() == Node.CDATA_SECTION_NODE) {
                text.append(node.getText().replace("&", "&amp;").replace("<", "&lt;"));
            }
        }
        text.append("</>");
    }

    private static String name(QName name) {
        return '{' + name.getNamespaceURI() + '}' + name.getName();
    }
}
