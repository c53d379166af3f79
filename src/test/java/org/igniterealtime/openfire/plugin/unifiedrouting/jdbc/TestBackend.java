package org.igniterealtime.openfire.plugin.unifiedrouting.jdbc;

import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.sql.Driver;
import java.sql.SQLException;
import java.util.Properties;
import java.util.UUID;
import java.util.function.Supplier;
import org.igniterealtime.openfire.testserver.DatabaseAccess;
import org.igniterealtime.openfire.testserver.SharedMariaDb;
import org.igniterealtime.openfire.testserver.SharedPostgres;

/** A real database for the tests of one class. To be closed after the last of them. */
public interface TestBackend extends AutoCloseable {

    /** @return connections to the plugin's tables, made anew */
    TestConnections open() throws SQLException;

    SqlDialect dialect();

    @Override
    default void close() {
        // Most have nothing that outlives its connections.
    }

    static TestBackend hsqldb() {
        return new InMemory(() -> new TestConnections("jdbc:hsqldb:mem:" + UUID.randomUUID(), "sa", ""));
    }

    /** The HSQLDB that Openfire 4.2.0 was released with, on a class loader beside the one that the server here has. */
    static TestBackend hsqldb23() {
        Properties properties = new Properties();
        properties.setProperty("user", "sa");
        properties.setProperty("password", "");
        try {
            URL jar = Path.of("target/hsqldb-of-4.2/hsqldb.jar").toUri().toURL();
            URLClassLoader loader = new URLClassLoader(new URL[] {jar}, ClassLoader.getPlatformClassLoader());
            Driver driver = (Driver) loader.loadClass("org.hsqldb.jdbc.JDBCDriver")
                    .getConstructor()
                    .newInstance();
            return new InMemory(() -> {
                String url = "jdbc:hsqldb:mem:" + UUID.randomUUID();
                return new TestConnections(() -> driver.connect(url, properties));
            });
        } catch (ReflectiveOperationException | MalformedURLException e) {
            throw new IllegalStateException(e);
        }
    }

    static TestBackend postgresql() {
        return new Shared(SharedPostgres.get().createDatabase(), "postgresql", SqlDialect.POSTGRESQL);
    }

    static TestBackend mariaDb() {
        return new Shared(SharedMariaDb.get().createDatabase(), "mariadb", SqlDialect.MARIADB);
    }

    /** Each test has a database of its own, in this process. */
    record InMemory(Supplier<TestConnections> databases) implements TestBackend {

        @Override
        public TestConnections open() throws SQLException {
            TestConnections connections = databases.get();
            TestTables.create(connections, "hsqldb");
            return connections;
        }

        @Override
        public SqlDialect dialect() {
            return SqlDialect.HSQLDB;
        }
    }

    /** To make a database takes long: the tests share one. */
    record Shared(DatabaseAccess database, String script, SqlDialect dialect) implements TestBackend {

        @Override
        public TestConnections open() throws SQLException {
            TestConnections connections = new TestConnections(database.url(), database.user(), database.password());
            TestTables.createAnew(connections, script);
            return connections;
        }

        @Override
        public void close() {
            database.drop().run();
        }
    }
}
