package org.igniterealtime.openfire.plugin.unifiedrouting.openfire.compat;

import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.ClientConnections;
import org.jivesoftware.openfire.Connection;
import org.jivesoftware.openfire.session.LocalClientSession;
import org.jivesoftware.openfire.streammanagement.StreamManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xmpp.packet.Message;

/**
 * What Openfire keeps to itself about clients' connections. COMPAT(4.2), COMPAT(5.x): the queue of unacknowledged stanzas is
 * private and has the same name in both; the client state queue (XEP-0352) is of 5.x only.
 */
public final class OpenfireConnections implements ClientConnections {

    private static final Logger Log = LoggerFactory.getLogger(OpenfireConnections.class);

    private final Optional<Field> unacknowledged = field(StreamManager.class, "unacknowledgedServerStanzas");
    private final Optional<Method> clientState = method(LocalClientSession.class, "getCsiManager");
    private final Optional<Method> isActive = clientState.flatMap(getter -> method(getter.getReturnType(), "isActive"));
    private final Optional<Field> heldBack = clientState.flatMap(getter -> field(getter.getReturnType(), "queue"));
    private final PendingOutput output;

    /**
     * @param majorVersion of the server: 4, 5
     */
    public OpenfireConnections(int majorVersion) {
        this.output = majorVersion >= 5 ? new NettyOutput() : new MinaOutput();
        if (unacknowledged.isEmpty()) {
            Log.error("This Openfire does not show what clients have not acknowledged. They may get messages twice.");
        }
    }

    /** Whether what was not acknowledged can be seen. */
    public boolean isComplete() {
        return unacknowledged.isPresent();
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
        List<Message> messages = new ArrayList<>();
        int stanzas = 0;
        StreamManager manager = session.getStreamManager();
        synchronized (manager) {
            for (Object one : queue(unacknowledged, manager)) {
                stanzas++;
                if (one instanceof StreamManager.UnackedPacket open && open.packet instanceof Message message) {
                    messages.add(message);
                }
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
        return new Unacknowledged(messages, stanzas);
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

    @Override
    public void forgetUnacknowledged(LocalClientSession session) {
        StreamManager manager = session.getStreamManager();
        synchronized (manager) {
            try {
                if (unacknowledged.isPresent() && unacknowledged.get().get(manager) instanceof Collection<?> queue) {
                    queue.clear();
                }
            } catch (ReflectiveOperationException e) {
                Log.debug("A queue of stanzas cannot be emptied.", e);
            }
        }
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
        Connection connection = connection(session);
        try {
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
