package org.igniterealtime.openfire.plugin.unifiedrouting.archive;

import java.util.List;

/** What became of a message that was given to the {@link ArchiveWriter}. */
public sealed interface ArchiveOutcome {

    /**
     * It is committed, for each of its owners as far as limits allow.
     *
     * @param entries one for each owner, in the order given
     */
    record Stored(List<AppendedEntry> entries) implements ArchiveOutcome {

        /** The messages that archives show. */
        public List<ArchivedMessage> messages() {
            return AppendedEntry.archived(entries);
        }
    }

    /**
     * It is kept by nobody and will not be.
     *
     * @param reason why
     */
    record Failed(StoreUnavailable reason) implements ArchiveOutcome {}
}
