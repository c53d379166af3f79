package org.igniterealtime.openfire.plugin.unifiedrouting.archive.jdbc;

/** A query names a message that is not in the archive it asks. */
final class UnknownMid extends Exception {

    private static final long serialVersionUID = 1L;

    UnknownMid() {
        super(null, null, false, false);
    }
}
