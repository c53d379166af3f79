package org.igniterealtime.openfire.plugin.unifiedrouting.offline.jdbc;

import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.TestBackend;

class Hsqldb23HandoverTest extends HandoverContract {

    @Override
    TestBackend newBackend() {
        return TestBackend.hsqldb23();
    }
}
