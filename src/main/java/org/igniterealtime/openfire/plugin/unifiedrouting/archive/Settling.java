package org.igniterealtime.openfire.plugin.unifiedrouting.archive;

/**
 * Lets the writer finish what it was given for an account before somebody reads that one's archive: messages are delivered
 * before they are committed, and whoever got one must find it. What others' archives are given is not waited for. Thread-safe.
 */
public interface Settling {

    /**
     * Returns when everything that was handed to the writer for an account before is committed or has failed; at once, if
     * nothing of that is under way.
     *
     * @throws StoreUnavailable if that takes too long
     */
    void settle(String owner);

    /** For {@link #isDone}: the number of what was handed over last for an account; 0 = nothing of that is under way. */
    long handedOver(String owner);

    /**
     * For those who look again later rather than wait.
     *
     * @return whether everything up to this number is committed or has failed
     * @throws StoreUnavailable if not, and the database does not answer
     */
    boolean isDone(long upTo);
}
