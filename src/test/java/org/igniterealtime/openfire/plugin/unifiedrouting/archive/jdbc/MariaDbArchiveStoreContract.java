package org.igniterealtime.openfire.plugin.unifiedrouting.archive.jdbc;

import java.sql.SQLException;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.TestConnections;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.TestTables;
import org.igniterealtime.openfire.testserver.DatabaseAccess;
import org.igniterealtime.openfire.testserver.SharedMariaDb;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

/** On a real MariaDB. Tests of a class share a database and make its tables anew. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class MariaDbArchiveStoreContract extends ArchiveStoreContract {

    private DatabaseAccess database;

    @BeforeAll
    final void createDatabase() {
        database = SharedMariaDb.get().createDatabase();
    }

    @AfterAll
    final void dropDatabase() {
        database.drop().run();
    }

    /** The name in the script's file name. */
    abstract String script();

    @Override
    final TestConnections openDatabase() throws SQLException {
        TestConnections connections = new TestConnections(database.url(), database.user(), database.password());
        TestTables.createAnew(connections, script());
        return connections;
    }
}
