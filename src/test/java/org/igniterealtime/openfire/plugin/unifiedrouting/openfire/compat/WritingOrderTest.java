package org.igniterealtime.openfire.plugin.unifiedrouting.openfire.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.HeldStreams;
import org.jivesoftware.openfire.interceptor.PacketRejectedException;
import org.jivesoftware.openfire.session.LocalClientSession;
import org.jivesoftware.openfire.streammanagement.StreamManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.xmpp.packet.IQ;
import org.xmpp.packet.Message;
import org.xmpp.packet.Packet;

@Timeout(30)
class WritingOrderTest {

    private final LocalClientSession session = session(true);
    private final WritingOrder order = new WritingOrder((packet, to, incoming, processed) -> {});
    private final ExecutorService others = Executors.newCachedThreadPool();

    @AfterEach
    void stop() {
        others.shutdownNow();
    }

    private static LocalClientSession session(boolean isCounted) {
        LocalClientSession session = mock(LocalClientSession.class);
        StreamManager manager = mock(StreamManager.class);
        when(manager.isEnabled()).thenReturn(isCounted);
        when(session.getStreamManager()).thenReturn(manager);
        return session;
    }

    private void begin(Packet packet, LocalClientSession to) throws PacketRejectedException {
        order.interceptPacket(packet, to, false, false);
    }

    private void end(Packet packet, LocalClientSession to) throws PacketRejectedException {
        order.interceptPacket(packet, to, false, true);
    }

    private Future<Void> another(LocalClientSession to) {
        return others.submit(() -> {
            Packet packet = new IQ();
            begin(packet, to);
            end(packet, to);
            return null;
        });
    }

    private static boolean isDoneSoon(Future<?> task) throws Exception {
        TimeUnit.MILLISECONDS.sleep(100);
        return task.isDone();
    }

    @Test
    void oneThreadAtATimeWritesAndCounts() throws Exception {
        Packet message = new Message();
        begin(message, session);
        Future<Void> other = another(session);
        assertThat(isDoneSoon(other)).isFalse();
        end(message, session);
        other.get();
    }

    /** Counting may begin at any moment. */
    @Test
    void soItIsWithASessionThatDoesNotCountYet() throws Exception {
        LocalClientSession plain = session(false);
        Packet message = new Message();
        begin(message, plain);
        Future<Void> other = another(plain);
        assertThat(isDoneSoon(other)).isFalse();
        end(message, plain);
        other.get();
    }

    @Test
    void whoeverWritesAnAnswerInBetweenDoesNotWaitForHimself() throws Exception {
        Packet outer = new Message();
        Packet inner = new Message();
        begin(outer, session);
        begin(inner, session);
        end(inner, session);
        Future<Void> other = another(session);
        assertThat(isDoneSoon(other)).isFalse();
        end(outer, session);
        other.get();
    }

    /** Openfire reports nothing as written where writing has failed. */
    @Test
    void whatNeverEndsIsWaitedForOnce() throws Exception {
        begin(new Message(), session);
        another(session).get();
        long start = System.nanoTime();
        another(session).get();
        assertThat(System.nanoTime() - start).isLessThan(TimeUnit.MILLISECONDS.toNanos(500));
    }

    @Test
    void aThreadThatTakesUpSomethingNewWritesNoMore() throws Exception {
        begin(new Message(), session);
        order.end();
        another(session).get(500, TimeUnit.MILLISECONDS);
    }

    @Test
    void nothingIsWrittenToASessionThatIsBeingResumed() throws Exception {
        Future<Void> other;
        try (HeldStreams.Step resumption = order.stop(session)) {
            other = another(session);
            assertThat(isDoneSoon(other)).isFalse();
        }
        other.get();
    }
}
