package org.igniterealtime.openfire.plugin.unifiedrouting.offline;

/**
 * How many messages of one sender an account keeps undelivered (ROUTING-RULES section 7).
 *
 * @param messages 0 or more; {@link #NONE} has {@link Integer#MAX_VALUE}
 */
public record OfflineLimit(int messages) {

    /** Any number: what {@code limit='false'} asks for. */
    public static final OfflineLimit NONE = new OfflineLimit(Integer.MAX_VALUE);

    /**
     * @throws IllegalArgumentException if negative
     */
    public OfflineLimit {
        if (messages < 0) {
            throw new IllegalArgumentException("A limit is not negative: " + messages);
        }
    }

    public boolean isNone() {
        return messages == Integer.MAX_VALUE;
    }
}
