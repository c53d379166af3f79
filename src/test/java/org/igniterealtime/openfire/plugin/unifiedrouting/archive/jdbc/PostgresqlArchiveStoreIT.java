package org.igniterealtime.openfire.plugin.unifiedrouting.archive.jdbc;

/** As the plugin runs on PostgreSQL. */
class PostgresqlArchiveStoreIT extends PostgresqlArchiveStoreContract {

    @Override
    SqlDialect dialect() {
        return SqlDialect.POSTGRESQL;
    }
}
