package org.igniterealtime.openfire.plugin.unifiedrouting.archive;

/**
 * How much an archive holds.
 *
 * @param messages how many
 * @param bytes of their stanzas, as UTF-8; what the database needs beside them is not counted
 */
public record ArchiveSize(long messages, long bytes) {

    public static final ArchiveSize EMPTY = new ArchiveSize(0, 0);
}
