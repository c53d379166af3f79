package org.igniterealtime.openfire.plugin.unifiedrouting.archive.jdbc;

import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.TestBackend;

/** On the HSQLDB that Openfire 4.2.0 was released with. */
class Hsqldb23OfflineClaimTest extends OfflineClaimContract {

    Hsqldb23OfflineClaimTest() {
        super(TestBackend::hsqldb23);
    }
}
