package org.igniterealtime.openfire.plugin.unifiedrouting.openfire.compat;

import java.nio.charset.StandardCharsets;
import org.apache.mina.core.buffer.IoBuffer;
import org.apache.mina.core.filterchain.DefaultIoFilterChainBuilder;
import org.apache.mina.core.filterchain.IoFilterAdapter;
import org.apache.mina.core.filterchain.IoFilterChain;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.core.write.WriteRequest;
import org.apache.mina.transport.socket.nio.NioSocketAcceptor;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.HeldStreams;
import org.jivesoftware.openfire.Connection;
import org.jivesoftware.openfire.nio.NIOConnection;
import org.jivesoftware.openfire.spi.ConnectionListener;
import org.jivesoftware.openfire.spi.ConnectionManagerImpl;

/**
 * COMPAT(4.2): connections are MINA's. The filter follows the one that cuts a stream into elements, so it sees each as a
 * text, on the thread that will handle it. What Openfire writes comes by as bytes.
 */
final class MinaLine implements StreamFilters.Line {

    static final String NAME = "unifiedrouting";

    /** Where Openfire keeps its own object for a connection. */
    private static final String CONNECTION = "CONNECTION";

    private final HeldStreams streams;

    /** Whether this thread writes what was held. */
    private final ThreadLocal<Boolean> releasing = new ThreadLocal<>();

    MinaLine(HeldStreams streams) {
        this.streams = streams;
    }

    private final class Filter extends IoFilterAdapter {

        @Override
        public void messageReceived(NextFilter next, IoSession session, Object message) throws Exception {
            if (message instanceof String element) {
                streams.pass(element, session.getAttribute(CONNECTION), () -> next.messageReceived(session, message));
            } else {
                next.messageReceived(session, message);
            }
        }

        @Override
        public void filterWrite(NextFilter next, IoSession session, WriteRequest request) {
            boolean isHeld = releasing.get() == null
                    && request.getMessage() instanceof IoBuffer bytes
                    && isAcknowledgement(bytes)
                    && session.getAttribute(CONNECTION) instanceof Connection connection
                    && hold(bytes.duplicate(), connection);
            if (!isHeld) {
                next.filterWrite(session, request);
            }
        }

        /** Openfire's own connection sees to it that one thread at a time writes. */
        private boolean hold(IoBuffer bytes, Connection connection) {
            byte[] text = new byte[bytes.remaining()];
            bytes.get(text);
            return streams.hold(() -> {
                releasing.set(true);
                try {
                    connection.deliverRawText(new String(text, StandardCharsets.UTF_8));
                } finally {
                    releasing.remove();
                }
            });
        }

        @Override
        public void sessionClosed(NextFilter next, IoSession session) throws Exception {
            streams.end(session.getAttribute(CONNECTION), () -> next.sessionClosed(session));
        }

        @Override
        public void exceptionCaught(NextFilter next, IoSession session, Throwable cause) throws Exception {
            streams.end(session.getAttribute(CONNECTION), () -> next.exceptionCaught(session, cause));
        }
    }

    private static boolean isAcknowledgement(IoBuffer bytes) {
        int start = bytes.position();
        return HeldStreams.isAcknowledgement(i -> start + i < bytes.limit() ? bytes.get(start + i) : -1);
    }

    @Override
    public Object acceptor(ConnectionListener listener) {
        return listener.getSocketAcceptor();
    }

    @Override
    public void install(Object acceptor) {
        NioSocketAcceptor socket = (NioSocketAcceptor) acceptor;
        Filter filter = new Filter();
        DefaultIoFilterChainBuilder chain = socket.getFilterChain();
        if (chain.contains(NAME)) {
            chain.remove(NAME);
        }
        chain.addAfter(ConnectionManagerImpl.XMPP_CODEC_FILTER_NAME, NAME, filter);
        for (IoSession session : socket.getManagedSessions().values()) {
            add(session.getFilterChain(), filter);
        }
    }

    /** A session that has just begun may have got it already. */
    private static void add(IoFilterChain chain, Filter filter) {
        synchronized (chain) {
            if (chain.contains(NAME)) {
                chain.replace(NAME, filter);
            } else if (chain.contains(ConnectionManagerImpl.XMPP_CODEC_FILTER_NAME)) {
                chain.addAfter(ConnectionManagerImpl.XMPP_CODEC_FILTER_NAME, NAME, filter);
            }
        }
    }

    @Override
    public boolean isIn(Connection connection) throws ReflectiveOperationException {
        return connection instanceof NIOConnection
                && MinaOutput.session(connection).getFilterChain().contains(NAME);
    }

    @Override
    public void remove(Object acceptor) {
        NioSocketAcceptor socket = (NioSocketAcceptor) acceptor;
        if (socket.getFilterChain().contains(NAME)) {
            socket.getFilterChain().remove(NAME);
        }
        for (IoSession session : socket.getManagedSessions().values()) {
            IoFilterChain chain = session.getFilterChain();
            synchronized (chain) {
                if (chain.contains(NAME)) {
                    chain.remove(NAME);
                }
            }
        }
    }
}
