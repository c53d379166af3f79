package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Verona.JULIET;
import static org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Verona.ROMEO;
import static org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Verona.chat;
import static org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Verona.message;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xmpp.packet.JID;
import org.xmpp.packet.Message;

class ServerWrapperTest {

    private static final String CARBON = "<received xmlns='urn:xmpp:carbons:2'/>";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<sent xmlns='urn:xmpp:carbons:2'/>",
                CARBON,
                "<result xmlns='urn:xmpp:mam:2'/>",
                "<result xmlns='urn:xmpp:mam:1'/>",
                "<mamsub xmlns='urn:xmpp:mam:sub:0'/>"
            })
    void whatAnAccountSendsToItsOwnSessionAroundAnotherMessageIsTheServers(String content) {
        assertThat(ServerWrapper.isOne(message(JULIET.asBareJID(), JULIET, content)))
                .isTrue();
        assertThat(ServerWrapper.isOne(message(JULIET.asBareJID(), JULIET.asBareJID(), content)))
                .isTrue();
    }

    @Test
    void whatClientsSendNeverIs() {
        assertThat(ServerWrapper.isOne(message(JULIET, JULIET.asBareJID(), CARBON)))
                .isFalse();
        assertThat(ServerWrapper.isOne(message(ROMEO, JULIET, CARBON))).isFalse();
        for (String odd :
                List.of("@@@", "verona.example/x", "verona.example/juliet@verona.example", "juliet@verona.example/ ")) {
            Message message = message(JULIET.asBareJID(), JULIET, CARBON);
            message.getElement().addAttribute("from", odd);
            assertThat(ServerWrapper.isOne(message)).isFalse();
        }
    }

    @Test
    void whatComesFromAnotherAddressNeverIs() {
        assertThat(ServerWrapper.isOne(message(ROMEO.asBareJID(), JULIET, CARBON)))
                .isFalse();
        assertThat(ServerWrapper.isOne(message(new JID("verona.example"), JULIET, CARBON)))
                .isFalse();
        assertThat(ServerWrapper.isOne(message(null, JULIET, CARBON))).isFalse();
        assertThat(ServerWrapper.isOne(message(JULIET.asBareJID(), null, CARBON)))
                .isFalse();
    }

    @Test
    void anOrdinaryMessageIsNone() {
        assertThat(ServerWrapper.isOne(chat(JULIET.asBareJID(), JULIET))).isFalse();
        assertThat(ServerWrapper.isOne(message(JULIET.asBareJID(), JULIET, "<sent xmlns='urn:other'/>")))
                .isFalse();
    }
}
