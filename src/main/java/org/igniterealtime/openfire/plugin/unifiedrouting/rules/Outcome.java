package org.igniterealtime.openfire.plugin.unifiedrouting.rules;

/**
 * What becomes of a message beside its copies.
 *
 * @param kept the row that is written, or was
 * @param sender what its sender gets back
 */
record Outcome(Kept kept, SenderOutcome sender) {}
