package org.igniterealtime.openfire.testserver;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;

/** One PostgreSQL server for this JVM, started when first asked for and stopped with the JVM. Thread-safe. */
public final class SharedPostgres {
    private static final String USER = "postgres";

    private static SharedPostgres instance;

    private final EmbeddedPostgres server;
    private final AtomicInteger databases = new AtomicInteger();

    private SharedPostgres(EmbeddedPostgres server) {
        this.server = server;
    }

    /** The server; it is up when this returns. */
    public static synchronized SharedPostgres get() {
        if (instance == null) {
            instance = new SharedPostgres(start());
        }
        return instance;
    }

    /** The library starts PostgreSQL with durability off, for speed; crash tests need it on, as in production. */
    private static EmbeddedPostgres start() {
        try {
            return EmbeddedPostgres.builder()
                    .setServerConfig("fsync", "on")
                    .setServerConfig("synchronous_commit", "on")
                    .setServerConfig("full_page_writes", "on")
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException("PostgreSQL did not start", e);
        }
    }

    /** Makes an empty database. The caller drops it. */
    public DatabaseAccess createDatabase() {
        String name = "openfire_" + databases.incrementAndGet();
        execute("CREATE DATABASE " + name);
        String url = "jdbc:postgresql://localhost:" + server.getPort() + "/" + name;
        return new DatabaseAccess(url, USER, "", () -> execute("DROP DATABASE IF EXISTS " + name + " WITH (FORCE)"));
    }

    /** The process under which all processes of this PostgreSQL are, for measuring them. */
    public ProcessHandle postmaster() {
        try (Connection connection = server.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement();
                ResultSet backend = statement.executeQuery("SELECT pg_backend_pid()")) {
            backend.next();
            return ProcessHandle.of(backend.getLong(1))
                    .flatMap(ProcessHandle::parent)
                    .orElseThrow();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Whether anybody can connect to a database from now on. */
    void allow(DatabaseAccess database, boolean connections) {
        execute("ALTER DATABASE " + name(database) + " ALLOW_CONNECTIONS " + connections);
    }

    private static String name(DatabaseAccess database) {
        return database.url().substring(database.url().lastIndexOf('/') + 1);
    }

    /** Breaks all connections to a database, as a restart of PostgreSQL does. */
    void disconnectAll(DatabaseAccess database) {
        String name = name(database);
        execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '" + name + "'");
    }

    private void execute(String sql) {
        try (Connection connection = server.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }
}
