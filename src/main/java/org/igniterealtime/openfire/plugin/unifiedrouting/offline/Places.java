package org.igniterealtime.openfire.plugin.unifiedrouting.offline;

import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * The cursor of one account (ROUTING-RULES section 6), and what stands behind it in the archive and is not undelivered:
 * held, or taken while something older is not. Not thread-safe.
 */
final class Places<S> {

    private final NavigableMap<Long, LedgerEntry<S>> behind = new TreeMap<>();
    private long cursor;

    /** The highest place known. */
    private long high;

    void reset(long newCursor, long last) {
        cursor = newCursor;
        high = Math.max(high, last);
    }

    void reach(long seq) {
        high = Math.max(high, seq);
    }

    long cursor() {
        return cursor;
    }

    long high() {
        return high;
    }

    void add(LedgerEntry<S> entry) {
        if (entry.isArchived() && entry.seq() > cursor) {
            behind.put(entry.seq(), entry);
        }
    }

    void remove(LedgerEntry<S> entry) {
        behind.remove(entry.seq(), entry);
    }

    /** Everything up to a place has been seen by somebody, who need not have taken it. */
    void pass(long seq) {
        reach(seq);
        behind.headMap(seq, true).values().forEach(LedgerEntry::pass);
    }

    boolean isPassed(LedgerEntry<S> entry) {
        return entry.isArchived() && entry.seq() <= cursor;
    }

    /** Moves the cursor as far as it may go. Returns what it has passed. */
    List<LedgerEntry<S>> advance(Backlog undelivered) {
        long target = undelivered.isEmpty() ? high : Math.min(high, undelivered.after());
        List<LedgerEntry<S>> passed = new ArrayList<>();
        while (!behind.isEmpty()) {
            LedgerEntry<S> first = behind.firstEntry().getValue();
            if (!first.isTaken()) {
                target = Math.min(target, first.seq() - 1);
                break;
            }
            if (first.seq() > target) {
                break;
            }
            behind.pollFirstEntry();
            passed.add(first);
        }
        cursor = Math.max(cursor, target);
        return passed;
    }
}
