package org.igniterealtime.openfire.plugin.unifiedrouting.archive.jdbc;

import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.TestBackend;

/** On a real PostgreSQL. */
class PostgresqlOfflineClaimIT extends OfflineClaimContract {

    PostgresqlOfflineClaimIT() {
        super(TestBackend::postgresql);
    }

    @Override
    int statementsOfABatch() {
        return 1;
    }
}
