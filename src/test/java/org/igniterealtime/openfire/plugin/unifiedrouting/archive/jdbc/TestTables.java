package org.igniterealtime.openfire.plugin.unifiedrouting.archive.jdbc;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.ConnectionSource;
import org.igniterealtime.openfire.plugin.unifiedrouting.schema.OpenfireScript;

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
        for (String statement :
                OpenfireScript.statements(Path.of("src/main/database/unifiedrouting_" + database + ".sql"))) {
            execute(source, statement);
        }
    }

    /** Everything that {@link #create} makes, as far as it is there. */
    static void dropAll(ConnectionSource source) throws SQLException {
        execute(
                source,
                "DROP TABLE IF EXISTS ofVersion, ofUnifiedMailbox, ofUnifiedArchive, ofUnifiedPreference,"
                        + " ofUnifiedImport");
    }

    static void execute(ConnectionSource source, String sql) throws SQLException {
        try (Connection connection = source.open();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
