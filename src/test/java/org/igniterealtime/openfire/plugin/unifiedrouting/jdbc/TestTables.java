package org.igniterealtime.openfire.plugin.unifiedrouting.jdbc;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.igniterealtime.openfire.plugin.unifiedrouting.schema.OpenfireScript;

/** Makes the plugin's tables as Openfire does: by the statements of the script for the database. */
public final class TestTables {

    /** Openfire's own table of versions, to which each script adds the plugin's. */
    private static final String VERSIONS =
            "CREATE TABLE ofVersion (name VARCHAR(50) NOT NULL PRIMARY KEY, version INTEGER NOT NULL)";

    private TestTables() {}

    /**
     * @param database as in the names of the scripts: hsqldb, postgresql, mariadb
     */
    public static void create(ConnectionSource source, String database) throws SQLException {
        execute(source, VERSIONS);
        for (String statement : OpenfireScript.statements(script(database))) {
            execute(source, statement);
        }
    }

    /** Makes the tables anew: whatever an earlier test did to them does not matter. Not for HSQLDB. */
    public static void createAnew(ConnectionSource source, String database) throws SQLException {
        List<String> tables = new ArrayList<>(List.of("ofVersion"));
        for (String statement : OpenfireScript.statements(script(database))) {
            Matcher table =
                    Pattern.compile("CREATE TABLE (\\w+).*", Pattern.DOTALL).matcher(statement);
            if (table.matches()) {
                tables.add(table.group(1));
            }
        }
        execute(source, "DROP TABLE IF EXISTS " + String.join(", ", tables));
        create(source, database);
    }

    private static Path script(String database) {
        return Path.of("src/main/database/unifiedrouting_" + database + ".sql");
    }

    public static void execute(ConnectionSource source, String sql) throws SQLException {
        try (Connection connection = source.open();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
