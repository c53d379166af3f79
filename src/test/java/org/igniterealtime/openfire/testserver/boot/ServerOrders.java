package org.igniterealtime.openfire.testserver.boot;

import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.util.Map;
import org.jivesoftware.openfire.SessionManager;
import org.jivesoftware.openfire.XMPPServer;
import org.jivesoftware.openfire.container.PluginManager;
import org.jivesoftware.openfire.container.PluginMonitor;

/**
 * What Openfire does every so often by itself, and does at once when the test's process says so. A line on standard output
 * that begins with {@link #FOLLOWED} says that it is done.
 */
public final class ServerOrders {

    /** The order follows, and a number. */
    public static final String FOLLOWED = "order followed: ";

    /** Looks whether plugins have come or gone: otherwise every 20 seconds. */
    public static final char LOOK_FOR_PLUGINS = 'p';

    /** Ends detached sessions whose time is over: otherwise every 3 minutes. The number is how many ended. */
    public static final char END_DETACHED_SESSIONS = 'd';

    private ServerOrders() {}

    static void follow(char order) {
        try {
            int number =
                    switch (order) {
                        case LOOK_FOR_PLUGINS -> lookForPlugins();
                        case END_DETACHED_SESSIONS -> endDetachedSessions();
                        default -> throw new IllegalArgumentException("unknown");
                    };
            System.out.println(FOLLOWED + order + " " + number);
        } catch (ReflectiveOperationException | RuntimeException e) {
            System.out.println("The order '" + order + "' cannot be followed: " + e);
        }
    }

    private static int lookForPlugins() throws ReflectiveOperationException {
        PluginManager plugins = XMPPServer.getInstance().getPluginManager();
        ((PluginMonitor) value(plugins, "pluginMonitor")).runNow(true);
        return plugins.getPlugins().size();
    }

    private static int endDetachedSessions() throws ReflectiveOperationException {
        SessionManager sessions = XMPPServer.getInstance().getSessionManager();
        Map<?, ?> detached = (Map<?, ?>) value(sessions, "detachedSessions");
        int before = detached.size();
        Constructor<?> task = Class.forName(SessionManager.class.getName() + "$DetachedCleanupTask")
                .getDeclaredConstructor(SessionManager.class);
        task.setAccessible(true);
        ((Runnable) task.newInstance(sessions)).run();
        return before - detached.size();
    }

    private static Object value(Object owner, String field) throws ReflectiveOperationException {
        Field declared = owner.getClass().getDeclaredField(field);
        declared.setAccessible(true);
        return declared.get(owner);
    }
}
