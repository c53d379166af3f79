package org.igniterealtime.openfire.plugin.unifiedrouting.openfire.compat;

import java.util.ArrayList;
import java.util.List;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.HeldStreams;
import org.jivesoftware.openfire.Connection;
import org.jivesoftware.openfire.spi.ConnectionListener;
import org.jivesoftware.openfire.spi.ConnectionManagerImpl;
import org.jivesoftware.openfire.spi.ConnectionType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts {@link HeldStreams} between the server and the connections of its clients: those there are and those to come. A
 * client whose connection has no filter is not served worse, only more slowly: each of its messages waits for its commit.
 * Thread-safe.
 */
public final class StreamFilters {

    private static final Logger Log = LoggerFactory.getLogger(StreamFilters.class);

    /** What connections come through, in one line of Openfire's versions. */
    interface Line {

        /** What accepts connections for this listener now; null if nothing does. */
        Object acceptor(ConnectionListener listener) throws ReflectiveOperationException;

        /** Puts a filter into all its connections, unless they have one. */
        void install(Object acceptor) throws ReflectiveOperationException;

        void remove(Object acceptor) throws ReflectiveOperationException;

        /** Whether what comes over this connection passes a filter. */
        boolean isIn(Connection connection) throws ReflectiveOperationException;
    }

    private final ConnectionManagerImpl connections;
    private final Line line;
    private final List<Object> installed = new ArrayList<>();
    private boolean isRemoved;

    private StreamFilters(ConnectionManagerImpl connections, Line line) {
        this.connections = connections;
        this.line = line;
    }

    /**
     * @param majorVersion of the server: 4, 5
     */
    public static StreamFilters of(ConnectionManagerImpl connections, int majorVersion, HeldStreams streams) {
        return new StreamFilters(connections, majorVersion >= 5 ? new NettyLine(streams) : new MinaLine(streams));
    }

    /**
     * Puts filters where there are none yet. To be called again now and then: a listener whose settings change gets a new
     * acceptor, of which Openfire 4.2 does not tell. Costs little where there is nothing to do.
     */
    public synchronized void ensure() {
        if (isRemoved) {
            return;
        }
        for (ConnectionListener listener : connections.getListeners(ConnectionType.SOCKET_C2S)) {
            try {
                Object acceptor = line.acceptor(listener);
                if (acceptor != null && installed.stream().noneMatch(known -> known == acceptor)) {
                    installed.add(acceptor);
                    line.install(acceptor);
                }
            } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
                Log.warn("Acknowledgements of {} cannot be held back; each message waits instead.", listener, e);
            }
        }
    }

    /** Whether all that comes over this connection passes a filter; false if that is not to be found out. */
    public boolean areIn(Connection connection) {
        try {
            return line.isIn(connection);
        } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
            Log.debug("Whether {} has a filter is not known.", connection, e);
            return false;
        }
    }

    /** Leaves nothing behind. */
    public synchronized void remove() {
        isRemoved = true;
        for (Object acceptor : installed) {
            try {
                line.remove(acceptor);
            } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
                Log.error("A filter could not be taken out of the connections of {}.", acceptor, e);
            }
        }
        installed.clear();
    }
}
