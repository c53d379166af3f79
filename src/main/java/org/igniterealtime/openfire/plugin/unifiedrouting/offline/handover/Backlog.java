package org.igniterealtime.openfire.plugin.unifiedrouting.offline.handover;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.StoreUnavailable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The accounts whose messages are still in Openfire's own offline store, from the start of the plugin until nothing is left
 * there. They are taken over in the background. Whatever is to happen with one of them before its turn has come waits until
 * it has been: so new messages come behind old ones, and nobody but us ever delivers the old ones. Thread-safe.
 */
public final class Backlog implements AutoCloseable {

    private static final Logger Log = LoggerFactory.getLogger(Backlog.class);

    /** How long anybody waits for the list of accounts. It is one query. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Handover handover;
    private final Pace pace;
    private final ConcurrentMap<String, Object> pending = new ConcurrentHashMap<>();
    private final CountDownLatch known = new CountDownLatch(1);
    private final CountDownLatch ending = new CountDownLatch(1);
    private final Thread thread;
    private volatile boolean isOver;

    /**
     * How much of the server the background takes.
     *
     * @param first how long it waits before it begins: a server that starts has enough to do
     * @param rest how long it rests after each account, as a share of the time that the account took
     * @param retry how long it waits when the database fails
     */
    record Pace(Duration first, double rest, Duration retry) {

        static final Pace POLITE = new Pace(Duration.ofSeconds(5), 0.5, Duration.ofSeconds(10));
    }

    public Backlog(Handover handover) {
        this(handover, Pace.POLITE);
    }

    Backlog(Handover handover, Pace pace) {
        this.handover = handover;
        this.pace = pace;
        this.thread = new Thread(this::work, "unifiedrouting-backlog");
        thread.setDaemon(true);
        thread.setPriority(Thread.MIN_PRIORITY);
    }

    /**
     * Learns which accounts there are, takes over those that somebody is online of, and leaves the others to the background.
     * Until it returns, {@link #before} waits.
     *
     * @param online accounts that have sessions already
     * @throws StoreUnavailable if the database fails; then {@link #before} does nothing
     */
    public void begin(Collection<String> online) {
        try {
            handover.owners().forEach(owner -> pending.put(owner, new Object()));
            takeOverNow(online);
        } finally {
            known.countDown();
        }
        if (pending.isEmpty()) {
            isOver = true;
        } else {
            Log.info("Openfire's offline store holds messages of {} accounts. They are taken over.", pending.size());
            thread.start();
        }
    }

    private void takeOverNow(Collection<String> owners) {
        try {
            owners.forEach(this::takeOver);
        } catch (StoreUnavailable e) {
            Log.warn("Messages of accounts that are online are still in Openfire's offline store.", e);
        }
    }

    /** To be called before anything happens with an account: a message, a session that becomes available, a request. */
    public void before(String owner) {
        if (isOver) {
            return;
        }
        try {
            if (known.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                takeOver(owner);
            }
        } catch (StoreUnavailable e) {
            // Whatever happens with the account now will meet the same failure.
            Log.debug("The messages of '{}' are still in Openfire's offline store.", owner, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether nothing is left. */
    public boolean isOver() {
        return isOver;
    }

    private void takeOver(String owner) {
        Object turn = pending.get(owner);
        if (turn == null) {
            return;
        }
        synchronized (turn) {
            if (pending.get(owner) == turn && !isEnding()) {
                handover.takeOver(owner);
                pending.remove(owner);
            }
        }
    }

    private void work() {
        rest(pace.first());
        long begun = System.nanoTime();
        while (!pending.isEmpty() && !isEnding()) {
            if (!takeOverAll()) {
                rest(pace.retry());
            }
        }
        if (pending.isEmpty()) {
            isOver = true;
            Log.info(
                    "All that Openfire's offline store held was taken over within {} ms.",
                    Duration.ofNanos(System.nanoTime() - begun).toMillis());
        }
    }

    /** One account whose messages cannot be taken over keeps nobody waiting. Returns whether there was none. */
    private boolean takeOverAll() {
        boolean isDone = true;
        for (String owner : List.copyOf(pending.keySet())) {
            long start = System.nanoTime();
            try {
                takeOver(owner);
            } catch (StoreUnavailable e) {
                isDone = false;
                if (!answers()) {
                    Log.warn("What Openfire's offline store holds is taken over when the database answers.", e);
                    return false;
                }
                Log.warn("What Openfire's offline store holds of '{}' is taken over later.", owner, e);
            } catch (RuntimeException | Error e) {
                isDone = false;
                Log.error("What Openfire's offline store holds of '{}' cannot be taken over.", owner, e);
            }
            rest(Duration.ofNanos((long) ((System.nanoTime() - start) * pace.rest())));
        }
        return isDone;
    }

    private boolean answers() {
        try {
            handover.owners();
            return true;
        } catch (StoreUnavailable e) {
            return false;
        }
    }

    private boolean isEnding() {
        return ending.getCount() == 0;
    }

    private void rest(Duration time) {
        try {
            ending.await(time.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            ending.countDown();
        }
    }

    /** Ends with what is at work now. The rest stays in Openfire's store. */
    @Override
    public void close() {
        ending.countDown();
        known.countDown();
        isOver = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        for (Object turn : pending.values()) {
            synchronized (turn) {
                // Whoever was at work has ended.
                continue;
            }
        }
    }
}
