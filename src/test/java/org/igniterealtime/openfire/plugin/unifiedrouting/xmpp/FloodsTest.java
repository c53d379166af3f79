package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Verona.ACCOUNTS;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyLong;
import static org.mockito.Mockito.atLeastOnce;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.BusyWriter;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.InMemoryArchive;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Mid;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.InMemoryOfflineStore;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineLedgers;
import org.igniterealtime.openfire.plugin.unifiedrouting.rules.RuleSettings;
import org.igniterealtime.openfire.plugin.unifiedrouting.subscription.SubscriptionRegistry;
import org.jivesoftware.openfire.interceptor.PacketRejectedException;
import org.jivesoftware.openfire.session.LocalClientSession;
import org.jivesoftware.openfire.spi.BasicStreamIDFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xmpp.packet.JID;
import org.xmpp.packet.Message;
import org.xmpp.packet.Presence;

/** Whose turn it is to be given Juliet's offline set. The time is the test's. */
class FloodsTest {

    private record Task(long at, long number, Runnable work) {}

    private long millis;
    private final InMemoryOfflineStore store = new InMemoryOfflineStore();
    private final BusyWriter writer = new BusyWriter();
    private final OfflineLedgers<Holder> ledgers =
            new OfflineLedgers<>(store, writer, Runnable::run, () -> TimeUnit.MILLISECONDS.toNanos(millis));
    private final ClientStates states = new ClientStates(ledgers, ACCOUNTS);
    private final ClientConnections connections = mock(ClientConnections.class);
    private final DeliveryWatch watch = mock(DeliveryWatch.class);
    private final AccountStates accountStates = mock(AccountStates.class);
    private final ScheduledExecutorService executor = mock(ScheduledExecutorService.class);
    private final PriorityQueue<Task> tasks =
            new PriorityQueue<>(Comparator.comparingLong(Task::at).thenComparingLong(Task::number));
    private final Set<LocalClientSession> detached = new HashSet<>();
    private final List<String> given = new ArrayList<>();
    private final List<Message> messages = new ArrayList<>();
    private long scheduled;
    private long run;

    private final Floods floods = new Floods(
            connections,
            states,
            watch,
            accountStates,
            mock(BlockLists.class),
            ledgers,
            store,
            ACCOUNTS,
            new Judge(ACCOUNTS, address -> false, new InMemoryArchive(), RuleSettings::defaults),
            executor);

    @BeforeEach
    void play() {
        when(executor.schedule(any(Runnable.class), anyLong(), any(TimeUnit.class)))
                .then(call -> {
                    TimeUnit unit = call.getArgument(2);
                    tasks.add(new Task(millis + unit.toMillis(call.getArgument(1)), scheduled++, call.getArgument(0)));
                    return null;
                });
        when(accountStates.isReachable(any())).thenReturn(true);
        when(connections.countsAcknowledgements(any())).thenReturn(true);
        when(connections.isDetached(any())).then(call -> detached.contains(call.<LocalClientSession>getArgument(0)));
        when(connections.unacknowledged(any())).thenReturn(new ClientConnections.Unacknowledged(List.of(), 0));
        doAnswer(call -> {
                    ClientState state = call.getArgument(0);
                    Message message = call.getArgument(1);
                    DeliveryWatch.anyMid(message, state)
                            .ifPresent(mid -> state.ledger().sent(mid, state.raw()));
                    messages.add(message);
                    return given.add(millis + " " + state.key().jid().getResource());
                })
                .when(watch)
                .give(any(), any());
    }

    private ClientState available(String resource, boolean isDetached) {
        return available(new JID("juliet", Verona.DOMAIN, resource), isDetached);
    }

    private ClientState available(JID address, boolean isDetached) {
        ClientState state = known(address, isDetached);
        floods.begin(state);
        return state;
    }

    private ClientState known(String resource) {
        return known(new JID("juliet", Verona.DOMAIN, resource), false);
    }

    private ClientState known(JID address, boolean isDetached) {
        LocalClientSession session = mock(LocalClientSession.class);
        when(session.getAddress()).thenReturn(address);
        when(session.getStreamID()).thenReturn(new BasicStreamIDFactory().createStreamID());
        when(session.getPresence()).thenReturn(new Presence());
        when(session.isDetached()).thenReturn(isDetached);
        if (isDetached) {
            detached.add(session);
        }
        return states.of(session).orElseThrow();
    }

    private void pass(long time) {
        long end = millis + time;
        while (!tasks.isEmpty() && tasks.peek().at() <= end) {
            Task task = tasks.poll();
            millis = task.at();
            run++;
            assertThat(run).as("steps within " + millis + " ms").isLessThan(10_000);
            task.work().run();
        }
        millis = end;
    }

    @Test
    void nobodyWaitsForThoseWhoAreDetached() {
        store.add("juliet", "a", true, true);
        for (int i = 0; i < 10; i++) {
            available("detached" + i, true);
        }
        pass(3);
        available("desk", false);
        pass(20);
        assertThat(given).containsExactly("3 desk");
    }

    @Test
    void whoCannotGoOnLooksNowAndThen() {
        store.add("juliet", "a", true, true);
        for (int i = 0; i < 10; i++) {
            available("detached" + i, true);
        }
        pass(10_000);
        assertThat(given).isEmpty();
        assertThat(run).isLessThan(10 * 25);
    }

    @Test
    void whoComesBackIsGivenWhatThereIs() {
        store.add("juliet", "a", true, true);
        ClientState phone = available("phone", true);
        available("tablet", true);
        pass(2_000);
        detached.remove(phone.session());
        pass(600);
        assertThat(given).singleElement().asString().endsWith("phone");
        assertThat(phone.isClosed()).isFalse();
    }

    @Test
    void whoDoesNotReadOnLeavesTheTurnAfterAWhile() {
        store.add("juliet", "a", true, true);
        ClientState slow = available("slow", false);
        when(connections.unacknowledged(slow.session()))
                .thenReturn(new ClientConnections.Unacknowledged(List.of(), 1_000));
        pass(500);
        available("desk", false);
        pass(2_000);
        assertThat(given).singleElement().asString().endsWith("desk");
        pass(2_000);
        assertThat(run).isLessThan(200);
    }

    /** It has been away for a moment while it was being given the first messages. */
    @Test
    void whoIsAvailableAgainIsGivenEverythingBeforeWhatIsNew() {
        store.add("juliet", "a", true, true);
        ClientState phone = available("phone", false);
        when(connections.unacknowledged(phone.session()))
                .thenReturn(new ClientConnections.Unacknowledged(List.of(), 1_000));
        pass(50);
        for (int i = 0; i < 20; i++) {
            phone.session().getPresence().setType(Presence.Type.unavailable);
            phone.floodAgain();
            pass(25);
            phone.session().getPresence().setType(null);
            floods.begin(phone);
            pass(25);
        }
        Message live = Verona.chat(Verona.ROMEO, Verona.JULIET);
        assertThat(phone.park(live, Optional.empty(), true)).isTrue();
        when(connections.unacknowledged(phone.session()))
                .thenReturn(new ClientConnections.Unacknowledged(List.of(), 0));
        pass(1_000);
        assertThat(messages).hasSize(2);
        assertThat(messages.get(1)).isSameAs(live);
        assertThat(run).isLessThan(300);
        assertThat(tasks).isEmpty();
    }

    /** What is parked in front of a message of the offline set is a copy of another one. */
    @Test
    void whatComesBeforeAMessageSaysNothingOfIt() {
        available("desk", true);
        ClientState phone = available("phone", false);
        Mid mid = store.add("juliet", "a", true, true).mid();
        phone.ledger().submitted(mid, true);
        phone.ledger().meant(mid, phone.raw());
        phone.ledger().committed(mid, 1, true, true);
        phone.ledger().routed(mid);
        Message carbon = Verona.message(
                Verona.JULIET.asBareJID(),
                phone.key().jid(),
                "<received xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client' from='romeo@verona.example/garden'>"
                        + Verona.stanzaId("juliet@verona.example", "other") + "</message></forwarded></received>");
        Message live =
                Verona.message(Verona.ROMEO, Verona.JULIET, "<body/>" + Verona.stanzaId("juliet@verona.example", "a"));
        phone.park(carbon, Optional.empty(), true);
        phone.park(live, Optional.of(mid), true);
        pass(100);
        assertThat(messages).containsExactly(carbon, live);
        assertThat(phone.ledger().isWith(mid, phone.raw())).isTrue();
    }

    /** It was parked while the session that it came from was forgotten: nobody knows that it is with this one. */
    @Test
    void whatIsParkedAndInTheOfflineSetIsGivenOnce() {
        Mid mid = store.add("juliet", "a", true, true).mid();
        store.add("juliet", "b", true, true);
        ClientState phone = available("phone", false);
        Message parked =
                Verona.message(Verona.ROMEO, Verona.JULIET, "<body/>" + Verona.stanzaId("juliet@verona.example", "a"));
        assertThat(phone.park(parked, Optional.of(mid), false)).isTrue();
        pass(100);
        assertThat(given).hasSize(2);
        assertThat(messages).doesNotContain(parked);
        assertThat(phone.isClosed()).isFalse();
    }

    /** The offline set gives it while it is being parked, and the gate opens before or after that. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void soIsWhatTheOfflineSetGivesWhileItIsBeingParked(boolean opensAfter) {
        if (opensAfter) {
            // What is claimed has to wait.
            when(connections.unwrittenBytes(any())).thenReturn(0L, 1L << 20, 1L << 20, 0L);
        }
        store.add("juliet", "a", true, true);
        ClientState phone = available("phone", false);
        Message live =
                new Message(Verona.message(
                                Verona.ROMEO, Verona.JULIET, "<body/>" + Verona.stanzaId("juliet@verona.example", "a"))
                        .getElement()) {
                    @Override
                    public Message createCopy() {
                        pass(0);
                        return super.createCopy();
                    }
                };
        DeliveryWatch real = new DeliveryWatch(states, connections, new SubscriptionRegistry<>(), new RoutedMessages());
        assertThatThrownBy(() -> real.interceptPacket(live, phone.session(), false, false))
                .isInstanceOf(PacketRejectedException.class);
        pass(100);
        assertThat(given).hasSize(1);
        assertThat(phone.isClosed()).isFalse();
    }

    /** What was handed over for the account before its first session came may be in the set. */
    @Test
    void whoComesWhileTheWriterIsBusyForHimWaitsForItAndKeepsNobodyElseWaiting() {
        store.add("juliet", "a", true, true);
        store.add("romeo", "b", true, true);
        writer.isBusyFor("juliet");
        ClientState phone = available("phone", false);
        ClientState romeos = available(new JID("romeo", Verona.DOMAIN, "phone"), false);
        pass(3_000);
        assertThat(messages).hasSize(1);
        assertThat(romeos.isClosed()).isFalse();
        assertThat(phone.isClosed()).isTrue();

        writer.isDone();
        pass(1_000);
        assertThat(messages).hasSize(2);
        assertThat(phone.isClosed()).isFalse();
    }

    /** Whoever looks for its recipients may have looked before this session was available. */
    @Test
    void gateStaysClosedWhileWhatCameBeforeIsBeingRouted() {
        ClientState phone = known("phone");
        phone.ledger().submitted(new Mid("before"), false);
        floods.begin(phone);
        pass(1_000);
        assertThat(phone.isClosed()).isTrue();

        store.add("juliet", "before", false, true);
        phone.ledger().committed(new Mid("before"), 1, false, true);
        pass(500);
        assertThat(given).isEmpty();

        phone.ledger().routed(new Mid("before"));
        pass(500);
        assertThat(given).hasSize(1);
        assertThat(phone.isClosed()).isFalse();
    }

    /** Another plugin has ended its routing, and nobody says so. */
    @Test
    void gateDoesNotStayClosedForWhatIsRoutedForEver() {
        ClientState phone = known("phone");
        phone.ledger().submitted(new Mid("silent"), false);
        floods.begin(phone);
        pass(1_100);
        assertThat(phone.isClosed()).isFalse();
    }

    @Test
    void whatComesBeforeAMessageThatIsBeingRoutedIsGivenAtOnce() {
        store.add("juliet", "old", true, true);
        ClientState phone = known("phone");
        phone.ledger().submitted(new Mid("routed"), true);
        store.add("juliet", "routed", true, true);
        phone.ledger().committed(new Mid("routed"), 2, true, true);
        store.add("juliet", "new", true, true);
        floods.begin(phone);
        pass(500);
        assertThat(given).hasSize(1);
        phone.ledger().routed(new Mid("routed"));
        pass(500);
        assertThat(given).hasSize(3);
        assertThat(phone.isClosed()).isFalse();
    }

    /** It finds the session by itself. */
    @Test
    void gateOpensWhateverCameLater() {
        ClientState phone = known("phone");
        floods.begin(phone);
        phone.ledger().submitted(new Mid("later"), false);
        pass(20);
        assertThat(phone.isClosed()).isFalse();
    }

    @Test
    void nobodyIsGivenAnythingWhenThePluginLeaves() {
        store.add("juliet", "a", true, true);
        available("phone", false);
        floods.stop();
        pass(1_000);
        assertThat(given).isEmpty();
    }

    /** It looks whether the session is detached, and is replaced while it does. */
    @Test
    void whoIsReplacedWhileItStallsIsNotKept() {
        store.add("juliet", "a", true, true);
        ClientState phone = available("phone", true);
        boolean[] isReplaced = {false};
        when(connections.isDetached(any())).then(call -> {
            if (!isReplaced[0]) {
                isReplaced[0] = true;
                phone.floodAgain();
                floods.begin(phone);
            }
            return detached.contains(call.<LocalClientSession>getArgument(0));
        });
        pass(10);
        detached.clear();
        pass(2_000);
        assertThat(given).hasSize(1);
        assertThat(tasks).isEmpty();
        phone.ledger().took(new Mid("a"), phone.raw());
        phone.ledger().seenUpTo(5);
        assertThat(phone.ledger().cursor()).isEqualTo(5);
        assertThat(phone.ledger().changes().orElseThrow().cursor()).hasValue(5);
    }

    /** Juliet's phone does not acknowledge; so many bytes wait for its connection. */
    private void waits(ClientState phone, long bytes) {
        when(connections.countsAcknowledgements(phone.session())).thenReturn(false);
        when(connections.unwrittenBytes(phone.session())).thenReturn(bytes);
    }

    private void stored(int count) {
        for (int i = 0; i < count; i++) {
            store.add("juliet", "m" + i, true, true);
        }
    }

    @Test
    void everythingIsGivenOnceAndInOrder() {
        stored(350);
        ClientState phone = available("phone", false);
        pass(100);
        assertThat(messages)
                .extracting(message ->
                        DeliveryWatch.rawMid(message, phone).orElseThrow().value())
                .isEqualTo(IntStream.range(0, 350).mapToObj(i -> "m" + i).toList());
        assertThat(phone.isClosed()).isFalse();
    }

    @Test
    void whoDoesNotReadIsWrittenNoMoreThanItsConnectionHolds() {
        stored(350);
        ClientState phone = available("phone", false);
        waits(phone, 70_000);
        pass(1_000);
        assertThat(messages).isEmpty();
        waits(phone, 60_000);
        pass(25);
        assertThat(messages).isNotEmpty();
    }

    @Test
    void whoseConnectionIsNeverEmptyIsNotGivenEverythingUnseen() {
        stored(2_350);
        ClientState phone = available("phone", false);
        waits(phone, 1);
        pass(1_000);
        assertThat(messages).hasSizeBetween(1_000, 1_249);
        waits(phone, 0);
        pass(25);
        assertThat(messages).hasSize(2_350);
        assertThat(phone.isClosed()).isFalse();
    }

    /** What its connection has not written it may not get. */
    @Test
    void theConnectionOfWhoHasEverythingIsWaitedFor() {
        stored(50);
        ClientState phone = available("phone", false);
        waits(phone, 1);
        pass(1_000);
        assertThat(messages).hasSize(50);
        verify(watch, never()).sweep(phone);
        waits(phone, 0);
        pass(25);
        verify(watch, atLeastOnce()).sweep(phone);
        assertThat(tasks).isEmpty();
    }

    /** Openfire 4.2 ends a session that has too much to write, whether it acknowledges or not. */
    @Test
    void whoAcknowledgesIsWrittenNoMoreThanItsConnectionHolds() {
        stored(350);
        ClientState phone = available("phone", false);
        when(connections.unwrittenBytes(phone.session())).thenReturn(70_000L);
        pass(1_000);
        assertThat(messages).isEmpty();
        when(connections.unwrittenBytes(phone.session())).thenReturn(60_000L);
        pass(600);
        assertThat(messages).hasSize(350);
        assertThat(tasks).isEmpty();
    }

    /** Nothing of it is read by the client. */
    private ClientState keepsAllUnwritten() {
        ClientState phone = available("phone", false);
        when(connections.unwrittenBytes(phone.session())).then(call -> length());
        return phone;
    }

    private long length() {
        return messages.stream().mapToLong(message -> message.toXML().length()).sum();
    }

    @Test
    void pageOfLongMessagesIsNoMoreThanAConnectionMayHold() {
        String stanza = "<message><body>" + "x".repeat(30_000) + "</body></message>";
        IntStream.range(0, 300).forEach(i -> store.add("juliet", "m" + i, true, true, stanza));
        keepsAllUnwritten();
        pass(1_000);
        assertThat(length()).isBetween(64L * 1024, 400L * 1024);
    }

    @Test
    void whatIsParkedIsNoMoreThanAConnectionMayHold() {
        ClientState phone = keepsAllUnwritten();
        for (int i = 0; i < 50; i++) {
            Message live = Verona.message(Verona.ROMEO, Verona.JULIET, "<body>" + "x".repeat(30_000) + "</body>");
            assertThat(phone.park(live, Optional.empty(), true)).isTrue();
        }
        pass(1_000);
        assertThat(length()).isBetween(64L * 1024, 100L * 1024);
        assertThat(phone.isClosed()).isTrue();
    }

    private List<String> mids(ClientState state) {
        return messages.stream()
                .map(message ->
                        DeliveryWatch.anyMid(message, state).map(Mid::value).orElse("live"))
                .toList();
    }

    /** A message that nobody gets, handed over now. */
    private Mid missedNow(ClientState state, String mid, String stanza) {
        return missedNow(state, mid, stanza, new JID("alice@localhost/orchard"));
    }

    private Mid missedNow(ClientState state, String mid, String stanza, JID from) {
        Mid missed = new Mid(mid);
        state.ledger().submitted(missed, true);
        state.ledger().isGivenToAll(missed);
        state.ledger().routed(missed);
        state.ledger()
                .committed(
                        missed,
                        store.add("juliet", mid, true, true, stanza, from).seq(),
                        true,
                        true);
        return missed;
    }

    /** Its commit comes between two messages that are parked around it. */
    @Test
    void whatBecomesUndeliveredWhileTheParkedAreGivenKeepsItsPlace() {
        available("desk", true);
        ClientState phone = available("phone", false);
        doAnswer(call -> {
                    if (messages.isEmpty()) {
                        missedNow(
                                phone,
                                "a",
                                "<message type='chat' from='romeo@verona.example/orchard' to='juliet@verona.example'><body>Hist!</body></message>");
                        phone.park(Verona.chat(Verona.ROMEO, Verona.JULIET), Optional.empty(), true);
                    }
                    return messages.add(call.getArgument(1));
                })
                .when(watch)
                .give(any(), any());
        phone.park(Verona.chat(Verona.ROMEO, Verona.JULIET), Optional.empty(), true);
        pass(1_000);
        assertThat(mids(phone)).containsExactly("live", "a", "live");
        assertThat(phone.isClosed()).isFalse();
    }

    /** ROUTING-RULES section 5: such a message is for its client, or for the next one that comes. */
    @Test
    void whatWasForAnotherClientIsGivenToWhoComesLater() {
        String secret = "<message type='chat' from='romeo@verona.example/orchard' to='juliet@verona.example/balcony'>"
                + "<body>Hist!</body><private xmlns='urn:xmpp:carbons:2'/></message>";
        store.add("juliet", "before", true, true, secret);
        ClientState phone = available("phone", false);
        missedNow(phone, "meanwhile", secret);
        missedNow(
                phone,
                "chat",
                "<message type='chat' from='romeo@verona.example/orchard' to='juliet@verona.example/balcony'><body>Hist!</body></message>");
        pass(1_000);
        assertThat(mids(phone)).containsExactly("before", "chat");
        assertThat(phone.isClosed()).isFalse();
        messages.clear();
        ClientState tablet = available("tablet", false);
        pass(1_000);
        assertThat(mids(tablet)).containsExactly("meanwhile");
    }

    /** It is one that another plugin cannot bear. */
    @Test
    void whatCannotBeGivenWithholdsNothingElse() {
        stored(3);
        ClientState phone = available("phone", false);
        doAnswer(call -> {
                    Message message = call.getArgument(1);
                    Mid mid = DeliveryWatch.anyMid(message, phone).orElseThrow();
                    if (mid.value().equals("m1")) {
                        throw new IllegalStateException("another plugin's");
                    }
                    phone.ledger().sent(mid, phone.raw());
                    return messages.add(message);
                })
                .when(watch)
                .give(any(), any());
        pass(1_000);
        assertThat(mids(phone)).containsExactly("m0", "m2");
        assertThat(phone.ledger().isWith(new Mid("m1"), phone.raw())).isFalse();
        assertThat(phone.ledger().mayHaveUndelivered()).isTrue();
        assertThat(phone.isClosed()).isFalse();
    }

    /** They come before a message of the offline set, all in one page. */
    @Test
    void whatIsParkedBetweenTwoMessagesIsNoMoreThanAConnectionMayHold() {
        ClientState phone = keepsAllUnwritten();
        for (int i = 0; i < 100; i++) {
            phone.park(
                    Verona.message(Verona.ROMEO, Verona.JULIET, "<body>" + "x".repeat(30_000) + "</body>"),
                    Optional.empty(),
                    true);
        }
        missedNow(
                phone,
                "a",
                "<message type='chat' from='romeo@verona.example/orchard' to='juliet@verona.example'><body/></message>",
                Verona.ROMEO);
        pass(1_000);
        assertThat(length()).isBetween(64L * 1024, 700L * 1024);
        assertThat(phone.isClosed()).isTrue();
        long unread = length();
        when(connections.unwrittenBytes(phone.session())).thenReturn(0L);
        pass(10_000);
        assertThat(length()).isGreaterThan(unread);
        assertThat(mids(phone)).hasSize(101).endsWith("a");
        assertThat(phone.isClosed()).isFalse();
    }

    /** It stalls in the middle of a page, and its client is unavailable for a moment. */
    @Test
    void whatAReplacedFloodHasInHandIsGivenByTheNextOne() {
        stored(3);
        ClientState phone = available("phone", false);
        boolean[] isFull = {true};
        when(connections.unwrittenBytes(phone.session()))
                .then(call -> isFull[0] && !messages.isEmpty() ? 1L << 20 : 0L);
        pass(5_000);
        assertThat(mids(phone)).containsExactly("m0");
        phone.floodAgain();
        floods.begin(phone);
        isFull[0] = false;
        pass(5_000);
        assertThat(mids(phone)).containsExactly("m0", "m1", "m2");
        assertThat(phone.isClosed()).isFalse();
    }
}
