package org.igniterealtime.openfire.plugin.unifiedrouting.archive.jdbc;

import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.SqlDialect;

/** As the plugin runs on MariaDB under Openfire 4.2, which takes it for MySQL; nearest to MySQL itself. */
class MysqlArchiveStoreOnMariaDbIT extends MariaDbArchiveStoreContract {

    @Override
    String script() {
        return "mysql";
    }

    @Override
    SqlDialect dialect() {
        return SqlDialect.MYSQL;
    }
}
