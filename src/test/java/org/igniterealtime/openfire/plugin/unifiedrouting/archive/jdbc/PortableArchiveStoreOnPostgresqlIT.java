package org.igniterealtime.openfire.plugin.unifiedrouting.archive.jdbc;

import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.SqlDialect;

/** The SQL of all other databases, on one that locks rows: HSQLDB locks whole tables and shows less. */
class PortableArchiveStoreOnPostgresqlIT extends PostgresqlArchiveStoreContract {

    @Override
    SqlDialect dialect() {
        return SqlDialect.COCKROACHDB;
    }
}
