package org.igniterealtime.openfire.testclient;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.stream.Stream;
import javax.xml.stream.XMLStreamException;
import org.dom4j.DocumentException;
import org.dom4j.DocumentHelper;
import org.dom4j.Element;
import org.dom4j.QName;

/**
 * Predicates for {@link RawClient#await} and readers for what it returns. Readers return null where the stanza does not
 * have what they read, so that a test can assert either.
 */
public final class Stanzas {

    static final String CLIENT = "jabber:client";
    static final String STREAM = "http://etherx.jabber.org/streams";
    static final String STANZA_ERRORS = "urn:ietf:params:xml:ns:xmpp-stanzas";
    static final String MAM = "urn:xmpp:mam:2";
    static final String MAM_SUB = "urn:xmpp:mam:sub:0";
    static final String MID = "urn:xmpp:mid:0";
    static final String SID = "urn:xmpp:sid:0";
    static final String FORWARD = "urn:xmpp:forward:0";
    static final String CARBONS = "urn:xmpp:carbons:2";
    static final String DELAY = "urn:xmpp:delay";

    private Stanzas() {}

    /** A message, presence or IQ, as opposed to an element of the stream itself. */
    public static Predicate<Element> isStanza() {
        return message().or(presence()).or(named("iq", CLIENT));
    }

    /** Any message: of any type, and also one that carries a notification, a carbon or an archive result. */
    public static Predicate<Element> message() {
        return named("message", CLIENT);
    }

    /** A message that was routed to this session as it is: no notification, no carbon, no archive result. */
    public static Predicate<Element> plainMessage() {
        return message().and(e -> forwarded(e) == null);
    }

    /** Any presence. */
    public static Predicate<Element> presence() {
        return named("presence", CLIENT);
    }

    /** The answer to the IQ request with this id. */
    public static Predicate<Element> iq(String id) {
        return named("iq", CLIENT)
                .and(withAttribute("id", id))
                .and(withAttribute("type", "result").or(withAttribute("type", "error")));
    }

    /** Element name and namespace. */
    public static Predicate<Element> named(String name, String namespace) {
        QName qName = QName.get(name, namespace);
        return e -> e.getQName().equals(qName);
    }

    /** An attribute without a namespace and its exact value. */
    public static Predicate<Element> withAttribute(String name, String value) {
        QName qName = QName.get(name); // dom4j looks up a plain name in any namespace
        return e -> Objects.equals(e.attributeValue(qName), value);
    }

    /** The exact value of {@code type}; null for stanzas without. */
    public static Predicate<Element> ofType(String type) {
        return withAttribute("type", type);
    }

    /** The exact value of {@code from}. */
    public static Predicate<Element> from(String jid) {
        return withAttribute("from", jid);
    }

    /** The exact value of {@code to}. */
    public static Predicate<Element> to(String jid) {
        return withAttribute("to", jid);
    }

    /** The exact text of the body of the stanza itself, not of one forwarded in it. */
    public static Predicate<Element> withBody(String text) {
        return e -> text.equals(body(e));
    }

    /** A direct child. */
    public static Predicate<Element> withChild(String name, String namespace) {
        return e -> child(e, name, namespace) != null;
    }

    /** A message with a notification of a MAM subscription. */
    public static Predicate<Element> isSubscriptionNotification() {
        return message().and(withChild("mamsub", MAM_SUB));
    }

    /** A message with a carbon copy, sent or received (XEP-0280). */
    public static Predicate<Element> isCarbon() {
        return message().and(withChild("sent", CARBONS).or(withChild("received", CARBONS)));
    }

    /** A message with a result of an archive query (XEP-0313 §4.2). */
    public static Predicate<Element> isArchiveResult() {
        return message().and(withChild("result", MAM));
    }

    /** A stanza that forwards a message which matches: notification, carbon or archive result. */
    public static Predicate<Element> forwarding(Predicate<Element> inner) {
        return e -> forwardedMessage(e) != null && inner.test(forwardedMessage(e));
    }

    /** The text of the body. */
    public static String body(Element stanza) {
        return stanza.elementText(QName.get("body", stanza.getNamespaceURI()));
    }

    /** The id that the given entity has assigned (XEP-0359). */
    public static String stanzaId(Element message, String by) {
        return message.elements(QName.get("stanza-id", SID)).stream()
                .filter(withAttribute("by", by))
                .map(e -> e.attributeValue("id"))
                .findFirst()
                .orElse(null);
    }

    /** The MID that a notification announces. */
    public static String notifiedMid(Element notification) {
        Element mamsub = child(notification, "mamsub", MAM_SUB);
        Element messageId = mamsub == null ? null : child(mamsub, "message-id", MID);
        return messageId == null ? null : messageId.attributeValue("id");
    }

    /** The message inside a notification, an archive result or a carbon. */
    public static Element forwardedMessage(Element wrapper) {
        Element forwarded = forwarded(wrapper);
        return forwarded == null ? null : child(forwarded, "message", CLIENT);
    }

    /** The {@code <forwarded/>} of a notification, an archive result or a carbon (XEP-0297). */
    static Element forwarded(Element wrapper) {
        return Stream.of(
                        child(wrapper, "mamsub", MAM_SUB),
                        child(wrapper, "result", MAM),
                        child(wrapper, "sent", CARBONS),
                        child(wrapper, "received", CARBONS))
                .filter(Objects::nonNull)
                .map(e -> child(e, "forwarded", FORWARD))
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    /** The name of the defined condition of an error stanza (RFC 6120 §8.3.3). */
    public static String errorCondition(Element stanza) {
        Element error = child(stanza, "error", CLIENT);
        if (error == null) {
            return null;
        }
        return error.elements().stream()
                .filter(e -> e.getNamespaceURI().equals(STANZA_ERRORS))
                .map(Element::getName)
                .filter(name -> !name.equals("text"))
                .findFirst()
                .orElse(null);
    }

    /** The first direct child of this name. */
    public static Element child(Element parent, String name, String namespace) {
        return parent.element(QName.get(name, namespace));
    }

    /**
     * Literal XML as a client reads it that finds it in its stream: in the stream's namespace, with lines and attributes
     * as the parser makes them.
     */
    public static Element inStream(String xml) {
        String stream =
                "<stream:stream xmlns='" + CLIENT + "' xmlns:stream='" + STREAM + "'>" + xml + "</stream:stream>";
        List<Element> elements = new ArrayList<>();
        try {
            new StreamParser(new ByteArrayInputStream(stream.getBytes(StandardCharsets.UTF_8)), elements::add).run();
        } catch (XMLStreamException e) {
            throw new IllegalArgumentException(xml, e);
        }
        return elements.get(0);
    }

    /** Literal XML as an element, for comparing and for tests of tests. */
    public static Element parse(String xml) {
        try {
            return DocumentHelper.parseText(xml).getRootElement();
        } catch (DocumentException e) {
            throw new IllegalArgumentException(xml, e);
        }
    }
}
