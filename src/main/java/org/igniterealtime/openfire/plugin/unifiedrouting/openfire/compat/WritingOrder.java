package org.igniterealtime.openfire.plugin.unifiedrouting.openfire.compat;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.ReentrantLock;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.HeldStreams;
import org.jivesoftware.openfire.interceptor.PacketInterceptor;
import org.jivesoftware.openfire.interceptor.PacketRejectedException;
import org.jivesoftware.openfire.net.VirtualConnection;
import org.jivesoftware.openfire.session.LocalClientSession;
import org.jivesoftware.openfire.session.Session;
import org.xmpp.packet.Packet;

/**
 * One thread at a time writes to a session and counts what it has written (XEP-0198), and none while that begins, or while
 * the session is resumed. Else stanzas are lost or come twice when it is:
 *
 * <ul>
 *   <li>COMPAT(4.2): two threads that write to one session may count in another order than they write, or a client
 *       acknowledge what is not counted yet. Openfire 5 writes and counts in one step (OF-2921).
 *   <li>COMPAT(4.2), COMPAT(5.x): what is written just when counting begins may be counted by the server and come before
 *       {@code <enabled/>}, or the other way round. What is written just when a session is resumed may come before {@code
 *       <resumed/>}, and once more behind it.
 * </ul>
 *
 * <p>Nobody waits for ever: whoever has waited for a second writes as if there were no order, and who comes next does not wait
 * for the same. So an interceptor or a session that fails costs the order and nothing else. Thread-safe.
 */
public final class WritingOrder implements PacketInterceptor, ResumedStreams.Writing {

    private static final int LOCKS = 1_024;
    private static final long PATIENCE_MILLIS = 1_000;

    /** What a thread is writing, what it has for that, and since when. */
    private record Writing(Packet packet, ReentrantLock lock, long since) {}

    private final PacketInterceptor before;
    private final AtomicReferenceArray<ReentrantLock> locks = new AtomicReferenceArray<>(LOCKS);
    private final ThreadLocal<Deque<Writing>> writings = ThreadLocal.withInitial(() -> new ArrayDeque<>(2));

    /** @param before sees everything before it has to wait, and may reject it */
    public WritingOrder(PacketInterceptor before) {
        this.before = before;
        for (int i = 0; i < LOCKS; i++) {
            locks.set(i, new ReentrantLock());
        }
    }

    @Override
    public void interceptPacket(Packet packet, Session session, boolean incoming, boolean processed)
            throws PacketRejectedException {
        before.interceptPacket(packet, session, incoming, processed);
        if (!incoming && processed) {
            end(packet);
        } else if (!incoming && session instanceof LocalClientSession client && mayBeCounted(client)) {
            forgetUnfinished();
            lock(client).ifPresent(lock -> writings.get().push(new Writing(packet, lock, System.nanoTime())));
        }
    }

    /** Over WebSocket and BOSH nobody sees when counting begins, and whoever writes may wait for the client. */
    private static boolean mayBeCounted(LocalClientSession session) {
        return session.getStreamManager().isEnabled()
                || !session.isDetached() && !(session.getConnection() instanceof VirtualConnection);
    }

    /** Nobody says that it is written if it was rejected after us, or if writing has failed. */
    private void forgetUnfinished() {
        Deque<Writing> own = writings.get();
        if (own.isEmpty()) {
            return;
        }
        long now = System.nanoTime();
        own.removeIf(writing -> {
            boolean isOver = now - writing.since > TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
            if (isOver) {
                writing.lock.unlock();
            }
            return isOver;
        });
    }

    private void end(Packet packet) {
        Deque<Writing> own = writings.get();
        if (isIn(own, packet)) {
            Writing writing;
            do {
                writing = own.pop();
                writing.lock.unlock();
            } while (writing.packet != packet);
        }
    }

    private static boolean isIn(Deque<Writing> own, Packet packet) {
        for (Writing writing : own) {
            if (writing.packet == packet) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void end() {
        Deque<Writing> own = writings.get();
        while (!own.isEmpty()) {
            own.pop().lock.unlock();
        }
    }

    private Optional<ReentrantLock> lock(LocalClientSession session) {
        int place = Math.floorMod(System.identityHashCode(session), LOCKS);
        ReentrantLock lock = locks.get(place);
        try {
            if (lock.tryLock(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)) {
                return Optional.of(lock);
            }
            locks.compareAndSet(place, lock, new ReentrantLock());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return Optional.empty();
    }

    @Override
    public HeldStreams.Step stop(LocalClientSession session) {
        Optional<ReentrantLock> lock = lock(session);
        return () -> lock.ifPresent(ReentrantLock::unlock);
    }
}
