package org.igniterealtime.openfire.plugin.unifiedrouting.archive.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchivedMessage;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Direction;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Mid;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.Condition;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.SqlDialect;

/** Rows of {@code ofUnifiedArchive} as values. */
final class ArchiveRows {

    static final String TABLE = "ofUnifiedArchive";

    /** What {@link #read} needs, in its order. */
    static final String COLUMNS = "seq, mid, receivedAt, direction, peerBare, peerResource, stanza";

    private static final int RECEIVED = 0;
    private static final int SENT = 1;

    private ArchiveRows() {}

    /**
     * @param condition also names the owner
     * @param order the columns of an index
     * @param max how many at most, the first ones in this order
     */
    static List<ArchivedMessage> select(
            Connection connection, SqlDialect dialect, String owner, Condition condition, String order, int max)
            throws SQLException {
        String sql = dialect.limited(
                "SELECT " + COLUMNS + " FROM " + TABLE + " WHERE " + condition.sql() + " ORDER BY " + order, max);
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            condition.bind(statement);
            try (ResultSet rows = statement.executeQuery()) {
                List<ArchivedMessage> messages = new ArrayList<>();
                while (rows.next()) {
                    messages.add(read(owner, rows));
                }
                return messages;
            }
        }
    }

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
