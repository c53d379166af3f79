package org.igniterealtime.openfire.plugin.unifiedrouting.openfire.compat;

import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.UnreceivedMessages;
import org.jivesoftware.openfire.MessageRouter;
import org.jivesoftware.openfire.OfflineMessage;
import org.jivesoftware.openfire.OfflineMessageListener;
import org.jivesoftware.openfire.OfflineMessageStrategy;
import org.jivesoftware.openfire.XMPPServer;
import org.jivesoftware.openfire.session.ClientSession;
import org.jivesoftware.openfire.session.LocalClientSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xmpp.packet.Message;

/**
 * Puts a strategy of ours into the place of Openfire's for messages that nobody receives. COMPAT(4.2), COMPAT(5.x): there is
 * no interface for that; the server's module, the router's private field and those of the connections' deliverers have the
 * same names and types in both.
 */
public final class OfflineStrategySwitch implements UnreceivedMessages.Listeners {

    private static final Logger Log = LoggerFactory.getLogger(OfflineStrategySwitch.class);

    private final XMPPServer server;
    private OfflineMessageStrategy original;
    private Deciding ours;

    public OfflineStrategySwitch(XMPPServer server) {
        this.server = server;
    }

    /** Asks us first, and Openfire's own strategy about what is not ours. */
    private static final class Deciding extends OfflineMessageStrategy {

        private final OfflineMessageStrategy original;
        private final Predicate<Message> decision;
        private volatile boolean isRetired;

        Deciding(OfflineMessageStrategy original, Predicate<Message> decision) {
            this.original = original;
            this.decision = decision;
        }

        @Override
        public void storeOffline(Message message) {
            if (message != null && (isRetired || !decision.test(message))) {
                original.storeOffline(message);
            }
        }
    }

    /**
     * @param decision takes each message that nobody received; false = it is Openfire's
     * @return false if this Openfire does not let us: then everything is as it was
     */
    public boolean install(Predicate<Message> decision) {
        try {
            original = current();
            if (original.getClass().getName().equals(Deciding.class.getName())) {
                // An earlier instance of this plugin has left it behind.
                original = new OfflineMessageStrategy();
                original.initialize(server);
            }
            ours = new Deciding(original, decision);
            ours.initialize(server);
            replace(ours);
            return true;
        } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
            Log.error("Openfire's offline storage cannot be replaced; it goes on beside the archive.", e);
            restore();
            return false;
        }
    }

    /** Puts Openfire's own one back. What still has ours, asks that. */
    public void restore() {
        if (ours != null) {
            ours.isRetired = true;
        }
        if (original != null) {
            try {
                replace(original);
            } catch (ReflectiveOperationException | RuntimeException e) {
                Log.error("Openfire's offline storage could not be put back everywhere; ours passes everything on.", e);
            }
        }
    }

    private OfflineMessageStrategy current() {
        return server.getOfflineMessageStrategy();
    }

    private void replace(OfflineMessageStrategy strategy) throws ReflectiveOperationException {
        Field modules = XMPPServer.class.getDeclaredField("modules");
        modules.setAccessible(true);
        @SuppressWarnings("unchecked")
        Map<Class<?>, Object> all = (Map<Class<?>, Object>) modules.get(server);
        set(server.getMessageRouter(), MessageRouter.class, strategy, true);
        all.replace(OfflineMessageStrategy.class, strategy);
        for (ClientSession session : server.getSessionManager().getSessions()) {
            if (session instanceof LocalClientSession local && !local.isDetached()) {
                replaceIn(local, strategy);
            }
        }
    }

    private static void replaceIn(LocalClientSession session, OfflineMessageStrategy strategy) {
        try {
            Object deliverer = session.getConnection().getPacketDeliverer();
            if (deliverer != null) {
                set(deliverer, deliverer.getClass(), strategy, false);
            }
        } catch (ReflectiveOperationException | RuntimeException e) {
            Log.debug("The strategy of session '{}' could not be replaced.", session.getAddress(), e);
        }
    }

    private static void set(Object owner, Class<?> type, OfflineMessageStrategy strategy, boolean required)
            throws ReflectiveOperationException {
        boolean isSet = false;
        for (Field field : type.getDeclaredFields()) {
            if (field.getType() == OfflineMessageStrategy.class && !Modifier.isStatic(field.getModifiers())) {
                field.setAccessible(true);
                field.set(owner, strategy);
                isSet = true;
            }
        }
        if (required && !isSet) {
            throw new NoSuchFieldException("No strategy in " + type);
        }
    }

    @Override
    public void stored(Message message) {
        for (Object listener : listeners()) {
            try {
                storedMethod().invoke(listener, argumentOf(storedMethod(), message));
            } catch (ReflectiveOperationException | RuntimeException e) {
                Log.warn("A listener of offline messages failed.", e);
            }
        }
    }

    @Override
    public void bounced(Message message) {
        for (Object listener : listeners()) {
            try {
                ((OfflineMessageListener) listener).messageBounced(message);
            } catch (RuntimeException e) {
                Log.warn("A listener of offline messages failed.", e);
            }
        }
    }

    /** COMPAT(4.2): is told of the message. COMPAT(5.x): of an OfflineMessage, which knows its time. */
    private static Method storedMethod() throws NoSuchMethodException {
        for (Method method : OfflineMessageListener.class.getMethods()) {
            if (method.getName().equals("messageStored")) {
                return method;
            }
        }
        throw new NoSuchMethodException("messageStored");
    }

    private static Message argumentOf(Method method, Message message) {
        return method.getParameterTypes()[0] == OfflineMessage.class
                ? new OfflineMessage(new Date(), message.getElement())
                : message;
    }

    private static Collection<?> listeners() {
        try {
            Field listeners = OfflineMessageStrategy.class.getDeclaredField("listeners");
            listeners.setAccessible(true);
            return List.copyOf((Collection<?>) listeners.get(null));
        } catch (ReflectiveOperationException | RuntimeException e) {
            Log.debug("The listeners of offline messages cannot be told.", e);
            return List.of();
        }
    }
}
