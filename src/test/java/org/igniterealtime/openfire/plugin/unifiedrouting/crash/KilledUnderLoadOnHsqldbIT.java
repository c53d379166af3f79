package org.igniterealtime.openfire.plugin.unifiedrouting.crash;

import org.igniterealtime.openfire.testserver.OpenfireExtension;
import org.igniterealtime.openfire.testserver.TestDatabase;
import org.junit.jupiter.api.extension.RegisterExtension;

class KilledUnderLoadOnHsqldbIT extends KilledUnderLoadScenarios {

    @RegisterExtension
    static final OpenfireExtension openfire =
            OpenfireExtension.on(TestDatabase.HSQLDB).with(CrashLoad::options);

    @Override
    OpenfireExtension openfire() {
        return openfire;
    }
}
