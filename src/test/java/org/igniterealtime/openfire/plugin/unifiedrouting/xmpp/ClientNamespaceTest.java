package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Verona.xml;

import org.dom4j.Element;
import org.junit.jupiter.api.Test;

class ClientNamespaceTest {

    @Test
    void aMessageAndItsOwnChildrenGetTheNamespaceOfClients() {
        Element message = ClientNamespace.declareOn(
                xml(
                        "<message to='a@b' xml:lang='en'><body>Hi</body><error><text xmlns='urn:x'>t</text></error></message>"));
        assertThat(message.asXML())
                .isEqualTo("<message xmlns=\"jabber:client\" to=\"a@b\" xml:lang=\"en\"><body>Hi</body>"
                        + "<error><text xmlns=\"urn:x\">t</text></error></message>");
    }

    @Test
    void whatStandsInAnotherNamespaceStaysAsItIs() {
        Element message = ClientNamespace.declareOn(xml("<message><x xmlns='urn:x'><y xmlns=''/></x></message>"));
        assertThat(message.asXML())
                .isEqualTo("<message xmlns=\"jabber:client\"><x xmlns=\"urn:x\"><y xmlns=\"\"></y></x></message>");
    }

    @Test
    void aMessageThatHasItAlreadyKeepsIt() {
        String text = "<message xmlns=\"jabber:client\"><body>Hi</body></message>";
        assertThat(ClientNamespace.declareOn(xml(text)).asXML()).isEqualTo(text);
    }
}
