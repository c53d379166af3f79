package org.igniterealtime.openfire.plugin.unifiedrouting.archive;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/** A store in memory that can be held up, refuse what a test wants it to refuse, or be gone. */
public final class ScriptedStore extends InMemoryArchive {

    private static final CountDownLatch OPEN = new CountDownLatch(0);

    private final List<List<String>> attempts = new CopyOnWriteArrayList<>();
    private final AtomicInteger appending = new AtomicInteger();
    private final AtomicInteger probes = new AtomicInteger();
    private volatile CountDownLatch gate = OPEN;
    private volatile String last;
    private volatile boolean down;
    private volatile boolean probeFailsOddly;
    private volatile Predicate<List<NewEntry>> refused = entries -> false;
    private volatile RuntimeException refusal = new StoreUnavailable("refused");
    private final AtomicInteger answersUntilLoss = new AtomicInteger();
    private final AtomicInteger probesUntilDown = new AtomicInteger();
    private final AtomicInteger failures = new AtomicInteger();

    @Override
    public List<AppendedEntry> append(List<NewEntry> entries) {
        attempts.add(entries.stream().map(entry -> entry.mid().value()).toList());
        appending.incrementAndGet();
        try {
            pass(gate);
        } finally {
            appending.decrementAndGet();
        }
        answer();
        if (failures.getAndSet(0) > 0) {
            throw new StoreUnavailable("the connection broke");
        }
        if (refused.test(entries)) {
            throw refusal;
        }
        List<AppendedEntry> stored = super.append(entries);
        if (stored.stream().anyMatch(entry -> entry.message().mid().value().equals(last))) {
            hold();
        }
        if (answersUntilLoss.decrementAndGet() == 0) {
            throw new StoreUnavailable("the connection broke after the commit");
        }
        return stored;
    }

    private static void pass(CountDownLatch gate) {
        try {
            if (!gate.await(30, TimeUnit.SECONDS)) {
                throw new IllegalStateException("A test left the store held");
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException("The store's caller must not be interrupted", e);
        }
    }

    @Override
    public Optional<ArchivedMessage> find(String owner, Mid mid) {
        answer();
        return super.find(owner, mid);
    }

    @Override
    public Optional<List<AppendedEntry>> committed(List<NewEntry> entries) {
        answer();
        return super.committed(entries);
    }

    @Override
    public void probe() {
        probes.incrementAndGet();
        if (probesUntilDown.get() > 0 && probesUntilDown.decrementAndGet() == 0) {
            // This one is answered.
            down = true;
            return;
        }
        if (probeFailsOddly) {
            throw new IllegalStateException("no pool");
        }
        answer();
    }

    private void answer() {
        if (down) {
            throw new StoreUnavailable("down");
        }
    }

    /** From now on whoever appends waits for {@link #release}. */
    public void hold() {
        gate = new CountDownLatch(1);
    }

    public void release() {
        CountDownLatch held = gate;
        gate = OPEN;
        held.countDown();
    }

    /** Whoever appends after this message was appended waits for {@link #release}. */
    void holdAfter(String mid) {
        last = mid;
    }

    /** Returns when somebody waits in {@link #append}. */
    public void awaitAppending() {
        await().pollInterval(Duration.ofMillis(1)).until(() -> appending.get() > 0);
    }

    public void goDown() {
        down = true;
    }

    /** So many probes are answered before it is down. */
    void goDownAfterProbes(int answered) {
        probesUntilDown.set(answered);
    }

    public void comeUp() {
        down = false;
    }

    void failProbesOddly(boolean oddly) {
        probeFailsOddly = oddly;
    }

    /** Batches that hold one of these MIDs fail. */
    public void refuse(String... mids) {
        refuseWith(new StoreUnavailable("refused"), mids);
    }

    void refuseWith(RuntimeException reason, String... mids) {
        refusal = reason;
        List<String> bad = List.of(mids);
        refused = entries ->
                entries.stream().anyMatch(entry -> bad.contains(entry.mid().value()));
    }

    /** The next append fails, the one after it does not. */
    void refuseNext() {
        failures.set(1);
    }

    /** The next batch but so many is committed, but whoever commits it never learns. */
    void loseAnswerAfter(int batches) {
        answersUntilLoss.set(batches + 1);
    }

    /** The MIDs of each append, successful or not. */
    List<List<String>> attempts() {
        return List.copyOf(attempts);
    }

    int probes() {
        return probes.get();
    }

    List<String> midsOf(String owner) {
        return archive(owner).stream().map(message -> message.mid().value()).toList();
    }
}
