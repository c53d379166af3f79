package org.igniterealtime.openfire.plugin.unifiedrouting.archive;

/** How far the writer has got with what was handed to it, counted from 1. Thread-safe. */
public interface Progress {

    /** The number of what was handed over last; 0 = nothing yet. Never falls. */
    long handedOver();

    /** Whether everything up to this number is committed, or has failed. */
    boolean isSettled(long upTo);

    /**
     * Waits for that, as long as a message waits for the writer at most; returns at once while the database is silent.
     *
     * @param since when the waiting has begun, as {@link System#nanoTime}
     * @return whether it is so
     */
    boolean awaitSettled(long upTo, long since);
}
