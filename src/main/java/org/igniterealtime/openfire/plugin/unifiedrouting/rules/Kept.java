package org.igniterealtime.openfire.plugin.unifiedrouting.rules;

/** The row that is written for one account. */
public enum Kept {
    /** In the archive, and eligible for the offline set until a session takes it. */
    ARCHIVE_AND_OFFLINE_SET,
    /** In the archive, not eligible for the offline set. */
    ARCHIVE,
    /** In the offline set only: deleted when a session takes it. */
    OFFLINE_SET,
    NOTHING;

    public boolean isInArchive() {
        return this == ARCHIVE_AND_OFFLINE_SET || this == ARCHIVE;
    }
}
