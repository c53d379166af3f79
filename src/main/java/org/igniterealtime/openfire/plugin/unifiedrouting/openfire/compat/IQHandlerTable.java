package org.igniterealtime.openfire.plugin.unifiedrouting.openfire.compat;

import java.lang.reflect.Field;
import java.util.Map;
import java.util.Optional;
import org.jivesoftware.openfire.IQRouter;
import org.jivesoftware.openfire.handler.IQHandler;

/**
 * Which handler Openfire gives the IQs of a namespace to. COMPAT(4.2), COMPAT(5.x): the router does not tell, so its
 * private table is read; it has the same name in both.
 */
public final class IQHandlerTable {

    private static final String TABLE = "namespace2Handlers";

    private IQHandlerTable() {}

    /**
     * @return empty if no plugin has added a handler and none of the server's own has been asked for yet
     * @throws ReflectiveOperationException if this Openfire keeps its handlers in another way
     */
    public static Optional<IQHandler> find(IQRouter router, String namespace) throws ReflectiveOperationException {
        Field table = IQRouter.class.getDeclaredField(TABLE);
        table.setAccessible(true);
        Object handler = ((Map<?, ?>) table.get(router)).get(namespace);
        return Optional.ofNullable(IQHandler.class.cast(handler));
    }
}
