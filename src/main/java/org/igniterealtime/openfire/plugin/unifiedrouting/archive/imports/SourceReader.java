package org.igniterealtime.openfire.plugin.unifiedrouting.archive.imports;

/** Understands rows of the other archive. One is made for each slice; it need not be thread-safe. */
@FunctionalInterface
public interface SourceReader {

    /**
     * Whose message it is and how it reads, or why it is not wanted.
     *
     * @throws org.igniterealtime.openfire.plugin.unifiedrouting.archive.StoreUnavailable if that cannot be said now; any
     *     other exception says that this row is the cause
     */
    Reading read(SourceMessage row);
}
