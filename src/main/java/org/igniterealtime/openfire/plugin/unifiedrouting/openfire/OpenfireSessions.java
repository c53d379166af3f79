package org.igniterealtime.openfire.plugin.unifiedrouting.openfire;

import java.util.Optional;
import java.util.function.Predicate;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.HeldStreams;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Sessions;
import org.jivesoftware.openfire.Connection;
import org.jivesoftware.openfire.SessionManager;
import org.jivesoftware.openfire.auth.UnauthorizedException;
import org.jivesoftware.openfire.interceptor.InterceptorManager;
import org.jivesoftware.openfire.interceptor.PacketRejectedException;
import org.jivesoftware.openfire.session.ClientSession;
import org.jivesoftware.openfire.session.LocalClientSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xmpp.packet.JID;
import org.xmpp.packet.Message;

/** The sessions that Openfire knows by their full JID: bound, whether or not they have sent presence. */
final class OpenfireSessions implements Sessions {

    private static final Logger Log = LoggerFactory.getLogger(OpenfireSessions.class);

    private final SessionManager sessions;
    private final InterceptorManager interceptors;

    /** Whether requests are known to be handled on the threads that are marked: nobody is refused for the lack of a mark before. */
    private volatile boolean marksArrive;

    /** Whether what this thread handles may come from a session that it names as its sender. */
    private volatile Predicate<ClientSession> clients = session -> true;

    OpenfireSessions(SessionManager sessions, InterceptorManager interceptors) {
        this.sessions = sessions;
        this.interceptors = interceptors;
    }

    @Override
    public Optional<ClientSession> find(JID fullJid) {
        return fullJid.getResource() == null ? Optional.empty() : Optional.ofNullable(sessions.getSession(fullJid));
    }

    /**
     * @param streams mark the threads of clients
     * @param marked whether they do so for all that comes over a connection
     */
    void tellClients(HeldStreams streams, Predicate<Connection> marked) {
        clients = session -> {
            if (streams.isClients()) {
                marksArrive = true;
                return true;
            }
            return !(marksArrive && isMarked(session, marked));
        };
    }

    private static boolean isMarked(ClientSession session, Predicate<Connection> marked) {
        return session instanceof LocalClientSession local && !local.isDetached() && marked.test(local.getConnection());
    }

    @Override
    public boolean isImpersonated(ClientSession session) {
        return !clients.test(session);
    }

    @Override
    public void tell(ClientSession session, Message message) {
        if (session instanceof LocalClientSession local
                && (local.getActiveList() != null || local.getDefaultList() != null)) {
            write(local, message);
        } else {
            session.process(message);
        }
    }

    /** What Openfire does when it has asked the session's lists. */
    private void write(LocalClientSession session, Message message) {
        try {
            interceptors.invokeInterceptors(message, session, false, false);
            session.deliver(message);
            interceptors.invokeInterceptors(message, session, false, true);
        } catch (PacketRejectedException e) {
            Log.trace("A message for '{}' is kept back.", session.getAddress(), e);
        } catch (UnauthorizedException | RuntimeException e) {
            Log.error("A message for '{}' could not be written.", session.getAddress(), e);
        }
    }
}
