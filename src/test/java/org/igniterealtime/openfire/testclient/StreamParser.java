package org.igniterealtime.openfire.testclient;

import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.dom4j.DocumentHelper;
import org.dom4j.Element;
import org.dom4j.Namespace;
import org.dom4j.QName;

/**
 * Cuts an XMPP stream into its top-level elements and hands over each as soon as its end tag has been read, without
 * waiting for a byte more. Follows the restart of the stream after SASL. Used by one thread.
 */
final class StreamParser {

    private final XMLInputFactory factory;
    private final InputStream in;
    private final Consumer<Element> sink;

    StreamParser(InputStream in, Consumer<Element> sink) {
        this.in = in;
        this.sink = sink;
        // The JDK's own, whatever else the class path brings: that it does not read ahead is what the tests have shown.
        factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false); // RFC 6120 §11.1
    }

    /**
     * Reads on until {@code </stream:stream>}.
     *
     * @throws XMLStreamException when the connection ends or fails before that, or what it brings is not well-formed
     */
    void run() throws XMLStreamException {
        boolean restarted;
        do {
            restarted = readStream();
        } while (restarted);
    }

    /** Returns true when the peer is about to open a new stream, false when it has closed this one. */
    private boolean readStream() throws XMLStreamException {
        XMLStreamReader xml = factory.createXMLStreamReader(new InputStreamReader(in, StandardCharsets.UTF_8));
        while (xml.next() != XMLStreamConstants.START_ELEMENT) {
            // the prolog
        }
        while (true) {
            int event = xml.next();
            if (event == XMLStreamConstants.END_ELEMENT) {
                return false;
            }
            if (event == XMLStreamConstants.START_ELEMENT) {
                Element element = readElement(xml);
                sink.accept(element);
                if (element.getName().equals("success")) { // RFC 6120 §6.4.6: both sides start afresh
                    return true;
                }
            }
        }
    }

    private static Element readElement(XMLStreamReader xml) throws XMLStreamException {
        Element element = startTag(xml);
        while (true) {
            switch (xml.next()) {
                case XMLStreamConstants.START_ELEMENT -> element.add(readElement(xml));
                case XMLStreamConstants.END_ELEMENT -> {
                    return element;
                }
                case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA, XMLStreamConstants.SPACE ->
                    element.addText(xml.getText());
                default -> {
                    // comments and processing instructions: RFC 6120 §11.1 forbids them, nobody tests for them here
                }
            }
        }
    }

    private static Element startTag(XMLStreamReader xml) {
        Element element =
                DocumentHelper.createElement(qName(xml.getPrefix(), xml.getNamespaceURI(), xml.getLocalName()));
        for (int i = 0; i < xml.getAttributeCount(); i++) {
            QName name = qName(xml.getAttributePrefix(i), xml.getAttributeNamespace(i), xml.getAttributeLocalName(i));
            element.addAttribute(name, xml.getAttributeValue(i));
        }
        return element;
    }

    private static QName qName(String prefix, String uri, String localName) {
        if (uri == null || uri.isEmpty()) {
            return QName.get(localName);
        }
        return QName.get(localName, Namespace.get(prefix == null ? "" : prefix, uri));
    }
}
