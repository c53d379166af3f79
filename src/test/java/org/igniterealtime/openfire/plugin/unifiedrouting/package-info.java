/** What holds for the plugin as a whole: its architecture. */
package org.igniterealtime.openfire.plugin.unifiedrouting;
