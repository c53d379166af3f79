package org.igniterealtime.openfire.plugin.unifiedrouting.archive.jdbc;

import java.sql.SQLException;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.TestConnections;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.TestTables;
import org.igniterealtime.openfire.testserver.DatabaseAccess;
import org.igniterealtime.openfire.testserver.SharedPostgres;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

/** On a real PostgreSQL. To make a database takes long; tests of a class share one and make its tables anew. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class PostgresqlArchiveStoreContract extends ArchiveStoreContract {

    private DatabaseAccess database;

    @BeforeAll
    final void createDatabase() {
        database = SharedPostgres.get().createDatabase();
    }

    @AfterAll
    final void dropDatabase() {
        database.drop().run();
    }

    @Override
    final TestConnections openDatabase() throws SQLException {
        TestConnections connections = new TestConnections(database.url(), database.user(), database.password());
        TestTables.createAnew(connections, "postgresql");
        return connections;
    }
}
