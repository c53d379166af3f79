package org.igniterealtime.openfire.plugin.unifiedrouting.archive;

import java.util.Optional;

/**
 * Which part of the matching messages a query wants (XEP-0059). Both bounds are exclusive.
 *
 * @param max how many at most; 0 = none, only the count
 * @param bytes how long all of them are at most as text in UTF-8, unless it is one alone
 * @param backwards whether the newest matching messages are wanted rather than the oldest
 * @param after only messages after this one
 * @param before only messages before this one
 */
public record Paging(int max, long bytes, boolean backwards, Optional<Mid> after, Optional<Mid> before) {

    /**
     * @throws IllegalArgumentException if max is negative
     */
    public Paging {
        if (max < 0) {
            throw new IllegalArgumentException("A page cannot hold " + max + " messages");
        }
    }

    /** Messages of any length. */
    public Paging(int max, boolean backwards, Optional<Mid> after, Optional<Mid> before) {
        this(max, Long.MAX_VALUE, backwards, after, before);
    }

    /** The same part, cut where it is so long. */
    public Paging within(long most) {
        return new Paging(max, most, backwards, after, before);
    }

    /** The first messages of the archive. */
    public static Paging fromStart(int max) {
        return new Paging(max, false, Optional.empty(), Optional.empty());
    }

    /** The messages that follow one already known. */
    public static Paging after(Mid known, int max) {
        return new Paging(max, false, Optional.of(known), Optional.empty());
    }

    /** The last messages of the archive. */
    public static Paging fromEnd(int max) {
        return new Paging(max, true, Optional.empty(), Optional.empty());
    }

    /** The messages that come before one already known. */
    public static Paging before(Mid known, int max) {
        return new Paging(max, true, Optional.empty(), Optional.of(known));
    }
}
