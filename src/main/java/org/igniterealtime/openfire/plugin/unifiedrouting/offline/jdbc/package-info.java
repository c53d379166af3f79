/** Offline sets in SQL. */
package org.igniterealtime.openfire.plugin.unifiedrouting.offline.jdbc;
