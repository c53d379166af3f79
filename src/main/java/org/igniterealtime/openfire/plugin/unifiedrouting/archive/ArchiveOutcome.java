package org.igniterealtime.openfire.plugin.unifiedrouting.archive;

import java.util.List;

/** What became of a message that was given to the {@link ArchiveWriter}. */
public sealed interface ArchiveOutcome {

    /**
     * It is in the archive of each of its owners.
     *
     * @param messages one for each owner, in the order given
     */
    record Stored(List<ArchivedMessage> messages) implements ArchiveOutcome {}

    /**
     * It is in nobody's archive and will not be.
     *
     * @param reason why
     */
    record Failed(StoreUnavailable reason) implements ArchiveOutcome {}
}
