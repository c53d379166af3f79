/** The parts of the wiring that can be looked at without a server. */
package org.igniterealtime.openfire.plugin.unifiedrouting.openfire;
