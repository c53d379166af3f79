package org.igniterealtime.openfire.plugin.unifiedrouting.openfire;

import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.ClientLife;
import org.jivesoftware.openfire.event.SessionEventListener;
import org.jivesoftware.openfire.session.ClientSession;
import org.jivesoftware.openfire.session.Session;
import org.jivesoftware.openfire.user.PresenceEventListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xmpp.packet.JID;
import org.xmpp.packet.Presence;

/** Brings the server's news of sessions and their presence to those who keep offline sets. Lets nothing out that it throws. */
final class ClientNews implements SessionEventListener, PresenceEventListener {

    private static final Logger Log = LoggerFactory.getLogger(ClientNews.class);

    private final ClientLife life;

    ClientNews(ClientLife life) {
        this.life = life;
    }

    private static void quietly(Runnable news) {
        try {
            news.run();
        } catch (RuntimeException e) {
            // COMPAT(4.2): whoever sends this presence would not become available.
            Log.error("News of a session could not be worked off.", e);
        }
    }

    @Override
    public void sessionCreated(Session session) {
        quietly(() -> life.bound(session));
    }

    @Override
    public void sessionDestroyed(Session session) {
        quietly(() -> life.ended(session));
    }

    @Override
    public void availableSession(ClientSession session, Presence presence) {
        quietly(() -> life.available(session));
    }

    @Override
    public void presenceChanged(ClientSession session, Presence presence) {
        quietly(() -> life.available(session));
    }

    @Override
    public void unavailableSession(ClientSession session, Presence presence) {
        quietly(() -> life.unavailable(session));
    }

    @Override
    public void anonymousSessionCreated(Session session) {
        // Anonymous users have no offline set.
    }

    @Override
    public void anonymousSessionDestroyed(Session session) {
        // Anonymous users have no offline set.
    }

    @Override
    public void resourceBound(Session session) {
        // sessionCreated has come before.
    }

    @Override
    public void subscribedToPresence(JID subscriberJID, JID authorizerJID) {
        // Nothing depends on rosters.
    }

    @Override
    public void unsubscribedToPresence(JID unsubscriberJID, JID recipientJID) {
        // Nothing depends on rosters.
    }
}
