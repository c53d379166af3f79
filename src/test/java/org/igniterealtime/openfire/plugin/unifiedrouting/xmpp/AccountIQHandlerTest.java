package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Verona.JULIET;
import static org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Verona.ROMEO;
import static org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Verona.TYBALT;
import static org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Verona.xml;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import java.util.Optional;
import org.igniterealtime.openfire.plugin.unifiedrouting.subscription.MidPrefixes;
import org.jivesoftware.openfire.session.ClientSession;
import org.jivesoftware.openfire.spi.BasicStreamIDFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xmpp.packet.IQ;
import org.xmpp.packet.JID;
import org.xmpp.packet.PacketError;

/** PROTOCOL, first table: who may ask. Romeo has a session. */
class AccountIQHandlerTest {

    private final Accounts accounts = mock(Accounts.class);
    private final ClientSession session = mock(ClientSession.class);
    private final Sessions sessions = address -> Optional.of(session).filter(one -> ROMEO.equals(address));
    private final MessageIdHandler handler = new MessageIdHandler(accounts, sessions, new MidPrefixes(() -> "secret"));

    @BeforeEach
    void romeo() {
        when(session.getAddress()).thenReturn(ROMEO);
        when(session.getStreamID()).thenReturn(new BasicStreamIDFactory().createStreamID());
        when(accounts.domain()).thenReturn(Verona.DOMAIN);
        when(accounts.accountOf(any())).thenReturn(Optional.of("romeo"));
        when(accounts.bareJid(any())).thenCallRealMethod();
    }

    private IQ ask(JID from, String to) {
        String address = to == null ? "" : " to='" + to + "'";
        return handler.handleIQ(new IQ(xml("<iq xmlns='jabber:client' type='get' id='m1' from='" + from + "'" + address
                + "><prefix xmlns='urn:xmpp:mid:0'/></iq>")));
    }

    private static PacketError errorOf(IQ answer) {
        assertThat(answer.getType()).isEqualTo(IQ.Type.error);
        return answer.getError();
    }

    @Test
    void theAccountsOwnSessionIsAnswered() {
        assertThat(ask(ROMEO, null).getType()).isEqualTo(IQ.Type.result);
    }

    @Test
    void aSessionWithoutAnAccountIsNotAllowed() {
        when(accounts.accountOf(ROMEO)).thenReturn(Optional.empty());
        assertThat(errorOf(ask(ROMEO, null)).getCondition()).isEqualTo(PacketError.Condition.not_allowed);
    }

    /** Openfire may have to ask the database whether there is such an account. */
    @Test
    void whileTheDatabaseDoesNotAnswerNobodyIsTurnedAwayForGood() {
        when(accounts.accountOf(ROMEO)).thenReturn(Optional.empty());
        when(accounts.isUnanswered(ROMEO)).thenReturn(true);
        PacketError error = errorOf(ask(ROMEO, null));
        assertThat(error.getCondition()).isEqualTo(PacketError.Condition.internal_server_error);
        assertThat(error.getType()).isEqualTo(PacketError.Type.wait);
    }

    @ParameterizedTest
    @ValueSource(strings = {"romeo@verona.example", "nobody@verona.example", "verona.example"})
    void whoIsOfAnotherDomainIsForbidden(String to) {
        PacketError error = errorOf(ask(TYBALT, to));
        assertThat(error.getCondition()).isEqualTo(PacketError.Condition.forbidden);
        assertThat(error.getType()).isEqualTo(PacketError.Type.auth);
    }

    @Test
    void anotherAccountIsForbidden() {
        assertThat(errorOf(ask(ROMEO, JULIET.toBareJID())).getCondition()).isEqualTo(PacketError.Condition.forbidden);
    }
}
