/**
 * Subscriptions to an account's archive ({@code urn:xmpp:mam:sub:0}): which sessions hear of what enters it. Knows
 * {@code java.*} and addresses; nothing of Openfire.
 */
package org.igniterealtime.openfire.plugin.unifiedrouting.subscription;
