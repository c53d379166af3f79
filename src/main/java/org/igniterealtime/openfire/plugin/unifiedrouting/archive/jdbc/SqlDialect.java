package org.igniterealtime.openfire.plugin.unifiedrouting.archive.jdbc;

/** What matters of the difference between databases. */
public enum SqlDialect {
    /** SQL that all supported databases understand. */
    PORTABLE,

    /** PostgreSQL: one statement can write to several tables and return what it wrote. */
    POSTGRESQL
}
