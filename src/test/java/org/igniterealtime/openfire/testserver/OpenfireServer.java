package org.igniterealtime.openfire.testserver;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.awaitility.Awaitility;
import org.igniterealtime.openfire.testserver.boot.ServerOrders;
import org.junit.jupiter.api.Assumptions;

/**
 * A real Openfire in a process of its own, listening on 127.0.0.1. It can be stopped or killed, and started again with the
 * same home, database and ports. Not thread-safe, except for {@link #isAlive()} and what never changes.
 */
public final class OpenfireServer implements AutoCloseable {
    static final int TAIL_LINES = 40;

    private static final Duration ORDER_PATIENCE = Duration.ofSeconds(30);

    private final ServerOptions options;
    private final Path directory;
    private final DatabaseAccess database;
    private final ServerHome home;
    private final ServerLog log;
    private volatile ServerProcess process;
    private int xmppPort;
    private final int adminPort;

    private OpenfireServer(ServerOptions options) throws IOException {
        this.options = options;
        this.directory = options.home().isPresent() ? options.home().get() : temporaryHome();
        Files.createDirectories(directory.resolve("logs"));
        this.database = options.database().open(directory);
        this.home = options.openfireHome().isPresent()
                ? new InstalledHome(directory, options, database)
                : new EmbeddedHome(directory, options, database);
        this.log = new ServerLog(directory.resolve("logs/server.log"));
        this.adminPort = options.adminPort() == 0 ? LoopbackPorts.free() : options.adminPort();
        this.xmppPort = options.xmppPort() == 0 && !home.reportsPort() ? LoopbackPorts.free() : options.xmppPort();
    }

    private static Path temporaryHome() throws IOException {
        return Files.createTempDirectory(
                Files.createDirectories(BuildOutput.directory().resolve("openfire")), "home");
    }

    /**
     * Starts a server. When this returns, clients can connect and the plugin, if there is one, is at work.
     *
     * @throws ServerStartException if the server does not get there, at once when that is clear, after 60 s otherwise
     */
    public static OpenfireServer start(ServerOptions options) {
        requireFree(options.xmppPort(), "XMPP");
        requireFree(options.adminPort(), "Admin");
        try {
            OpenfireServer server = new OpenfireServer(options);
            server.firstStart();
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void requireFree(int port, String use) {
        if (port > 0) {
            LoopbackPorts.requireFree(port, use);
        }
    }

    private void firstStart() throws IOException {
        try {
            home.prepare();
            run();
        } catch (IOException | RuntimeException e) {
            database.drop().run();
            throw e;
        }
    }

    private void run() throws IOException {
        List<String> command = home.command(xmppPort, adminPort);
        long logEnd = log.end();
        process = ServerProcess.start(command, directory, log.file());
        int known = home.reportsPort() ? 0 : xmppPort;
        xmppPort = new ReadyWatch(process, log, options.pluginJar().isPresent(), known, logEnd).await();
    }

    /** Client port on 127.0.0.1. The same after {@link #startAgain()}. */
    public int xmppPort() {
        return xmppPort;
    }

    /** Port of the admin pages on 127.0.0.1, -1 if there are none. */
    public int adminPort() {
        return adminPort;
    }

    /** XMPP domain. */
    public String domain() {
        return options.domain();
    }

    /** What the server was started with. */
    public ServerOptions options() {
        return options;
    }

    /** The server's home directory. */
    public Path home() {
        return directory;
    }

    /** All that the server's process wrote, over all its starts. */
    public Path logFile() {
        return log.file();
    }

    /** The last lines of the log. */
    public List<String> logTail(int lines) {
        return log.tail(lines);
    }

    /** How its database is reached; the embedded one only while the server does not run. */
    public DatabaseAccess database() {
        return database;
    }

    ServerLog log() {
        return log;
    }

    /**
     * Keeps what the plugin archives from being committed, until the result is closed. Reading goes on.
     *
     * @throws org.opentest4j.TestAbortedException for the embedded database of an installed Openfire
     */
    public HeldCommits holdCommits() {
        return HeldCommits.of(this);
    }

    /**
     * Makes the database unreachable for the server, until the result is closed.
     *
     * @throws org.opentest4j.TestAbortedException unless it is PostgreSQL
     */
    public DatabaseOutage breakDatabase() {
        return DatabaseOutage.of(this);
    }

    /**
     * Changes rows past the server.
     *
     * @return how many
     * @throws IllegalStateException if the database is the embedded one and the server runs, which has it for itself
     */
    public int update(String sql) {
        boolean isEmbedded = options.database() == TestDatabase.HSQLDB;
        if (isEmbedded && isAlive()) {
            throw new IllegalStateException("The server has its database for itself");
        }
        String url = isEmbedded ? database.url() + ";shutdown=true" : database.url();
        try (Connection connection = DriverManager.getConnection(url, database.user(), database.password());
                Statement statement = connection.createStatement()) {
            return statement.executeUpdate(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    /** Lets the server look at once whether plugins have come or gone. An installed one does so when it is time. */
    public void lookForPlugins() {
        if (options.openfireHome().isEmpty()) {
            order(ServerOrders.LOOK_FOR_PLUGINS);
        }
    }

    /**
     * Lets the server end detached sessions whose time is over, now.
     *
     * @return how many were ended
     * @throws org.opentest4j.TestAbortedException for an installed Openfire, which does so every few minutes
     */
    public int endDetachedSessions() {
        Assumptions.assumeTrue(options.openfireHome().isEmpty(), "an installed Openfire takes its time");
        return order(ServerOrders.END_DETACHED_SESSIONS);
    }

    private int order(char order) {
        String followed = ServerOrders.FOLLOWED + order + ' ';
        long mark = log.end();
        try {
            process.tell(order);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Awaitility.await()
                .atMost(ORDER_PATIENCE)
                .pollInterval(Duration.ofMillis(10))
                .until(
                        () -> log.since(mark)
                                .lines()
                                .filter(line -> line.startsWith(followed))
                                .map(line -> Integer.valueOf(
                                        line.substring(followed.length()).strip()))
                                .findFirst()
                                .orElse(null),
                        Objects::nonNull);
    }

    /** The process of the server's present run, for measuring it. */
    public ProcessHandle process() {
        return process.handle();
    }

    /** Whether the process runs. */
    public boolean isAlive() {
        return process.isAlive();
    }

    /** Waits for the end of the process and returns its exit code. */
    public int awaitExit() throws InterruptedException {
        return process.awaitExit();
    }

    /**
     * Stops the server as an administrator does (SIGTERM), and waits. Does nothing if it does not run.
     *
     * @throws IllegalStateException if it had to be killed
     */
    public void stop() {
        if (!process.stop()) {
            throw new IllegalStateException(
                    "The server did not stop in time; its log ends with:\n" + String.join("\n", logTail(TAIL_LINES)));
        }
    }

    /** Kills the server (SIGKILL) and waits until the process is gone. */
    public void kill() {
        process.kill();
        try {
            // HSQLDB takes the lock of a dead process for a living one's for up to ten seconds. This one is dead.
            Files.deleteIfExists(directory.resolve("embedded-db/openfire.lck"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Starts a stopped or killed server: same home, database and ports.
     *
     * @throws ServerStartException as in {@link #start}
     */
    public void startAgain() {
        if (isAlive()) {
            throw new IllegalStateException("The server runs");
        }
        requireFree(xmppPort, "XMPP");
        requireFree(adminPort, "Admin");
        try {
            run();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Stops the server if it runs, and drops its database if that is outside of the home. The home stays. */
    @Override
    public void close() {
        try {
            stop();
        } finally {
            database.drop().run();
        }
    }

    /** Deletes the home of a closed server. */
    public void deleteHome() {
        try {
            FileTree.delete(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
