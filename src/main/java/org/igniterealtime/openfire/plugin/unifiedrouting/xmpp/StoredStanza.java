package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.io.Writer;
import org.dom4j.DocumentException;
import org.dom4j.Element;
import org.dom4j.io.OutputFormat;
import org.dom4j.io.SAXReader;
import org.dom4j.io.XMLWriter;
import org.xml.sax.SAXException;

/** Stanzas as the archive keeps them: XML text. Thread-safe. */
final class StoredStanza {

    private StoredStanza() {}

    /**
     * @throws DocumentException if the text is not well-formed, or holds what XMPP forbids (RFC 6120 §11.1)
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

    static String of(Element stanza) {
        Text text = new Text();
        try {
            XMLWriter writer = new XMLWriter(text, new OutputFormat());
            writer.write(stanza);
            writer.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
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
}
