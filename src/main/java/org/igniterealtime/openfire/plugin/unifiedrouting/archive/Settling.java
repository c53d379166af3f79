package org.igniterealtime.openfire.plugin.unifiedrouting.archive;

/**
 * Lets the writer finish what it was given before somebody reads: messages are delivered before they are committed, and
 * whoever got one must find it.
 */
@FunctionalInterface
public interface Settling {

    /**
     * Returns when everything that was handed to the writer before is committed or has failed; at once, if nothing is under
     * way.
     *
     * @throws StoreUnavailable if that takes too long
     */
    void settle();
}
