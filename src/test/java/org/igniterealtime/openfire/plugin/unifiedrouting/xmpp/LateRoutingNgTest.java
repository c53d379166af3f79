package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.igniterealtime.openfire.plugin.unifiedrouting.archive.Entries.NOON;
import static org.igniterealtime.openfire.plugin.unifiedrouting.archive.Entries.received;
import static org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Verona.ACCOUNTS;
import static org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Verona.JULIET;
import static org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Verona.ROMEO;
import static org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Verona.message;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchivePreferences.Default;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchiveStore;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchiveWriter;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Mid;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.NothingUnderWay;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.OfflineClaim;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.PendingMessage;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.PreferenceStore;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.WriterLimits;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.jdbc.JdbcArchiveStore;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.Database;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.TestBackend;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.TestConnections;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.CachedOfflineStore;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineLedgers;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineLimit;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineLimits;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineMessage;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineStore;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.jdbc.JdbcOfflineStore;
import org.igniterealtime.openfire.plugin.unifiedrouting.rules.RuleSettings;
import org.igniterealtime.openfire.plugin.unifiedrouting.subscription.SessionKey;
import org.igniterealtime.openfire.plugin.unifiedrouting.subscription.SubscriptionRegistry;
import org.jivesoftware.openfire.interceptor.PacketRejectedException;
import org.jivesoftware.openfire.session.LocalClientSession;
import org.jivesoftware.openfire.spi.BasicStreamIDFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.xmpp.packet.JID;
import org.xmpp.packet.Message;

/**
 * Juliet's only session has no presence, so that Openfire finds nobody for what is sent to her, and becomes a routing-ng
 * session between the moment when a message is handed over and the one when it is decided that nobody received it. What
 * comes live comes in the order of the archive; what the archive shows was before that.
 */
class LateRoutingNgTest {

    private static final String ONCE = "<no-permanent-store xmlns='urn:xmpp:hints'/>";
    private static final String BODY = "<body>Ay me!</body>";

    private final TestBackend backend = TestBackend.hsqldb();
    private final List<Message> errors = new ArrayList<>();
    private final List<String> got = new ArrayList<>();
    private final RoutedMessages routed = new RoutedMessages();
    private final ClientConnections clientConnections = mock(ClientConnections.class);
    private final LocalClientSession session = mock(LocalClientSession.class);
    private final Floods floods = mock(Floods.class);

    /** Happens as soon as somebody asks whether Juliet blocks Romeo. */
    private Runnable meanwhile = () -> {};

    private TestConnections connections;
    private ArchiveStore archive;
    private OfflineStore offline;
    private OfflineLedgers<Holder> ledgers;
    private ArchiveWriter writer;
    private Judge judge;
    private DeliveryWatch watch;
    private LiveCopies copies;
    private UnreceivedMessages unreceived;
    private ClientState juliet;

    @BeforeEach
    void start() throws SQLException {
        connections = backend.open();
        archive = new JdbcArchiveStore(new Database(connections), backend.dialect());
        offline = new JdbcOfflineStore(new Database(connections), backend.dialect());
        ledgers = new OfflineLedgers<>(offline, new NothingUnderWay(), Runnable::run);
        writer = new ArchiveWriter(
                archive,
                ledgers,
                new WriterLimits(10, 1_000_000, 10, 1_000_000, Duration.ofSeconds(30), Duration.ofMillis(20)));
        writer.start();
        judge = new Judge(ACCOUNTS, address -> false, archive, RuleSettings::defaults);
        when(clientConnections.isConnected(any())).thenReturn(true);
        SubscriptionRegistry<Object> subscriptions = new SubscriptionRegistry<>();
        BlockLists lists = new Interrupting();
        AccountStates accountStates = new AccountStates(
                lists,
                new ArchivePolicy(mock(PreferenceStore.class), () -> Default.ALWAYS, (account, contact) -> false),
                new CachedOfflineStore(offline, Clock.systemUTC(), account -> false),
                () -> new OfflineRules(
                        true,
                        new OfflineLimits(new OfflineLimit(3), false, OfflineLimit.NONE),
                        Duration.ofDays(90),
                        RuleSettings.defaults()),
                subscriptions,
                clientConnections,
                Clock.systemUTC());
        ClientStates states = new ClientStates(ledgers, ACCOUNTS);
        watch = new DeliveryWatch(states, clientConnections, subscriptions, routed);
        copies = new LiveCopies(
                ACCOUNTS,
                address -> Optional.empty(),
                states,
                accountStates,
                lists,
                routed,
                new Returning(states, clientConnections));
        unreceived = new UnreceivedMessages(
                ACCOUNTS,
                judge,
                accountStates,
                states,
                watch,
                routed,
                copies,
                ledgers,
                writer,
                new UnreceivedMessages.Outlet(errors::add, mock(UnreceivedMessages.Listeners.class), Runnable::run));
        watch.tell(unreceived::decide, floods, copies);
        bind(states);
    }

    private void bind(ClientStates states) {
        when(session.getAddress()).thenReturn(JULIET);
        when(session.getStreamID()).thenReturn(new BasicStreamIDFactory().createStreamID());
        when(session.getLastActiveDate()).thenReturn(new Date(0));
        doAnswer(call -> {
                    write(call.getArgument(0));
                    return null;
                })
                .when(session)
                .process(any());
        juliet = states.of(session).orElseThrow();
    }

    private void write(Message message) {
        try {
            watch.interceptPacket(message, session, false, false);
            StanzaIds.find(message.getElement(), JULIET).ifPresentOrElse(got::add, () -> got.add("without id"));
            watch.interceptPacket(message, session, false, true);
        } catch (PacketRejectedException e) {
            // Openfire does not write it.
        }
    }

    @AfterEach
    void stop() throws SQLException {
        writer.close();
        connections.close();
        backend.close();
    }

    @Test
    void whatWasHandedOverBeforeDoesNotFollowWhatWasHandedOverSince() {
        Message before = handOver("before", BODY, OfflineClaim.ELIGIBLE);
        enable();
        findNobody(handOver("since", BODY, OfflineClaim.ELIGIBLE));
        findNobody(before);
        assertThat(got).containsExactly("since");
        assertThat(undelivered()).containsExactly("before");
        assertThat(errors).isEmpty();
    }

    @Test
    void itMayBecomeOneWhileItIsDecided() {
        Message before = handOver("before", BODY, OfflineClaim.ELIGIBLE);
        meanwhile = () -> {
            enable();
            findNobody(handOver("since", BODY, OfflineClaim.ELIGIBLE));
        };
        findNobody(before);
        assertThat(got).containsExactly("since");
        assertThat(undelivered()).containsExactly("before");
    }

    @Test
    void nothingIsMissingBetweenTwoThatCame() {
        Message first = handOver("first", BODY, OfflineClaim.ELIGIBLE);
        Message second = handOver("second", BODY, OfflineClaim.ELIGIBLE);
        findNobody(second);
        enable();
        findNobody(handOver("since", BODY, OfflineClaim.ELIGIBLE));
        findNobody(first);
        assertThat(got).containsExactly("since");
    }

    @Test
    void whatNoArchiveShowsComesAllTheSame() {
        Message before = handOver("before", BODY + ONCE, OfflineClaim.OFFLINE_ONLY);
        enable();
        findNobody(handOver("since", BODY, OfflineClaim.ELIGIBLE));
        findNobody(before);
        assertThat(got).containsExactly("since", "before");
    }

    @Test
    void whatCouldNotBeArchivedComesAllTheSame() {
        Message before = handOver("before", BODY, OfflineClaim.ELIGIBLE);
        StanzaIds.remove(before.getElement(), "before");
        routed.note(routed.of(before).orElseThrow().withFailure());
        enable();
        findNobody(before);
        assertThat(got).containsExactly("without id");
    }

    @Test
    void whoWasOneAndCouldNotBeReachedThenGetsItNow() {
        enable();
        when(clientConnections.isConnected(any())).thenReturn(false);
        Message message = handOver("before", BODY, OfflineClaim.ELIGIBLE);
        when(clientConnections.isConnected(any())).thenReturn(true);
        findNobody(message);
        assertThat(got).containsExactly("before");
    }

    @Test
    void itsSenderIsToldWhatHeWouldBeToldIfNobodyWereThere() {
        writer.submit(IntStream.range(0, 3)
                .mapToObj(i -> received("juliet", "waits" + i, ROMEO, NOON).with(OfflineClaim.ELIGIBLE))
                .toList());
        Message before = handOver("before", BODY, OfflineClaim.ELIGIBLE.limitedTo(3, false));
        enable();
        findNobody(before);
        assertThat(got).isEmpty();
        assertThat(undelivered()).doesNotContain("before");
        assertThat(errors).hasSize(1);
    }

    /** Juliet's phone has it, and is gone before Openfire is done with it; who is there cannot know yet. */
    @Test
    void whatIsLostWhileItIsBeingRoutedIsGivenToWhoIsThere() throws PacketRejectedException {
        Message lost = handOver("lost", BODY, OfflineClaim.ELIGIBLE);
        Holder phone = Holder.of(new SessionKey(new JID("juliet", JULIET.getDomain(), "phone"), "phone"));
        juliet.ledger().meant(new Mid("lost"), phone);
        juliet.ledger().gone(phone);
        verify(floods, never()).giveLeftovers(any());

        watch.interceptPacket(lost, session, true, true);

        verify(floods).giveLeftovers("juliet");
    }

    private void enable() {
        juliet.enableRoutingNg(NOON);
    }

    /** As {@link Archivist} does in the turn of the account. */
    private Message handOver(String mid, String content, OfflineClaim claim) {
        boolean isArchived = claim.kind() == OfflineClaim.Kind.ARCHIVED;
        Message message = message(ROMEO, JULIET.asBareJID(), content);
        routed.note(RoutedMessages.Note.of(message, judge.judge(message)));
        ledgers.submitted("juliet", new Mid(mid), isArchived);
        PendingMessage pending =
                writer.submit(List.of(received("juliet", mid, ROMEO, NOON).with(claim)));
        StanzaIds.add(message.getElement(), JULIET.asBareJID(), mid, isArchived);
        routed.note(routed.of(message).orElseThrow().kept(new Mid(mid), pending));
        copies.handedOver(message, Optional.empty());
        return message;
    }

    /** As Openfire does where nobody is available. */
    private void findNobody(Message message) {
        assertThat(unreceived.decide(message)).isTrue();
        try {
            watch.interceptPacket(message, session, true, true);
        } catch (PacketRejectedException e) {
            throw new AssertionError(e);
        }
        writer.awaitSettled(writer.handedOver(), System.nanoTime());
    }

    private List<String> undelivered() {
        ledgers.saveNow("juliet");
        return offline.read("juliet", 0, 10).stream()
                .map(OfflineMessage::mid)
                .map(Mid::value)
                .toList();
    }

    private final class Interrupting implements BlockLists {

        @Override
        public boolean blocksIncoming(String account, Message message) {
            Runnable once = meanwhile;
            meanwhile = () -> {};
            once.run();
            return false;
        }

        @Override
        public boolean blocksOutgoing(String account, Message message) {
            return false;
        }
    }
}
