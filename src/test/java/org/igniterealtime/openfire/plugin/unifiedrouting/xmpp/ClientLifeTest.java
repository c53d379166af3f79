package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import static org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Verona.ACCOUNTS;
import static org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Verona.JULIET;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.doReturn;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import java.time.Clock;
import java.util.Optional;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Mid;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.NothingUnderWay;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.InMemoryOfflineStore;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineLedger;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineLedgers;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineScan;
import org.jivesoftware.openfire.session.LocalClientSession;
import org.jivesoftware.openfire.spi.BasicStreamIDFactory;
import org.junit.jupiter.api.Test;

class ClientLifeTest {

    private long nanoTime = 1;
    private final InMemoryOfflineStore store = new InMemoryOfflineStore();
    private final OfflineLedgers<Holder> ledgers =
            new OfflineLedgers<>(store, new NothingUnderWay(), Runnable::run, () -> nanoTime);
    private final ClientStates states = new ClientStates(ledgers, ACCOUNTS);
    private final Sessions sessions = mock(Sessions.class);
    private final Floods floods = mock(Floods.class);
    private final ClientLife life = new ClientLife(
            states,
            sessions,
            mock(ClientConnections.class),
            mock(DeliveryWatch.class),
            mock(UnreceivedMessages.class),
            floods,
            ledgers,
            ACCOUNTS,
            mock(Returning.class),
            new ClientLife.Routing(message -> {}, Runnable::run),
            Clock.systemUTC());

    /** Its routing was not over when the offline set had been given, and nobody ever says what became of it. */
    @Test
    void whatBecomesUndeliveredWithoutAWordIsGivenToWhoIsThere() {
        LocalClientSession session = mock(LocalClientSession.class);
        when(session.getAddress()).thenReturn(JULIET);
        when(session.getStreamID()).thenReturn(new BasicStreamIDFactory().createStreamID());
        ClientState juliet = states.of(session).orElseThrow();
        doReturn(Optional.of(session)).when(sessions).find(juliet.key());
        OfflineLedger<Holder> ledger = juliet.ledger();
        ledger.submitted(new Mid("silent"), true);
        try (OfflineScan<Holder> scan = ledger.scan(juliet.raw(), false)) {
            scan.claim(store.read("juliet", scan.begin(), 10), true);
            scan.end();
        }
        store.add("juliet", "silent", true, true);
        ledger.committed(new Mid("silent"), 1, true, true);
        ledgers.saveNow("juliet");
        life.look();
        verify(floods, never()).giveLeftovers(any());

        nanoTime += 60_000_000_000L;
        ledgers.saveNow("juliet");
        life.look();
        life.look();
        verify(floods, times(1)).giveLeftovers("juliet");
    }
}
