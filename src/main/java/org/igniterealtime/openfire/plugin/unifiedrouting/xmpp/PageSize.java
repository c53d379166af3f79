package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

/**
 * How many messages a page holds.
 *
 * @param normal where the client does not say, at least 1
 * @param largest whatever the client says, at least 1
 */
public record PageSize(int normal, int largest) {

    public PageSize {
        if (normal < 1 || largest < normal) {
            throw new IllegalArgumentException("Pages of " + normal + " and at most " + largest + " messages");
        }
    }
}
