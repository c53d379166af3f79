package org.igniterealtime.openfire.plugin.unifiedrouting.openfire.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.contains;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.FakeProgress;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.HeldAcknowledgements;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.HeldStreams;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Resent;
import org.jivesoftware.openfire.Connection;
import org.jivesoftware.openfire.session.LocalClientSession;
import org.jivesoftware.openfire.streammanagement.StreamManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.xmpp.packet.Message;

@Timeout(30)
class ResumedStreamsTest {

    private static final String RESUME = "<resume xmlns='urn:xmpp:sm:3' h='5' previd='"
            + Base64.getEncoder().encodeToString("phone\0stream".getBytes(StandardCharsets.UTF_8)) + "'/>";
    private static final String ACKNOWLEDGEMENT = "<a xmlns='urn:xmpp:sm:3' h='3'/>";

    private final LocalClientSession session = mock(LocalClientSession.class);
    private final Connection earlier = mock(Connection.class);
    private final Connection present = mock(Connection.class);
    private final WritingOrder order = new WritingOrder((packet, to, incoming, processed) -> {});
    private final ResumedStreams streams =
            new ResumedStreams(streamId -> streamId.equals("stream") ? Optional.of(session) : Optional.empty());
    private final HeldStreams held = new HeldStreams(new HeldAcknowledgements(new FakeProgress()), streams);
    private final List<String> passed = new ArrayList<>();
    private final ExecutorService others = Executors.newCachedThreadPool();

    @BeforeEach
    void connect() {
        when(session.getConnection()).thenReturn(earlier);
        when(session.getStreamManager()).thenReturn(mock(StreamManager.class, answer -> true));
        streams.tell(order, new MinaParting());
        streams.connected(session);
    }

    @AfterEach
    void stop() {
        others.shutdownNow();
    }

    private void comes(String element, Connection from) {
        held.pass(element, from, () -> passed.add(element));
    }

    private void resume(Connection reached) {
        held.pass(RESUME, present, () -> when(session.getConnection()).thenReturn(reached));
    }

    @Test
    void whatIsAcknowledgedOverTheEarlierConnectionIsNotCountedAfterAResumption() {
        comes(ACKNOWLEDGEMENT, earlier);
        assertThat(passed).containsExactly(ACKNOWLEDGEMENT);

        resume(present);
        comes(ACKNOWLEDGEMENT, earlier);
        assertThat(passed).hasSize(1);
        comes(ACKNOWLEDGEMENT, present);
        assertThat(passed).containsExactly(ACKNOWLEDGEMENT, ACKNOWLEDGEMENT);
    }

    /** The client has been told that it was not handled, and has sent it again. */
    @Test
    void stanzasOfTheEarlierConnectionAreNotHandledAfterAResumption() {
        comes("<message/>", earlier);
        resume(present);
        for (String element : new String[] {"<message/>", "<presence/>", "<iq/>", "<r/>", "</stream:stream>"}) {
            comes(element, earlier);
        }
        assertThat(passed).containsExactly("<message/>");
        comes("<message id='again'/>", present);
        assertThat(passed).containsExactly("<message/>", "<message id='again'/>");
    }

    /** What noticed the end of the connection may have been a thread that wrote to it. */
    @Test
    void norAreThoseOfASessionThatWasDetachedBefore() {
        when(session.isDetached()).thenReturn(true);
        held.pass(RESUME, present, () -> {
            when(session.isDetached()).thenReturn(false);
            when(session.getConnection()).thenReturn(present);
        });
        comes("<message/>", earlier);
        comes("<presence/>", present);
        assertThat(passed).containsExactly("<presence/>");
    }

    @Test
    void aStanzaThatIsBeingHandledIsWaitedFor() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        Future<?> handling = others.submit(() -> {
            held.pass("<message/>", earlier, () -> {
                begun.countDown();
                goOn.await();
                passed.add("<message/>");
            });
            return null;
        });
        begun.await();
        Future<?> resuming = others.submit(() -> resume(present));
        TimeUnit.MILLISECONDS.sleep(100);
        assertThat(resuming.isDone()).isFalse();
        goOn.countDown();
        handling.get();
        resuming.get(500, TimeUnit.MILLISECONDS);
        assertThat(passed).containsExactly("<message/>");
    }

    @Test
    void stanzasThatComeWhileSomebodyIsNotLetInAreHandledThen() throws Exception {
        Future<?>[] handling = new Future<?>[1];
        held.pass(RESUME, present, () -> {
            handling[0] = others.submit(() -> comes("<message/>", earlier));
            TimeUnit.MILLISECONDS.sleep(100);
            assertThat(passed).isEmpty();
        });
        handling[0].get(500, TimeUnit.MILLISECONDS);
        assertThat(passed).containsExactly("<message/>");
    }

    /** Who asks has lost his patience with what is being handled, and goes on without its line. */
    @Test
    void whatFollowsWaitsForTheAnswerAlsoIfNobodyHasItsLine() throws Exception {
        ResumedStreams impatient = new ResumedStreams(streamId -> Optional.of(session), 500);
        impatient.connected(session);
        HeldStreams held = new HeldStreams(new HeldAcknowledgements(new FakeProgress()), impatient);
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        Future<?> handling = others.submit(() -> {
            held.pass("<message id='first'/>", earlier, () -> {
                begun.countDown();
                goOn.await();
                passed.add("first");
            });
            return null;
        });
        begun.await();
        Future<?>[] second = new Future<?>[1];
        held.pass(RESUME, present, () -> {
            goOn.countDown();
            handling.get();
            second[0] = others.submit(() -> held.pass("<message/>", earlier, () -> passed.add("second")));
            TimeUnit.MILLISECONDS.sleep(100);
            assertThat(passed).containsExactly("first");
        });
        second[0].get(500, TimeUnit.MILLISECONDS);
        assertThat(passed).containsExactly("first", "second");
    }

    @Test
    void whatFollowsWaitsForAllWhoAsk() throws Exception {
        ResumedStreams impatient = new ResumedStreams(streamId -> Optional.of(session), 500);
        impatient.connected(session);
        HeldStreams held = new HeldStreams(new HeldAcknowledgements(new FakeProgress()), impatient);
        CountDownLatch begun = new CountDownLatch(3);
        CountDownLatch goOn = new CountDownLatch(1);
        CountDownLatch isResumed = new CountDownLatch(1);
        Future<?> handling = others.submit(() -> held.pass("<message/>", earlier, () -> {
            begun.countDown();
            await(goOn);
        }));
        TimeUnit.MILLISECONDS.sleep(50);
        Future<?> refused = others.submit(() -> held.pass(RESUME, mock(Connection.class), () -> {
            begun.countDown();
            await(goOn);
        }));
        Future<?> resuming = others.submit(() -> held.pass(RESUME, present, () -> {
            begun.countDown();
            await(isResumed);
            when(session.getConnection()).thenReturn(present);
        }));
        begun.await();
        goOn.countDown();
        handling.get();
        Future<?> second = others.submit(() -> held.pass("<message/>", earlier, () -> passed.add("second")));
        refused.get();
        TimeUnit.MILLISECONDS.sleep(100);
        isResumed.countDown();
        resuming.get();
        second.get();
        assertThat(passed).isEmpty();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void whetherAClientHasWantedAcknowledgementsIsKnown() {
        when(session.getStreamManager()).thenReturn(mock(StreamManager.class));
        when(session.getConnection()).thenReturn(present);
        streams.connected(session);
        assertThat(streams.mayWantAcknowledgements(session))
                .as("nobody has seen anything")
                .isTrue();
        comes("<presence/>", present);
        assertThat(streams.mayWantAcknowledgements(session)).isFalse();
        comes("<sm:enable xmlns:sm='urn:xmpp:sm:3'/>", present);
        assertThat(streams.mayWantAcknowledgements(session)).isTrue();
    }

    /** Whoever has sent nothing may not have come to what an earlier session of his had left open. */
    @Test
    void whoHasAskedForTheAcknowledgementOfHisMessagesAndClosesHisStreamLeavesNothingOpen() {
        when(session.getStreamManager()).thenReturn(mock(StreamManager.class));
        when(session.getConnection()).thenReturn(present);
        streams.connected(session);
        comes("<enable xmlns='urn:xmpp:sm:3'/>", present);
        comes("<r xmlns='urn:xmpp:sm:3'/>", present);
        comes("</stream:stream>", present);
        assertThat(streams.endOf(session)).isEqualTo(Resent.End.OPEN);
        comes("<message/>", present);
        assertThat(streams.endOf(session)).isEqualTo(Resent.End.OPEN);
        comes("<r xmlns='urn:xmpp:sm:3'/>", present);
        comes("<presence type='unavailable'/>", present);
        assertThat(streams.endOf(session)).isEqualTo(Resent.End.CLEAN);
        comes("<message/>", present);
        assertThat(streams.endOf(session)).isEqualTo(Resent.End.OPEN);
    }

    @Test
    void whoWantsNoAcknowledgementsLeavesNothingOpen() {
        when(session.getStreamManager()).thenReturn(mock(StreamManager.class));
        when(session.getConnection()).thenReturn(present);
        streams.connected(session);
        comes("<message/>", present);
        assertThat(streams.endOf(session)).isEqualTo(Resent.End.UNCOUNTED);
        comes("</stream:stream>", present);
        assertThat(streams.endOf(session)).isEqualTo(Resent.End.CLOSED);
    }

    @Test
    void aSessionThatGoesOnHasWantedAcknowledgementsBefore() {
        resume(present);
        comes("<presence/>", present);
        when(session.getStreamManager()).thenReturn(mock(StreamManager.class));
        assertThat(streams.mayWantAcknowledgements(session)).isTrue();
    }

    @Test
    void whoIsCountedAlreadyIsTold() {
        comes("<enable xmlns='urn:xmpp:sm:3'/>", earlier);
        verify(session).deliverRawText(contains("unexpected-request"));
        assertThat(passed).isEmpty();
    }

    /** Each of them would keep its own line while it waits for the other one's. */
    @Test
    @Timeout(5)
    void whoHasASessionDoesNotWaitForAnotherOne() throws Exception {
        LocalClientSession other = mock(LocalClientSession.class);
        when(other.getConnection()).thenReturn(present);
        when(other.getStreamManager()).thenReturn(mock(StreamManager.class));
        streams.connected(other);
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        Future<?> handling = others.submit(() -> {
            held.pass("<message/>", earlier, () -> {
                begun.countDown();
                goOn.await();
            });
            return null;
        });
        begun.await();
        comes(RESUME, present);
        assertThat(passed).containsExactly(RESUME);
        goOn.countDown();
        handling.get();
    }

    @Test
    void aConnectionGoesOnIfItsSessionIsNotResumed() {
        resume(earlier);
        comes(ACKNOWLEDGEMENT, earlier);
        assertThat(passed).containsExactly(ACKNOWLEDGEMENT);
    }

    @Test
    void whatIsWrittenIsCountedBeforeItIsAcknowledged() throws Exception {
        Message message = new Message();
        order.interceptPacket(message, session, false, false);
        Future<?> acknowledging = others.submit(() -> comes(ACKNOWLEDGEMENT, earlier));
        TimeUnit.MILLISECONDS.sleep(100);
        assertThat(passed).isEmpty();
        order.interceptPacket(message, session, false, true);
        acknowledging.get(500, TimeUnit.MILLISECONDS);
        assertThat(passed).hasSize(1);
    }

    /** Else the server would count it and the client not, because it comes before {@code <enabled/>}. */
    @Test
    void countingBeginsWhenNothingIsBeingWritten() throws Exception {
        when(session.getStreamManager()).thenReturn(mock(StreamManager.class));
        Message message = new Message();
        order.interceptPacket(message, session, false, false);
        Future<?> enabling = others.submit(() -> comes("<enable xmlns='urn:xmpp:sm:3' resume='true'/>", earlier));
        TimeUnit.MILLISECONDS.sleep(100);
        assertThat(passed).isEmpty();
        order.interceptPacket(message, session, false, true);
        enabling.get(500, TimeUnit.MILLISECONDS);
        assertThat(passed).hasSize(1);
    }

    @Test
    void aSessionIsDetachedWhenNothingIsBeingWrittenToIt() throws Exception {
        Message message = new Message();
        order.interceptPacket(message, session, false, false);
        Future<?> ending = others.submit(() -> held.end(earlier, () -> passed.add("end")));
        TimeUnit.MILLISECONDS.sleep(100);
        assertThat(passed).isEmpty();
        order.interceptPacket(message, session, false, true);
        ending.get(500, TimeUnit.MILLISECONDS);
        assertThat(passed).containsExactly("end");
    }

    @Test
    void anAcknowledgementThatIsBeingCountedIsWaitedFor() throws Exception {
        HeldStreams.Step counting = streams.counting(earlier).orElseThrow();
        Future<?> resuming = others.submit(() -> resume(present));
        TimeUnit.MILLISECONDS.sleep(100);
        assertThat(resuming.isDone()).isFalse();
        counting.close();
        resuming.get(500, TimeUnit.MILLISECONDS);
    }

    @Test
    void aSessionIsResumedWhenItIsDetachedFromTheConnectionThatHasBeenClosed() throws Exception {
        when(earlier.isClosed()).thenReturn(true);
        Future<?> resuming = others.submit(() -> resume(present));
        TimeUnit.MILLISECONDS.sleep(100);
        assertThat(resuming.isDone()).isFalse();
        when(session.isDetached()).thenReturn(true);
        resuming.get(500, TimeUnit.MILLISECONDS);
    }

    /** Both have found it with the same connection, and the second one waits until that is free. */
    @Test
    void twoResumptionsOfOneSessionFollowEachOther() throws Exception {
        Connection third = mock(Connection.class);
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        Future<?> first = others.submit(() -> {
            held.pass(RESUME, present, () -> {
                begun.countDown();
                goOn.await();
                when(session.getConnection()).thenReturn(present);
            });
            return null;
        });
        begun.await();
        Future<?> second = others.submit(() ->
                held.pass(RESUME, third, () -> when(session.getConnection()).thenReturn(third)));
        TimeUnit.MILLISECONDS.sleep(100);
        goOn.countDown();
        first.get();
        second.get();

        comes("<message id='earlier'/>", earlier);
        comes("<message id='present'/>", present);
        comes("<message id='third'/>", third);
        assertThat(passed).containsExactly("<message id='third'/>");
    }

    @Test
    void whatNobodyCanResumeIsLetThrough() {
        for (String previd : new String[] {"", "previd=''", "previd='%%%'", "previd='cGhvbmU='"}) {
            comes("<resume xmlns='urn:xmpp:sm:3' " + previd + "/>", present);
        }
        assertThat(passed).hasSize(4);
    }
}
