package org.igniterealtime.openfire.plugin.unifiedrouting.archive.jdbc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchivedMessage;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Direction;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Mid;

/** Rows of {@code ofUnifiedArchive} as values. */
final class ArchiveRows {

    /** What {@link #read} needs, in its order. */
    static final String COLUMNS = "seq, mid, receivedAt, direction, peerBare, peerResource, stanza";

    private static final int RECEIVED = 0;
    private static final int SENT = 1;

    private ArchiveRows() {}

    static ArchivedMessage read(String owner, ResultSet row) throws SQLException {
        String peerResource = row.getString(6);
        return new ArchivedMessage(
                owner,
                row.getLong(1),
                new Mid(row.getString(2)),
                row.getInt(4) == SENT ? Direction.SENT : Direction.RECEIVED,
                peerResource == null ? row.getString(5) : row.getString(5) + '/' + peerResource,
                Instant.ofEpochMilli(row.getLong(3)),
                row.getString(7));
    }

    static int code(Direction direction) {
        return direction == Direction.SENT ? SENT : RECEIVED;
    }
}
