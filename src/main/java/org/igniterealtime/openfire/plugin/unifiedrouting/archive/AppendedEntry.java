package org.igniterealtime.openfire.plugin.unifiedrouting.archive;

import java.util.List;

/**
 * What became of an entry that was given to {@link ArchiveStore#append}.
 *
 * @param message the entry with its place. If the limit was reached and nothing is kept, that place stays empty
 * @param claim what it was to be to the offline set
 * @param result what it is
 */
public record AppendedEntry(ArchivedMessage message, OfflineClaim claim, Result result) {

    /** Whether an entry got what its claim asked for. */
    public enum Result {
        /** It did. */
        STORED,
        /** The limit was reached: it is archived, but not in the offline set. */
        STORED_NOT_ELIGIBLE,
        /** The limit was reached: it is kept nowhere. */
        OVER_LIMIT
    }

    /** Whether the archive shows it. */
    public boolean isArchived() {
        return claim.kind() == OfflineClaim.Kind.ARCHIVED && result != Result.OVER_LIMIT;
    }

    /** Whether it entered the offline set. */
    public boolean isEligible() {
        return claim.eligible() && result == Result.STORED;
    }

    /** The messages that archives show, in the same order. */
    static List<ArchivedMessage> archived(List<AppendedEntry> entries) {
        return entries.stream()
                .filter(AppendedEntry::isArchived)
                .map(AppendedEntry::message)
                .toList();
    }
}
