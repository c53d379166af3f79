package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Verona.xml;

import java.util.List;
import java.util.stream.Stream;
import org.dom4j.DocumentException;
import org.dom4j.Element;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StoredStanzaTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<message to=\"a@b\" xml:lang=\"de\"><body>Grüße &amp; &lt;3 👩‍👩‍👧</body></message>",
                "<message><x:a xmlns:x=\"urn:x\" x:b=\"1 &quot;2&quot; '3'\"><c/></x:a></message>",
                "<message><body>  spaces,\ttabs\nand lines  </body><thread/></message>",
                "<message><body>]]&gt; &amp;#13;</body></message>",
                "<message><body>a&#13;b&#13;&#10;c&#10;&#9;d</body></message>",
                "<message><x a=\"&#13;&#10; a&#9;b &#10;\"/></message>",
                "<message xmlns:o=\"urn:o\"><x xmlns=\"urn:x\" type=\"o:thing\"><y xmlns=\"\"/></x></message>",
                "<message><p:x xmlns:p=\"urn:1\"><p:y xmlns:p=\"urn:2\" p:a=\"2\"/><p:z p:a=\"1\"/></p:x></message>"
            })
    void whatWasStoredIsReadBack(String text) throws DocumentException {
        Element stanza = xml(text);
        Element read = StoredStanza.parse(StoredStanza.of(stanza));
        assertThat(read.asXML()).isEqualTo(stanza.asXML());
        assertThat(read.getStringValue()).isEqualTo(stanza.getStringValue());
        assertThat(attributes(read)).isEqualTo(attributes(stanza));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<!DOCTYPE message [<!ENTITY e 'x'>]><message>&e;</message>",
                "<!DOCTYPE message SYSTEM 'file:///nowhere'><message/>",
                "<message>",
                "",
                "<message><x:a/></message>"
            })
    void whatXmppForbidsIsRefused(String text) {
        assertThatThrownBy(() -> StoredStanza.parse(text)).isInstanceOf(DocumentException.class);
    }

    private static List<String> attributes(Element element) {
        return Stream.concat(
                        element.attributes().stream().map(attribute -> attribute.getQName() + attribute.getValue()),
                        element.elements().stream().flatMap(child -> attributes(child).stream()))
                .toList();
    }

    @Test
    void whatIsNestedTooDeepIsNotRead() throws DocumentException {
        int levels = XmlContent.DEPTH - 1;
        StoredStanza.parse("<message>" + "<x>".repeat(levels) + "</x>".repeat(levels) + "</message>");
        for (int tooMany : List.of(levels + 1, 100_000)) {
            assertThatThrownBy(() -> StoredStanza.parse(
                            "<message>" + "<x>".repeat(tooMany) + "</x>".repeat(tooMany) + "</message>"))
                    .isInstanceOf(DocumentException.class);
        }
    }

    @Test
    void aStoredStanzaHasNoDeclaration() {
        assertThat(StoredStanza.of(xml("<?xml version='1.0'?><message/>"))).isEqualTo("<message/>");
    }

    @Test
    void manyAreReadAsEachOfThemIs() throws DocumentException {
        List<String> stanzas = List.of(
                "<message xml:lang=\"de\"><body>a&#13;b</body></message>",
                "<message xmlns=\"jabber:client\"><x xmlns=\"\"/><!-- --></message>",
                "<message><p:x xmlns:p=\"urn:1\" p:a=\"&#10;\"/><body><![CDATA[<]]></body></message>",
                "<message><body>" + "0123456789 ".repeat(10_000) + "</body></message>");
        StoredStanza.Parser parser = new StoredStanza.Parser();
        for (int i = 0; i < 2; i++) {
            List<Element> read = parser.parse(stanzas).orElseThrow();
            assertThat(read).hasSize(stanzas.size());
            for (int j = 0; j < stanzas.size(); j++) {
                Element alone = StoredStanza.parse(stanzas.get(j));
                assertThat(read.get(j).asXML()).isEqualTo(alone.asXML());
                assertThat(read.get(j).getParent()).isNull();
                assertThat(read.get(j).getQName()).isEqualTo(alone.getQName());
                assertThat(read.get(j).element("body") == null).isEqualTo(alone.element("body") == null);
            }
        }
    }

    /** Together they are well-formed, one by one they are not. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "<message/>|<message>",
                "<message/>|",
                "<message/>|<message/><message/>",
                "<message/>|text <message/>",
                "<message>|</message>",
                "<message/><message/>|<message>|</message>",
                "<message><![CDATA[|]]></message>|<message/>",
                "<message/></unifiedrouting-row><unifiedrouting-row><message/>|<message><![CDATA[|]]></message>",
                "<!DOCTYPE message [<!ENTITY e 'x'>]><message>&e;</message>|<message/>"
            })
    void whatIsNoStanzaByItselfIsNotReadWithOthers(String texts) throws DocumentException {
        StoredStanza.Parser parser = new StoredStanza.Parser();
        assertThat(parser.parse(List.of(texts.split("\\|", -1)))).isEmpty();
        assertThat(parser.parse("<message/>").getName()).isEqualTo("message");
    }

    @Test
    void whatIsNestedTooDeepIsNotReadWithOthers() {
        int levels = XmlContent.DEPTH - 1;
        StoredStanza.Parser parser = new StoredStanza.Parser();
        assertThat(parser.parse(List.of("<m>" + "<x>".repeat(levels) + "</x>".repeat(levels) + "</m>")))
                .isPresent();
        assertThat(parser.parse(List.of("<m>" + "<x>".repeat(levels + 1) + "</x>".repeat(levels + 1) + "</m>")))
                .isEmpty();
    }
}
