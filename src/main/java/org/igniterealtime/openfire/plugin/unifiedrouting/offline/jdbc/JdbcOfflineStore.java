package org.igniterealtime.openfire.plugin.unifiedrouting.offline.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Mid;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.Database;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.SqlDialect;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineChange;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineLimit;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineMailbox;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineMessage;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineStore;

/** The offline set in SQL. Stands in until the whole one is there. */
public final class JdbcOfflineStore implements OfflineStore {

    private final Database database;

    public JdbcOfflineStore(Database database, SqlDialect dialect) {
        this.database = database;
    }

    @Override
    public OfflineMailbox mailbox(String owner) {
        return database.statement("Reading a mailbox", c -> {
            try (PreparedStatement s = c.prepareStatement(
                    "SELECT cursorSeq, lastOfflineMid, lastSeq, offlineLimit, archiveUsedAt FROM ofUnifiedMailbox WHERE username = ?")) {
                s.setString(1, owner);
                try (ResultSet r = s.executeQuery()) {
                    if (!r.next()) {
                        return OfflineMailbox.EMPTY;
                    }
                    int limit = r.getInt(4);
                    Optional<OfflineLimit> own =
                            r.wasNull() ? Optional.empty() : Optional.of(limit < 0 ? OfflineLimit.NONE : new OfflineLimit(limit));
                    long used = r.getLong(5);
                    Optional<Instant> usedAt = r.wasNull() ? Optional.empty() : Optional.of(Instant.ofEpochMilli(used));
                    return new OfflineMailbox(
                            r.getLong(1), Optional.ofNullable(r.getString(2)).map(Mid::new), r.getLong(3), own, usedAt);
                }
            }
        });
    }

    @Override
    public List<OfflineMessage> read(String owner, long after, int max) {
        return database.statement("Reading an offline set", c -> rows(c, owner, after, max));
    }

    private static List<OfflineMessage> rows(Connection c, String owner, long after, int max) throws SQLException {
        List<OfflineMessage> all = new ArrayList<>();
        long cursor = 0;
        try (PreparedStatement s = c.prepareStatement("SELECT cursorSeq FROM ofUnifiedMailbox WHERE username = ?")) {
            s.setString(1, owner);
            try (ResultSet r = s.executeQuery()) {
                cursor = r.next() ? r.getLong(1) : 0;
            }
        }
        add(c, all, "ofUnifiedArchive", " AND direction = 0 AND eligible = 1", owner, Math.max(after, cursor), max, true);
        add(c, all, "ofUnifiedOffline", "", owner, after, max, false);
        all.sort((a, b) -> Long.compare(a.seq(), b.seq()));
        return all.size() > max ? new ArrayList<>(all.subList(0, max)) : all;
    }

    private static void add(Connection c, List<OfflineMessage> all, String table, String more, String owner, long after, int max, boolean archived) throws SQLException {
        try (PreparedStatement s = c.prepareStatement("SELECT seq, mid, peerBare, peerResource, receivedAt, stanza FROM " + table
                + " WHERE username = ? AND seq > ?" + more + " ORDER BY seq")) {
            s.setString(1, owner);
            s.setLong(2, after);
            s.setMaxRows(max);
            try (ResultSet r = s.executeQuery()) {
                while (r.next()) {
                    String resource = r.getString(4);
                    all.add(new OfflineMessage(r.getLong(1), new Mid(r.getString(2)), archived,
                            resource == null ? r.getString(3) : r.getString(3) + "/" + resource,
                            Instant.ofEpochMilli(r.getLong(5)), r.getString(6)));
                }
            }
        }
    }

    @Override
    public List<OfflineMessage> find(String owner, Collection<Mid> mids) {
        return read(owner, -1, 1_000_000).stream().filter(m -> mids.contains(m.mid())).toList();
    }

    @Override
    public long count(String owner) {
        return read(owner, -1, 1_000_000).size();
    }

    @Override
    public void apply(Collection<OfflineChange> changes) {
        database.transaction("Saving offline sets", c -> {
            for (OfflineChange change : changes) {
                apply(c, change);
            }
            return null;
        });
    }

    private static void apply(Connection c, OfflineChange change) throws SQLException {
        if (change.cursor().isPresent()) {
            update(c, "UPDATE ofUnifiedMailbox SET cursorSeq = ? WHERE username = ? AND cursorSeq < ?",
                    change.cursor().getAsLong(), change.owner(), change.cursor().getAsLong());
        }
        for (Mid mid : change.taken()) {
            update(c, "UPDATE ofUnifiedArchive SET eligible = 0 WHERE username = ? AND mid = ?", change.owner(), mid.value());
            update(c, "DELETE FROM ofUnifiedOffline WHERE username = ? AND mid = ?", change.owner(), mid.value());
        }
        for (Mid mid : change.returned()) {
            try (PreparedStatement s = c.prepareStatement(
                    "SELECT a.seq, m.cursorSeq FROM ofUnifiedArchive a JOIN ofUnifiedMailbox m ON m.username = a.username WHERE a.username = ? AND a.mid = ?")) {
                s.setString(1, change.owner());
                s.setString(2, mid.value());
                try (ResultSet r = s.executeQuery()) {
                    if (r.next() && r.getLong(1) <= r.getLong(2)) {
                        update(c, "UPDATE ofUnifiedArchive SET eligible = 0 WHERE username = ? AND seq >= ? AND seq <= ?",
                                change.owner(), r.getLong(1), r.getLong(2));
                        update(c, "UPDATE ofUnifiedMailbox SET cursorSeq = ? WHERE username = ?", r.getLong(1) - 1, change.owner());
                    }
                }
            }
            update(c, "UPDATE ofUnifiedArchive SET eligible = 1 WHERE username = ? AND mid = ?", change.owner(), mid.value());
        }
    }

    private static void update(Connection c, String sql, Object... values) throws SQLException {
        try (PreparedStatement s = c.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                s.setObject(i + 1, values[i]);
            }
            s.executeUpdate();
        }
    }

    @Override
    public void setLimit(String owner, Optional<OfflineLimit> limit) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void archiveUsed(String owner, Instant when) {
        database.transaction("Noting use", c -> {
            update(c, "UPDATE ofUnifiedMailbox SET archiveUsedAt = ? WHERE username = ?", when.toEpochMilli(), owner);
            return null;
        });
    }
}
