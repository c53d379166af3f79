package org.igniterealtime.openfire.plugin.unifiedrouting.archive.jdbc;

import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.SqlDialect;

/** As the plugin runs on PostgreSQL. */
class PostgresqlArchiveStoreIT extends PostgresqlArchiveStoreContract {

    @Override
    SqlDialect dialect() {
        return SqlDialect.POSTGRESQL;
    }
}
