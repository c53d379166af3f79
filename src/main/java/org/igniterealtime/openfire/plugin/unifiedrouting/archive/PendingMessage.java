package org.igniterealtime.openfire.plugin.unifiedrouting.archive;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * A message between the thread that brought it and the writer: whoever has it can learn what becomes of it. Whoever moves
 * it out of {@code WAITING} decides its fate: the writer begins it, or its own thread withdraws it; never both.
 * Thread-safe.
 */
public final class PendingMessage {

    private enum State {
        WAITING,
        BEGUN,
        WITHDRAWN
    }

    private final List<NewEntry> entries;
    private final Runnable whenIn;
    private final int characters;
    private final long handedAt = System.nanoTime();
    private final AtomicReference<State> state = new AtomicReference<>(State.WAITING);
    private final CompletableFuture<ArchiveOutcome> outcome = new CompletableFuture<>();

    /** Its place among all that was handed to the writer; given and read under the lock of the queue. */
    private long number;

    PendingMessage(List<NewEntry> entries) {
        this(entries, () -> {});
    }

    /** @param whenIn see {@link ArchiveWriter#submit(List, Runnable)} */
    PendingMessage(List<NewEntry> entries, Runnable whenIn) {
        this.entries = List.copyOf(entries);
        this.whenIn = whenIn;
        int sum = 0;
        for (NewEntry entry : this.entries) {
            sum += entry.stanza().length();
        }
        this.characters = sum;
    }

    /** What became of it; empty while it is under way. */
    public Optional<ArchiveOutcome> outcome() {
        return Optional.ofNullable(outcome.getNow(null));
    }

    /**
     * Waits for its outcome. Does not withdraw it.
     *
     * @return empty if it is still under way after that time
     * @throws InterruptedException if the thread is interrupted while it waits
     */
    public Optional<ArchiveOutcome> await(Duration patience) throws InterruptedException {
        awaitDone(patience.toNanos());
        return outcome();
    }

    /**
     * Tells the outcome as soon as it is known, at once if it is. After the commit, on the writer's thread, as a rule: must
     * be quick, must not wait, and must not ask the writer to wait. What it throws is lost.
     */
    public void whenSettled(Consumer<ArchiveOutcome> listener) {
        outcome.thenAccept(listener);
    }

    List<NewEntry> entries() {
        return entries;
    }

    int characters() {
        return characters;
    }

    /** When it was made, as {@link System#nanoTime}. */
    long handedAt() {
        return handedAt;
    }

    long number() {
        return number;
    }

    /** It is in the queue; called under that one's lock, before the writer can see it. */
    void isIn(long place) {
        number = place;
        whenIn.run();
    }

    /** The writer takes it. From now on it has an outcome, however long that takes. */
    boolean begin() {
        return state.compareAndSet(State.WAITING, State.BEGUN);
    }

    /** Its thread gives up. True = it will never be written. */
    boolean withdraw() {
        return state.compareAndSet(State.WAITING, State.WITHDRAWN);
    }

    /** The first outcome stands; later ones are ignored. True = this is the first. */
    boolean complete(ArchiveOutcome result) {
        return outcome.complete(result);
    }

    boolean awaitDone(long nanos) throws InterruptedException {
        try {
            outcome.get(nanos, TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException("An outcome is never an exception", e);
        }
    }
}
