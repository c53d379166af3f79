package org.igniterealtime.openfire.plugin.unifiedrouting.openfire.compat;

import java.lang.reflect.Field;
import java.util.Collection;
import org.jivesoftware.openfire.http.HttpSession;

/**
 * How much Openfire keeps for a client that comes by BOSH (XEP-0124) until it asks for it. Such a client has neither a socket
 * that could be full nor stream management.
 */
final class BoshOutput {

    /** Nobody asks how much more there is. */
    private static final long ENOUGH = 1 << 20;

    private BoshOutput() {}

    /**
     * @return in characters; if it is much, no less than {@value #ENOUGH}
     * @throws ReflectiveOperationException if that is not to be found out
     */
    static long characters(HttpSession session) throws ReflectiveOperationException {
        Collection<?> pending = (Collection<?>) value(HttpSession.class, "pendingElements", session);
        long characters = 0;
        // COMPAT(4.2): a synchronized list.
        synchronized (pending) {
            for (Object deliverable : pending) {
                characters += length(deliverable);
                if (characters >= ENOUGH) {
                    break;
                }
            }
        }
        return characters;
    }

    private static long length(Object deliverable) throws ReflectiveOperationException {
        if (value(deliverable.getClass(), "packets", deliverable) instanceof Collection<?> stanzas) {
            return stanzas.stream()
                    .mapToLong(stanza -> stanza.toString().length())
                    .sum();
        }
        return value(deliverable.getClass(), "text", deliverable) instanceof String text ? text.length() : 0;
    }

    private static Object value(Class<?> type, String name, Object owner) throws ReflectiveOperationException {
        Field field = type.getDeclaredField(name);
        field.setAccessible(true);
        return field.get(owner);
    }
}
