package org.igniterealtime.openfire.plugin.unifiedrouting.wire;

import org.igniterealtime.openfire.testserver.OpenfireExtension;
import org.igniterealtime.openfire.testserver.TestDatabase;
import org.junit.jupiter.api.extension.RegisterExtension;

class MessageIdOnPostgresqlIT extends MessageIdScenarios {

    @RegisterExtension
    static final OpenfireExtension openfire = withAccounts(OpenfireExtension.on(TestDatabase.POSTGRESQL));

    @Override
    OpenfireExtension openfire() {
        return openfire;
    }
}
