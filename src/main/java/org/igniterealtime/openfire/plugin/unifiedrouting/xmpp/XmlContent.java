package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import java.util.Set;
import org.dom4j.Attribute;
import org.dom4j.Element;
import org.dom4j.Namespace;
import org.dom4j.Node;
import org.dom4j.QName;

/** What a stanza may hold at all, whatever it means. */
final class XmlContent {

    /**
     * How deep the elements of a stanza may be nested, the stanza itself included. dom4j writes and copies elements by
     * recursion: at a few thousand levels the thread that does so dies, be it that of a reader of the archive, years later.
     */
    static final int DEPTH = 256;

    /** Bound to the prefixes {@code xml} and {@code xmlns} and to no other (Namespaces in XML §3). */
    private static final Set<String> RESERVED =
            Set.of(Namespace.XML_NAMESPACE.getURI(), "http://www.w3.org/2000/xmlns/");

    private XmlContent() {}

    /** What is the matter with a stanza. */
    enum Flaw {
        NONE,

        /** It holds characters that XML has no way to say (XML 1.0 §2.2). */
        FORBIDDEN_CHARACTER,

        /** Its elements are nested more than {@value XmlContent#DEPTH} deep. */
        TOO_DEEP,

        /** It has names or namespaces that not every parser takes. */
        UNREADABLE
    }

    /** The first flaw that is found. */
    static Flaw flawOf(Element stanza) {
        Flaw flaw = flawOf(stanza, 1);
        return flaw == Flaw.UNREADABLE && StoredStanza.canBeRead(stanza) ? Flaw.NONE : flaw;
    }

    /** Unreadable is what only might be; others come first. */
    private static Flaw flawOf(Element element, int depth) {
        if (depth > DEPTH) {
            return Flaw.TOO_DEEP;
        }
        boolean isPlain = isPlain(element.getQName());
        for (int i = 0; i < element.attributeCount(); i++) {
            Attribute attribute = element.attribute(i);
            if (!isAllowed(attribute.getValue())) {
                return Flaw.FORBIDDEN_CHARACTER;
            }
            isPlain &= isPlain(attribute.getQName());
        }
        for (int i = 0; i < element.nodeCount(); i++) {
            Node node = element.node(i);
            if (node instanceof Element child) {
                Flaw flaw = flawOf(child, depth + 1);
                if (flaw == Flaw.FORBIDDEN_CHARACTER || flaw == Flaw.TOO_DEEP) {
                    return flaw;
                }
                isPlain &= flaw == Flaw.NONE;
            } else if (!isAllowed(node.getText())) {
                return Flaw.FORBIDDEN_CHARACTER;
            } else if (node instanceof Namespace namespace) {
                isPlain &= isPlain(namespace);
            }
        }
        return isPlain ? Flaw.NONE : Flaw.UNREADABLE;
    }

    static boolean isTooDeep(Element stanza) {
        return isDeeper(stanza, DEPTH);
    }

    private static boolean isDeeper(Element element, int depth) {
        if (depth == 0) {
            return true;
        }
        for (int i = 0; i < element.nodeCount(); i++) {
            if (element.node(i) instanceof Element child && isDeeper(child, depth - 1)) {
                return true;
            }
        }
        return false;
    }

    /** Parsers do not agree on which letters make a name, beyond the oldest; to be asked where it is not plain. */
    private static boolean isPlain(QName name) {
        return isPlain(name.getName()) && isPlain(name.getNamespace());
    }

    private static boolean isPlain(Namespace namespace) {
        String prefix = namespace.getPrefix();
        if (prefix.equals("xml")) {
            return namespace.equals(Namespace.XML_NAMESPACE);
        }
        return (prefix.isEmpty() || isPlain(prefix))
                && !prefix.equals("xmlns")
                && !RESERVED.contains(namespace.getURI())
                && isAllowed(namespace.getURI());
    }

    private static boolean isPlain(String name) {
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean isStart = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_';
            if (!isStart && (i == 0 || !(c >= '0' && c <= '9' || c == '-' || c == '.'))) {
                return false;
            }
        }
        return !name.isEmpty();
    }

    /** Whether XML can say this text. Null is no text. */
    static boolean isAllowed(String text) {
        if (text == null) {
            return true;
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < 0x20 || c >= 0xD800) {
                int whole = text.codePointAt(i);
                if (!isAllowed(whole)) {
                    return false;
                }
                i += Character.charCount(whole) - 1;
            }
        }
        return true;
    }

    /** Whether XML can say this character (XML 1.0 §2.2). Half of a pair of surrogates is none. */
    static boolean isAllowed(int c) {
        return c >= 0x20 && c <= 0xD7FF
                || c == '\t'
                || c == '\n'
                || c == '\r'
                || c >= 0xE000 && c <= 0xFFFD
                || c >= 0x10000;
    }
}
