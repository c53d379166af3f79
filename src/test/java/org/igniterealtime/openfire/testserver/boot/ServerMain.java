package org.igniterealtime.openfire.testserver.boot;

import java.io.File;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.apache.mina.transport.socket.SocketAcceptor;
import org.jivesoftware.openfire.XMPPServer;
import org.jivesoftware.openfire.container.PluginManager;
import org.jivesoftware.openfire.spi.ConnectionManagerImpl;
import org.jivesoftware.openfire.spi.ConnectionType;

/**
 * Main class of the server process: starts Openfire in the home given by the system property {@code openfireHome} and
 * says on standard output how that went, in one line that begins with {@link #C2S} or {@link #FAILED}.
 */
public final class ServerMain {
    /** Begins the line that tells where clients can connect; an address and a port follow. */
    public static final String C2S = "c2s ";

    /** Begins the line that tells why the server did not start; the process ends after it. */
    public static final String FAILED = "server failed: ";

    private static final long START_SECONDS = 60;
    private static final long BIND_SECONDS = 30;

    private ServerMain() {}

    /** Takes no arguments. */
    public static void main(String[] args) throws InterruptedException {
        ParentWatch.start(ServerOrders::follow);
        prepareDatabase();
        XMPPServer server = new XMPPServer();
        if (!server.isStarted()) {
            fail("Openfire did not start");
        }
        SocketAcceptor listener = awaitListener(server);
        GaplessClose.install(listener);
        requirePlugins(server.getPluginManager());
        InetSocketAddress address = listener.getLocalAddress();
        System.out.println(C2S + address.getAddress().getHostAddress() + ":" + address.getPort());
    }

    /** Openfire would go on without a database, or without the properties of this start. */
    private static void prepareDatabase() {
        ServerSettings settings = ServerSettings.read(Path.of(System.getProperty("openfireHome")));
        try (Connection connection =
                DriverManager.getConnection(settings.url(), settings.user(), settings.password())) {
            StoredProperties.set(connection, settings.properties());
        } catch (SQLException e) {
            fail("no access to the database " + settings.url() + ": " + e.getMessage());
        }
    }

    /**
     * Openfire opens its client port when it has gone through the plugins folder once. A port that it cannot bind is only
     * logged, hence the limits.
     */
    private static SocketAcceptor awaitListener(XMPPServer server) throws InterruptedException {
        var connections = (ConnectionManagerImpl) server.getConnectionManager();
        long start = System.nanoTime();
        long scanned = 0;
        while (seconds(start) < START_SECONDS && (scanned == 0 || seconds(scanned) < BIND_SECONDS)) {
            var acceptor =
                    connections.getListener(ConnectionType.SOCKET_C2S, false).getSocketAcceptor();
            if (acceptor != null && acceptor.getLocalAddress() != null) {
                return acceptor;
            }
            if (scanned == 0 && server.getPluginManager().isExecuted()) {
                scanned = System.nanoTime();
            }
            TimeUnit.MILLISECONDS.sleep(10); // Openfire has no event for a bound port
        }
        fail("the client port is not open, " + (scanned == 0 ? "plugins were not loaded" : "plugins were loaded"));
        throw new IllegalStateException("not reached");
    }

    private static long seconds(long since) {
        return TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - since);
    }

    /** A plugin that cannot be loaded is only logged by Openfire; a server without it is of no use here. */
    private static void requirePlugins(PluginManager plugins) {
        File[] jars = new File(System.getProperty("openfireHome"), "plugins").listFiles((d, n) -> n.endsWith(".jar"));
        for (File jar : jars == null ? new File[0] : jars) {
            String name = jar.getName().replaceFirst("\\.jar$", "").toLowerCase(Locale.ROOT);
            if (!plugins.isLoaded(name)) {
                fail("Openfire did not load the plugin " + name);
            }
        }
    }

    private static void fail(String reason) {
        System.out.println(FAILED + reason);
        System.exit(1);
    }
}
