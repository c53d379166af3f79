package org.igniterealtime.openfire.plugin.unifiedrouting.wire;

import org.igniterealtime.openfire.testserver.OpenfireExtension;
import org.igniterealtime.openfire.testserver.TestDatabase;
import org.junit.jupiter.api.extension.RegisterExtension;

class OfflineDeliveryOnMariaDbIT extends OfflineDeliveryScenarios {

    @RegisterExtension
    static final OpenfireExtension openfire = OfflineAccounts.in(
            OpenfireExtension.on(TestDatabase.MARIADB).with("plugin.unifiedrouting.offline.pair-limit", "0"));

    @Override
    OpenfireExtension openfire() {
        return openfire;
    }
}
