package org.igniterealtime.openfire.plugin.unifiedrouting.archive;

import java.util.List;

/** Learns what entered the archives. */
@FunctionalInterface
public interface CommitListener {

    /**
     * Called by the writer's thread after each commit, in the order of commits. Must return quickly: the next batch
     * waits for it.
     *
     * @param messages in the order of their archives
     */
    void committed(List<ArchivedMessage> messages);
}
