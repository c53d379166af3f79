package org.igniterealtime.openfire.plugin.unifiedrouting.openfire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import java.util.concurrent.atomic.AtomicInteger;
import org.igniterealtime.openfire.plugin.unifiedrouting.openfire.compat.StreamFilters;
import org.igniterealtime.openfire.plugin.unifiedrouting.subscription.MidPrefixes;
import org.igniterealtime.openfire.plugin.unifiedrouting.subscription.SessionKey;
import org.igniterealtime.openfire.plugin.unifiedrouting.subscription.SubscriptionRegistry;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Resent;
import org.jivesoftware.openfire.StreamID;
import org.jivesoftware.openfire.session.LocalClientSession;
import org.junit.jupiter.api.Test;
import org.xmpp.packet.JID;

/** What belonged to a session ends with it, said or not. */
class SessionWatchTest {

    private static final JID ORCHARD = new JID("romeo@verona.example/orchard");

    private final AtomicInteger secrets = new AtomicInteger();
    private final MidPrefixes prefixes = new MidPrefixes(() -> "secret" + secrets.incrementAndGet());
    private final SessionWatch watch = new SessionWatch(
            new SubscriptionRegistry<>(),
            prefixes,
            mock(Resent.class),
            mock(StreamFilters.class),
            session -> {},
            session -> Resent.End.UNCOUNTED);

    private static LocalClientSession session(String id) {
        StreamID stream = mock(StreamID.class);
        when(stream.getID()).thenReturn(id);
        LocalClientSession session = mock(LocalClientSession.class);
        when(session.getStreamID()).thenReturn(stream);
        when(session.getAddress()).thenReturn(ORCHARD);
        return session;
    }

    @Test
    void whatASessionThatWasReplacedHadIsForgotten() {
        SessionKey replaced = new SessionKey(ORCHARD, "s1");
        prefixes.prefixOf(replaced);
        watch.sessionCreated(session("s2"));
        assertThat(prefixes.find(replaced)).isEmpty();
    }

    @Test
    void aSessionThatIsThereKeepsWhatItHas() {
        SessionKey own = new SessionKey(ORCHARD, "s1");
        prefixes.prefixOf(own);
        watch.sessionCreated(session("s1"));
        assertThat(prefixes.find(own)).isPresent();
    }
}
