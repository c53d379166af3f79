package org.igniterealtime.openfire.plugin.unifiedrouting.archive.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Driver;
import java.sql.SQLException;
import java.util.Properties;
import java.util.UUID;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.Database;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.SqlDialect;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.TestConnections;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.TestTables;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On the HSQLDB that Openfire 4.2.0 was released with, on a class loader beside the one that the server here has. */
class Hsqldb23ArchiveStoreTest extends ArchiveStoreContract {

    private static URLClassLoader loader;
    private static Driver driver;

    @BeforeAll
    static void load() throws Exception {
        Path jar = Path.of("target/hsqldb-of-4.2/hsqldb.jar");
        loader = new URLClassLoader(new URL[] {jar.toUri().toURL()}, ClassLoader.getPlatformClassLoader());
        driver = (Driver)
                loader.loadClass("org.hsqldb.jdbc.JDBCDriver").getConstructor().newInstance();
        assertThat(driver.getMajorVersion()).isEqualTo(2);
        assertThat(driver.getMinorVersion()).isEqualTo(3);
    }

    @AfterAll
    static void unload() throws Exception {
        loader.close();
    }

    @Override
    TestConnections openDatabase() throws SQLException {
        TestConnections connections = connections("mem:" + UUID.randomUUID());
        TestTables.create(connections, "hsqldb");
        return connections;
    }

    @Override
    SqlDialect dialect() {
        return SqlDialect.HSQLDB;
    }

    private static TestConnections connections(String database) {
        Properties properties = new Properties();
        properties.setProperty("user", "sa");
        properties.setProperty("password", "");
        return new TestConnections(() -> driver.connect("jdbc:hsqldb:" + database, properties));
    }

    @Test
    void eachCommitCanBeMadeDurable(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("openfire");
        try (TestConnections connections = connections("file:" + file)) {
            HsqldbDurability.syncEachCommit(new Database(connections));
            TestTables.create(connections, "hsqldb");
            assertThat(Files.readString(directory.resolve("openfire.log"))).contains("FILES WRITE DELAY");
            TestTables.execute(connections, "SHUTDOWN");
        }
    }
}
