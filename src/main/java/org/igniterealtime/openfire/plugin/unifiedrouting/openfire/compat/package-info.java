/**
 * Differences between Openfire 4.2 and 5, each in one small class that says which side it is for. The only place with
 * reflection.
 */
package org.igniterealtime.openfire.plugin.unifiedrouting.openfire.compat;
