package org.igniterealtime.openfire.plugin.unifiedrouting.archive.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Mid;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.Condition;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.SqlDialect;

/** Where in an archive something stands. Each answer comes from an index. Thread-safe. */
final class Places {

    private final SqlDialect dialect;

    Places(SqlDialect dialect) {
        this.dialect = dialect;
    }

    long of(Connection connection, String owner, Mid mid) throws SQLException, UnknownMid {
        return ofAll(connection, owner, List.of(mid)).get(0);
    }

    /**
     * @throws UnknownMid if one of them is not in this archive
     */
    List<Long> ofAll(Connection connection, String owner, Collection<Mid> mids) throws SQLException, UnknownMid {
        List<Mid> all = List.copyOf(mids);
        List<Long> places = new ArrayList<>(all.size());
        int most = dialect.keysPerStatement();
        for (int from = 0; from < all.size(); from += most) {
            select(connection, owner, all.subList(from, Math.min(all.size(), from + most)), places);
        }
        if (places.size() != all.size()) {
            throw new UnknownMid();
        }
        return places;
    }

    private static void select(Connection connection, String owner, List<Mid> mids, List<Long> places)
            throws SQLException {
        String sql =
                "SELECT seq FROM ofUnifiedArchive WHERE username = ? AND " + SqlDialect.isOneOf("mid", mids.size());
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, owner);
            for (int i = 0; i < mids.size(); i++) {
                statement.setString(i + 2, mids.get(i).value());
            }
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    places.add(rows.getLong(1));
                }
            }
        }
    }

    /**
     * Adds the condition that a message is at one of these places. Their range is named, too: HSQLDB looks at every row that
     * an index leaves for whether it is in a list, and finds a range by the index.
     *
     * @param sorted at least one
     */
    static Condition areAmong(List<Long> sorted, Condition condition) {
        return condition
                .and("seq >= ?", sorted.get(0))
                .and("seq <= ?", sorted.get(sorted.size() - 1))
                .andIsOneOf("seq", sorted);
    }

    /**
     * The place of the first message at or after a time; beyond all places if there is none.
     *
     * <p>No index is needed for times: they follow the order of the archive, so that a few steps of a search by place
     * find one. Every second step halves what is left, the others guess from the times at its ends.
     */
    long firstSince(Connection connection, String owner, Instant time) throws SQLException {
        long wanted = millis(time);
        Row low = end(connection, owner, "");
        Row high = low == null ? null : end(connection, owner, " DESC");
        if (high == null || high.receivedAt() < wanted) {
            return Long.MAX_VALUE;
        }
        if (low.receivedAt() >= wanted) {
            return low.seq();
        }
        // Always: low is too old, high is not, and no message stands from top on before high.
        long top = high.seq();
        for (int step = 0; low.seq() + 1 < top; step++) {
            long place = step % 2 == 0 ? guess(low, high, top, wanted) : low.seq() + (top - low.seq()) / 2;
            Row row = firstFrom(connection, owner, place);
            if (row == null || row.seq() >= top) {
                top = place;
            } else if (row.receivedAt() >= wanted) {
                high = row;
                top = place;
            } else {
                low = row;
            }
        }
        return high.seq();
    }

    /** The place of the first message after a time; beyond all places if there is none. */
    long firstAfter(Connection connection, String owner, Instant time) throws SQLException {
        return millis(time) == Long.MAX_VALUE ? Long.MAX_VALUE : firstSince(connection, owner, time.plusMillis(1));
    }

    /** A message's place and time. */
    private record Row(long seq, long receivedAt) {}

    private static long guess(Row low, Row high, long top, long wanted) {
        double part = (double) (wanted - low.receivedAt()) / (high.receivedAt() - low.receivedAt());
        long place = low.seq() + (long) (part * (high.seq() - low.seq()));
        return Math.max(low.seq() + 1, Math.min(top - 1, place));
    }

    private Row end(Connection connection, String owner, String direction) throws SQLException {
        return row(connection, new Condition("username = ?", owner), "username" + direction + ", seq" + direction);
    }

    private Row firstFrom(Connection connection, String owner, long place) throws SQLException {
        return row(connection, new Condition("username = ?", owner).and("seq >= ?", place), "username, seq");
    }

    private Row row(Connection connection, Condition condition, String order) throws SQLException {
        String sql = dialect.limited(
                "SELECT seq, receivedAt FROM ofUnifiedArchive WHERE " + condition.sql() + " ORDER BY " + order, 1);
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            condition.bind(statement);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? new Row(row.getLong(1), row.getLong(2)) : null;
            }
        }
    }

    /** A query may name any time at all, the archive's clock is a long. */
    static long millis(Instant time) {
        try {
            return time.toEpochMilli();
        } catch (ArithmeticException e) {
            return time.isAfter(Instant.EPOCH) ? Long.MAX_VALUE : Long.MIN_VALUE;
        }
    }
}
