package org.igniterealtime.openfire.plugin.unifiedrouting.archive.jdbc;

import java.nio.file.Path;
import java.sql.SQLException;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.SqlDialect;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.TestConnections;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.TestTables;
import org.junit.jupiter.api.io.TempDir;

/** On HSQLDB in files, where tables are cached as on a server. */
class HsqldbArchiveMaintenanceTest extends ArchiveMaintenanceContract {

    @TempDir
    private Path directory;

    @Override
    TestConnections openDatabase() throws SQLException {
        TestConnections connections =
                new TestConnections("jdbc:hsqldb:file:" + directory.resolve("archive") + ";shutdown=true", "sa", "");
        TestTables.create(connections, "hsqldb");
        return connections;
    }

    @Override
    SqlDialect dialect() {
        return SqlDialect.HSQLDB;
    }
}
