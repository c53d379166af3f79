package org.igniterealtime.openfire.plugin.unifiedrouting.openfire.compat;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Optional;
import org.dom4j.Element;
import org.jivesoftware.openfire.session.ClientSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Inline features of Bind 2 (XEP-0386). COMPAT(4.2), COMPAT(5.1): Openfire has them from 5.2 on, as a Bind2InlineHandler for
 * each namespace, which is asked after the session has been bound and before {@code <success/>} is written.
 */
public final class Bind2Hook {

    private static final Logger Log = LoggerFactory.getLogger(Bind2Hook.class);
    private static final String HANDLER = "org.jivesoftware.openfire.net.Bind2InlineHandler";
    private static final String REQUEST = "org.jivesoftware.openfire.net.Bind2Request";

    private Bind2Hook() {}

    /** Does what an element in {@code <bind/>} asks for. */
    @FunctionalInterface
    public interface Feature {

        /** @return what {@code <bound/>} says because it cannot be done; empty if it can */
        Optional<Element> ask(ClientSession session, Element request);
    }

    /**
     * Announces a feature and answers for it.
     *
     * @param server loads the server's classes
     * @return what takes it back; empty if this server has no such hook
     */
    public static Optional<Runnable> register(ClassLoader server, String namespace, Feature feature) {
        try {
            Class<?> type = Class.forName(HANDLER, true, server);
            Class<?> requests = Class.forName(REQUEST, true, server);
            Object handler = Proxy.newProxyInstance(
                    type.getClassLoader(), new Class<?>[] {type}, new Answering(namespace, feature));
            requests.getMethod("registerElementHandler", type).invoke(null, handler);
            return Optional.of(() -> unregister(requests, type, handler, namespace));
        } catch (ClassNotFoundException e) {
            return Optional.empty();
        } catch (ReflectiveOperationException e) {
            Log.warn("'{}' is no inline feature of Bind 2: this Openfire does it in an unknown way.", namespace, e);
            return Optional.empty();
        }
    }

    private static void unregister(Class<?> requests, Class<?> type, Object handler, String namespace) {
        try {
            Optional<Method> byHandler = method(requests, type);
            if (byHandler.isPresent()) {
                byHandler.get().invoke(null, handler);
            } else {
                requests.getMethod("unregisterElementHandler", String.class).invoke(null, namespace);
            }
        } catch (ReflectiveOperationException e) {
            Log.error("'{}' is still an inline feature of Bind 2.", namespace, e);
        }
    }

    private static Optional<Method> method(Class<?> requests, Class<?> parameter) {
        try {
            return Optional.of(requests.getMethod("unregisterElementHandler", parameter));
        } catch (NoSuchMethodException e) {
            return Optional.empty();
        }
    }

    private record Answering(String namespace, Feature feature) implements InvocationHandler {

        @Override
        public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
            return switch (method.getName()) {
                case "getNamespace" -> namespace;
                case "handleElement" -> {
                    Optional<Element> failure =
                            feature.ask((ClientSession) arguments[0], (Element) arguments[arguments.length - 1]);
                    failure.ifPresent(((Element) arguments[1])::add);
                    yield failure.isEmpty();
                }
                case "equals" -> proxy == arguments[0];
                case "hashCode" -> System.identityHashCode(proxy);
                case "toString" -> "inline feature " + namespace;
                default -> method.isDefault() ? InvocationHandler.invokeDefault(proxy, method, arguments) : null;
            };
        }
    }
}
