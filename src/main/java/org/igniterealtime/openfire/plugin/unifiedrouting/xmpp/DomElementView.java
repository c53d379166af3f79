package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.dom4j.Attribute;
import org.dom4j.Element;
import org.dom4j.Node;
import org.igniterealtime.openfire.plugin.unifiedrouting.rules.ElementView;

/**
 * A dom4j element as rules see it.
 *
 * @param element not changed while it is viewed
 */
record DomElementView(Element element) implements ElementView {

    @Override
    public String name() {
        return element.getName();
    }

    @Override
    public String namespace() {
        return element.getNamespaceURI();
    }

    @Override
    public Optional<String> attribute(String name) {
        // Not attributeValue(name): that one also finds foo:type where type is asked for.
        for (int i = 0; i < element.attributeCount(); i++) {
            Attribute attribute = element.attribute(i);
            if (attribute.getName().equals(name) && attribute.getNamespaceURI().isEmpty()) {
                return Optional.ofNullable(attribute.getValue());
            }
        }
        return Optional.empty();
    }

    @Override
    public String text() {
        return element.getText();
    }

    @Override
    public boolean hasText() {
        // A body may have a mebibyte in many nodes; the first character answers.
        for (int i = 0; i < element.nodeCount(); i++) {
            Node node = element.node(i);
            if (isText(node) && node.getText() != null && !node.getText().isEmpty()) {
                return true;
            }
        }
        return false;
    }

    private static boolean isText(Node node) {
        return switch (node.getNodeType()) {
            case Node.TEXT_NODE, Node.CDATA_SECTION_NODE, Node.ENTITY_REFERENCE_NODE -> true;
            default -> false;
        };
    }

    @Override
    public Iterable<DomElementView> children() {
        return () -> new Children(element);
    }

    /** By index: {@code Element.elements()} would copy the list. */
    private static final class Children implements Iterator<DomElementView> {
        private final Element parent;
        private int at;

        Children(Element parent) {
            this.parent = parent;
            skipText();
        }

        @Override
        public boolean hasNext() {
            return at < parent.nodeCount();
        }

        @Override
        public DomElementView next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            DomElementView child = new DomElementView((Element) parent.node(at));
            at++;
            skipText();
            return child;
        }

        private void skipText() {
            while (at < parent.nodeCount() && !(parent.node(at) instanceof Element)) {
                at++;
            }
        }
    }
}
