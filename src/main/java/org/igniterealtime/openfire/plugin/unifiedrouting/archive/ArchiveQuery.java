package org.igniterealtime.openfire.plugin.unifiedrouting.archive;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * A question to one account's archive.
 *
 * @param owner the account's user name
 * @param filter which messages match
 * @param paging which part of what matches
 */
public record ArchiveQuery(String owner, Filter filter, Paging paging) {

    /**
     * Which messages match: those that meet every condition given.
     *
     * @param with only this conversation
     * @param start only messages received at this time or later, in milliseconds
     * @param end only messages received at this time or earlier, in milliseconds
     * @param afterId only messages after this one
     * @param beforeId only messages before this one
     * @param ids only these messages; empty = any
     */
    public record Filter(
            Optional<PeerFilter> with,
            Optional<Instant> start,
            Optional<Instant> end,
            Optional<Mid> afterId,
            Optional<Mid> beforeId,
            Set<Mid> ids) {

        /** Every message matches. */
        public static final Filter NONE = new Filter(
                Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Set.of());

        public Filter {
            ids = Set.copyOf(ids);
        }
    }

    /** The whole archive, in pages. */
    public static ArchiveQuery all(String owner, Paging paging) {
        return new ArchiveQuery(owner, Filter.NONE, paging);
    }

    public ArchiveQuery(
            String owner, Optional<PeerFilter> with, Optional<Instant> start, Optional<Instant> end, Paging paging) {
        this(owner, new Filter(with, start, end, Optional.empty(), Optional.empty(), Set.of()), paging);
    }

    /** Whether every message of the archive matches, so that its size is the number of matches. */
    public boolean isUnfiltered() {
        return filter.equals(Filter.NONE);
    }
}
