package org.igniterealtime.openfire.testserver.boot;

import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.util.Map;
import org.jivesoftware.openfire.SessionManager;
import org.jivesoftware.openfire.XMPPServer;
import org.jivesoftware.openfire.container.PluginManager;
import org.jivesoftware.openfire.container.PluginMonitor;

/** What Openfire does every so often by itself, and does at once when the test's process says so. */
final class ServerOrders {

    /** Looks whether plugins have come or gone: otherwise every 20 seconds. */
    static final char LOOK_FOR_PLUGINS = 'p';

    /** Ends detached sessions whose time is over: otherwise every 3 minutes. */
    static final char END_DETACHED_SESSIONS = 'd';

    private static final Map<Character, Order> ORDERS = Map.of(
            LOOK_FOR_PLUGINS, ServerOrders::lookForPlugins,
            END_DETACHED_SESSIONS, ServerOrders::endDetachedSessions);

    private interface Order {
        void run() throws ReflectiveOperationException;
    }

    private ServerOrders() {}

    static void follow(char order) {
        try {
            ORDERS.get(order).run();
        } catch (ReflectiveOperationException | RuntimeException e) {
            System.out.println("The order '" + order + "' cannot be followed: " + e);
        }
    }

    private static void lookForPlugins() throws ReflectiveOperationException {
        Field monitor = PluginManager.class.getDeclaredField("pluginMonitor");
        monitor.setAccessible(true);
        ((PluginMonitor) monitor.get(XMPPServer.getInstance().getPluginManager())).runNow(true);
    }

    private static void endDetachedSessions() throws ReflectiveOperationException {
        Constructor<?> task = Class.forName(SessionManager.class.getName() + "$DetachedCleanupTask")
                .getDeclaredConstructor(SessionManager.class);
        task.setAccessible(true);
        ((Runnable) task.newInstance(XMPPServer.getInstance().getSessionManager())).run();
    }
}
