package org.igniterealtime.openfire.plugin.unifiedrouting.offline.jdbc;

import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.TestBackend;

/** On a real PostgreSQL. */
class PostgresqlOfflineStoreIT extends OfflineStoreContract {

    PostgresqlOfflineStoreIT() {
        super(TestBackend::postgresql);
    }
}
