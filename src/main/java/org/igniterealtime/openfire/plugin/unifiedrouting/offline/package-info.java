/**
 * Offline delivery as a cursor into the archive: which received messages of an account no session has taken yet, and what
 * follows from what its sessions do. Knows {@code archive}, {@code rules}, addresses; nothing of Openfire, no SQL.
 */
package org.igniterealtime.openfire.plugin.unifiedrouting.offline;
