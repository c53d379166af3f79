package org.igniterealtime.openfire.plugin.unifiedrouting.subscription;

import java.util.List;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchivedMessage;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.StoreUnavailable;

/** Reads an archive in order. */
@FunctionalInterface
public interface ArchiveReader {

    /**
     * @param after only entries behind this place
     * @param max how many at most
     * @param bytes how long all of them are at most as text in UTF-8, unless it is one alone
     * @return none only if nothing is behind that place. That it is less than asked for says nothing
     * @throws StoreUnavailable if the database fails
     */
    List<ArchivedMessage> read(String owner, long after, int max, long bytes);
}
