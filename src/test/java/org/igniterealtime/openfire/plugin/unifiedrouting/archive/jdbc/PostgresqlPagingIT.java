package org.igniterealtime.openfire.plugin.unifiedrouting.archive.jdbc;

import java.sql.SQLException;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.SqlDialect;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.TestConnections;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.TestTables;
import org.igniterealtime.openfire.testserver.DatabaseAccess;
import org.igniterealtime.openfire.testserver.SharedPostgres;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

/** On a real PostgreSQL, whose database the tests share; each makes the tables anew. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PostgresqlPagingIT extends PagingContract {

    private DatabaseAccess database;

    @BeforeAll
    void createDatabase() {
        database = SharedPostgres.get().createDatabase();
    }

    @AfterAll
    void dropDatabase() {
        database.drop().run();
    }

    @Override
    TestConnections openDatabase() throws SQLException {
        TestConnections connections = new TestConnections(database.url(), database.user(), database.password());
        TestTables.createAnew(connections, "postgresql");
        return connections;
    }

    @Override
    SqlDialect dialect() {
        return SqlDialect.POSTGRESQL;
    }
}
