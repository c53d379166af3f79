package org.igniterealtime.openfire.plugin.unifiedrouting.archive.jdbc;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.ConnectionSource;

/** Makes the plugin's tables as Openfire does: by the statements of the script for the database. */
final class TestTables {

    /** Openfire's own table of versions, to which each script adds the plugin's. */
    private static final String VERSIONS =
            "CREATE TABLE ofVersion (name VARCHAR(50) NOT NULL PRIMARY KEY, version INTEGER NOT NULL)";

    private TestTables() {}

    /**
     * @param database as in the names of the scripts: hsqldb, postgresql
     */
    static void create(ConnectionSource source, String database) throws SQLException {
        execute(source, VERSIONS);
        for (String statement : statements(Path.of("src/main/database/unifiedrouting_" + database + ".sql"))) {
            execute(source, statement);
        }
    }

    static void execute(ConnectionSource source, String sql) throws SQLException {
        try (Connection connection = source.open();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** A statement ends with a semicolon at the end of a line; a comment is a line of its own. */
    private static List<String> statements(Path script) {
        List<String> statements = new ArrayList<>();
        StringBuilder statement = new StringBuilder();
        for (String line : lines(script)) {
            if (line.isBlank() || line.startsWith("--")) {
                continue;
            }
            statement.append(line).append('\n');
            if (line.endsWith(";")) {
                statements.add(statement.substring(0, statement.lastIndexOf(";")));
                statement.setLength(0);
            }
        }
        return statements;
    }

    private static List<String> lines(Path script) {
        try {
            return Files.readAllLines(script);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
