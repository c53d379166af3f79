package org.igniterealtime.openfire.plugin.unifiedrouting.archive;

import java.util.List;
import java.util.Set;

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

    /**
     * A commit broke off, and may have gone through without {@link #committed} being called. Called by the writer's thread
     * when the database answers again. Must return quickly.
     *
     * @param owners whose archives may hold more than was told
     */
    default void uncertain(Set<String> owners) {
        // Whoever reads the database whenever he needs to know misses nothing.
    }

    /** Tells this listener first, then the other one, whatever became of the first. */
    default CommitListener andAlways(CommitListener next) {
        CommitListener first = this;
        return new CommitListener() {

            @Override
            public void committed(List<AppendedEntry> entries) {
                try {
                    first.committed(entries);
                } finally {
                    next.committed(entries);
                }
            }

            @Override
            public void uncertain(Set<String> owners) {
                try {
                    first.uncertain(owners);
                } finally {
                    next.uncertain(owners);
                }
            }
        };
    }
}
