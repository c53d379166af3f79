package org.igniterealtime.openfire.plugin.unifiedrouting.archive;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * What waits for the writer, in the order in which it came, and how far the writer has got with it. Bounded by number, by
 * text, and by the time that the writer is going to need for it: who finds it full waits at the door. Nothing comes in
 * before it is opened and after it is closed. Thread-safe; one thread takes.
 */
final class WriterQueue {

    /** What became of a message that was to come in. */
    enum Entry {
        IN,
        FULL,
        CLOSED
    }

    /** As long as the last fourth is empty nobody waits before he hands something over. */
    private static final int CROWDED_PART = 4;

    /** Whoever logs in waits for what was handed over before, and so do acknowledgements. */
    private static final long MOST_LAG_NANOS = TimeUnit.SECONDS.toNanos(2);

    /** How much of what is known of the writer's pace comes from its last transaction. */
    private static final double NEWS = 0.25;

    private final WriterLimits limits;
    private final LongSupplier nanoTime;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();
    private final Condition room = lock.newCondition();
    private final Condition progress = lock.newCondition();
    private final Deque<PendingMessage> waiting = new ArrayDeque<>();
    private long characters;
    private boolean open;
    private int atTheDoor;
    private int awaitingProgress;
    private boolean takerWaits;

    /** How many messages the writer has in hand, if these are as many as it may take at once, and since when. */
    private int taken;

    private long takenAt;

    /** How long the writer needs for a message; 0 = not known yet. */
    private double nanosPerMessage;

    /** How many messages may wait. */
    private int capacity;

    /** The number of the oldest message that was taken and is not done with; 0 = none. */
    private long begun;

    /** The number of the newest message that came in. Written under the lock. */
    private volatile long handed;

    /** The number of the newest message of each owner, at least of those who have one under way. */
    private final Map<String, Long> newest = new HashMap<>();

    /** Written under the lock. */
    private volatile boolean isCrowded;

    /** Up to this number all messages have their outcome. Written under the lock. */
    private volatile long settled;

    /** @param nanoTime as {@link System#nanoTime} */
    WriterQueue(WriterLimits limits, LongSupplier nanoTime) {
        this.limits = limits;
        this.nanoTime = nanoTime;
        this.capacity = limits.queue();
    }

    void open() {
        lock.lock();
        try {
            open = true;
        } finally {
            lock.unlock();
        }
    }

    /** Who waits at the door is sent away; the taker finds what is left, and then nothing. */
    void close() {
        lock.lock();
        try {
            open = false;
            room.signalAll();
            arrived.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits for room at most so many nanoseconds. */
    Entry offer(PendingMessage message, long nanos) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = nanos;
            while (open && isFullFor(message)) {
                if (left <= 0) {
                    return Entry.FULL;
                }
                atTheDoor++;
                try {
                    left = room.awaitNanos(left);
                } finally {
                    atTheDoor--;
                }
            }
            if (!open) {
                return Entry.CLOSED;
            }
            message.isIn(handed + 1);
            handed = message.number();
            waiting.add(message);
            message.entries().forEach(entry -> newest.put(entry.owner(), message.number()));
            characters += message.characters();
            isCrowded = isCrowded();
            if (takerWaits) {
                arrived.signal();
            }
            return Entry.IN;
        } finally {
            lock.unlock();
        }
    }

    /** A text that is longer than all that may wait comes in alone. */
    private boolean isFullFor(PendingMessage message) {
        return waiting.size() >= capacity
                || !waiting.isEmpty() && characters + message.characters() > limits.queueCharacters();
    }

    /**
     * Takes what waits, up to the limits of one transaction. What was taken before is done with.
     *
     * @param batch gets what was taken; nothing if nothing came in time
     * @param nanos how long to wait for something; 0 = as long as the queue is open
     * @return false if the queue is closed and empty
     */
    boolean take(List<PendingMessage> batch, long nanos) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            begun = 0;
            learnPace();
            awaitArrival(nanos);
            int text = 0;
            while (!waiting.isEmpty() && batch.size() < limits.batchMessages() && text < limits.batchCharacters()) {
                PendingMessage next = waiting.poll();
                characters -= next.characters();
                if (next.begin()) {
                    batch.add(next);
                    text += next.characters();
                    begun = begun == 0 ? next.number() : begun;
                }
            }
            // Small transactions say nothing about large ones, nor do a few long messages.
            // A short queue is crowded before a full one has come together.
            taken = batch.size() >= Math.min(limits.batchMessages(), crowd()) ? batch.size() : 0;
            takenAt = nanoTime.getAsLong();
            makeRoom();
            settle();
            return open || !batch.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /** One transaction may always wait. */
    private void learnPace() {
        if (taken == 0) {
            return;
        }
        double last = (double) (nanoTime.getAsLong() - takenAt) / taken;
        taken = 0;
        nanosPerMessage = nanosPerMessage == 0 ? last : nanosPerMessage * (1 - NEWS) + last * NEWS;
        double inTime = MOST_LAG_NANOS / Math.max(1, nanosPerMessage);
        capacity = (int) Math.min(limits.queue(), Math.max(limits.batchMessages(), inTime));
    }

    private void awaitArrival(long nanos) throws InterruptedException {
        long left = nanos;
        while (waiting.isEmpty() && open && (nanos == 0 || left > 0)) {
            // Whoever asks how far the writer has got must not wait until something arrives.
            settle();
            takerWaits = true;
            try {
                if (nanos == 0) {
                    arrived.await();
                } else {
                    left = arrived.awaitNanos(left);
                }
            } finally {
                takerWaits = false;
            }
        }
    }

    /** Takes a message out that nobody will write. */
    void remove(PendingMessage message) {
        lock.lock();
        try {
            if (waiting.remove(message)) {
                characters -= message.characters();
                makeRoom();
            }
            settle();
        } finally {
            lock.unlock();
        }
    }

    /** Nobody takes any more: all that is left, and whoever waits for it is let go. */
    List<PendingMessage> abandon() {
        lock.lock();
        try {
            List<PendingMessage> rest = List.copyOf(waiting);
            waiting.clear();
            characters = 0;
            isCrowded = false;
            begun = 0;
            settle();
            return rest;
        } finally {
            lock.unlock();
        }
    }

    private void makeRoom() {
        isCrowded = isCrowded();
        if (atTheDoor > 0) {
            room.signalAll();
        }
    }

    private void settle() {
        long reached;
        if (begun != 0) {
            reached = begun - 1;
        } else {
            reached = waiting.isEmpty() ? handed : waiting.peek().number() - 1;
        }
        if (reached > settled) {
            settled = reached;
            forgetSettledOwners();
            if (awaitingProgress > 0) {
                progress.signalAll();
            }
        }
    }

    /** Each message has two owners as a rule: so there is always as much to forget as there is to look at. */
    private void forgetSettledOwners() {
        if (newest.size() > 4 * (waiting.size() + limits.batchMessages())) {
            newest.values().removeIf(last -> last <= settled);
        }
    }

    /** The number of what came in last; 0 = nothing yet. */
    long handed() {
        return handed;
    }

    /** The number of what came in last for an owner; 0 = nothing of that is under way. */
    long handed(String owner) {
        lock.lock();
        try {
            long last = newest.getOrDefault(owner, 0L);
            return last <= settled ? 0 : last;
        } finally {
            lock.unlock();
        }
    }

    /** Whether everything up to this number has its outcome. */
    boolean isSettled(long last) {
        return settled >= last;
    }

    /**
     * Waits until a good part of the queue is empty: whoever has that before him does not wait for room.
     *
     * @return false if it was not within so many nanoseconds
     */
    boolean awaitRoom(long nanos) throws InterruptedException {
        if (!isCrowded) {
            return true;
        }
        lock.lockInterruptibly();
        try {
            long left = nanos;
            while (open && isCrowded()) {
                if (left <= 0) {
                    return false;
                }
                atTheDoor++;
                try {
                    left = room.awaitNanos(left);
                } finally {
                    atTheDoor--;
                }
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** With so many that wait, whoever comes waits for room. */
    private int crowd() {
        return capacity - capacity / CROWDED_PART;
    }

    private boolean isCrowded() {
        return waiting.size() >= crowd()
                || characters >= limits.queueCharacters() - limits.queueCharacters() / CROWDED_PART;
    }

    /** Waits until what has come in up to this number has its outcome. False = not within so many nanoseconds. */
    boolean awaitSettled(long last, long nanos) throws InterruptedException {
        if (settled >= last) {
            return true;
        }
        lock.lockInterruptibly();
        try {
            long left = nanos;
            while (settled < last) {
                if (left <= 0) {
                    return false;
                }
                awaitingProgress++;
                try {
                    left = progress.awaitNanos(left);
                } finally {
                    awaitingProgress--;
                }
            }
            return true;
        } finally {
            lock.unlock();
        }
    }
}
