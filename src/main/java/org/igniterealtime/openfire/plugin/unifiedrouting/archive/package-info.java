/**
 * The archive: one ordered list of messages for each account, the only store there is. Here live its values, the port
 * to a database ({@link org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchiveStore}) and the writer that commits in groups. Knows {@code rules} and
 * {@code java.*}; nothing of Openfire, stanzas or SQL.
 */
package org.igniterealtime.openfire.plugin.unifiedrouting.archive;
