package org.igniterealtime.openfire.plugin.unifiedrouting.openfire;

import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.InlineFeatures;
import org.jivesoftware.openfire.event.SessionEventListener;
import org.jivesoftware.openfire.session.ClientSession;
import org.jivesoftware.openfire.session.Session;

/** Tells when a session that asked for something while it was bound has its answer: Openfire 5.2 dispatches that next. */
final class InlineBinding implements SessionEventListener {

    private final InlineFeatures features;

    InlineBinding(InlineFeatures features) {
        this.features = features;
    }

    @Override
    public void resourceBound(Session session) {
        if (session instanceof ClientSession client) {
            features.bound(client);
        }
    }

    @Override
    public void sessionDestroyed(Session session) {
        if (session instanceof ClientSession client) {
            features.ended(client);
        }
    }

    @Override
    public void sessionCreated(Session session) {
        // Nothing has been asked for yet.
    }

    @Override
    public void anonymousSessionCreated(Session session) {
        // Anonymous users have no archive.
    }

    @Override
    public void anonymousSessionDestroyed(Session session) {
        // Anonymous users have no archive.
    }
}
