package org.igniterealtime.openfire.plugin.unifiedrouting.rules;

import java.util.Set;

/**
 * What one session gets of a message.
 *
 * @param copies empty for a session that gets nothing; a subscribed one may get two
 * @param mayWait whether the copies may be held back until the client is active again
 */
public record SessionDelivery(SessionSnapshot session, Set<Copy> copies, boolean mayWait) {

    public SessionDelivery {
        copies = Set.copyOf(copies);
    }
}
