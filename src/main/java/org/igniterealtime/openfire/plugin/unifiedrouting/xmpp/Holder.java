package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import org.igniterealtime.openfire.plugin.unifiedrouting.subscription.SessionKey;

/**
 * Who holds a message, as ledgers see it. A subscribed session may hold it twice: itself, and notified.
 *
 * @param isNotified whether by its notification
 */
public record Holder(SessionKey session, boolean isNotified) {

    static Holder of(SessionKey session) {
        return new Holder(session, false);
    }

    static Holder notified(SessionKey session) {
        return new Holder(session, true);
    }
}
