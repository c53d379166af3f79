package org.igniterealtime.openfire.plugin.unifiedrouting.openfire.compat;

import io.netty.channel.Channel;
import java.lang.reflect.Field;
import java.util.Map;
import java.util.Optional;
import org.jivesoftware.openfire.Connection;
import org.jivesoftware.openfire.session.LocalClientSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xmpp.packet.StreamError;

/**
 * COMPAT(5.x): whoever resumes a session has the server close its earlier connection. The server hears of that end later, on
 * a thread of that connection, and takes it for the end of the present one: it detaches the session again, or ends it, for
 * 5.1 no longer takes it for one that can be resumed. So the session leaves its earlier connection before, and the server
 * does not hear of its end.
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
    public void part(LocalClientSession session, Connection earlier) {
        if (!session.getStreamManager().getResume()) {
            return;
        }
        try {
            Optional<Channel> channel = NettyOutput.channel(earlier);
            if (channel.isEmpty()) {
                return;
            }
            for (Object listener : listeners(earlier).keySet().toArray()) {
                if (listener.getClass().getName().equals(SERVERS_LISTENER)) {
                    listeners(earlier).remove(listener);
                }
            }
            session.setDetached();
            earlier.deliverRawText(
                    new StreamError(StreamError.Condition.conflict, "The stream goes on over another connection.")
                            .toXML());
            // In 5.0 the connection would have it that the client wanted to end its session.
            channel.get().close();
        } catch (ReflectiveOperationException | RuntimeException e) {
            Log.warn(
                    "'{}' is resumed while it is still connected: its session may end again.", session.getAddress(), e);
        }
    }

    private static Map<?, ?> listeners(Connection connection) throws ReflectiveOperationException {
        Field listeners = Class.forName(CONNECTION).getDeclaredField("closeListeners");
        listeners.setAccessible(true);
        return (Map<?, ?>) listeners.get(connection);
    }
}
