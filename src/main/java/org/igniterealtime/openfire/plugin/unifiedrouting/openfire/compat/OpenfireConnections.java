package org.igniterealtime.openfire.plugin.unifiedrouting.openfire.compat;

import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.ClientConnections;
import org.jivesoftware.openfire.Connection;
import org.jivesoftware.openfire.http.HttpSession;
import org.jivesoftware.openfire.session.LocalClientSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xmpp.packet.Message;
import org.xmpp.packet.Packet;

/**
 * What Openfire keeps to itself about clients' connections. COMPAT(5.x): the client state queue (XEP-0352) is not there in
 * 4.2.
 */
public final class OpenfireConnections implements ClientConnections {

    private static final Logger Log = LoggerFactory.getLogger(OpenfireConnections.class);

    private final Optional<Method> clientState = method(LocalClientSession.class, "getCsiManager");
    private final Optional<Method> isActive = clientState.flatMap(getter -> method(getter.getReturnType(), "isActive"));
    private final Optional<Field> heldBack = clientState.flatMap(getter -> field(getter.getReturnType(), "queue"));
    private final UnacknowledgedStanzas unacknowledged;
    private final PendingOutput output;

    /**
     * @param majorVersion of the server: 4, 5
     */
    public OpenfireConnections(int majorVersion, UnacknowledgedStanzas unacknowledged) {
        this.output = majorVersion >= 5 ? new NettyOutput() : new MinaOutput();
        this.unacknowledged = unacknowledged;
    }

    private static Optional<Field> field(Class<?> type, String name) {
        try {
            Field field = type.getDeclaredField(name);
            field.setAccessible(true);
            return Optional.of(field);
        } catch (ReflectiveOperationException | RuntimeException e) {
            return Optional.empty();
        }
    }

    private static Optional<Method> method(Class<?> type, String name) {
        try {
            return Optional.of(type.getMethod(name));
        } catch (NoSuchMethodException e) {
            return Optional.empty();
        }
    }

    @Override
    public Unacknowledged unacknowledged(LocalClientSession session) {
        List<Packet> stanzas = unacknowledged.of(session);
        List<Message> messages = new ArrayList<>();
        for (Packet one : stanzas) {
            if (one instanceof Message message) {
                messages.add(message);
            }
        }
        Object held = call(clientState, session);
        if (held != null) {
            synchronized (held) {
                for (Object one : queue(heldBack, held)) {
                    if (one instanceof Message message) {
                        messages.add(message);
                    }
                }
            }
        }
        return new Unacknowledged(messages, stanzas.size());
    }

    private static Collection<?> queue(Optional<Field> field, Object owner) {
        try {
            return field.isPresent() && field.get().get(owner) instanceof Collection<?> queue
                    ? List.copyOf(queue)
                    : List.of();
        } catch (ReflectiveOperationException | RuntimeException e) {
            Log.debug("A queue of stanzas cannot be read.", e);
            return List.of();
        }
    }

    private static Object call(Optional<Method> getter, Object owner) {
        try {
            return getter.isPresent() ? getter.get().invoke(owner) : null;
        } catch (ReflectiveOperationException e) {
            Log.debug("Openfire does not answer.", e);
            return null;
        }
    }

    /** COMPAT(4.2), COMPAT(5.x): Openfire has the session's stream management locked while it does. */
    @Override
    public boolean isRoutedAgain(LocalClientSession session) {
        return Thread.holdsLock(session.getStreamManager());
    }

    @Override
    public void forgetUnacknowledged(LocalClientSession session) {
        unacknowledged.forget(session);
    }

    @Override
    public boolean countsAcknowledgements(LocalClientSession session) {
        return session.getStreamManager().isEnabled();
    }

    @Override
    public boolean holdsBack(LocalClientSession session) {
        Object state = call(clientState, session);
        return state != null && Boolean.FALSE.equals(call(isActive, state));
    }

    @Override
    public boolean isConnected(LocalClientSession session) {
        Connection connection = connection(session);
        return connection != null && !connection.isClosed();
    }

    @Override
    public boolean isDetached(LocalClientSession session) {
        return session.isDetached();
    }

    @Override
    public long unwrittenBytes(LocalClientSession session) {
        try {
            if (session instanceof HttpSession bosh) {
                return BoshOutput.characters(bosh);
            }
            Connection connection = connection(session);
            return connection == null ? 0 : output.bytes(connection);
        } catch (ReflectiveOperationException | RuntimeException e) {
            Log.debug("What waits to be written to a client is not known.", e);
            return 0;
        }
    }

    /** Null for a session that has none. To ask a detached one for it makes Openfire 4.2 log an error. */
    private static Connection connection(LocalClientSession session) {
        return session.isDetached() ? null : session.getConnection();
    }
}
