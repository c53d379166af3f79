package org.igniterealtime.openfire.plugin.unifiedrouting.offline;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Mid;

/**
 * The books of one account's offline set while sessions of it are bound: which message is with whom, and how far the cursor
 * (ROUTING-RULES section 6) has come. What follows for the database is asked for by {@link #changes} and written behind.
 *
 * <p>A message is <em>submitted</em>, then <em>committed</em>, which may come after all else. A session <em>holds</em> it
 * from the moment when it is meant for it until it <em>took</em> it or is gone. When nobody holds a message and nobody took
 * it, it is <em>undelivered</em>, and the ledger forgets it but for its place: of undelivered messages it knows only between
 * which two places they are. The cursor stands before the first message that is undelivered or held.
 *
 * <p>A cursor that is saved never passes what a session still holds. After a crash such messages are delivered again, under
 * the same MID; none is lost.
 *
 * <p>Thread-safe. No method does I/O or calls anybody.
 *
 * @param <S> what names a session; the same one always equals itself
 */
public final class OfflineLedger<S> {

    /** After so many looks of the saver a message that nobody reported on counts as undelivered. */
    private static final int PATIENCE = 15;

    /** How many messages of sessions that are gone are remembered. More are not left unacknowledged. */
    private static final int MOST_COMING_BACK = 2_048;

    /** How far a message is on its way to a session. */
    private enum Hold {
        /** It is meant for it: waiting behind a flood, or being written this moment. */
        MEANT,
        /** It is written, and not acknowledged. */
        SENT
    }

    private static final class Entry<S> {
        final Mid mid;
        final Map<S, Hold> holders = new HashMap<>(2);
        final Set<S> takers = new HashSet<>(2);
        long seq;
        boolean committed;
        boolean archived = true;
        boolean taken;
        boolean undelivered;
        boolean saved;
        int looks;

        Entry(Mid mid) {
            this.mid = mid;
        }

        boolean isFree() {
            return !taken && holders.isEmpty();
        }
    }

    private final String owner;
    private final Map<Mid, Entry<S>> entries = new HashMap<>();

    /** What is archived, eligible, behind the cursor and not undelivered, by place. */
    private final NavigableMap<Long, Entry<S>> places = new TreeMap<>();

    /** Saved while somebody was reading the database: what was read may not know of it yet. */
    private final List<Entry<S>> leaving = new ArrayList<>();

    private final Set<Mid> returned = new HashSet<>();

    /** What sessions left behind that are gone: it is still to be routed once more. */
    private final Set<Mid> comingBack = newest();

    /** What another session took of that, before it was routed once more. */
    private final Set<Mid> takenMeanwhile = newest();

    private boolean open;
    private long cursor;
    private long savedCursor;

    /** The highest place known. */
    private long high;

    /** Between these, the second one included, messages may be undelivered. */
    private long undeliveredAfter;

    private long undeliveredUpTo;

    /** The place that somebody has seen everything up to, in force when no flood is under way. */
    private long seen;

    private int floods;
    private int readers;

    /** The first place at which a message became undelivered since somebody began to read. */
    private long missedByReaders = Long.MAX_VALUE;

    /** How many undelivered messages are not committed yet. */
    private int awaited;

    public OfflineLedger(String owner) {
        this.owner = owner;
    }

    private static Set<Mid> newest() {
        return Collections.newSetFromMap(new LinkedHashMap<>(2) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<Mid, Boolean> eldest) {
                return size() > MOST_COMING_BACK;
            }
        });
    }

    public String owner() {
        return owner;
    }

    /**
     * Told what the database says. Until then the ledger only takes notes. All that was handed to the archive's writer
     * before the ledger existed must be committed when the mailbox is read.
     */
    public synchronized void opened(OfflineMailbox mailbox) {
        open = true;
        cursor = mailbox.cursorSeq();
        savedCursor = cursor;
        high = Math.max(high, mailbox.lastSeq());
        undeliveredAfter = cursor;
        undeliveredUpTo = Math.max(cursor, high);
        settle();
        passSeen();
    }

    /** Whether {@link #opened} has to be called, for the first time or again. */
    public synchronized boolean isOpen() {
        return open;
    }

    /** A message that may have to be delivered later is on its way into the database, and to whoever is there. */
    public synchronized void submitted(Mid mid) {
        entries.computeIfAbsent(mid, Entry::new);
    }

    /** A submitted message will not be in the database. */
    public synchronized void failed(Mid mid) {
        Entry<S> entry = entries.remove(mid);
        if (entry != null && entry.undelivered && !entry.committed) {
            awaited--;
        }
    }

    /**
     * A message is in the database.
     *
     * @param archived whether the archive shows it; else it is kept until it is delivered
     * @param eligible whether it may have to be delivered later
     */
    public synchronized void committed(Mid mid, long seq, boolean archived, boolean eligible) {
        high = Math.max(high, seq);
        Entry<S> entry = entries.get(mid);
        if (!eligible) {
            if (entry != null && !entry.committed) {
                entries.remove(mid);
                awaited -= entry.undelivered ? 1 : 0;
            }
            settle();
            return;
        }
        if (entry == null) {
            // Submitted before the ledger was there, so that nobody could tell it what became of it.
            entry = new Entry<>(mid);
            entries.put(mid, entry);
        }
        if (entry.committed) {
            return;
        }
        entry.committed = true;
        entry.seq = seq;
        entry.archived = archived;
        if (entry.undelivered) {
            awaited--;
            leaveUndelivered(entry);
        } else if (archived && seq > cursor) {
            places.put(seq, entry);
        }
        settle();
    }

    /**
     * A message that is being routed reaches a session.
     *
     * @return whether the session may have it: false if it has it, or had it, already
     */
    public synchronized boolean meant(Mid mid, S session) {
        Entry<S> entry = entries.get(mid);
        if (entry == null) {
            // Given from the offline set, taken and saved, all before it was routed once more.
            return !takenMeanwhile.contains(mid);
        }
        if (entry.takers.contains(session) || entry.holders.containsKey(session)) {
            return false;
        }
        hold(entry, session);
        return true;
    }

    /**
     * A message of the offline set is about to be given to a session.
     *
     * @param skipped what is archived up to here is passed over; see {@link #floodBegins}
     * @return whether it may be: false if some session has it or had it
     */
    public synchronized boolean claim(OfflineMessage message, S session, long skipped) {
        if (message.archived() && message.seq() <= Math.max(cursor, skipped)) {
            return false;
        }
        Entry<S> entry = entries.get(message.mid());
        if (entry == null) {
            entry = new Entry<>(message.mid());
            entry.committed = true;
            entry.seq = message.seq();
            entry.archived = message.archived();
            entries.put(message.mid(), entry);
            if (message.archived()) {
                places.put(message.seq(), entry);
            }
        } else if (!entry.isFree()) {
            return false;
        }
        hold(entry, session);
        return true;
    }

    private void hold(Entry<S> entry, S session) {
        entry.holders.put(session, Hold.MEANT);
        if (entry.undelivered) {
            entry.undelivered = false;
            awaited--;
        }
    }

    /** What was meant for a session is written to it, and waits to be acknowledged. */
    public synchronized void sent(Mid mid, S session) {
        Entry<S> entry = entries.get(mid);
        if (entry != null && !entry.takers.contains(session)) {
            hold(entry, session);
            entry.holders.put(session, Hold.SENT);
        }
    }

    /** A session took a message. */
    public synchronized void took(Mid mid, S session) {
        Entry<S> entry = entries.get(mid);
        if (entry != null) {
            take(entry, session);
            settle();
        }
    }

    private void take(Entry<S> entry, S session) {
        if (entry.undelivered) {
            entry.undelivered = false;
            awaited--;
        }
        entry.holders.remove(session);
        entry.takers.add(session);
        entry.taken = true;
        forgetIfDone(entry);
    }

    /** What was written to a session, and is not acknowledged as far as is known. */
    public synchronized Set<Mid> awaiting(S session) {
        Set<Mid> open = new HashSet<>();
        for (Entry<S> entry : entries.values()) {
            if (entry.holders.get(session) == Hold.SENT) {
                open.add(entry.mid);
            }
        }
        return open;
    }

    /** Whether a session holds this message or took it. */
    public synchronized boolean isWith(Mid mid, S session) {
        Entry<S> entry = entries.get(mid);
        return entry != null && (entry.holders.containsKey(session) || entry.takers.contains(session));
    }

    /** Whether some session holds this message or took it, whichever. */
    public synchronized boolean isWithSomebody(Mid mid) {
        Entry<S> entry = entries.get(mid);
        return entry == null ? takenMeanwhile.contains(mid) : !entry.isFree();
    }

    /** A session did not get what was meant for it. What becomes of it is not known yet. */
    public synchronized void released(Mid mid, S session) {
        Entry<S> entry = entries.get(mid);
        if (entry != null) {
            entry.holders.remove(session);
            forgetIfDone(entry);
            settle();
        }
    }

    /**
     * A message is being routed once more, because a session ended that had not acknowledged it.
     *
     * @param isThere whether a session may still acknowledge
     */
    public synchronized void routedAgain(Mid mid, Predicate<S> isThere) {
        Entry<S> entry = entries.get(mid);
        if (entry != null) {
            entry.holders.keySet().removeIf(isThere.negate());
            entry.looks = 0;
        }
    }

    /**
     * The routing of a message is over, or has found nobody.
     *
     * @return whether the message is with somebody
     */
    public synchronized boolean routed(Mid mid) {
        Entry<S> entry = entries.get(mid);
        if (entry == null) {
            return false;
        }
        if (!entry.isFree()) {
            return true;
        }
        becomeUndelivered(entry);
        settle();
        return false;
    }

    /** Whether a message is meant for a session, and not written to it. */
    public synchronized boolean isOnlyMeant(Mid mid, S session) {
        Entry<S> entry = entries.get(mid);
        return entry != null && entry.holders.get(session) == Hold.MEANT;
    }

    /** Whether it is in the books. What is undelivered and committed is not. */
    public synchronized boolean knows(Mid mid) {
        return entries.containsKey(mid);
    }

    /** A message that the ledger knows nothing of, and whoever had it, turns out undelivered. */
    public synchronized void returned(Mid mid) {
        if (!entries.containsKey(mid) && !takenMeanwhile.contains(mid)) {
            returned.add(mid);
        }
    }

    /** A session is gone. What it held is undelivered, unless somebody else has it. */
    public synchronized void gone(S session) {
        List<Entry<S>> left = new ArrayList<>();
        for (Entry<S> entry : entries.values()) {
            entry.takers.remove(session);
            if (entry.holders.remove(session) != null) {
                left.add(entry);
            }
        }
        for (Entry<S> entry : left) {
            comingBack.add(entry.mid);
            if (entry.isFree()) {
                becomeUndelivered(entry);
            } else {
                forgetIfDone(entry);
            }
        }
        settle();
    }

    private void becomeUndelivered(Entry<S> entry) {
        if (entry.committed) {
            leaveUndelivered(entry);
        } else if (!entry.undelivered) {
            entry.undelivered = true;
            awaited++;
        }
    }

    private void leaveUndelivered(Entry<S> entry) {
        entries.remove(entry.mid);
        if (!entry.archived || entry.seq <= cursor) {
            return;
        }
        missedByReaders = Math.min(missedByReaders, entry.seq);
        places.remove(entry.seq);
        if (undeliveredUpTo <= undeliveredAfter) {
            undeliveredAfter = entry.seq - 1;
            undeliveredUpTo = entry.seq;
        } else {
            undeliveredAfter = Math.min(undeliveredAfter, entry.seq - 1);
            undeliveredUpTo = Math.max(undeliveredUpTo, entry.seq);
        }
    }

    /** Somebody has seen all that is archived up to a place. Nobody is flooded with it from now on. */
    public synchronized void seenUpTo(long seq) {
        seen = Math.max(seen, seq);
        passSeen();
    }

    private void passSeen() {
        if (floods > 0 || seen <= cursor || !open) {
            return;
        }
        high = Math.max(high, seen);
        places.headMap(seen, true).values().forEach(entry -> entry.taken = true);
        undeliveredAfter = Math.max(undeliveredAfter, seen);
        settle();
    }

    /**
     * The offline set begins to be given to a session. Until {@link #floodEnds}, what others have seen does not keep it from
     * being given.
     *
     * @return up to where others have seen the archive already
     */
    public synchronized long floodBegins() {
        floods++;
        return seen;
    }

    public synchronized void floodEnds() {
        floods--;
        passSeen();
    }

    /** Somebody is going to read the offline set. */
    public synchronized void readBegins() {
        if (readers == 0) {
            missedByReaders = Long.MAX_VALUE;
        }
        readers++;
    }

    /** What was read has been claimed, as far as it is wanted. */
    public synchronized void readEnds() {
        readers--;
        if (readers == 0) {
            List<Entry<S>> done = List.copyOf(leaving);
            leaving.clear();
            done.forEach(this::forgetIfDone);
        }
    }

    /** The last place at which a message may be undelivered now; to be asked before the offline set is read. */
    public synchronized long undeliveredUpTo() {
        return open ? Math.max(cursor, undeliveredUpTo) : Long.MAX_VALUE;
    }

    /**
     * All undelivered messages between two places, the second one included, have been read and claimed. To be called
     * before {@link #readEnds}.
     *
     * @param after the place behind which was read
     */
    public synchronized void scanned(long after, long upTo) {
        long last = Math.min(Math.min(upTo, undeliveredUpTo), missedByReaders - 1);
        if (open && after <= undeliveredAfter && last > undeliveredAfter) {
            undeliveredAfter = last;
            settle();
        }
    }

    /** Whether a message is undelivered that is not in the database yet. */
    public synchronized boolean awaitsCommit() {
        return awaited > 0;
    }

    /** Whether, as far as is known, some message is undelivered that was archived. */
    public synchronized boolean mayHaveUndelivered() {
        return !open || undeliveredUpTo > undeliveredAfter || awaited > 0;
    }

    public synchronized long cursor() {
        return Math.max(cursor, seen);
    }

    private void settle() {
        if (!open) {
            return;
        }
        long target = high;
        if (undeliveredUpTo > undeliveredAfter) {
            target = Math.min(target, undeliveredAfter);
        }
        while (!places.isEmpty()) {
            Entry<S> first = places.firstEntry().getValue();
            if (!first.taken) {
                target = Math.min(target, first.seq - 1);
                break;
            }
            if (first.seq > target) {
                break;
            }
            places.pollFirstEntry();
            cursor = Math.max(cursor, first.seq);
            forgetIfDone(first);
        }
        cursor = Math.max(cursor, target);
    }

    /** An entry is kept while the database does not know what became of it, and while a session may still send it back. */
    private void forgetIfDone(Entry<S> entry) {
        if (!entry.committed || !entry.taken || !entry.holders.isEmpty()) {
            return;
        }
        boolean passed = entry.archived && entry.seq <= cursor;
        if (!passed && !entry.saved) {
            return;
        }
        if (comingBack.contains(entry.mid)) {
            takenMeanwhile.add(entry.mid);
        }
        if (!passed && readers > 0) {
            leaving.add(entry);
        } else {
            entries.remove(entry.mid, entry);
        }
    }

    /** What the database has to learn; empty if it knows everything. To be followed by {@link #saved} if that succeeds. */
    public synchronized Optional<OfflineChange> changes() {
        if (!open) {
            return Optional.empty();
        }
        settle();
        List<Entry<S>> silent = new ArrayList<>();
        Set<Mid> taken = new HashSet<>();
        for (Entry<S> entry : entries.values()) {
            if (entry.committed && entry.taken && !entry.saved && !(entry.archived && entry.seq <= cursor)) {
                taken.add(entry.mid);
            } else if (entry.isFree() && entry.committed && ++entry.looks > PATIENCE) {
                silent.add(entry);
            }
        }
        silent.forEach(this::becomeUndelivered);
        settle();
        if (cursor == savedCursor && taken.isEmpty() && returned.isEmpty()) {
            return Optional.empty();
        }
        OptionalLong moved = cursor == savedCursor ? OptionalLong.empty() : OptionalLong.of(cursor);
        return Optional.of(new OfflineChange(owner, moved, taken, returned));
    }

    /** A change is in the database. */
    public synchronized void saved(OfflineChange change) {
        savedCursor = Math.max(savedCursor, change.cursor().orElse(savedCursor));
        for (Mid mid : change.taken()) {
            Entry<S> entry = entries.get(mid);
            if (entry != null) {
                entry.saved = true;
                places.remove(entry.seq, entry);
                forgetIfDone(entry);
            }
        }
        if (!change.returned().isEmpty()) {
            returned.removeAll(change.returned());
            // Where the cursor is now, the database has decided.
            open = false;
            seen = 0;
        }
        settle();
    }

    /** How many messages it has in mind; for tests, and for whoever watches memory. */
    public synchronized int size() {
        return entries.size();
    }
}
