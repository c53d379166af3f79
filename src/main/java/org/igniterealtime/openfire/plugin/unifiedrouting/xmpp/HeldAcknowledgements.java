package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Progress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What tells a client how far the server has got (XEP-0198 §4) leaves when all messages that were handed to the archive's
 * writer before it was made are committed, or have failed; after the writer's patience in any case. Nobody waits here, and
 * what is held leaves in the order in which it came. Thread-safe.
 */
public final class HeldAcknowledgements implements AutoCloseable {

    private static final Logger Log = LoggerFactory.getLogger(HeldAcknowledgements.class);

    /** What is settled is written in no time. */
    private static final long FLUSH_MILLIS = 2_000;

    /** More are not kept: a client can ask without end while the database is silent. */
    static final int MOST = 10_000;

    private record Held(long upTo, long since, Runnable write) {}

    private final Progress writer;
    private final Thread thread = new Thread(this::run, "unifiedrouting-acknowledgements");

    /** Also its lock. What is being written stays at its head, so that nothing overtakes it. */
    private final Deque<Held> waiting = new ArrayDeque<>();

    private long entered;
    private long left;
    private boolean isClosed;

    public HeldAcknowledgements(Progress writer) {
        this.writer = writer;
        thread.setDaemon(true);
    }

    /** To be called once. */
    public void start() {
        thread.start();
    }

    /**
     * An acknowledgement is about to leave.
     *
     * @param later lets it go, on another thread; must not wait for anything
     * @return false if it is to leave now
     */
    boolean hold(Runnable later) {
        long upTo = writer.handedOver();
        synchronized (waiting) {
            if (!waiting.isEmpty() || !isClosed && !writer.isSettled(upTo)) {
                entered++;
                waiting.add(new Held(upTo, System.nanoTime(), later));
                waiting.notifyAll();
                return true;
            }
        }
        return false;
    }

    /** Whether so many are held that who asks for one has to wait. */
    boolean areMany() {
        synchronized (waiting) {
            return waiting.size() >= MOST;
        }
    }

    /** Returns when everything that was handed over before is settled, and the acknowledgements that waited for it have left. */
    void settle() {
        writer.awaitSettled(writer.handedOver(), System.nanoTime());
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(FLUSH_MILLIS);
        synchronized (waiting) {
            long last = entered;
            try {
                for (long nanos = 1; left < last && nanos > 0; nanos = deadline - System.nanoTime()) {
                    TimeUnit.NANOSECONDS.timedWait(waiting, Math.max(nanos, TimeUnit.MILLISECONDS.toNanos(1)));
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void run() {
        for (Held next = first(); next != null; next = first()) {
            try {
                writer.awaitSettled(next.upTo(), next.since());
                next.write().run();
            } catch (RuntimeException | Error e) {
                // Nothing may end this thread: the others wait for it.
                Log.warn("An acknowledgement could not be written.", e);
            } finally {
                firstHasLeft();
            }
        }
    }

    /** Waits for it. Null if there will be none. */
    private Held first() {
        synchronized (waiting) {
            while (waiting.isEmpty() && !isClosed) {
                try {
                    waiting.wait();
                } catch (InterruptedException e) {
                    Log.debug("Interrupted; this thread ends only when the plugin leaves.");
                }
            }
            return waiting.peek();
        }
    }

    private void firstHasLeft() {
        synchronized (waiting) {
            waiting.remove();
            left++;
            waiting.notifyAll();
        }
    }

    /** To be called when the writer has ended: what is held leaves, and from now on nothing is. */
    @Override
    public void close() {
        synchronized (waiting) {
            isClosed = true;
            waiting.notifyAll();
        }
        try {
            thread.join(FLUSH_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
