package org.igniterealtime.openfire.plugin.unifiedrouting.archive;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A message between the thread that brought it and the writer. Whoever moves it out of {@code WAITING} decides its
 * fate: the writer begins it, or its own thread withdraws it; never both.
 */
final class PendingMessage {

    private enum State {
        WAITING,
        BEGUN,
        WITHDRAWN
    }

    private final List<NewEntry> entries;
    private final AtomicReference<State> state = new AtomicReference<>(State.WAITING);
    private final CountDownLatch done = new CountDownLatch(1);
    private final AtomicReference<ArchiveOutcome> outcome = new AtomicReference<>();

    PendingMessage(List<NewEntry> entries) {
        this.entries = List.copyOf(entries);
    }

    List<NewEntry> entries() {
        return entries;
    }

    int characters() {
        return entries.stream().mapToInt(entry -> entry.stanza().length()).sum();
    }

    /** The writer takes it. From now on it has an outcome, however long that takes. */
    boolean begin() {
        return state.compareAndSet(State.WAITING, State.BEGUN);
    }

    /** Its thread gives up. True = it will never be written. */
    boolean withdraw() {
        return state.compareAndSet(State.WAITING, State.WITHDRAWN);
    }

    /** The first outcome stands; later ones are ignored. */
    void complete(ArchiveOutcome result) {
        outcome.compareAndSet(null, result);
        done.countDown();
    }

    boolean awaitDone(long nanos) throws InterruptedException {
        return done.await(nanos, TimeUnit.NANOSECONDS);
    }

    ArchiveOutcome outcome() {
        return outcome.get();
    }
}
