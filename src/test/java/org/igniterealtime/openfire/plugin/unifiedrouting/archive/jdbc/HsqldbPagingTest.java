package org.igniterealtime.openfire.plugin.unifiedrouting.archive.jdbc;

import java.sql.SQLException;
import java.util.UUID;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.SqlDialect;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.TestConnections;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.TestTables;

/** On HSQLDB in memory. */
class HsqldbPagingTest extends PagingContract {

    @Override
    TestConnections openDatabase() throws SQLException {
        TestConnections connections = new TestConnections("jdbc:hsqldb:mem:" + UUID.randomUUID(), "sa", "");
        TestTables.create(connections, "hsqldb");
        return connections;
    }

    @Override
    SqlDialect dialect() {
        return SqlDialect.HSQLDB;
    }
}
