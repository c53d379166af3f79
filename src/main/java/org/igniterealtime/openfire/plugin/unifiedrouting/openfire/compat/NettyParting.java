package org.igniterealtime.openfire.plugin.unifiedrouting.openfire.compat;

import io.netty.channel.Channel;
import java.lang.reflect.Field;
import java.util.Map;
import java.util.Optional;
import org.jivesoftware.openfire.Connection;
import org.jivesoftware.openfire.auth.AuthToken;
import org.jivesoftware.openfire.session.LocalClientSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xmpp.packet.StreamError;

/**
 * COMPAT(5.x): whoever resumes a session has the server close its earlier connection. The server hears of that end later, on
 * a thread of that connection, and takes it for the end of the present one: it detaches the session again, or ends it, for
 * 5.1 no longer takes it for one that can be resumed. So the session leaves its earlier connection before, and the server
 * does not hear of its end. That is done for its own account only: nobody else may take a connection away.
 */
public final class NettyParting implements ResumedStreams.Parting {

    private static final Logger Log = LoggerFactory.getLogger(NettyParting.class);

    private static final String CONNECTION = "org.jivesoftware.openfire.net.AbstractConnection";
    private static final String SERVERS_LISTENER = "org.jivesoftware.openfire.SessionManager$ClientSessionListener";

    @Override
    public void await(LocalClientSession session, Connection earlier) {
        // That thread may be the very one that would wait here.
    }

    @Override
    public void part(LocalClientSession session, Connection earlier, Object requester) {
        try {
            Optional<Channel> channel = NettyOutput.channel(earlier);
            if (channel.isPresent() && session.getStreamManager().getResume() && isOwner(requester, session)) {
                forgetEnd(earlier);
                session.setDetached();
                close(earlier);
                // Who does not read does not keep it open.
                channel.get().close();
            }
        } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
            Log.warn(
                    "'{}' is resumed while it is still connected: its session may end again.", session.getAddress(), e);
        }
    }

    /** Whether this connection's client has authenticated itself as the session's account, and has no session yet. */
    private static boolean isOwner(Object requester, LocalClientSession session) throws ReflectiveOperationException {
        Object asking = Class.forName(CONNECTION).getMethod("getSession").invoke(requester);
        if (asking == session || !(asking instanceof LocalClientSession client)) {
            return false;
        }
        AuthToken token = client.getAuthToken();
        return token != null
                && !token.isAnonymous()
                && client.getAddress().getNode() == null
                && token.getUsername().equalsIgnoreCase(session.getAddress().getNode());
    }

    private static void forgetEnd(Connection connection) throws ReflectiveOperationException {
        Field field = Class.forName(CONNECTION).getDeclaredField("closeListeners");
        field.setAccessible(true);
        Map<?, ?> listeners = (Map<?, ?>) field.get(connection);
        for (Object listener : listeners.keySet().toArray()) {
            if (listener.getClass().getName().equals(SERVERS_LISTENER)) {
                listeners.remove(listener);
            }
        }
    }

    /** So that the session can be resumed again: 5.1 asks whether there was an error, 5.0 whether the network has failed. */
    private static void close(Connection connection) throws ReflectiveOperationException {
        StreamError conflict =
                new StreamError(StreamError.Condition.conflict, "The stream goes on over another connection.");
        try {
            Connection.class
                    .getMethod("close", StreamError.class, boolean.class)
                    .invoke(connection, conflict, true);
        } catch (NoSuchMethodException e) {
            connection.deliverRawText(conflict.toXML());
            connection.close();
        }
    }
}
