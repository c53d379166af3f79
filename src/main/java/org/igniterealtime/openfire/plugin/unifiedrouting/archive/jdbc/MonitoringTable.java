package org.igniterealtime.openfire.plugin.unifiedrouting.archive.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.Set;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.imports.SourceKey;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.imports.SourceMessage;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.SqlDialect;

/**
 * The archive of the monitoring plugin, {@code ofMessageArchive}, in slices from the newest row to the oldest. That table
 * has no key: rows of old versions have no id, and one time may have many rows. It has an index by time, and only that
 * is relied on: first the times of a slice are looked up, then the rows between them. Immutable.
 */
final class MonitoringTable {

    /** A slice ends early rather than hold more text than this. */
    private static final int MAX_CHARACTERS = 8 * 1024 * 1024;

    private static final int FETCH_SIZE = 50;

    private final SqlDialect dialect;
    private final Set<String> columns;

    private MonitoringTable(SqlDialect dialect, Set<String> columns) {
        this.dialect = dialect;
        this.columns = columns;
    }

    /**
     * Some rows, and where the next ones begin.
     *
     * @param rows newest first; empty does not mean that there are no more
     * @param next what comes before this key is left
     * @param last whether nothing is left
     */
    record Slice(List<SourceMessage> rows, SourceKey next, boolean last) {}

    /**
     * @throws SQLException if the table is not there, or does not look like that of any version of the plugin
     */
    static MonitoringTable open(Connection connection, SqlDialect dialect) throws SQLException {
        Set<String> columns = new HashSet<>();
        try (PreparedStatement statement = connection.prepareStatement("SELECT * FROM ofMessageArchive WHERE 1 = 0");
                ResultSet nothing = statement.executeQuery()) {
            ResultSetMetaData metaData = nothing.getMetaData();
            for (int i = 1; i <= metaData.getColumnCount(); i++) {
                columns.add(metaData.getColumnName(i).toLowerCase(Locale.ROOT));
            }
        }
        MonitoringTable table = new MonitoringTable(dialect, Set.copyOf(columns));
        try (PreparedStatement statement =
                connection.prepareStatement(table.select() + "m.sentDate = 0 AND m.conversationID = 0 AND 1 = 0")) {
            statement.executeQuery().close();
        }
        return table;
    }

    /**
     * Reads in a transaction, so that rows can come bit by bit.
     *
     * @param before only rows before this key
     * @param max how many rows, unless one key alone has more
     */
    Slice read(Connection connection, SourceKey before, int max) throws SQLException {
        if (before.isWithinItsTime()) {
            return read(connection, before, before.sentAt(), max);
        }
        OptionalLong oldest = oldestOf(connection, before.sentAt(), max);
        return oldest.isEmpty()
                ? new Slice(List.of(), before, true)
                : read(connection, before, oldest.getAsLong(), max);
    }

    /** The time of the last of this many rows before a time, or of the last that there is. */
    private OptionalLong oldestOf(Connection connection, long before, int max) throws SQLException {
        String sql = dialect.limited(
                "SELECT m.sentDate FROM ofMessageArchive m WHERE m.sentDate < ? ORDER BY m.sentDate DESC", max);
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setLong(1, before);
            try (ResultSet times = statement.executeQuery()) {
                OptionalLong oldest = OptionalLong.empty();
                while (times.next()) {
                    oldest = OptionalLong.of(times.getLong(1));
                }
                return oldest;
            }
        }
    }

    /** Rows from a time on, about as many as wanted. A time is torn apart only where it alone has more, a key never. */
    private Slice read(Connection connection, SourceKey before, long from, int max) throws SQLException {
        int limit = max;
        long characters = MAX_CHARACTERS;
        while (true) {
            List<SourceMessage> rows = select(connection, before, from, limit + 1, characters);
            if (rows.size() <= limit && charactersOf(rows) <= characters) {
                return new Slice(rows, SourceKey.startOf(from), false);
            }
            // The last row was read only to see that there is one; its time, or at least its key, may have more.
            SourceKey torn = rows.get(rows.size() - 1).key();
            List<SourceMessage> times = rows.stream()
                    .filter(row -> row.key().sentAt() != torn.sentAt())
                    .toList();
            if (!times.isEmpty()) {
                return new Slice(times, SourceKey.startOf(oldest(times).sentAt()), false);
            }
            List<SourceMessage> keys =
                    rows.stream().filter(row -> !row.key().equals(torn)).toList();
            if (!keys.isEmpty()) {
                return new Slice(keys, oldest(keys), false);
            }
            limit *= 2;
            characters *= 2;
        }
    }

    private List<SourceMessage> select(Connection connection, SourceKey before, long from, int max, long maxCharacters)
            throws SQLException {
        boolean within = before.isWithinItsTime();
        String sql = dialect.limited(
                select()
                        + (within
                                ? "m.sentDate = ? AND (" + id() + " < ? OR (" + id() + " = ? AND m.conversationID < ?))"
                                : "m.sentDate >= ? AND m.sentDate < ?")
                        + " ORDER BY m.sentDate DESC" + (has("messageID") ? ", " + id() + " DESC" : "")
                        + ", m.conversationID DESC",
                max);
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setFetchSize(FETCH_SIZE);
            statement.setLong(1, from);
            if (within) {
                statement.setLong(2, before.messageId());
                statement.setLong(3, before.messageId());
                statement.setLong(4, before.conversationId());
            } else {
                statement.setLong(2, before.sentAt());
            }
            try (ResultSet row = statement.executeQuery()) {
                List<SourceMessage> rows = new ArrayList<>();
                long characters = 0;
                while (characters <= maxCharacters && row.next()) {
                    SourceMessage message = message(row);
                    rows.add(message);
                    characters += message.characters();
                }
                return rows;
            }
        }
    }

    private static SourceKey oldest(List<SourceMessage> rows) {
        return rows.get(rows.size() - 1).key();
    }

    private static long charactersOf(List<SourceMessage> rows) {
        return rows.stream().mapToLong(SourceMessage::characters).sum();
    }

    /** Old versions of the table have fewer columns. A conversation has a room's name if it is one of a room. */
    private String select() {
        return "SELECT m.sentDate, " + id() + ", m.conversationID, m.fromJID, " + column("fromJIDResource")
                + ", m.toJID, "
                + column("toJIDResource") + ", " + column("isPMforJID") + ", c.room, m.body, " + column("stanza")
                + " FROM ofMessageArchive m LEFT JOIN ofConversation c ON c.conversationID = m.conversationID WHERE ";
    }

    private String id() {
        return has("messageID") ? "COALESCE(m.messageID, " + SourceKey.NO_ID + ")" : String.valueOf(SourceKey.NO_ID);
    }

    private String column(String name) {
        return has(name) ? "m." + name : "NULL";
    }

    private boolean has(String column) {
        return columns.contains(column.toLowerCase(Locale.ROOT));
    }

    private static SourceMessage message(ResultSet row) throws SQLException {
        return new SourceMessage(
                new SourceKey(row.getLong(1), row.getLong(2), row.getLong(3)),
                row.getString(4),
                textOrNull(row.getString(5)),
                row.getString(6),
                textOrNull(row.getString(7)),
                textOrNull(row.getString(8)) != null || textOrNull(row.getString(9)) != null,
                row.getString(10),
                row.getString(11));
    }

    private static String textOrNull(String text) {
        return text == null || text.isEmpty() ? null : text;
    }
}
