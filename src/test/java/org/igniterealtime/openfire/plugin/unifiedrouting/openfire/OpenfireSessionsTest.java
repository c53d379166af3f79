package org.igniterealtime.openfire.plugin.unifiedrouting.openfire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyBoolean;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.inOrder;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import java.util.Optional;
import org.igniterealtime.openfire.plugin.unifiedrouting.openfire.compat.ResumedStreams;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.FakeProgress;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.HeldAcknowledgements;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.HeldStreams;
import org.jivesoftware.openfire.Connection;
import org.jivesoftware.openfire.SessionManager;
import org.jivesoftware.openfire.interceptor.InterceptorManager;
import org.jivesoftware.openfire.interceptor.PacketRejectedException;
import org.jivesoftware.openfire.privacy.PrivacyList;
import org.jivesoftware.openfire.session.ClientSession;
import org.jivesoftware.openfire.session.LocalClientSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.mockito.InOrder;
import org.xmpp.packet.Message;

/** Whose requests these are, and how the server speaks to a session in its account's name. */
class OpenfireSessionsTest {

    private final InterceptorManager interceptors = mock(InterceptorManager.class);
    private final OpenfireSessions sessions = new OpenfireSessions(mock(SessionManager.class), interceptors);
    private final HeldStreams streams = new HeldStreams(
            new HeldAcknowledgements(new FakeProgress()), new ResumedStreams(streamId -> Optional.empty()));
    private final Connection connection = mock(Connection.class);
    private final Connection webSocket = mock(Connection.class);
    private final LocalClientSession session = mock(LocalClientSession.class);
    private final Message message = new Message();

    @BeforeEach
    void connect() {
        when(session.getConnection()).thenReturn(connection);
        sessions.tellClients(streams, connection::equals);
    }

    private void isSeen() {
        streams.pass(
                "<iq/>",
                connection,
                () -> assertThat(sessions.isImpersonated(session)).isFalse());
    }

    @Test
    void whatDoesNotComeOverAClientsConnectionIsNotFromTheClient() {
        isSeen();
        assertThat(sessions.isImpersonated(session)).isTrue();
    }

    @Test
    void aSessionThatGoesOnOverAnotherConnectionIsItself() {
        isSeen();
        streams.pass(
                "<iq/>",
                mock(Connection.class),
                () -> assertThat(sessions.isImpersonated(session)).isFalse());
    }

    @Test
    void ofOtherConnectionsNobodyKnows() {
        isSeen();
        when(session.getConnection()).thenReturn(webSocket);
        assertThat(sessions.isImpersonated(session)).isFalse();
        when(session.isDetached()).thenReturn(true);
        assertThat(sessions.isImpersonated(session)).isFalse();
        assertThat(sessions.isImpersonated(mock(ClientSession.class))).isFalse();
    }

    /** A server may hand what it has read to threads of its own. */
    @Test
    void nobodyIsRefusedUntilAMarkHasCome() {
        assertThat(sessions.isImpersonated(session)).isFalse();
    }

    @Test
    void noPrivacyListHasASayInWhatTheServerTells() throws Exception {
        when(session.getDefaultList()).thenReturn(mock(PrivacyList.class));
        sessions.tell(session, message);
        InOrder order = inOrder(interceptors, session);
        order.verify(interceptors).invokeInterceptors(message, session, false, false);
        order.verify(session).deliver(message);
        order.verify(interceptors).invokeInterceptors(message, session, false, true);
        verify(session, never()).process(any());
    }

    @Test
    void interceptorsHave() throws Exception {
        when(session.getActiveList()).thenReturn(mock(PrivacyList.class));
        doThrow(new PacketRejectedException())
                .when(interceptors)
                .invokeInterceptors(any(), any(), anyBoolean(), anyBoolean());
        sessions.tell(session, message);
        verify(session, never()).deliver(any());
    }

    @Test
    void withoutListsOpenfireWritesByItself() {
        sessions.tell(session, message);
        verify(session).process(message);
    }
}
