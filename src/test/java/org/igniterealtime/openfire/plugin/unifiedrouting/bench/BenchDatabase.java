package org.igniterealtime.openfire.plugin.unifiedrouting.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchiveStore;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.jdbc.JdbcArchiveStore;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.Database;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.SqlDialect;
import org.igniterealtime.openfire.testserver.DatabaseAccess;
import org.igniterealtime.openfire.testserver.OpenfireServer;
import org.igniterealtime.openfire.testserver.ServerOptions;
import org.igniterealtime.openfire.testserver.SharedPostgres;
import org.igniterealtime.openfire.testserver.TestDatabase;
import org.igniterealtime.openfire.testserver.boot.ConnectionPool;

/**
 * A new database with the plugin's tables, used without a server; durable: HSQLDB in files with each commit synced, as the
 * plugin sets it, PostgreSQL with fsync. Closing deletes it. Or that of a server.
 */
final class BenchDatabase implements AutoCloseable {

    private final TestDatabase kind;
    private final DatabaseAccess access;
    private final boolean isServers;
    private ConnectionPool pool;

    private BenchDatabase(TestDatabase kind, DatabaseAccess access, boolean isServers) {
        this.kind = kind;
        this.access = access;
        this.isServers = isServers;
        connect();
    }

    private void connect() {
        pool = new ConnectionPool(access.url(), access.user(), access.password());
    }

    static BenchDatabase create(TestDatabase kind) throws IOException, SQLException {
        BenchDatabase database = new BenchDatabase(
                kind,
                kind == TestDatabase.HSQLDB ? hsqldb() : SharedPostgres.get().createDatabase(),
                false);
        if (kind == TestDatabase.HSQLDB) {
            database.execute("SET FILES WRITE DELAY FALSE");
        }
        // The server's table of schema versions, to which the script adds a row.
        database.execute("CREATE TABLE ofVersion (name VARCHAR(50) NOT NULL PRIMARY KEY, version INTEGER NOT NULL)");
        for (String statement : script(kind)) {
            database.execute(statement);
        }
        return database;
    }

    /** The database of a server that has stopped, which keeps it. */
    static BenchDatabase of(OpenfireServer server) {
        return new BenchDatabase(server.options().database(), server.database(), true);
    }

    private static DatabaseAccess hsqldb() throws IOException {
        Path directory = Files.createTempDirectory(Files.createDirectories(BenchOptions.outputDirectory()), "hsqldb")
                .toAbsolutePath();
        return new DatabaseAccess("jdbc:hsqldb:file:" + directory + "/bench", "sa", "", () -> delete(directory));
    }

    private static void delete(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The statements that Openfire runs when it installs the plugin. */
    private static List<String> script(TestDatabase kind) throws IOException {
        try (ZipFile jar =
                new ZipFile(ServerOptions.defaults().pluginJar().orElseThrow().toFile())) {
            ZipEntry script =
                    jar.getEntry("database/unifiedrouting_" + kind.name().toLowerCase(Locale.ROOT) + ".sql");
            try (InputStream in = jar.getInputStream(script)) {
                String text = new String(in.readAllBytes(), StandardCharsets.UTF_8).replaceAll("(?m)^\\s*--.*$", "");
                return Stream.of(text.split(";"))
                        .filter(statement -> !statement.isBlank())
                        .toList();
            }
        }
    }

    ArchiveStore store() {
        return new JdbcArchiveStore(
                new Database(() -> pool.take()),
                kind == TestDatabase.POSTGRESQL ? SqlDialect.POSTGRESQL : SqlDialect.HSQLDB);
    }

    void execute(String sql) throws SQLException {
        try (Connection connection = pool.take();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Makes it fit to take many rows at once: not durable meanwhile, and with all of them in HSQLDB's cache. */
    void prepareBulkLoad(int rows) throws SQLException {
        if (kind == TestDatabase.HSQLDB) {
            execute("SET FILES WRITE DELAY TRUE");
            execute("SET FILES LOG FALSE");
            cache(2 * rows, 4_000_000);
        } else {
            execute("ALTER DATABASE " + access.url().replaceAll(".*/", "") + " SET synchronous_commit = off");
            reconnect();
        }
    }

    /** Back to normal: as durable as before, HSQLDB with its default cache, empty; PostgreSQL knows what is in its tables. */
    void endBulkLoad() throws SQLException {
        if (kind == TestDatabase.HSQLDB) {
            cache(50_000, 10_000);
            execute("SET FILES LOG TRUE");
            execute("SET FILES WRITE DELAY FALSE");
        } else {
            execute("ALTER DATABASE " + access.url().replaceAll(".*/", "") + " RESET synchronous_commit");
            reconnect();
            execute("VACUUM ANALYZE");
        }
    }

    /** HSQLDB takes another size of its cache at its next start. */
    private void cache(int rows, int kilobytes) throws SQLException {
        execute("SET FILES CACHE ROWS " + rows);
        execute("SET FILES CACHE SIZE " + kilobytes);
        execute("SHUTDOWN");
        reconnect();
    }

    private void reconnect() {
        pool.close();
        connect();
    }

    @Override
    public void close() throws SQLException {
        if (kind == TestDatabase.HSQLDB) {
            execute(isServers ? "SHUTDOWN" : "SHUTDOWN IMMEDIATELY");
        }
        pool.close();
        if (!isServers) {
            access.drop().run();
        }
    }
}
