package org.igniterealtime.openfire.plugin.unifiedrouting.openfire.compat;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.util.AttributeKey;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.HeldStreams;
import org.jivesoftware.openfire.Connection;
import org.jivesoftware.openfire.spi.ConnectionListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * COMPAT(5.x): connections are Netty's. The filter stands before the handler that gives elements to the server, on the same
 * thread. Handlers come from a NettyChannelHandlerFactory, an interface that 4.2 does not have.
 */
final class NettyLine implements StreamFilters.Line {

    static final String NAME = "unifiedrouting";
    static final String ANSWERS = NAME + "-answers";

    private static final Logger Log = LoggerFactory.getLogger(NettyLine.class);
    private static final String HANDLER = "businessLogicHandler";
    private static final String FACTORY = "org.jivesoftware.openfire.nio.NettyChannelHandlerFactory";
    private static final String ACCEPTOR = "org.jivesoftware.openfire.spi.NettyConnectionAcceptor";

    private final HeldStreams streams;
    private final Object factory;

    NettyLine(HeldStreams streams) {
        this.streams = streams;
        this.factory = factory();
    }

    private static final class Filter extends ChannelInboundHandlerAdapter {

        /** It may stand in the pipeline before, but what is read passes it by. */
        private volatile boolean added;

        /** Where Openfire keeps its own object for a connection. */
        private static final AttributeKey<Object> CONNECTION = AttributeKey.valueOf("CONNECTION");

        private final HeldStreams streams;

        Filter(HeldStreams streams) {
            this.streams = streams;
        }

        @Override
        public void handlerAdded(ChannelHandlerContext context) {
            added = true;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            if (message instanceof String element) {
                streams.pass(element, context.channel().attr(CONNECTION).get(), () -> context.fireChannelRead(message));
            } else {
                context.fireChannelRead(message);
            }
        }
    }

    /** Runs on the thread that writes to this connection, and to others. */
    private static final class Answers extends ChannelOutboundHandlerAdapter {

        private static final class Answer {
            final Object text;
            final ChannelPromise promise;
            boolean ready;

            Answer(Object text, ChannelPromise promise) {
                this.text = text;
                this.promise = promise;
            }
        }

        private final HeldStreams streams;

        /** In their order, whoever lets them go, and when. */
        private final Deque<Answer> waiting = new ArrayDeque<>(2);

        Answers(HeldStreams streams) {
            this.streams = streams;
        }

        @Override
        public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
            if (message instanceof String text
                    && HeldStreams.isAcknowledgement(i -> i < text.length() ? text.charAt(i) : -1)) {
                answer(context, new Answer(message, promise));
            } else {
                context.write(message, promise);
            }
        }

        private void answer(ChannelHandlerContext context, Answer answer) {
            answer.ready = !streams.hold(() -> context.executor().execute(() -> release(context, answer)));
            if (answer.ready && waiting.isEmpty()) {
                context.write(answer.text, answer.promise);
            } else {
                waiting.add(answer);
            }
        }

        private void release(ChannelHandlerContext context, Answer answer) {
            answer.ready = true;
            while (!waiting.isEmpty() && waiting.peek().ready) {
                Answer next = waiting.poll();
                context.writeAndFlush(next.text, next.promise);
            }
        }

        @Override
        public void handlerRemoved(ChannelHandlerContext context) {
            for (Answer answer = waiting.poll(); answer != null; answer = waiting.poll()) {
                context.writeAndFlush(answer.text, answer.promise);
            }
        }
    }

    private Object factory() {
        InvocationHandler calls = (proxy, method, arguments) -> switch (method.getName()) {
            case "addNewHandlerTo" -> {
                add((ChannelPipeline) arguments[0]);
                yield null;
            }
            case "removeHandlerFrom" -> {
                remove((ChannelPipeline) arguments[0]);
                yield null;
            }
            case "equals" -> proxy == arguments[0];
            case "hashCode" -> System.identityHashCode(proxy);
            default -> "stream filters of Unified Routing";
        };
        try {
            Class<?> type = Class.forName(FACTORY);
            return Proxy.newProxyInstance(NettyLine.class.getClassLoader(), new Class<?>[] {type}, calls);
        } catch (ClassNotFoundException e) {
            Log.warn("This Openfire takes no filters for its connections; each message waits for its archive.", e);
            return null;
        }
    }

    void add(ChannelPipeline pipeline) {
        synchronized (pipeline) {
            remove(pipeline);
            ChannelHandlerContext server = pipeline.context(HANDLER);
            // On the very thread of that handler, so that elements keep their order, and never on one that serves
            // others.
            if (server != null && !(server.executor() instanceof EventLoop)) {
                pipeline.addBefore(HANDLER, ANSWERS, new Answers(streams));
                pipeline.addBefore(server.executor(), HANDLER, NAME, new Filter(streams));
            }
        }
    }

    static void remove(ChannelPipeline pipeline) {
        synchronized (pipeline) {
            for (String name : List.of(NAME, ANSWERS)) {
                if (pipeline.get(name) != null) {
                    pipeline.remove(name);
                }
            }
        }
    }

    @Override
    public Object acceptor(ConnectionListener listener) throws ReflectiveOperationException {
        Object acceptor =
                ConnectionListener.class.getMethod("getConnectionAcceptor").invoke(listener);
        return factory != null && Class.forName(ACCEPTOR).isInstance(acceptor) ? acceptor : null;
    }

    @Override
    public boolean isIn(Connection connection) throws ReflectiveOperationException {
        return NettyOutput.channel(connection)
                .filter(channel -> channel.pipeline().get(NAME) instanceof Filter filter && filter.added)
                .isPresent();
    }

    @Override
    public void install(Object acceptor) throws ReflectiveOperationException {
        call(acceptor, "addChannelHandler");
    }

    @Override
    public void remove(Object acceptor) throws ReflectiveOperationException {
        call(acceptor, "removeChannelHandler");
    }

    private void call(Object acceptor, String method) throws ReflectiveOperationException {
        Class.forName(ACCEPTOR).getMethod(method, Class.forName(FACTORY)).invoke(acceptor, factory);
    }
}
