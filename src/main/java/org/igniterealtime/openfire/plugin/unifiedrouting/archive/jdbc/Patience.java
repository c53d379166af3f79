package org.igniterealtime.openfire.plugin.unifiedrouting.archive.jdbc;

/**
 * What to do about slices that a database refuses although it answers: they are tried smaller and smaller, until one row
 * is found that it does not take; that one is left out. Not thread-safe.
 */
final class Patience {

    /** How often one row is tried. */
    private static final int TRIES = 3;

    /** How many rows are left out one after the other before the database is held to blame, and not the rows. */
    private static final int MAX_LEFT_OUT = 20;

    private static final int SHRINK = 8;

    private final int fullRows;
    private int rows;
    private int tries;
    private int leftOut;

    /**
     * @param rows how many a slice has as long as nothing fails
     */
    Patience(int rows) {
        this.fullRows = rows;
        this.rows = rows;
    }

    /** How many rows the next slice has. */
    int rows() {
        return rows;
    }

    /** Whether the next slice is to be left out. */
    boolean isAtAnEnd() {
        return tries >= TRIES;
    }

    void refused() {
        tries = rows == 1 ? tries + 1 : 0;
        rows = Math.max(1, rows / SHRINK);
    }

    /**
     * The slice was committed, or left out.
     *
     * @param entries how many it has brought into archives
     * @throws IllegalStateException if nothing but leaving out succeeds
     */
    void succeeded(long entries) {
        if (isAtAnEnd()) {
            leftOut++;
        } else if (entries > 0) {
            leftOut = 0;
        }
        if (leftOut > MAX_LEFT_OUT) {
            throw new IllegalStateException("The database has refused " + leftOut + " rows one after the other");
        }
        // After one that is left out the next one is tried alone: bad rows come together.
        rows = isAtAnEnd() ? 1 : Math.min(fullRows, rows * 2);
        tries = 0;
    }
}
