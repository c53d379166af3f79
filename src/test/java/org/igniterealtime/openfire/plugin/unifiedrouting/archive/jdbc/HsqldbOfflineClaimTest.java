package org.igniterealtime.openfire.plugin.unifiedrouting.archive.jdbc;

import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.TestBackend;

/** On HSQLDB in memory. */
class HsqldbOfflineClaimTest extends OfflineClaimContract {

    HsqldbOfflineClaimTest() {
        super(TestBackend::hsqldb);
    }
}
