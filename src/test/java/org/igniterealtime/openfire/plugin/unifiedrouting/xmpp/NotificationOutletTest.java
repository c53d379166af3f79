package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import java.time.Clock;
import java.util.Optional;
import org.igniterealtime.openfire.plugin.unifiedrouting.subscription.Outlet;
import org.igniterealtime.openfire.plugin.unifiedrouting.subscription.SessionKey;
import org.jivesoftware.openfire.session.ClientSession;
import org.jivesoftware.openfire.session.LocalClientSession;
import org.junit.jupiter.api.Test;
import org.xmpp.packet.JID;

/** How much a session is told ahead of what its client takes. */
class NotificationOutletTest {

    private static final SessionKey ORCHARD = new SessionKey(new JID("romeo@verona.example/orchard"), "s1");

    private static Outlet.Room room(ClientSession session, int unacknowledged, long unwritten) {
        Sessions sessions = new Sessions() {
            @Override
            public Optional<ClientSession> find(JID address) {
                return Optional.ofNullable(session);
            }

            @Override
            public Optional<ClientSession> find(SessionKey key) {
                return Optional.ofNullable(session);
            }
        };
        return new NotificationOutlet(
                        sessions, any -> unacknowledged, any -> unwritten, new UnreadableRows(Clock.systemUTC()))
                .room(ORCHARD);
    }

    @Test
    void whoDoesNotAcknowledgeWaits() {
        LocalClientSession session = mock(LocalClientSession.class);
        assertThat(room(session, NotificationOutlet.MOST_UNACKNOWLEDGED - 1, 0)).isEqualTo(Outlet.Room.OPEN);
        assertThat(room(session, NotificationOutlet.MOST_UNACKNOWLEDGED, 0)).isEqualTo(Outlet.Room.LATER);
    }

    @Test
    void whoDoesNotReadWaitsThoughHeNeverAcknowledges() {
        LocalClientSession session = mock(LocalClientSession.class);
        assertThat(room(session, 0, NotificationOutlet.MOST_UNWRITTEN)).isEqualTo(Outlet.Room.OPEN);
        assertThat(room(session, 0, NotificationOutlet.MOST_UNWRITTEN + 1)).isEqualTo(Outlet.Room.LATER);
    }

    @Test
    void whoIsDetachedWaits() {
        LocalClientSession session = mock(LocalClientSession.class);
        when(session.isDetached()).thenReturn(true);
        assertThat(room(session, 0, 0)).isEqualTo(Outlet.Room.LATER);
    }

    @Test
    void whoIsGoneGetsNothing() {
        assertThat(room(null, 0, 0)).isEqualTo(Outlet.Room.GONE);
    }
}
