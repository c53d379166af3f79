package org.igniterealtime.openfire.plugin.unifiedrouting.archive;

import org.igniterealtime.openfire.plugin.unifiedrouting.rules.ArchiveQuotaReaction;

/**
 * How large an account's archive may be (settings {@code archive.quota-…}).
 *
 * @param messages how many, at least 1; {@link #ANY} = any number
 * @param bytes of stanzas, at least 1; {@link #ANY} = any number
 * @param reaction what happens when there is no more room
 */
public record Quota(long messages, long bytes, ArchiveQuotaReaction reaction) {

    public static final long ANY = Long.MAX_VALUE;
    public static final Quota NONE = new Quota(ANY, ANY, ArchiveQuotaReaction.TRIM);

    /** A trimmed archive has room for this part of its quota, so that not each further message causes a trim. */
    private static final int ROOM = 50;

    public boolean isNone() {
        return messages == ANY && bytes == ANY;
    }

    /** Whether old messages have to go. */
    public boolean isExceededBy(ArchiveSize size) {
        return size.messages() > messages || size.bytes() > bytes;
    }

    /** Whether there is no room for another message. */
    public boolean isReachedBy(ArchiveSize size) {
        return size.messages() >= messages || size.bytes() >= bytes;
    }

    /** Whether messages have to go with this quota that stay with another. */
    public boolean deletesMoreThan(Quota other) {
        if (reaction != ArchiveQuotaReaction.TRIM || isNone()) {
            return false;
        }
        return other.reaction != ArchiveQuotaReaction.TRIM || messages < other.messages || bytes < other.bytes;
    }

    /** What to trim an archive to that exceeds this. */
    public ArchiveSize trimmed() {
        return new ArchiveSize(lower(messages), lower(bytes));
    }

    private static long lower(long limit) {
        return limit == ANY ? ANY : limit - limit / ROOM;
    }
}
