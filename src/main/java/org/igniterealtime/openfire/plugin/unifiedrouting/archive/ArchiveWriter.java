package org.igniterealtime.openfire.plugin.unifiedrouting.archive;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchiveOutcome.Failed;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchiveOutcome.Stored;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes messages to the archives, one transaction for all that wait (group commit). There is no artificial delay: while
 * one batch is being committed the next one gathers. There is one writer on each node; the order in which it commits is
 * the order of the archives.
 *
 * <p>A message waits at most {@link WriterLimits#patience} for its batch to begin. A batch that fails while the database
 * answers is retried message by message, so that a message the database refuses harms only itself, and a connection that
 * broke harms none. When the database does not answer at all, the writer fails what waits and what comes at once,
 * without making anybody wait, and probes in the background until it answers again.
 *
 * <p>Thread-safe.
 */
public final class ArchiveWriter implements AutoCloseable {

    private static final Logger Log = LoggerFactory.getLogger(ArchiveWriter.class);

    private final ArchiveStore store;
    private final CommitListener listener;
    private final WriterLimits limits;
    private final BlockingQueue<PendingMessage> queue;
    private final Thread thread = new Thread(this::run, "unifiedrouting-archive-writer");
    private final AtomicBoolean closing = new AtomicBoolean();
    private final LongAdder archived = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private volatile StoreUnavailable outage;

    /** When the store was asked what it has not answered yet, as {@link System#nanoTime}; 0 = it has answered. */
    private volatile long askedSince;

    /** What the writer is working on, for those who cannot wait for it any longer. */
    private volatile List<PendingMessage> current = List.of();

    public ArchiveWriter(ArchiveStore store, CommitListener listener, WriterLimits limits) {
        this.store = store;
        this.listener = listener;
        this.limits = limits;
        this.queue = new ArrayBlockingQueue<>(limits.queue());
        thread.setDaemon(true);
    }

    /** Begins to write. To be called once. */
    public void start() {
        thread.start();
    }

    /**
     * Archives one message and waits until that is committed, or certain not to happen.
     *
     * @param entries the message's entry for each of its owners; they are committed together
     * @return never null; what it says is final
     */
    public ArchiveOutcome archive(List<NewEntry> entries) {
        ArchiveOutcome outcome = outcomeOf(entries);
        (outcome instanceof Stored ? archived : failed).increment();
        return outcome;
    }

    private ArchiveOutcome outcomeOf(List<NewEntry> entries) {
        if (closing.get()) {
            return closed();
        }
        StoreUnavailable unavailable = unavailable();
        if (unavailable != null) {
            return new Failed(unavailable);
        }
        return hand(new PendingMessage(entries));
    }

    private ArchiveOutcome hand(PendingMessage message) {
        long deadline = System.nanoTime() + limits.patience().toNanos();
        if (!uninterrupted(deadline, nanos -> queue.offer(message, nanos, TimeUnit.NANOSECONDS))) {
            return new Failed(new StoreUnavailable("The archive's queue stayed full for " + limits.patience()));
        }
        if (!thread.isAlive() && withdraw(message)) {
            // It was queued after the writer's last look.
            return closed();
        }
        if (!uninterrupted(deadline, message::awaitDone)) {
            if (withdraw(message)) {
                return new Failed(
                        new StoreUnavailable("The archive did not come to this message in " + limits.patience()));
            }
            // A batch that has begun may already be committed, so that only its outcome tells what to say.
            uninterrupted(System.nanoTime() + Long.MAX_VALUE, message::awaitDone);
        }
        return message.outcome();
    }

    /** Makes room as well: somebody may wait at the door of a full queue. */
    private boolean withdraw(PendingMessage message) {
        boolean withdrawn = message.withdraw();
        if (withdrawn) {
            queue.remove(message);
        }
        return withdrawn;
    }

    private static Failed closed() {
        return new Failed(new StoreUnavailable("The archive is closed"));
    }

    /** Something that is waited for at most this many nanoseconds. False = it did not happen. */
    @FunctionalInterface
    private interface Wait {
        boolean atMost(long nanos) throws InterruptedException;
    }

    /** An interrupt is kept for later. The wait is short or bounded; to cut it would cost the archive a message. */
    private static boolean uninterrupted(long deadline, Wait wait) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return wait.atMost(deadline - System.nanoTime());
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Whether the database answered when it was last asked, and has not been silent for longer than a message waits. */
    public boolean isAvailable() {
        return unavailable() == null;
    }

    /** Null if a message may hope to be archived. */
    private StoreUnavailable unavailable() {
        StoreUnavailable known = outage;
        long begun = askedSince;
        if (known != null
                || begun == 0
                || System.nanoTime() - begun < limits.patience().toNanos()) {
            return known;
        }
        return new StoreUnavailable("The archive's database has not answered for " + limits.patience());
    }

    /** Counts a message that somebody else found impossible to archive. */
    public void countFailure() {
        failed.increment();
    }

    /** How many messages {@link #archive} has reported as stored; a message with two owners counts once. Never falls. */
    public long archivedCount() {
        return archived.sum();
    }

    /** How many messages {@link #archive} has reported as failed. Never falls. */
    public long failedCount() {
        return failed.sum();
    }

    /** Writes what waits, then stops. Whoever still waits afterwards is told that it failed. Idempotent. */
    @Override
    public void close() {
        if (!closing.compareAndSet(false, true)) {
            return;
        }
        wake();
        awaitWriter();
        // Taken out, not only failed: whoever waits at the door of the full queue comes in, and is told as well.
        for (PendingMessage message = queue.poll(); message != null; message = queue.poll()) {
            message.complete(closed());
        }
        if (thread.isAlive()) {
            // A database that is silent must not keep the server from stopping.
            Log.error("The archive's database does not answer; what it was given last may be archived or not.");
            failAll(current, new StoreUnavailable("The archive is closed; its database did not answer"));
        }
    }

    /** As long as its messages would wait for it, and as long again. */
    private void awaitWriter() {
        boolean interrupted = false;
        long deadline = System.nanoTime() + 2 * limits.patience().toNanos();
        while (thread.isAlive() && System.nanoTime() < deadline) {
            try {
                thread.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime())));
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** A writer that waits for a message gets one that it need not write. A full queue needs none. */
    private void wake() {
        PendingMessage nothing = new PendingMessage(List.of());
        nothing.withdraw();
        queue.offer(nothing);
    }

    private void run() {
        List<PendingMessage> batch = new ArrayList<>();
        while (!(closing.get() && queue.isEmpty())) {
            try {
                gather(batch);
                current = List.copyOf(batch);
                if (!batch.isEmpty()) {
                    write(batch);
                } else if (outage != null) {
                    probe();
                }
            } catch (InterruptedException e) {
                Log.debug("Interrupted; the archive's writer ends only when it is closed.");
            } catch (RuntimeException | Error e) {
                // Nothing may end this thread: everybody who sends a message waits for it.
                Log.error("The archive's writer met an unexpected failure.", e);
                failAll(batch, new StoreUnavailable("Unexpected failure of the archive's writer", e));
            }
            batch.clear();
        }
    }

    /** Takes what waits, up to the limits of one transaction. */
    private void gather(List<PendingMessage> batch) throws InterruptedException {
        PendingMessage next = outage == null
                ? queue.take()
                : queue.poll(limits.probeInterval().toMillis(), TimeUnit.MILLISECONDS);
        int characters = 0;
        while (next != null) {
            if (next.begin()) {
                batch.add(next);
                characters += next.characters();
            }
            if (batch.size() >= limits.batchMessages() || characters >= limits.batchCharacters()) {
                return;
            }
            next = queue.poll();
        }
    }

    private void write(List<PendingMessage> batch) {
        StoreUnavailable unavailable = outage;
        if (unavailable != null) {
            failAll(batch, unavailable);
            return;
        }
        try {
            finish(batch, append(batch));
        } catch (StoreUnavailable e) {
            Log.debug("A batch of {} messages failed.", batch.size(), e);
            if (answers()) {
                batch.forEach(this::retry);
            } else {
                failAll(batch, outage);
            }
        }
    }

    /** Alone, so that it can only harm itself. */
    private void retry(PendingMessage message) {
        StoreUnavailable unavailable = outage;
        if (unavailable != null) {
            message.complete(new Failed(unavailable));
            return;
        }
        List<PendingMessage> alone = List.of(message);
        try {
            finish(alone, ask(() -> store.committed(message.entries())).orElseGet(() -> append(alone)));
        } catch (StoreUnavailable e) {
            // Was it this message, or is the database gone?
            if (answers()) {
                Log.warn("A message could not be archived; MIDs {}.", mids(message), e);
            }
            message.complete(new Failed(e));
        }
    }

    private List<AppendedEntry> append(List<PendingMessage> batch) {
        List<NewEntry> entries = new ArrayList<>(batch.size() * 2);
        for (PendingMessage message : batch) {
            entries.addAll(message.entries());
        }
        return ask(() -> store.append(entries));
    }

    /** Says so to those who wait, then to the listener. */
    private void finish(List<PendingMessage> batch, List<AppendedEntry> stored) {
        int from = 0;
        for (PendingMessage message : batch) {
            int to = from + message.entries().size();
            message.complete(new Stored(List.copyOf(stored.subList(from, to))));
            from = to;
        }
        try {
            listener.committed(stored);
        } catch (RuntimeException | Error e) {
            // What is committed is committed, and the rest of the batch has nothing to do with this.
            Log.error("Telling what was archived failed.", e);
        }
    }

    /** Begins the outage if not. */
    private boolean answers() {
        try {
            ask(this::probed);
            return true;
        } catch (StoreUnavailable e) {
            outage = e;
            Log.error(
                    "The archive's database does not answer. Messages are delivered, but not archived, until it does.",
                    e);
            return false;
        }
    }

    private void probe() {
        try {
            ask(this::probed);
            outage = null;
            Log.info("The archive's database answers again.");
        } catch (StoreUnavailable e) {
            Log.debug("The archive's database still does not answer.", e);
        }
    }

    private Void probed() {
        store.probe();
        return null;
    }

    /** A store that fails in a way of its own fails as any other: one message's bug must not harm its batch. */
    private <T> T ask(Supplier<T> question) {
        askedSince = Math.max(1, System.nanoTime());
        try {
            return question.get();
        } catch (StoreUnavailable e) {
            throw e;
        } catch (RuntimeException e) {
            throw new StoreUnavailable("The archive's store failed unexpectedly", e);
        } finally {
            askedSince = 0;
        }
    }

    private static void failAll(Iterable<PendingMessage> messages, StoreUnavailable reason) {
        for (PendingMessage message : messages) {
            message.complete(new Failed(reason));
        }
    }

    private static List<Mid> mids(PendingMessage message) {
        return message.entries().stream().map(NewEntry::mid).toList();
    }
}
