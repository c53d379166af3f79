package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.io.Writer;
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

        private SAXReader reader;

        /**
         * @throws DocumentException as {@link StoredStanza#parse}
         */
        Element parse(String xml) throws DocumentException {
            try {
                if (reader == null) {
                    SAXReader fresh = new SAXReader();
                    fresh.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
                    reader = fresh;
                }
                Element stanza = reader.read(new StringReader(xml)).getRootElement();
                if (XmlContent.isTooDeep(stanza)) {
                    throw new DocumentException("Elements are nested more than " + XmlContent.DEPTH + " deep");
                }
                return stanza;
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
