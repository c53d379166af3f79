/** Servers that are killed (SIGKILL) while clients send, and what their archives hold afterwards. */
package org.igniterealtime.openfire.plugin.unifiedrouting.crash;
