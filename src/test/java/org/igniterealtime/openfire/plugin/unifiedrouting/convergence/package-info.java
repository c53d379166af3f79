/**
 * Clients of one account that come, go, lose connections and resume while others write to them: in the end the history of
 * each that can read its archive, made of what it was sent alone, equals the archive.
 */
package org.igniterealtime.openfire.plugin.unifiedrouting.convergence;
