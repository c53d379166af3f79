package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Verona.xml;

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
                "<message><body>]]&gt; &amp;#13;</body></message>"
            })
    void whatWasStoredIsReadBack(String text) throws DocumentException {
        Element stanza = xml(text);
        Element read = StoredStanza.parse(StoredStanza.of(stanza));
        assertThat(read.asXML()).isEqualTo(stanza.asXML());
        assertThat(read.getStringValue()).isEqualTo(stanza.getStringValue());
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

    @Test
    void aStoredStanzaHasNoDeclaration() {
        assertThat(StoredStanza.of(xml("<?xml version='1.0'?><message/>"))).isEqualTo("<message/>");
    }
}
