package org.igniterealtime.openfire.plugin.unifiedrouting.offline.jdbc;

import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.TestBackend;

/** On HSQLDB in memory. */
class HsqldbOfflineStoreTest extends OfflineStoreContract {

    HsqldbOfflineStoreTest() {
        super(TestBackend::hsqldb);
    }
}
