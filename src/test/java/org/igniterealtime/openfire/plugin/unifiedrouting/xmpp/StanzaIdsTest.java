package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Verona.DOMAIN;
import static org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Verona.JULIET;
import static org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Verona.ROMEO;
import static org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Verona.stanzaId;
import static org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Verona.xml;

import java.util.List;
import org.dom4j.Element;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StanzaIdsTest {

    @Test
    void anIdIsFoundByTheBareJidOfWhoGaveIt() {
        Element message = message(stanzaId("room@muc.example", "1"), stanzaId("juliet@verona.example", "2"));
        assertThat(StanzaIds.find(message, JULIET)).contains("2");
        assertThat(StanzaIds.find(message, ROMEO)).isEmpty();
    }

    @Test
    void anElementOfAnotherNamespaceIsNoStanzaId() {
        Element message = message("<stanza-id xmlns='urn:other' by='juliet@verona.example' id='1'/>");
        assertThat(StanzaIds.find(message, JULIET)).isEmpty();
        StanzaIds.strip(message, DOMAIN, null);
        assertThat(message.elements()).hasSize(1);
    }

    @Test
    void whatWasAddedIsFound() {
        Element message = message();
        StanzaIds.add(message, JULIET, "1", true);
        assertThat(message.asXML())
                .contains(stanzaId("juliet@verona.example", "1").replace('\'', '"'));
        assertThat(StanzaIds.find(message, JULIET)).contains("1");
    }

    @Test
    void whatNoArchiveHasHasAnIdOfTheServersForWhoItIsFor() {
        Element message = message().addAttribute("to", JULIET.toString());
        StanzaIds.add(message, JULIET, "1", false);

        assertThat(message.asXML()).contains(stanzaId(DOMAIN, "1").replace('\'', '"'));
        assertThat(StanzaIds.find(message, JULIET)).contains("1");
        assertThat(StanzaIds.find(message, ROMEO)).isEmpty();
        assertThat(StanzaIds.hasForeign(message, DOMAIN, JULIET.toBareJID())).isFalse();
        assertThat(StanzaIds.hasForeign(message, DOMAIN, ROMEO.toBareJID())).isTrue();
        StanzaIds.strip(message, DOMAIN, JULIET);
        assertThat(StanzaIds.find(message, JULIET)).contains("1");
        StanzaIds.strip(message, DOMAIN, ROMEO);
        assertThat(message.elements()).isEmpty();
    }

    @Test
    void errorRepeatsTheIdOfAnotherAccount() {
        Element error = message(stanzaId(DOMAIN, "1"))
                .addAttribute("to", ROMEO.toString())
                .addAttribute("type", "error");
        assertThat(StanzaIds.find(error, ROMEO)).isEmpty();
        assertThat(StanzaIds.hasForeign(error, DOMAIN, ROMEO.toBareJID())).isTrue();
    }

    @Test
    void archivesIdIsTheOneThatIsFound() {
        Element message = message(stanzaId(DOMAIN, "1"), stanzaId("juliet@verona.example", "2"))
                .addAttribute("to", JULIET.toBareJID());
        assertThat(StanzaIds.find(message, JULIET)).contains("2");
        StanzaIds.strip(message, DOMAIN, JULIET);
        assertThat(message.elements()).extracting(id -> id.attributeValue("id")).isEqualTo(List.of("2"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "juliet@verona.example",
                "JULIET@Verona.EXAMPLE",
                "juliet@verona.example/balcony",
                "nobody@verona.example",
                "verona.example",
                " juliet@verona.example "
            })
    void idsInTheNameOfThisServerAreRemoved(String by) {
        Element message = message(stanzaId(by, "1"));
        StanzaIds.strip(message, DOMAIN, null);
        assertThat(message.elements()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"room@muc.verona.example", "tybalt@capulet.example", "@", "/", "", "a@b@c", "\uD83D\uDE00"})
    void idsOfOthersStay(String by) {
        Element message = message(stanzaId(by, "1"));
        StanzaIds.strip(message, DOMAIN, null);
        assertThat(message.elements()).hasSize(1);
    }

    @Test
    void anIdOfNobodyIsRemoved() {
        Element message = message("<stanza-id xmlns='urn:xmpp:sid:0' id='1'/>");
        StanzaIds.strip(message, DOMAIN, null);
        assertThat(message.elements()).isEmpty();
    }

    @Test
    void theOneThatIsKeptIsTheOneThatIsFound() {
        Element message = message(
                stanzaId("romeo@verona.example", "1"),
                stanzaId("juliet@verona.example", "2"),
                stanzaId("juliet@verona.example", "3"));
        StanzaIds.strip(message, DOMAIN, JULIET);
        assertThat(message.elements()).extracting(id -> id.attributeValue("id")).isEqualTo(List.of("2"));
        assertThat(StanzaIds.find(message, JULIET)).contains("2");
    }

    @Test
    void foreignIsAnIdOfAnotherAccountOfThisServer() {
        assertThat(StanzaIds.hasForeign(message(stanzaId("juliet@verona.example", "1")), DOMAIN, ROMEO.toBareJID()))
                .isTrue();
        assertThat(StanzaIds.hasForeign(message(stanzaId("juliet@verona.example", "1")), DOMAIN, JULIET.toBareJID()))
                .isFalse();
        assertThat(StanzaIds.hasForeign(message(stanzaId("room@muc.example", "1")), DOMAIN, ROMEO.toBareJID()))
                .isFalse();
    }

    private static Element message(String... content) {
        return xml("<message>" + String.join("", content) + "</message>");
    }
}
