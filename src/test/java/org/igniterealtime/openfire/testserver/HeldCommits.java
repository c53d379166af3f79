package org.igniterealtime.openfire.testserver;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Assumptions;

/** Keeps a server from committing to the archives while it is open. Not thread-safe. */
public final class HeldCommits implements AutoCloseable {

    private interface Release {
        void run() throws IOException, SQLException;
    }

    private final Release release;

    private HeldCommits(Release release) {
        this.release = release;
    }

    static HeldCommits of(OpenfireServer server) {
        try {
            if (server.options().database() == TestDatabase.POSTGRESQL) {
                return new HeldCommits(locked(server.database())::close);
            }
            Assumptions.assumeTrue(
                    server.options().openfireHome().isEmpty(), "an installed Openfire has a pool of its own");
            Path file = Files.createFile(server.home().resolve("commits-held"));
            return new HeldCommits(() -> Files.delete(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (SQLException e) {
            throw new IllegalStateException("The archives cannot be locked", e);
        }
    }

    /** Others can read the table, and nobody else can write. */
    private static Connection locked(DatabaseAccess database) throws SQLException {
        Connection connection = DriverManager.getConnection(database.url(), database.user(), database.password());
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.execute("LOCK TABLE ofUnifiedMailbox IN EXCLUSIVE MODE");
        }
        return connection;
    }

    /** What was held goes on. */
    @Override
    public void close() {
        try {
            release.run();
        } catch (IOException | SQLException e) {
            throw new IllegalStateException("The archives cannot be released", e);
        }
    }
}
