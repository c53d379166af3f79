package org.igniterealtime.openfire.plugin.unifiedrouting.openfire;

import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import org.igniterealtime.openfire.plugin.unifiedrouting.openfire.compat.StreamFilters;
import org.igniterealtime.openfire.plugin.unifiedrouting.subscription.MidPrefixes;
import org.igniterealtime.openfire.plugin.unifiedrouting.subscription.SubscriptionRegistry;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Resent;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Sessions;
import org.jivesoftware.openfire.event.SessionEventListener;
import org.jivesoftware.openfire.event.UserEventListener;
import org.jivesoftware.openfire.session.ClientSession;
import org.jivesoftware.openfire.session.LocalClientSession;
import org.jivesoftware.openfire.session.LocalSession;
import org.jivesoftware.openfire.session.Session;
import org.jivesoftware.openfire.user.User;

/** Ends with sessions and accounts what belongs to them. */
final class SessionWatch implements SessionEventListener, UserEventListener {

    private final SubscriptionRegistry<?> subscriptions;
    private final MidPrefixes prefixes;
    private final Resent resent;
    private final StreamFilters filters;
    private final Consumer<LocalClientSession> connected;
    private final Function<LocalClientSession, Resent.End> ends;

    /**
     * @param connected is told of each session over its first connection
     * @param ends how a session of this node has ended
     */
    SessionWatch(
            SubscriptionRegistry<?> subscriptions,
            MidPrefixes prefixes,
            Resent resent,
            StreamFilters filters,
            Consumer<LocalClientSession> connected,
            Function<LocalClientSession, Resent.End> ends) {
        this.subscriptions = subscriptions;
        this.prefixes = prefixes;
        this.resent = resent;
        this.filters = filters;
        this.connected = connected;
        this.ends = ends;
    }

    private void isThere(Session session) {
        filters.ensure();
        if (session instanceof LocalClientSession client) {
            connected.accept(client);
        }
    }

    @Override
    public void sessionCreated(Session session) {
        isThere(session);
        if (session instanceof ClientSession client) {
            // COMPAT(5.x): a detached session whose resource is bound again is dropped without sessionDestroyed.
            subscriptions.replaced(Sessions.keyOf(client));
            prefixes.replaced(Sessions.keyOf(client));
            if (session instanceof LocalSession local) {
                resent.began(Sessions.keyOf(client), local.getConnection());
            }
        }
    }

    @Override
    public void sessionDestroyed(Session session) {
        if (session instanceof ClientSession client) {
            subscriptions.ended(Sessions.keyOf(client));
            prefixes.ended(Sessions.keyOf(client));
            resent.ended(
                    Sessions.keyOf(client),
                    client instanceof LocalClientSession local ? ends.apply(local) : Resent.End.OPEN);
        }
    }

    @Override
    public void anonymousSessionCreated(Session session) {
        // Anonymous users have no subscriptions.
        isThere(session);
    }

    @Override
    public void anonymousSessionDestroyed(Session session) {
        if (session instanceof ClientSession client) {
            resent.forget(Sessions.keyOf(client));
        }
    }

    @Override
    public void resourceBound(Session session) {
        // sessionCreated has come before.
    }

    @Override
    public void userCreated(User user, Map<String, Object> parameters) {
        // An archive begins with its first message.
    }

    @Override
    public void userDeleting(User user, Map<String, Object> parameters) {
        subscriptions.accountDeleted(user.getUsername());
    }

    @Override
    public void userModified(User user, Map<String, Object> parameters) {
        // Nothing that is kept depends on it.
    }
}
