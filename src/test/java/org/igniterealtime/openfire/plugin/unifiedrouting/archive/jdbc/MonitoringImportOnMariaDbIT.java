package org.igniterealtime.openfire.plugin.unifiedrouting.archive.jdbc;

import java.sql.SQLException;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.SqlDialect;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.TestConnections;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.TestTables;
import org.igniterealtime.openfire.testserver.DatabaseAccess;
import org.igniterealtime.openfire.testserver.SharedMariaDb;
import org.junit.jupiter.api.AfterEach;

/** On MariaDB. */
class MonitoringImportOnMariaDbIT extends MonitoringImportContract {

    private DatabaseAccess database;

    @AfterEach
    void dropDatabase() {
        database.drop().run();
    }

    @Override
    TestConnections openDatabase() throws SQLException {
        database = SharedMariaDb.get().createDatabase();
        TestConnections connections = new TestConnections(database.url(), database.user(), database.password());
        TestTables.create(connections, "mariadb");
        return connections;
    }

    @Override
    SqlDialect dialect() {
        return SqlDialect.MARIADB;
    }

    @Override
    String textType() {
        return "LONGTEXT";
    }
}
