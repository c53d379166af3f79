package org.igniterealtime.openfire.plugin.unifiedrouting.archive.imports;

/**
 * Copies another plugin's archive into the accounts' archives, from the newest message to the oldest, while the server
 * works. Only one node of a cluster does it at a time. Implementations are thread-safe.
 */
public interface ArchiveImport {

    /**
     * Begins, or goes on where it stood when it was stopped or the server ended. Returns at once; does nothing while it
     * is running. After it has finished, it begins anew: what is in an archive, or was once brought there, is left as it
     * is.
     */
    void start();

    /** Makes it end and waits until it has. What is done stays done. */
    void stop();

    /**
     * How far it is.
     *
     * @throws org.igniterealtime.openfire.plugin.unifiedrouting.archive.StoreUnavailable if nobody
     *     has asked for it since the server started, and the database does not answer
     */
    ImportProgress progress();
}
