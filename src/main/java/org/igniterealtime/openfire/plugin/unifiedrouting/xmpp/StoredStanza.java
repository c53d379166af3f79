package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.dom4j.DocumentException;
import org.dom4j.Element;
import org.dom4j.io.SAXReader;
import org.dom4j.io.XMLWriter;
import org.xml.sax.SAXException;

/** Stanzas as the archive keeps them: XML text. What is read is what was written, to the last character. Thread-safe. */
final class StoredStanza {

    private StoredStanza() {}

    /**
     * @throws DocumentException if the text is not well-formed, holds what XMPP forbids (RFC 6120 §11.1), or could not be
     *     shown to anybody
     */
    static Element parse(String xml) throws DocumentException {
        return new Parser().parse(xml);
    }

    /** Parses one stanza after the other, which saves making a parser for each. Not thread-safe. */
    static final class Parser {

        /** An element that no stanza has. */
        private static final String ROW = "unifiedrouting-row";

        private static final String PAGE = "unifiedrouting-page";

        private SAXReader reader;

        /**
         * @throws DocumentException as {@link StoredStanza#parse}
         */
        Element parse(String xml) throws DocumentException {
            Element stanza = root(xml);
            if (XmlContent.isTooDeep(stanza)) {
                throw new DocumentException("Elements are nested more than " + XmlContent.DEPTH + " deep");
            }
            return stanza;
        }

        /**
         * Parses many stanzas at once: to begin with one takes a parser longer than most stanzas.
         *
         * @return each of them as {@link #parse} would return it; empty if they cannot be parsed together, and have to be
         *     parsed one by one, because it refuses one of them or for another reason
         */
        Optional<List<Element>> parse(List<String> stanzas) {
            StringBuilder page = new StringBuilder();
            page.append('<').append(PAGE).append('>');
            for (String xml : stanzas) {
                if (xml.contains(ROW)) {
                    return Optional.empty();
                }
                page.append('<')
                        .append(ROW)
                        .append('>')
                        .append(xml)
                        .append("</")
                        .append(ROW)
                        .append('>');
            }
            page.append("</").append(PAGE).append('>');
            try {
                return apart(root(page.toString()), stanzas.size());
            } catch (DocumentException e) {
                return Optional.empty();
            }
        }

        /** What one text left open and another one closed makes less rows, or other ones. */
        private static Optional<List<Element>> apart(Element page, int count) {
            if (page.nodeCount() != count) {
                return Optional.empty();
            }
            List<Element> stanzas = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                boolean isRow = page.node(i) instanceof Element row
                        && row.getName().equals(ROW)
                        && row.nodeCount() == 1
                        && row.node(0) instanceof Element stanza
                        && !XmlContent.isTooDeep(stanza)
                        && stanzas.add(stanza);
                if (!isRow) {
                    return Optional.empty();
                }
            }
            stanzas.forEach(Element::detach);
            return Optional.of(stanzas);
        }

        private Element root(String xml) throws DocumentException {
            try {
                if (reader == null) {
                    SAXReader fresh = new SAXReader();
                    fresh.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
                    // Where the parser's buffer ends is nobody's business.
                    fresh.setMergeAdjacentText(true);
                    reader = fresh;
                }
                return reader.read(new StringReader(xml)).getRootElement();
            } catch (SAXException e) {
                throw new DocumentException("This Java's XML parser cannot be kept from reading DTDs", e);
            } catch (DocumentException e) {
                // Nobody says what a parser is good for that has stopped in the middle.
                reader = null;
                throw e;
            }
        }
    }

    /** Whether what {@link #of} makes of a stanza is what {@link #parse} can read. */
    static boolean canBeRead(Element stanza) {
        try {
            parse(of(stanza));
            return true;
        } catch (DocumentException e) {
            return false;
        }
    }

    static String of(Element stanza) {
        Text text = new Text();
        try {
            new Lossless(text).write(stanza);
        } catch (IOException e) {
            throw new UncheckedIOException("Memory cannot be written to", e);
        }
        return text.toString();
    }

    /** As dom4j does it for {@code asXML()}, on a writer without locks. */
    private static final class Text extends Writer {

        private static final int USUAL = 512;

        private final StringBuilder text = new StringBuilder(USUAL);

        @Override
        public void write(int character) {
            text.append((char) character);
        }

        @Override
        public void write(String part) {
            text.append(part);
        }

        @Override
        public void write(String part, int from, int length) {
            text.append(part, from, from + length);
        }

        @Override
        public void write(char[] part, int from, int length) {
            text.append(part, from, length);
        }

        @Override
        public void flush() {
            // Nothing is kept back.
        }

        @Override
        public void close() {
            // Nothing is open.
        }

        @Override
        public String toString() {
            return text.toString();
        }
    }

    /** dom4j writes as they are what a parser reads as something else (XML 1.0 §2.11, §3.3.3). */
    private static final class Lossless extends XMLWriter {

        Lossless(Writer out) {
            super(out);
        }

        @Override
        protected String escapeElementEntities(String text) {
            return super.escapeElementEntities(text).replace("\r", "&#13;");
        }

        @Override
        protected String escapeAttributeEntities(String text) {
            return super.escapeAttributeEntities(text)
                    .replace("\t", "&#9;")
                    .replace("\n", "&#10;")
                    .replace("\r", "&#13;");
        }
    }
}
