package org.igniterealtime.openfire.plugin.unifiedrouting.openfire;

import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.igniterealtime.openfire.plugin.unifiedrouting.openfire.compat.SessionMemory;
import org.igniterealtime.openfire.plugin.unifiedrouting.subscription.Feeder;
import org.igniterealtime.openfire.plugin.unifiedrouting.subscription.MidPrefixes;
import org.igniterealtime.openfire.plugin.unifiedrouting.subscription.SessionKey;
import org.igniterealtime.openfire.plugin.unifiedrouting.subscription.SubscriptionRegistry;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.ArchiveUse;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Notification;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.RoutingNg;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Sessions;
import org.jivesoftware.openfire.session.ClientSession;
import org.jivesoftware.openfire.session.LocalClientSession;

/**
 * What clients were promised for as long as their sessions last outlives the plugin: subscriptions, prefixes of MIDs and
 * routing-ng (PROTOCOL sections 2 to 4). The sessions themselves keep it until the plugin is back, so that it ends with them
 * whoever is there to see it.
 */
final class Recollection {

    /** The last place that a subscribed session was told of, a {@code Long}. */
    private static final String TOLD = "told";

    /** The secret prefix, a {@code String}. */
    private static final String PREFIX = "midPrefix";

    /** What ids were used with it, hashed, a {@code long[]}. */
    private static final String USED = "midsUsed";

    /** Since when it is a routing-ng session, a {@code Long}: milliseconds since 1970. */
    private static final String ROUTING_NG = "routingNg";

    /** That it reads its archive by itself, a {@code Boolean}. */
    private static final String READING = "reading";

    private final Supplier<Collection<ClientSession>> sessions;
    private final SubscriptionRegistry<Notification> subscriptions;
    private final MidPrefixes prefixes;
    private ArchiveUse use;
    private RoutingNg routingNg;

    /** @param sessions the bound ones of this node */
    Recollection(
            Supplier<Collection<ClientSession>> sessions,
            SubscriptionRegistry<Notification> subscriptions,
            MidPrefixes prefixes) {
        this.sessions = sessions;
        this.subscriptions = subscriptions;
        this.prefixes = prefixes;
    }

    /** The plugin leaves. Nobody is told anything, and no id is given, any more. */
    void keep() {
        subscriptions.close();
        if (use == null) {
            // The plugin could not start: what the sessions remember is for the one that can.
            return;
        }
        Map<SessionKey, Long> told = subscriptions.told();
        for (ClientSession session : sessions.get()) {
            if (session instanceof LocalClientSession local) {
                SessionKey key = Sessions.keyOf(session);
                Map<String, Object> values = new HashMap<>();
                if (told.containsKey(key)) {
                    values.put(TOLD, told.get(key));
                }
                prefixes.find(key).ifPresent(prefix -> {
                    values.put(PREFIX, prefix.value());
                    values.put(USED, prefix.used());
                });
                routingNg.since(session).ifPresent(since -> values.put(ROUTING_NG, since.toEpochMilli()));
                if (use.isReading(session)) {
                    values.put(READING, true);
                }
                SessionMemory.put(local, values);
            }
        }
    }

    /** The plugin is back, and intercepts nothing yet: how sessions are routed to decides about the first message. */
    void recallModes(ArchiveUse archiveUse, RoutingNg modes) {
        use = archiveUse;
        routingNg = modes;
        for (ClientSession session : sessions.get()) {
            if (session instanceof LocalClientSession local) {
                Map<?, ?> values = SessionMemory.of(local);
                if (values.get(ROUTING_NG) instanceof Long since) {
                    routingNg.restore(session, Instant.ofEpochMilli(since));
                }
                if (Boolean.TRUE.equals(values.get(READING))) {
                    use.reads(session);
                }
            }
        }
    }

    /** The plugin is back. Where a subscription ended it goes on: what was archived since is told first. */
    void recall(Feeder<Notification> feeder) {
        for (ClientSession session : sessions.get()) {
            if (session instanceof LocalClientSession local) {
                Map<?, ?> values = SessionMemory.of(local);
                SessionKey key = Sessions.keyOf(session);
                if (values.get(PREFIX) instanceof String prefix && values.get(USED) instanceof long[] used) {
                    prefixes.restore(key, new MidPrefixes.Kept(prefix, used));
                }
                if (values.get(TOLD) instanceof Long told) {
                    feeder.subscribe(key, told);
                    use.subscribedBefore(key, told);
                }
            }
        }
    }
}
