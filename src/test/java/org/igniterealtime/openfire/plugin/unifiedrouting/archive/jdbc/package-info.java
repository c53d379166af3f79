/** What holds for an archive on any database, run on real ones. */
package org.igniterealtime.openfire.plugin.unifiedrouting.archive.jdbc;
