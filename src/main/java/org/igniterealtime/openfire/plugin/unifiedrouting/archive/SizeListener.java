package org.igniterealtime.openfire.plugin.unifiedrouting.archive;

/** Learns how large archives are when something was added to them. */
@FunctionalInterface
public interface SizeListener {

    /**
     * Called after each commit, once for each account that it concerns, by the thread that committed. Must return
     * quickly and throw nothing: those who sent the messages still wait.
     */
    void grown(String owner, ArchiveSize size);

    /** Tells this one, then the other. */
    default SizeListener andThen(SizeListener other) {
        return (owner, size) -> {
            grown(owner, size);
            other.grown(owner, size);
        };
    }
}
