package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Verona.ROMEO;
import static org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Verona.xml;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchiveStore;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchivedMessage;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Direction;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Mid;
import org.igniterealtime.openfire.plugin.unifiedrouting.subscription.Feeder;
import org.igniterealtime.openfire.plugin.unifiedrouting.subscription.Outlet;
import org.igniterealtime.openfire.plugin.unifiedrouting.subscription.SessionKey;
import org.igniterealtime.openfire.plugin.unifiedrouting.subscription.SubscriptionRegistry;
import org.jivesoftware.openfire.StreamID;
import org.jivesoftware.openfire.session.ClientSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.xmpp.packet.IQ;

/** PROTOCOL section 2: what a client may rely on when its request is answered. */
class SubscriptionHandlerTest {

    private final ClientSession session = mock(ClientSession.class);
    private final Sessions sessions = jid -> Optional.of(session);
    private final ArchiveStore archive = mock(ArchiveStore.class);
    private final List<Long> subscribed = new CopyOnWriteArrayList<>();
    private final List<String> got = new CopyOnWriteArrayList<>();
    private final CountDownLatch isBeingTold = new CountDownLatch(1);
    private final CountDownLatch goOn = new CountDownLatch(1);
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
    private final SubscriptionRegistry<Notification> registry = new SubscriptionRegistry<>();
    private final Feeder<Notification> feeder = new Feeder<>(
            registry,
            (owner, after, max, bytes) -> after == 0 ? List.of(message()) : List.of(),
            message -> mock(Notification.class),
            new Outlet<Notification>() {
                @Override
                public Room room(SessionKey key) {
                    return Room.OPEN;
                }

                @Override
                public void notify(SessionKey key, Notification entry) {
                    isBeingTold.countDown();
                    pass(goOn);
                    got.add("notification");
                }
            },
            new Feeder.Threads(List.of(thread), thread));
    private final SubscriptionHandler handler = new SubscriptionHandler(
            Verona.ACCOUNTS, sessions, new Subscribing(feeder, archive, (key, upTo) -> subscribed.add(upTo)), registry);

    private static ArchivedMessage message() {
        return new ArchivedMessage(
                "romeo", 1, new Mid("m1"), Direction.RECEIVED, "juliet@verona.example", Instant.EPOCH, "<message/>");
    }

    private static void pass(CountDownLatch gate) {
        try {
            assertThat(gate.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void request(String child) {
        IQ answer = handler.handleIQ(
                new IQ(xml("<iq xmlns='jabber:client' type='set' id='i1' from='" + ROMEO + "'>" + child + "</iq>")));
        if (answer != null) {
            got.add(answer.getType().name());
        }
    }

    @BeforeEach
    void romeo() {
        StreamID id = mock(StreamID.class);
        when(id.getID()).thenReturn("s1");
        when(session.getStreamID()).thenReturn(id);
        when(session.getAddress()).thenReturn(ROMEO);
        doAnswer(call -> got.add(call.getArgument(0, IQ.class).getType().name()))
                .when(session)
                .process(any(IQ.class));
    }

    @AfterEach
    void stop() {
        thread.shutdownNow();
    }

    /** Else a client that catches up behind what it has been told would be told something twice. */
    @Test
    void nothingIsToldWhenTheEndOfASubscriptionHasBeenSaid() {
        feeder.subscribe(Sessions.keyOf(session), 0);
        pass(isBeingTold);
        request("<unsubscribe xmlns='urn:xmpp:mam:sub:0'/>");
        goOn.countDown();
        await().untilAsserted(() -> assertThat(got).containsExactly("notification", "result"));
    }

    /** What a session is behind with nobody has seen, however often it says that it wants to be told. */
    @Test
    void whoSubscribesAgainHasSeenNoMoreThanBefore() {
        request("<subscribe xmlns='urn:xmpp:mam:sub:0'/>");
        assertThat(subscribed).hasSize(1);
        request("<subscribe xmlns='urn:xmpp:mam:sub:0'/>");
        assertThat(subscribed).hasSize(1);
        assertThat(got).containsExactly("result", "result");
    }

    @Test
    void whoIsNotSubscribedIsAnsweredAsWell() {
        request("<unsubscribe xmlns='urn:xmpp:mam:sub:0'/>");
        await().untilAsserted(() -> assertThat(got).containsExactly("result"));
    }
}
