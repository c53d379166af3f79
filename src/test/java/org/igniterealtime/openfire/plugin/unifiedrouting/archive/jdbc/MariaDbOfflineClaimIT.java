package org.igniterealtime.openfire.plugin.unifiedrouting.archive.jdbc;

import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.TestBackend;

/** On a real MariaDB. */
class MariaDbOfflineClaimIT extends OfflineClaimContract {

    MariaDbOfflineClaimIT() {
        super(TestBackend::mariaDb);
    }
}
