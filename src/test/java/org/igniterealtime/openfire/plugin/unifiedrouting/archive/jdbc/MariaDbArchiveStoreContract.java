package org.igniterealtime.openfire.plugin.unifiedrouting.archive.jdbc;

import java.sql.SQLException;
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
<<<<<<< HEAD
        TestTables.createAnew(connections, script());
=======
        TestTables.execute(
                connections,
                "DROP TABLE IF EXISTS ofVersion, ofUnifiedMailbox, ofUnifiedArchive, ofUnifiedPreference, ofUnifiedImport");
        TestTables.create(connections, script());
>>>>>>> e405ea1fd5ff3cf0c1348c97b88540f187f05a4e
        return connections;
    }
}
