package org.igniterealtime.openfire.plugin.unifiedrouting.archive;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
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
 * <p>Who hands a message over need not wait for it: {@link #submit} returns as soon as it is in the queue, and
 * {@link #settle} is for whoever has to know that all that was handed over before is done with. Who does wait, by
 * {@link #archive}, waits at most {@link WriterLimits#patience} for the batch to begin.
 *
 * <p>A batch that fails while the database answers is retried in parts, so that a message the database refuses harms only
 * itself, and a connection that broke harms none. When the database does not answer at all, the writer fails what waits and
 * what comes at once, without making anybody wait, and probes in the background until it answers again.
 *
 * <p>Thread-safe.
 */
public final class ArchiveWriter implements AutoCloseable, Progress, Settling {

    private static final Logger Log = LoggerFactory.getLogger(ArchiveWriter.class);

    /** How many messages that failed are remembered by their MIDs. More than were under way when an outage began. */
    private static final int FAILURES = 12_000;

    private final ArchiveStore store;
    private final CommitListener listener;
    private final WriterLimits limits;
    private final LongSupplier nanoTime;
    private final WriterQueue queue;
    private final Thread thread = new Thread(this::run, "unifiedrouting-archive-writer");
    private final AtomicBoolean closing = new AtomicBoolean();
    private final LongAdder archived = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final Map<Mid, PendingMessage> underWay = new ConcurrentHashMap<>();
    private final Map<Mid, PendingMessage> failures = Collections.synchronizedMap(new LinkedHashMap<>() {

        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Mid, PendingMessage> eldest) {
            return size() > FAILURES;
        }
    });

    private volatile StoreUnavailable outage;

    /** When the store was asked what it has not answered yet, by {@link #nanoTime}; 0 = it has answered. */
    private volatile long askedSince;

    /** The owners of what was given to the database and failed, since it answered last. Of the writer's thread alone. */
    private final Set<String> uncertain = new HashSet<>();

    /** What the writer is working on, for those who cannot wait for it any longer. */
    private volatile List<PendingMessage> current = List.of();

    public ArchiveWriter(ArchiveStore store, CommitListener listener, WriterLimits limits) {
        this(store, listener, limits, System::nanoTime);
    }

    /** @param nanoTime as {@link System#nanoTime}: the time since some moment, which may lie in the future */
    ArchiveWriter(ArchiveStore store, CommitListener listener, WriterLimits limits, LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.store = store;
        this.listener = listener;
        this.limits = limits;
        this.queue = new WriterQueue(limits, nanoTime);
        thread.setDaemon(true);
    }

    /** Begins to write. To be called once. */
    public void start() {
        queue.open();
        thread.start();
    }

    /**
     * Archives one message and waits until that is committed, or certain not to happen.
     *
     * @param entries the message's entry for each of its owners; they are committed together
     * @return never null; what it says is final
     */
    public ArchiveOutcome archive(List<NewEntry> entries) {
        return await(submit(entries));
    }

    /**
     * Hands one message over. Waits only while the queue is full, and no longer than {@link WriterLimits#patience}.
     *
     * @param entries the message's entry for each of its owners; they are committed together
     * @return has an outcome already if it is certain that the message will not be archived; else it will be, unless
     *     something fails
     */
    public PendingMessage submit(List<NewEntry> entries) {
        return submit(entries, () -> {});
    }

    /**
     * As {@link #submit(List)}.
     *
     * @param whenIn is run on this thread if the writer takes the message, when that has its number for {@link Settling} and
     *     before it can be committed. The queue is locked meanwhile: it must be quick, and must not throw or ask the writer
     */
    public PendingMessage submit(List<NewEntry> entries, Runnable whenIn) {
        PendingMessage message = new PendingMessage(entries, whenIn);
        StoreUnavailable unavailable = unavailable();
        if (unavailable == null) {
            received(message, underWay::put);
            unavailable = hand(message);
        }
        if (unavailable != null) {
            complete(message, new Failed(unavailable));
        }
        return message;
    }

    /** Null if it is in the queue. */
    private StoreUnavailable hand(PendingMessage message) {
        long deadline = message.handedAt() + limits.patience().toNanos();
        return switch (uninterrupted(deadline, nanos -> queue.offer(message, nanos))) {
            case IN -> null;
            case FULL -> new StoreUnavailable("The archive's queue stayed full for " + limits.patience());
            case CLOSED -> closed();
        };
    }

    /**
     * Waits for the outcome of a message that was handed over. One whose batch has not begun in time is withdrawn, and
     * never written.
     *
     * @return never null; what it says is final
     */
    public ArchiveOutcome await(PendingMessage message) {
        long deadline = message.handedAt() + limits.patience().toNanos();
        if (!uninterrupted(deadline, message::awaitDone)) {
            if (message.withdraw()) {
                complete(
                        message,
                        new Failed(new StoreUnavailable(
                                "The archive did not come to this message in " + limits.patience())));
                // Somebody may wait at the door of a full queue.
                queue.remove(message);
            }
            // A batch that has begun may already be committed, so that only its outcome tells what to say.
            uninterrupted(System.nanoTime() + Long.MAX_VALUE, message::awaitDone);
        }
        return message.outcome().orElseThrow();
    }

    /**
     * What becomes of a message that was handed over a moment ago.
     *
     * @param recipients the MID that its recipient knows it by
     * @return empty if it is not known under this id, or is archived
     */
    public Optional<PendingMessage> underWay(Mid recipients) {
        PendingMessage message = underWay.get(recipients);
        return Optional.ofNullable(message != null ? message : failures.get(recipients));
    }

    private static void received(PendingMessage message, BiConsumer<Mid, PendingMessage> action) {
        for (NewEntry entry : message.entries()) {
            if (entry.direction() == Direction.RECEIVED) {
                action.accept(entry.mid(), message);
            }
        }
    }

    @Override
    public long handedOver() {
        return queue.handed();
    }

    @Override
    public boolean isSettled(long upTo) {
        return queue.isSettled(upTo);
    }

    @Override
    public boolean awaitSettled(long upTo, long since) {
        if (queue.isSettled(upTo) || Thread.currentThread() == thread) {
            return true;
        }
        if (unavailable() != null && outage == null) {
            return false;
        }
        return uninterrupted(since + limits.patience().toNanos(), nanos -> queue.awaitSettled(upTo, nanos));
    }

    /**
     * Waits a while if there is little room in the queue. To be called before something is locked that others need while they
     * hand their messages over.
     */
    public void awaitRoom() {
        if (unavailable() == null) {
            uninterrupted(System.nanoTime() + limits.patience().toNanos(), queue::awaitRoom);
        }
    }

    @Override
    public void settle(String owner) {
        if (!awaitSettled(queue.handed(owner), System.nanoTime())) {
            throw notDone();
        }
    }

    @Override
    public long handedOver(String owner) {
        return queue.handed(owner);
    }

    @Override
    public boolean isDone(long upTo) {
        if (!queue.isSettled(upTo) && unavailable() != null && outage == null) {
            throw notDone();
        }
        return queue.isSettled(upTo);
    }

    private StoreUnavailable notDone() {
        return new StoreUnavailable("The archive's writer was not done with earlier messages in " + limits.patience());
    }

    private void complete(PendingMessage message, ArchiveOutcome outcome) {
        if (message.complete(outcome)) {
            if (outcome instanceof Stored) {
                archived.increment();
            } else {
                failed.increment();
                // Without its text.
                PendingMessage failure = new PendingMessage(List.of());
                failure.complete(outcome);
                received(message, (mid, same) -> failures.put(mid, failure));
            }
            received(message, underWay::remove);
        }
    }

    private static StoreUnavailable closed() {
        return new StoreUnavailable("The archive is closed");
    }

    /** Something that is waited for at most this many nanoseconds. */
    @FunctionalInterface
    private interface Wait<T> {
        T atMost(long nanos) throws InterruptedException;
    }

    /** An interrupt is kept for later. The wait is short or bounded; to cut it would cost the archive a message. */
    private static <T> T uninterrupted(long deadline, Wait<T> wait) {
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
                || nanoTime.getAsLong() - begun < limits.patience().toNanos()) {
            return known;
        }
        return new StoreUnavailable("The archive's database has not answered for " + limits.patience());
    }

    /** Counts a message that somebody else found impossible to archive. */
    public void countFailure() {
        failed.increment();
    }

    /** How many messages are stored; a message with two owners counts once. Never falls. */
    public long archivedCount() {
        return archived.sum();
    }

    /** How many messages could not be archived, or were not because their thread gave up waiting. Never falls. */
    public long failedCount() {
        return failed.sum();
    }

    /** Writes what waits, then stops. Whoever still waits afterwards is told that it failed. Idempotent. */
    @Override
    public void close() {
        if (!closing.compareAndSet(false, true)) {
            return;
        }
        queue.close();
        awaitWriter();
        queue.abandon().forEach(message -> complete(message, new Failed(closed())));
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

    private void run() {
        List<PendingMessage> batch = new ArrayList<>();
        boolean goesOn = true;
        while (goesOn) {
            try {
                goesOn = queue.take(
                        batch, outage == null ? 0 : limits.probeInterval().toNanos());
                current = List.copyOf(batch);
                if (!batch.isEmpty()) {
                    write(batch);
                } else if (goesOn && outage != null) {
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
                retry(batch);
            } else {
                leave(batch);
            }
        }
    }

    /** In halves, so that few transactions find the message that the database refuses. */
    private void retry(List<PendingMessage> batch) {
        int half = batch.size() / 2;
        if (half == 0 || outage != null || isCommittedAfterAll(batch)) {
            batch.forEach(this::retry);
            return;
        }
        for (List<PendingMessage> part : List.of(batch.subList(0, half), batch.subList(half, batch.size()))) {
            if (part.size() == 1 || outage != null) {
                part.forEach(this::retry);
                continue;
            }
            try {
                finish(part, append(part));
            } catch (StoreUnavailable e) {
                if (answers()) {
                    retry(part);
                } else {
                    leave(part);
                }
            }
        }
    }

    /** All of a batch is committed, or nothing of it. */
    private boolean isCommittedAfterAll(List<PendingMessage> batch) {
        try {
            return ask(() -> store.committed(batch.get(0).entries())).isPresent();
        } catch (StoreUnavailable e) {
            Log.debug("Whether a batch of {} messages is archived is not known yet.", batch.size(), e);
            return false;
        }
    }

    /** Alone, so that it can only harm itself. */
    private void retry(PendingMessage message) {
        StoreUnavailable unavailable = outage;
        List<PendingMessage> alone = List.of(message);
        if (unavailable != null) {
            isUncertain(alone);
            complete(message, new Failed(unavailable));
            return;
        }
        try {
            finish(alone, ask(() -> store.committed(message.entries())).orElseGet(() -> append(alone)));
        } catch (StoreUnavailable e) {
            isUncertain(alone);
            complete(message, new Failed(e));
            // Was it this message, or is the database gone?
            if (answers()) {
                Log.warn("A message could not be archived; MIDs {}.", mids(message), e);
                tellUncertain();
            }
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
        Optional<Instant> committedAt = CommitTrace.now();
        int from = 0;
        for (PendingMessage message : batch) {
            int to = from + message.entries().size();
            complete(message, new Stored(List.copyOf(stored.subList(from, to))));
            from = to;
        }
        try {
            listener.committed(stored);
        } catch (RuntimeException | Error e) {
            // What is committed is committed, and the rest of the batch has nothing to do with this.
            Log.error("Telling what was archived failed.", e);
        }
        committedAt.ifPresent(at -> CommitTrace.committed(at, stored));
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
            tellUncertain();
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
        long now = nanoTime.getAsLong();
        askedSince = now == 0 ? 1 : now;
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

    /** The database does not answer any more, and whether it has committed these is not known. */
    private void leave(List<PendingMessage> batch) {
        isUncertain(batch);
        failAll(batch, outage);
    }

    private void isUncertain(List<PendingMessage> batch) {
        batch.forEach(message -> message.entries().forEach(entry -> uncertain.add(entry.owner())));
    }

    private void tellUncertain() {
        if (uncertain.isEmpty()) {
            return;
        }
        Set<String> owners = Set.copyOf(uncertain);
        uncertain.clear();
        try {
            listener.uncertain(owners);
        } catch (RuntimeException | Error e) {
            Log.error("Telling what may have been archived failed.", e);
        }
    }

    private void failAll(List<PendingMessage> messages, StoreUnavailable reason) {
        Log.warn("{} messages are not archived, though they may have been delivered.", messages.size());
        for (PendingMessage message : messages) {
            complete(message, new Failed(reason));
        }
    }

    private static List<Mid> mids(PendingMessage message) {
        return message.entries().stream().map(NewEntry::mid).toList();
    }
}
