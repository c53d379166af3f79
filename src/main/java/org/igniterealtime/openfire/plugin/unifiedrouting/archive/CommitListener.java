package org.igniterealtime.openfire.plugin.unifiedrouting.archive;

import java.util.List;

/** Learns what entered the archives and offline sets. */
@FunctionalInterface
public interface CommitListener {

    /**
     * Called by the writer's thread after each commit, in the order of commits. Must return quickly: the next batch
     * waits for it.
     *
     * @param entries in the order of their archives, those that a limit kept out included
     */
    void committed(List<AppendedEntry> entries);
}
