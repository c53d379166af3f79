/**
 * What is done to archives beside archiving: quota, retention, deletion with the account, and what an administrator may
 * ask for. Knows Openfire, the archive's ports and {@code xmpp}; nothing of the rest of the wiring.
 */
package org.igniterealtime.openfire.plugin.unifiedrouting.openfire.maintenance;
