package org.igniterealtime.openfire.plugin.unifiedrouting.offline.jdbc;

import java.util.List;
import java.util.function.ToLongFunction;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.StoreUnavailable;

/**
 * Cuts a list into what one transaction does at once. What a database refuses although it answers is tried in smaller and
 * smaller parts, until one is found that it does not take; that one is passed over. Not thread-safe.
 *
 * @param <T> what is moved
 */
final class Slices<T> {

    private static final int ROWS = 500;

    /** So that a slice of long messages does not fill the heap. */
    private static final long CHARACTERS = 4 << 20;

    private static final int SHRINK = 8;

    private final List<T> all;
    private final ToLongFunction<T> characters;
    private int from;
    private int rows = ROWS;

    Slices(List<T> all, ToLongFunction<T> characters) {
        this.all = all;
        this.characters = characters;
    }

    boolean isAtEnd() {
        return from >= all.size();
    }

    List<T> next() {
        int to = from;
        long length = 0;
        do {
            length += characters.applyAsLong(all.get(to));
            to++;
        } while (to < all.size() && to - from < rows && length + characters.applyAsLong(all.get(to)) <= CHARACTERS);
        return all.subList(from, to);
    }

    void done(List<T> slice) {
        from += slice.size();
        rows = Math.min(ROWS, rows * 2);
    }

    /**
     * @return what is passed over; empty if it is tried again
     * @throws StoreUnavailable if the database fails altogether
     */
    List<T> refused(List<T> slice, Runnable probe) {
        probe.run();
        if (slice.size() > 1) {
            rows = Math.max(1, slice.size() / SHRINK);
            return List.of();
        }
        from++;
        return slice;
    }
}
