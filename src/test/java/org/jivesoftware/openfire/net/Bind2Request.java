package org.jivesoftware.openfire.net;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Stands for the class of that name in Openfire 5.2, which the tests do not have. */
public final class Bind2Request {

    public static final Map<String, Bind2InlineHandler> HANDLERS = new ConcurrentHashMap<>();

    private Bind2Request() {}

    public static void registerElementHandler(Bind2InlineHandler handler) {
        HANDLERS.put(handler.getNamespace(), handler);
    }

    public static Bind2InlineHandler unregisterElementHandler(String namespace) {
        return HANDLERS.remove(namespace);
    }
}
