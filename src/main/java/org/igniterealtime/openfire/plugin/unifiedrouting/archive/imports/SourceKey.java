package org.igniterealtime.openfire.plugin.unifiedrouting.archive.imports;

import java.util.Comparator;

/**
 * Where a row stands in the other archive. No two rows of one key are ever torn apart, but there may be several: old
 * versions gave no ids.
 *
 * @param sentAt milliseconds since 1970
 * @param messageId {@link #NO_ID} if the row has none
 * @param conversationId of the conversation that the row belongs to
 */
public record SourceKey(long sentAt, long messageId, long conversationId) implements Comparable<SourceKey> {

    public static final long NO_ID = -1;

    private static final Comparator<SourceKey> ORDER = Comparator.comparingLong(SourceKey::sentAt)
            .thenComparingLong(SourceKey::messageId)
            .thenComparingLong(SourceKey::conversationId);

    /** A key before those of all rows of this time and after those of all earlier ones. */
    public static SourceKey startOf(long sentAt) {
        return new SourceKey(sentAt, Long.MIN_VALUE, Long.MIN_VALUE);
    }

    /** Whether rows of this key's time may come before it. */
    public boolean isWithinItsTime() {
        return messageId != Long.MIN_VALUE;
    }

    @Override
    public int compareTo(SourceKey other) {
        return ORDER.compare(this, other);
    }
}
