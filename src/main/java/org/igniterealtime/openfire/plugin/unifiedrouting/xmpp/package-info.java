/**
 * Between stanzas and values: reads dom4j elements into what the rules know. It may see tinder and dom4j; it decides
 * nothing.
 */
package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;
