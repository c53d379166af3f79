package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

/**
 * How much a page holds.
 *
 * @param normal where the client does not say, at least 1
 * @param largest whatever the client says, at least 1
 * @param bytes how long all its messages are at most as text in UTF-8, unless it is one alone
 */
public record PageSize(int normal, int largest, long bytes) {

    public PageSize {
        if (normal < 1 || largest < normal) {
            throw new IllegalArgumentException("Pages of " + normal + " and at most " + largest + " messages");
        }
    }
}
