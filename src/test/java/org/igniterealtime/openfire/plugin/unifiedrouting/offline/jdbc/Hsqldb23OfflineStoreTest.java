package org.igniterealtime.openfire.plugin.unifiedrouting.offline.jdbc;

import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.TestBackend;

/** On the HSQLDB that Openfire 4.2.0 was released with. */
class Hsqldb23OfflineStoreTest extends OfflineStoreContract {

    Hsqldb23OfflineStoreTest() {
        super(TestBackend::hsqldb23);
    }
}
