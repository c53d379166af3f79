package org.igniterealtime.openfire.plugin.unifiedrouting.rules;

/** Where a message is kept when nobody has taken it. */
public enum Persistence {
    /** Chat history: in the archive and, while undelivered, in the offline set. */
    ARCHIVED,
    /** Kept until delivered, never visible in the archive (XEP-0334 {@code no-permanent-store}). */
    OFFLINE_ONLY,
    /** Neither. */
    TRANSIENT
}
