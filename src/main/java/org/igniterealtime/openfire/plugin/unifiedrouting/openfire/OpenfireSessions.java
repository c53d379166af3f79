package org.igniterealtime.openfire.plugin.unifiedrouting.openfire;

import java.util.Optional;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Sessions;
import org.jivesoftware.openfire.SessionManager;
import org.jivesoftware.openfire.session.ClientSession;
import org.xmpp.packet.JID;

/** The sessions that Openfire knows by their full JID: bound, whether or not they have sent presence. */
final class OpenfireSessions implements Sessions {

    private final SessionManager sessions;

    OpenfireSessions(SessionManager sessions) {
        this.sessions = sessions;
    }

    @Override
    public Optional<ClientSession> find(JID fullJid) {
        return fullJid.getResource() == null ? Optional.empty() : Optional.ofNullable(sessions.getSession(fullJid));
    }
}
