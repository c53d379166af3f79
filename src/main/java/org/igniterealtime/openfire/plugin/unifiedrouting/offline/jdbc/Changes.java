package org.igniterealtime.openfire.plugin.unifiedrouting.offline.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Mid;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.Condition;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.SqlDialect;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineChange;

/** Brings changes of offline sets into rows, in the transaction of its caller. Thread-safe. */
final class Changes {

    /** The direction of what its owner received; nothing else can be undelivered. */
    private static final int RECEIVED = 0;

    private final SqlDialect dialect;

    Changes(SqlDialect dialect) {
        this.dialect = dialect;
    }

    /** @param changes of this account, in the order in which they came about */
    void apply(Connection connection, String owner, List<OfflineChange> changes) throws SQLException {
        Cursors.Cursor cursor = Cursors.lock(connection, owner);
        if (cursor == null) {
            // The account was deleted meanwhile.
            return;
        }
        long seq = cursor.seq();
        for (OfflineChange change : changes) {
            take(connection, change);
            if (change.cursor().isPresent()) {
                // Nothing that is yet to come is taken.
                seq = Math.max(seq, Math.min(change.cursor().getAsLong(), cursor.last()));
            }
            seq = giveBack(connection, owner, places(connection, change), seq);
        }
        if (seq != cursor.seq()) {
            Cursors.move(connection, dialect, owner, seq);
        }
    }

    /** Who says of a message that it is taken and returned does not know better; nothing must be lost. */
    private void take(Connection connection, OfflineChange change) throws SQLException {
        List<Mid> taken = change.taken().stream()
                .filter(mid -> !change.returned().contains(mid))
                .toList();
        for (List<Mid> some : MidCondition.portions(dialect, taken)) {
            MidCondition condition = new MidCondition(new Condition("username = ?", change.owner()), some);
            execute(
                    connection,
                    "UPDATE ofUnifiedArchive SET eligible = 0 WHERE " + condition.sql() + " AND eligible = 1",
                    condition);
            execute(connection, "DELETE FROM ofUnifiedOffline WHERE " + condition.sql(), condition);
        }
    }

    /**
     * Makes messages of the archive undelivered again.
     *
     * @param places where they stand; of this account, received
     */
    void giveBack(Connection connection, String owner, List<Long> places) throws SQLException {
        Cursors.Cursor cursor = Cursors.lock(connection, owner);
        if (cursor == null) {
            return;
        }
        long seq = giveBack(connection, owner, places, cursor.seq());
        if (seq != cursor.seq()) {
            Cursors.move(connection, dialect, owner, seq);
        }
    }

    /** @return where the cursor stands then */
    private static long giveBack(Connection connection, String owner, List<Long> places, long cursor)
            throws SQLException {
        if (places.isEmpty()) {
            return cursor;
        }
        long before = Collections.min(places) - 1;
        if (before < cursor) {
            // What was taken behind it would be undelivered again.
            mark(
                    connection,
                    0,
                    new Condition("username = ?", owner)
                            .and("seq > ?", before)
                            .and("seq <= ?", cursor)
                            .and("eligible = ?", 1));
        }
        for (Numbers some : Numbers.parts(places)) {
            try (PreparedStatement statement = connection.prepareStatement(
                    "UPDATE ofUnifiedArchive SET eligible = 1 WHERE username = ? AND " + Numbers.among("seq"))) {
                statement.setString(1, owner);
                some.bind(statement, 2);
                statement.executeUpdate();
            }
        }
        return Math.min(cursor, before);
    }

    private List<Long> places(Connection connection, OfflineChange change) throws SQLException {
        List<Long> places = new ArrayList<>();
        for (List<Mid> some : MidCondition.portions(dialect, change.returned())) {
            MidCondition condition = new MidCondition(
                    new Condition("username = ?", change.owner()).and("direction = ?", RECEIVED), some);
            try (PreparedStatement statement =
                    connection.prepareStatement("SELECT seq FROM ofUnifiedArchive WHERE " + condition.sql())) {
                condition.bind(statement);
                try (ResultSet rows = statement.executeQuery()) {
                    while (rows.next()) {
                        places.add(rows.getLong(1));
                    }
                }
            }
        }
        return places;
    }

    private static void mark(Connection connection, int eligible, Condition condition) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "UPDATE ofUnifiedArchive SET eligible = " + eligible + " WHERE " + condition.sql())) {
            condition.bind(statement);
            statement.executeUpdate();
        }
    }

    private static void execute(Connection connection, String sql, MidCondition condition) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            condition.bind(statement);
            statement.executeUpdate();
        }
    }
}
