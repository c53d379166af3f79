/** The archive in a relational database: SQL, its differences between databases, and rows. Known to the wiring only. */
package org.igniterealtime.openfire.plugin.unifiedrouting.archive.jdbc;
