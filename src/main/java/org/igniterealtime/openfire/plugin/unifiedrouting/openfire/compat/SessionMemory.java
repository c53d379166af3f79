package org.igniterealtime.openfire.plugin.unifiedrouting.openfire.compat;

import java.util.Map;
import org.jivesoftware.openfire.session.LocalSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a session remembers while the plugin is not there. It goes with the session, also through a resumption (XEP-0198),
 * and must consist of the JDK's own types: the plugin's classes are others when it is back. Thread-safe.
 */
public final class SessionMemory {

    private static final Logger Log = LoggerFactory.getLogger(SessionMemory.class);
    private static final String KEY = "unifiedrouting";

    private SessionMemory() {}

    /** @param values of the JDK's own types; take the place of those before; none = nothing is remembered */
    public static void put(LocalSession session, Map<String, Object> values) {
        try {
            if (values.isEmpty()) {
                // COMPAT(4.2): void there, the former value in 5.x, so that no call can be compiled for both.
                LocalSession.class.getMethod("removeSessionData", String.class).invoke(session, KEY);
            } else {
                LocalSession.class
                        .getMethod("setSessionData", String.class, Object.class)
                        .invoke(session, KEY, Map.copyOf(values));
            }
        } catch (ReflectiveOperationException e) {
            Log.warn("What '{}' is subscribed to ends with the plugin.", session.getAddress(), e);
        }
    }

    /** What is remembered; empty if nothing is. Anything may be in it that another version of the plugin has put there. */
    public static Map<?, ?> of(LocalSession session) {
        return session.getSessionData(KEY) instanceof Map<?, ?> values ? values : Map.of();
    }
}
