package org.igniterealtime.openfire.plugin.unifiedrouting.offline.jdbc;

import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.TestBackend;

class HsqldbHandoverTest extends HandoverContract {

    @Override
    TestBackend newBackend() {
        return TestBackend.hsqldb();
    }
}
