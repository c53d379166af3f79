/** Stanzas as values, and the interceptors, without a server. */
package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;
