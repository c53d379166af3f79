/**
 * Dialogues with a real server that runs the plugin: what clients send and what they receive. Most read as a transcript;
 * a name that ends in {@code Scenarios} is run on each database by subclasses.
 */
package org.igniterealtime.openfire.plugin.unifiedrouting.wire;
