package org.igniterealtime.openfire.plugin.unifiedrouting.rules;

/** Setting {@code archive.quota-reaction}: what happens when an archive is over its quota. */
public enum ArchiveQuotaReaction {
    /** The oldest entries go first, never undelivered ones. */
    TRIM,
    /** The new message is not archived. */
    ERROR
}
