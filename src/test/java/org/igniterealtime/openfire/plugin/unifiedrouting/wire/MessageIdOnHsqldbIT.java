package org.igniterealtime.openfire.plugin.unifiedrouting.wire;

import org.igniterealtime.openfire.testserver.OpenfireExtension;
import org.igniterealtime.openfire.testserver.TestDatabase;
import org.junit.jupiter.api.extension.RegisterExtension;

class MessageIdOnHsqldbIT extends MessageIdScenarios {

    @RegisterExtension
    static final OpenfireExtension openfire = withAccounts(OpenfireExtension.on(TestDatabase.HSQLDB));

    @Override
    OpenfireExtension openfire() {
        return openfire;
    }
}
