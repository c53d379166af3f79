/** What holds for an offline set on any database, run on real ones. */
package org.igniterealtime.openfire.plugin.unifiedrouting.offline.jdbc;
