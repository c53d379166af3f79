/**
 * What passes between Openfire's own offline store and offline sets: everything it holds when the plugin comes, and what is
 * undelivered when the plugin leaves. Each message is in exactly one of the two at any moment. Knows {@code offline} and
 * {@code archive}; nothing of Openfire, no SQL.
 */
package org.igniterealtime.openfire.plugin.unifiedrouting.offline.handover;
