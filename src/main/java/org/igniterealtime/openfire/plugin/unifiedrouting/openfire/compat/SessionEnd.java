package org.igniterealtime.openfire.plugin.unifiedrouting.openfire.compat;

import org.jivesoftware.openfire.SessionManager;
import org.jivesoftware.openfire.session.LocalClientSession;
import org.jivesoftware.openfire.session.LocalSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xmpp.packet.StreamError;

/**
 * Ends sessions for good: Openfire leaves a session that can be resumed (XEP-0198) waiting, and does not close one that
 * waits. COMPAT(4.2), COMPAT(5.x): what forgets a waiting one returns nothing in 4.2 and something in 5.
 */
public final class SessionEnd {

    private static final Logger Log = LoggerFactory.getLogger(SessionEnd.class);

    private final SessionManager sessions;

    public SessionEnd(SessionManager sessions) {
        this.sessions = sessions;
    }

    /** Says what Openfire says to the sessions of a deleted account. */
    public void end(LocalClientSession session) {
        session.getStreamManager().formalClose();
        if (session.isDetached()) {
            forgetWaiting(session);
            sessions.removeSession(session);
        } else {
            session.deliverRawText(new StreamError(StreamError.Condition.not_authorized).toXML());
            session.close();
        }
    }

    private void forgetWaiting(LocalClientSession session) {
        try {
            SessionManager.class.getMethod("removeDetached", LocalSession.class).invoke(sessions, session);
        } catch (ReflectiveOperationException e) {
            Log.warn("Session '{}' goes on waiting to be resumed, and cannot be.", session.getAddress(), e);
        }
    }
}
