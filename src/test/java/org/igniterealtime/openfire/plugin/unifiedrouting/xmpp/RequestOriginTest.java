package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import org.jivesoftware.openfire.interceptor.PacketRejectedException;
import org.jivesoftware.openfire.session.ClientSession;
import org.jivesoftware.openfire.session.ComponentSession;
import org.jivesoftware.openfire.session.IncomingServerSession;
import org.jivesoftware.openfire.session.Session;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.xmpp.packet.IQ;
import org.xmpp.packet.JID;

class RequestOriginTest {

    private final Accounts accounts = mock(Accounts.class);
    private final RequestOrigin origin = new RequestOrigin(accounts);

    @BeforeEach
    void domain() {
        when(accounts.domain()).thenReturn("verona.example");
    }

    private void ask(Session session, String from, String element, String namespace) throws PacketRejectedException {
        IQ request = new IQ(IQ.Type.set);
        request.setFrom(new JID(from));
        request.setChildElement(element, namespace);
        origin.interceptPacket(request, session, true, false);
    }

    @Test
    void whoIsNoClientDoesNotSpeakForOne() {
        for (Session session : new Session[] {mock(ComponentSession.class), mock(IncomingServerSession.class)}) {
            assertThatThrownBy(() -> ask(session, "romeo@verona.example/x", "subscribe", "urn:xmpp:mam:sub:0"))
                    .isInstanceOf(PacketRejectedException.class);
            assertThatThrownBy(() -> ask(session, "romeo@verona.example/x", "enable", "urn:xmpp:im-ng:0"))
                    .isInstanceOf(PacketRejectedException.class);
        }
    }

    @Test
    void whatIsNotOursOrInOnesOwnNameGoesOn() throws PacketRejectedException {
        ask(mock(ComponentSession.class), "romeo@verona.example/x", "query", "jabber:iq:version");
        ask(mock(ComponentSession.class), "echo.verona.example", "subscribe", "urn:xmpp:mam:sub:0");
        ask(mock(IncomingServerSession.class), "juliet@capulet.example/x", "subscribe", "urn:xmpp:mam:sub:0");
        ask(mock(ClientSession.class), "romeo@verona.example/x", "subscribe", "urn:xmpp:mam:sub:0");
        assertThat(accounts.domain()).isEqualTo("verona.example");
    }
}
