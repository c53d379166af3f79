package org.igniterealtime.openfire.plugin.unifiedrouting.subscription;

/** Learns who has subscribed. */
@FunctionalInterface
public interface SubscriptionListener {

    /**
     * A session has all that the archive held, as far as its client is concerned, and hears of what comes.
     *
     * @param upTo the last place of what it has
     */
    void subscribed(SessionKey session, long upTo);
}
