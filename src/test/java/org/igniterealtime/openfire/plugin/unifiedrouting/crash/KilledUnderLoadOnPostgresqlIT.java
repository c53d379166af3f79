package org.igniterealtime.openfire.plugin.unifiedrouting.crash;

import org.igniterealtime.openfire.testserver.OpenfireExtension;
import org.igniterealtime.openfire.testserver.TestDatabase;
import org.junit.jupiter.api.extension.RegisterExtension;

class KilledUnderLoadOnPostgresqlIT extends KilledUnderLoadScenarios {

    @RegisterExtension
    static final OpenfireExtension openfire =
            OpenfireExtension.on(TestDatabase.POSTGRESQL).with(CrashLoad::options);

    @Override
    OpenfireExtension openfire() {
        return openfire;
    }
}
