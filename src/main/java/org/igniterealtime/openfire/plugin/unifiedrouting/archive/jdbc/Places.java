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

/** Where in an archive something stands. Each answer comes from an index. Thread-safe. */
final class Places {

    private static final int MIDS_PER_SELECT = 64;

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
        for (int from = 0; from < all.size(); from += MIDS_PER_SELECT) {
            select(connection, owner, all.subList(from, Math.min(all.size(), from + MIDS_PER_SELECT)), places);
        }
        if (places.size() != all.size()) {
            throw new UnknownMid();
        }
        return places;
    }

    private static void select(Connection connection, String owner, List<Mid> mids, List<Long> places)
            throws SQLException {
        String sql = "SELECT seq FROM ofUnifiedArchive WHERE username = ? AND mid IN (?" + ", ?".repeat(mids.size() - 1)
                + ")";
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

    /** The place of the first message at or after a time; beyond all places if there is none. */
    long firstSince(Connection connection, String owner, Instant time) throws SQLException {
        return byTime(connection, owner, "receivedAt >= ?", time, "receivedAt, seq", Long.MAX_VALUE);
    }

    /** The place of the last message at or before a time; before all places if there is none. */
    long lastUntil(Connection connection, String owner, Instant time) throws SQLException {
        return byTime(connection, owner, "receivedAt <= ?", time, "receivedAt DESC, seq DESC", Long.MIN_VALUE);
    }

    private long byTime(Connection connection, String owner, String bound, Instant time, String order, long otherwise)
            throws SQLException {
        String sql = dialect.limited(
                "SELECT seq FROM ofUnifiedArchive WHERE username = ? AND " + bound + " ORDER BY " + order, 1);
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, owner);
            statement.setLong(2, millis(time));
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? row.getLong(1) : otherwise;
            }
        }
    }

    /** A query may name any time at all, the archive's clock is a long. */
    private static long millis(Instant time) {
        try {
            return time.toEpochMilli();
        } catch (ArithmeticException e) {
            return time.isAfter(Instant.EPOCH) ? Long.MAX_VALUE : Long.MIN_VALUE;
        }
    }
}
