package org.igniterealtime.openfire.plugin.unifiedrouting.archive;

/**
 * What a new entry is to the account's offline set.
 *
 * @param kind whether the archive shows it
 * @param eligible whether it waits for a session that takes it
 * @param pairLimit how many undelivered messages of this peer there may be with it; {@link #UNLIMITED} = any number
 * @param archiveWhenOver whether it is archived, not eligible, where that limit is reached; else it is not kept at all.
 *     What is in the offline set only is never archived
 */
public record OfflineClaim(Kind kind, boolean eligible, int pairLimit, boolean archiveWhenOver) {

    public static final int UNLIMITED = Integer.MAX_VALUE;

    /** Archived, and nobody waits for it: what is sent, and what is for the history only. */
    public static final OfflineClaim NONE = new OfflineClaim(Kind.ARCHIVED, false, UNLIMITED, true);

    /** Archived, and in the offline set until a session takes it. */
    public static final OfflineClaim ELIGIBLE = new OfflineClaim(Kind.ARCHIVED, true, UNLIMITED, true);

    /** In the offline set until a session takes it, and nowhere else. */
    public static final OfflineClaim OFFLINE_ONLY = new OfflineClaim(Kind.OFFLINE_ONLY, true, UNLIMITED, false);

    /**
     * @throws IllegalArgumentException if the limit is negative, or if nobody would ever see the entry
     */
    public OfflineClaim {
        if (pairLimit < 0) {
            throw new IllegalArgumentException("A limit is not negative: " + pairLimit);
        }
        if (kind == Kind.OFFLINE_ONLY && !eligible) {
            throw new IllegalArgumentException("Neither archived nor in the offline set");
        }
    }

    /** The same, where so many undelivered messages of one peer are the most there may be. */
    public OfflineClaim limitedTo(int messages, boolean archivedWhenOver) {
        return new OfflineClaim(kind, eligible, messages, archivedWhenOver);
    }

    /** Where the entry is kept. */
    public enum Kind {
        /** In the archive. */
        ARCHIVED,
        /** Until a session takes it; the archive never shows it. */
        OFFLINE_ONLY
    }

    public boolean isLimited() {
        return eligible && pairLimit != UNLIMITED;
    }
}
