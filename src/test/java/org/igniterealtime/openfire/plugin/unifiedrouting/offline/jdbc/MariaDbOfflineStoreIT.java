package org.igniterealtime.openfire.plugin.unifiedrouting.offline.jdbc;

import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.TestBackend;

/** On a real MariaDB. */
class MariaDbOfflineStoreIT extends OfflineStoreContract {

    MariaDbOfflineStoreIT() {
        super(TestBackend::mariaDb);
    }
}
