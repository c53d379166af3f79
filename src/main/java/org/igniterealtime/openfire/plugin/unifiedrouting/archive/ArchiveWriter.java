package org.igniterealtime.openfire.plugin.unifiedrouting.archive;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchiveOutcome.Failed;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchiveOutcome.Stored;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes messages to the archives, one transaction for all that wait (group commit). There is no artificial delay: while
 * one batch is being committed the next one gathers. There is one writer on each node; the order in which it commits is
 * the order of the archives.
 *
 * <p>A message waits at most {@link WriterLimits#patience} for its batch to begin. A batch that fails is retried message by
 * message, so that a message the database refuses harms only itself. When the database does not answer at all, the
 * writer fails what waits and what comes at once, without making anybody wait, and probes in the background until it
 * answers again.
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
            return new Failed(new StoreUnavailable("The archive is closed"));
        }
        StoreUnavailable unavailable = outage;
        if (unavailable != null) {
            return new Failed(unavailable);
        }
        PendingMessage message = new PendingMessage(entries);
        try {
            return hand(message);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return withdrawOrAwait(message);
        }
    }

    private ArchiveOutcome hand(PendingMessage message) throws InterruptedException {
        long deadline = System.nanoTime() + limits.patience().toNanos();
        if (!queue.offer(message, limits.patience().toNanos(), TimeUnit.NANOSECONDS)) {
            return new Failed(new StoreUnavailable("The archive's queue stayed full for " + limits.patience()));
        }
        if (!thread.isAlive() && message.withdraw()) {
            // It was queued after the writer's last look.
            return new Failed(new StoreUnavailable("The archive is closed"));
        }
        if (message.awaitDone(deadline - System.nanoTime())) {
            return message.outcome();
        }
        return withdrawOrAwait(message);
    }

    /** A batch that has begun may already be committed, so that only its outcome tells what to say. */
    private ArchiveOutcome withdrawOrAwait(PendingMessage message) {
        if (message.withdraw()) {
            return new Failed(new StoreUnavailable("The archive did not come to this message in " + limits.patience()));
        }
        boolean interrupted = false;
        while (true) {
            try {
                message.awaitDone();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return message.outcome();
    }

    /** Whether the database answered when it was last asked. */
    public boolean isAvailable() {
        return outage == null;
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
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        failAll(queue, new StoreUnavailable("The archive is closed"));
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        List<PendingMessage> batch = new ArrayList<>();
        while (!(closing.get() && queue.isEmpty())) {
            try {
                gather(batch);
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
        PendingMessage next =
                queue.poll(outage == null ? 100 : limits.probeInterval().toMillis(), TimeUnit.MILLISECONDS);
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
            commit(batch);
        } catch (StoreUnavailable e) {
            if (batch.size() == 1) {
                refused(batch.get(0), e);
            } else {
                Log.debug("A batch of {} messages failed and is retried one by one.", batch.size(), e);
                batch.forEach(this::writeAlone);
            }
        }
    }

    private void writeAlone(PendingMessage message) {
        StoreUnavailable unavailable = outage;
        if (unavailable != null) {
            message.complete(new Failed(unavailable));
            return;
        }
        try {
            commit(List.of(message));
        } catch (StoreUnavailable e) {
            refused(message, e);
        }
    }

    /** Was it this message, or is the database gone? */
    private void refused(PendingMessage message, StoreUnavailable reason) {
        message.complete(new Failed(reason));
        try {
            store.probe();
            Log.warn("A message could not be archived; MIDs {}.", mids(message), reason);
        } catch (StoreUnavailable e) {
            outage = e;
            Log.error(
                    "The archive's database does not answer. Messages are delivered, but not archived, until it does.",
                    e);
        }
    }

    private void commit(List<PendingMessage> batch) {
        List<NewEntry> entries = new ArrayList<>(batch.size() * 2);
        for (PendingMessage message : batch) {
            entries.addAll(message.entries());
        }
        List<ArchivedMessage> stored = store.append(entries);
        int from = 0;
        for (PendingMessage message : batch) {
            int to = from + message.entries().size();
            message.complete(new Stored(List.copyOf(stored.subList(from, to))));
            from = to;
        }
        try {
            listener.committed(stored);
        } catch (RuntimeException e) {
            Log.error("Telling what was archived failed.", e);
        }
    }

    private void probe() {
        try {
            store.probe();
            outage = null;
            Log.info("The archive's database answers again.");
        } catch (StoreUnavailable e) {
            Log.debug("The archive's database still does not answer.", e);
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
