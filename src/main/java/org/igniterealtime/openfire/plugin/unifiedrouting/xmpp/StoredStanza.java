package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import java.io.StringReader;
import org.dom4j.DocumentException;
import org.dom4j.Element;
import org.dom4j.io.SAXReader;
import org.xml.sax.SAXException;

/** Stanzas as the archive keeps them: XML text. Thread-safe. */
final class StoredStanza {

    private StoredStanza() {}

    /**
     * @throws DocumentException if the text is not well-formed, or holds what XMPP forbids (RFC 6120 §11.1)
     */
    static Element parse(String xml) throws DocumentException {
        try {
            SAXReader reader = new SAXReader();
            reader.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
            return reader.read(new StringReader(xml)).getRootElement();
        } catch (SAXException e) {
            throw new DocumentException("This Java's XML parser cannot be kept from reading DTDs", e);
        }
    }

    static String of(Element stanza) {
        return stanza.asXML();
    }
}
