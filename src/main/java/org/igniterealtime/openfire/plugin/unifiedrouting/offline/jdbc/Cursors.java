package org.igniterealtime.openfire.plugin.unifiedrouting.offline.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.Condition;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.SqlDialect;

/** Where the cursor of an account stands: columns of its mailbox. */
final class Cursors {

    /**
     * An account's cursor.
     *
     * @param seq the place at or before which nothing of the archive is undelivered
     * @param last the highest place given away
     */
    record Cursor(long seq, long last) {}

    private Cursors() {}

    /** The place; 0 if there is no mailbox. */
    static long find(Connection connection, String owner) throws SQLException {
        Cursor cursor = select(connection, owner);
        return cursor == null ? 0 : cursor.seq();
    }

    static boolean isThere(Connection connection, String owner) throws SQLException {
        return select(connection, owner) != null;
    }

    /**
     * Keeps others from changing this account's archive and offline set until the transaction ends.
     *
     * @return null if the account has no mailbox, and therefore neither of them
     */
    static Cursor lock(Connection connection, String owner) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("UPDATE ofUnifiedMailbox SET cursorSeq = cursorSeq WHERE username = ?")) {
            statement.setString(1, owner);
            statement.executeUpdate();
        }
        return select(connection, owner);
    }

    private static Cursor select(Connection connection, String owner) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT cursorSeq, lastSeq FROM ofUnifiedMailbox WHERE username = ?")) {
            statement.setString(1, owner);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? new Cursor(row.getLong(1), row.getLong(2)) : null;
            }
        }
    }

    /** With it goes the id of the newest entry at or before that place, if there is one. */
    static void move(Connection connection, SqlDialect dialect, String owner, long seq) throws SQLException {
        String newest = newestUntil(connection, dialect, owner, seq);
        try (PreparedStatement statement = connection.prepareStatement(
                "UPDATE ofUnifiedMailbox SET cursorSeq = ?, lastOfflineMid = ? WHERE username = ?")) {
            statement.setLong(1, seq);
            if (newest == null) {
                statement.setNull(2, Types.VARCHAR);
            } else {
                statement.setString(2, newest);
            }
            statement.setString(3, owner);
            statement.executeUpdate();
        }
    }

    private static String newestUntil(Connection connection, SqlDialect dialect, String owner, long seq)
            throws SQLException {
        Condition condition = new Condition("username = ?", owner).and("seq <= ?", seq);
        String sql = dialect.limited(
                "SELECT mid FROM ofUnifiedArchive WHERE " + condition.sql() + " ORDER BY username DESC, seq DESC", 1);
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            condition.bind(statement);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? row.getString(1) : null;
            }
        }
    }
}
