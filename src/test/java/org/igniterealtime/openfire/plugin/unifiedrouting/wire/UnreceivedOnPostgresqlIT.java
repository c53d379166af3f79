package org.igniterealtime.openfire.plugin.unifiedrouting.wire;

import org.igniterealtime.openfire.testserver.OpenfireExtension;
import org.igniterealtime.openfire.testserver.TestDatabase;
import org.junit.jupiter.api.extension.RegisterExtension;

class UnreceivedOnPostgresqlIT extends UnreceivedScenarios {

    @RegisterExtension
    static final OpenfireExtension openfire = OfflineAccounts.in(
            OpenfireExtension.on(TestDatabase.POSTGRESQL).with("plugin.unifiedrouting.offline.pair-limit", "3"));

    @Override
    OpenfireExtension openfire() {
        return openfire;
    }
}
