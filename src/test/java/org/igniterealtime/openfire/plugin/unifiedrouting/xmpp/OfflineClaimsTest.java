package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Verona.ACCOUNTS;
import static org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Verona.JULIET;
import static org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Verona.ROMEO;
import static org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Verona.message;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchivePreferences.Default;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.InMemoryArchive;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Mid;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.NothingUnderWay;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.OfflineClaim;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.PreferenceStore;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.CachedOfflineStore;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.InMemoryOfflineStore;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineLedgers;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineLimit;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineLimits;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineMessage;
import org.igniterealtime.openfire.plugin.unifiedrouting.rules.RuleSettings;
import org.igniterealtime.openfire.plugin.unifiedrouting.subscription.SubscriptionRegistry;
import org.jivesoftware.openfire.session.LocalClientSession;
import org.jivesoftware.openfire.spi.BasicStreamIDFactory;
import org.junit.jupiter.api.Test;
import org.xmpp.packet.Message;

/** What a message claims of its recipient's offline set, and what has to be known before it is counted there. */
class OfflineClaimsTest {

    private final InMemoryOfflineStore offline = new InMemoryOfflineStore();
    private final Deque<Runnable> later = new ArrayDeque<>();
    private final OfflineLedgers<Holder> ledgers = new OfflineLedgers<>(offline, new NothingUnderWay(), later::add);
    private final ClientStates states = new ClientStates(ledgers, ACCOUNTS);
    private final Judge judge = new Judge(ACCOUNTS, address -> false, new InMemoryArchive(), RuleSettings::defaults);
    private final OfflineClaims claims = new OfflineClaims(
            new AccountStates(
                    mock(BlockLists.class),
                    new ArchivePolicy(mock(PreferenceStore.class), () -> Default.ALWAYS, (account, contact) -> false),
                    new CachedOfflineStore(offline, Clock.systemUTC(), account -> false),
                    () -> new OfflineRules(
                            true,
                            new OfflineLimits(new OfflineLimit(3), false, OfflineLimit.NONE),
                            Duration.ofDays(90),
                            RuleSettings.defaults()),
                    new SubscriptionRegistry<>(),
                    mock(ClientConnections.class),
                    Clock.systemUTC()),
            states,
            ledgers);

    @Test
    void whoIsAwayHasALimit() {
        assertThat(claim()).isEqualTo(OfflineClaim.ELIGIBLE.limitedTo(3, false));
    }

    @Test
    void whatTheLastSessionTookCountsNoMoreThoughItIsNotSavedYet() {
        ClientState session = session();
        runLater();
        session.ledger().submitted(new Mid("taken"), true);
        OfflineMessage taken = offline.add("juliet", "taken", true, true);
        session.ledger().committed(taken.mid(), taken.seq(), true, true);
        session.ledger().took(taken.mid(), session.raw());
        session.ledger().routed(taken.mid());
        session.end();
        states.remove(session);
        assertThat(offline.mailbox("juliet").cursorSeq()).isZero();

        claim();

        assertThat(offline.mailbox("juliet").cursorSeq()).isEqualTo(taken.seq());
    }

    @Test
    void aDatabaseThatIsDownKeepsNobodyFromSending() {
        ClientState session = session();
        runLater();
        session.end();
        states.remove(session);
        offline.down(true);
        assertThat(claim().isLimited()).isTrue();
    }

    private ClientState session() {
        LocalClientSession session = mock(LocalClientSession.class);
        when(session.getAddress()).thenReturn(JULIET);
        when(session.getStreamID()).thenReturn(new BasicStreamIDFactory().createStreamID());
        return states.of(session).orElseThrow();
    }

    private void runLater() {
        while (!later.isEmpty()) {
            later.poll().run();
        }
    }

    private OfflineClaim claim() {
        Message message = message(ROMEO, JULIET.asBareJID(), "<body>Ay me!</body>");
        return claims.of("juliet", judge.judge(message), true).orElseThrow();
    }
}
