/**
 * Between stanzas and the pure packages: interceptors, IQ handlers, and elements as values. May see Openfire's types,
 * but takes everything it needs of the running server through its own small interfaces; the wiring implements them.
 */
package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;
