package org.igniterealtime.openfire.plugin.unifiedrouting.offline.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Mid;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.Condition;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.SqlDialect;

/** The limit of a pair for a message that is written already, in the transaction of its caller. Thread-safe. */
final class LateLimit {

    private final SqlDialect dialect;

    LateLimit(SqlDialect dialect) {
        this.dialect = dialect;
    }

    private record Row(boolean archived, long seq, long peerHash, String peer) {}

    boolean refuseIfOver(Connection connection, String owner, Mid mid, int limit) throws SQLException {
        Cursors.Cursor cursor = Cursors.lock(connection, owner);
        if (cursor == null) {
            return false;
        }
        Condition waiting = new Condition("username = ?", owner)
                .and("mid = ?", mid.value())
                .and("seq > ?", cursor.seq())
                .and("eligible = ?", 1);
        Row row = find(connection, true, waiting);
        if (row == null) {
            row = find(connection, false, new Condition("username = ?", owner).and("mid = ?", mid.value()));
        }
        if (row == null || limit > 0 && before(connection, owner, row, cursor.seq(), limit) < limit) {
            return false;
        }
        execute(
                connection,
                row.archived() ? "UPDATE ofUnifiedArchive SET eligible = 0" : "DELETE FROM ofUnifiedOffline",
                new Condition("username = ?", owner).and("seq = ?", row.seq()));
        return true;
    }

    private static Row find(Connection connection, boolean archived, Condition condition) throws SQLException {
        String sql = "SELECT seq, peerHash, peerBare FROM " + table(archived) + " WHERE " + condition.sql();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            condition.bind(statement);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? new Row(archived, row.getLong(1), row.getLong(2), row.getString(3)) : null;
            }
        }
    }

    private long before(Connection connection, String owner, Row row, long cursor, int limit) throws SQLException {
        return count(connection, true, pair(owner, row).and("seq > ?", cursor).and("eligible = ?", 1), limit)
                + count(connection, false, pair(owner, row), limit);
    }

    private static Condition pair(String owner, Row row) {
        return new Condition("username = ?", owner)
                .and("peerHash = ?", row.peerHash())
                .and("peerBare = ?", row.peer())
                .and("seq < ?", row.seq());
    }

    private long count(Connection connection, boolean archived, Condition condition, int limit) throws SQLException {
        String some = dialect.limited(
                "SELECT seq FROM " + table(archived) + " WHERE " + condition.sql()
                        + " ORDER BY username, peerHash, seq",
                limit);
        try (PreparedStatement statement = connection.prepareStatement("SELECT COUNT(*) FROM (" + some + ") t")) {
            condition.bind(statement);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    private static String table(boolean archived) {
        return archived ? "ofUnifiedArchive" : "ofUnifiedOffline";
    }

    private static void execute(Connection connection, String sql, Condition condition) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql + " WHERE " + condition.sql())) {
            condition.bind(statement);
            statement.executeUpdate();
        }
    }
}
