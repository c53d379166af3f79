package org.igniterealtime.openfire.plugin.unifiedrouting.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * How long the messages of some rows are. What a driver is asked for it may have in memory as a whole: who reads messages
 * of any length looks their sizes up first, and then reads no more of them than make a page.
 */
public final class RowSizes {

    /**
     * A message.
     *
     * @param seq its place
     * @param bytes how long it is as text in UTF-8
     */
    public record Row(long seq, long bytes) {}

    private RowSizes() {}

    /**
     * @param order the columns of an index
     * @param max how many at most, the first ones in this order
     */
    public static List<Row> select(
            Connection connection, SqlDialect dialect, String table, Condition condition, String order, int max)
            throws SQLException {
        String sql = dialect.limited(
                "SELECT seq, stanzaSize FROM " + table + " WHERE " + condition.sql() + " ORDER BY " + order, max);
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            condition.bind(statement);
            try (ResultSet result = statement.executeQuery()) {
                List<Row> rows = new ArrayList<>();
                while (result.next()) {
                    rows.add(new Row(result.getLong(1), result.getLong(2)));
                }
                return rows;
            }
        }
    }

    /**
     * How many of these rows make a page, from the first one on.
     *
     * @param max so many at most
     * @param bytes so long at most, all of them together, unless it is one alone
     */
    public static int fitting(List<Row> rows, int max, long bytes) {
        int most = Math.min(max, rows.size());
        long length = 0;
        for (int count = 0; count < most; count++) {
            length += rows.get(count).bytes();
            if (count > 0 && length > bytes) {
                return count;
            }
        }
        return most;
    }
}
