package org.igniterealtime.openfire.plugin.unifiedrouting.offline;

/**
 * Where in an account's set undelivered messages may be: behind one place, up to another one. Which they are, the database
 * knows. Not thread-safe.
 */
final class Backlog {

    private long after;
    private long upTo;

    /** Nobody knows what is undelivered between these places, the second one included. */
    void reset(long unknownAfter, long unknownUpTo) {
        after = unknownAfter;
        upTo = Math.max(unknownAfter, unknownUpTo);
    }

    boolean isEmpty() {
        return upTo <= after;
    }

    /** Nothing is undelivered up to here; to be asked for while it is not empty. */
    long after() {
        return after;
    }

    long upTo() {
        return upTo;
    }

    void add(long seq) {
        if (isEmpty()) {
            after = seq - 1;
            upTo = seq;
        } else {
            after = Math.min(after, seq - 1);
            upTo = Math.max(upTo, seq);
        }
    }

    /** Nothing is undelivered any more between these places, the second one included. */
    void cleared(long from, long to) {
        if (from <= after) {
            after = Math.max(after, Math.min(to, upTo));
        }
    }
}
