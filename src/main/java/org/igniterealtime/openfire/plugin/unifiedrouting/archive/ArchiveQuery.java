package org.igniterealtime.openfire.plugin.unifiedrouting.archive;

import java.time.Instant;
import java.util.Optional;

/**
 * A question to one account's archive.
 *
 * @param owner the account's user name
 * @param with only this conversation
 * @param start only messages received at this time or later, in milliseconds
 * @param end only messages received at this time or earlier, in milliseconds
 * @param paging which part of what matches
 */
public record ArchiveQuery(
        String owner, Optional<PeerFilter> with, Optional<Instant> start, Optional<Instant> end, Paging paging) {

    /** The whole archive, in pages. */
    public static ArchiveQuery all(String owner, Paging paging) {
        return new ArchiveQuery(owner, Optional.empty(), Optional.empty(), Optional.empty(), paging);
    }

    /** Whether every message of the archive matches, so that its size is the number of matches. */
    public boolean isUnfiltered() {
        return with.isEmpty() && start.isEmpty() && end.isEmpty();
    }
}
