package org.igniterealtime.openfire.plugin.unifiedrouting.wire;

import org.igniterealtime.openfire.testserver.OpenfireExtension;
import org.igniterealtime.openfire.testserver.TestDatabase;
import org.junit.jupiter.api.extension.RegisterExtension;

class DetachedSessionOnHsqldbIT extends DetachedSessionScenarios {

    @RegisterExtension
    static final OpenfireExtension openfire = on(TestDatabase.HSQLDB);

    @Override
    OpenfireExtension openfire() {
        return openfire;
    }
}
