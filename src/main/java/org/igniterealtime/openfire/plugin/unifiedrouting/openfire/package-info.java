/**
 * The plugin in its server: life cycle, wiring, settings and listeners. The only place that asks Openfire's singletons
 * for anything; what differs between Openfire's versions stands in {@code compat}.
 */
package org.igniterealtime.openfire.plugin.unifiedrouting.openfire;
