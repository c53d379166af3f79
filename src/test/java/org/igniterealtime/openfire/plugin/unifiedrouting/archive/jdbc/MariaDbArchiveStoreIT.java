package org.igniterealtime.openfire.plugin.unifiedrouting.archive.jdbc;

import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.SqlDialect;

/** As the plugin runs on MariaDB under Openfire 5, which knows its name. */
class MariaDbArchiveStoreIT extends MariaDbArchiveStoreContract {

    @Override
    String script() {
        return "mariadb";
    }

    @Override
    SqlDialect dialect() {
        return SqlDialect.MARIADB;
    }
}
