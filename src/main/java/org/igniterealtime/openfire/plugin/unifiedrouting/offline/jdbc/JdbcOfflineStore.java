package org.igniterealtime.openfire.plugin.unifiedrouting.offline.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Mid;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.Condition;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.Database;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.RowSizes;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.SqlDialect;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineChange;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineHead;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineLimit;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineMailbox;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineMessage;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflinePage;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineStore;

/**
 * {@link OfflineStore} on the tables {@code ofUnifiedArchive}, {@code ofUnifiedOffline} and {@code ofUnifiedMailbox}.
 * Thread-safe.
 */
public final class JdbcOfflineStore implements OfflineStore {

    /** How {@link OfflineLimit#NONE} is kept. */
    private static final int NO_LIMIT = -1;

    private static final String COLUMNS = "seq, mid, receivedAt, peerBare, peerResource, stanza";

    private final Database database;
    private final SqlDialect dialect;

    public JdbcOfflineStore(Database database, SqlDialect dialect) {
        this.database = database;
        this.dialect = dialect;
    }

    @Override
    public OfflineMailbox mailbox(String owner) {
        // The id of an entry that is gone tells nobody anything.
        String sql = "SELECT m.cursorSeq, a.mid, m.lastSeq, m.offlineLimit, m.archiveUsedAt FROM ofUnifiedMailbox m"
                + " LEFT JOIN ofUnifiedArchive a ON a.username = m.username AND a.mid = m.lastOfflineMid"
                + " WHERE m.username = ?";
        return database.statement("Looking up the mailbox of '" + owner + "'", connection -> {
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                statement.setString(1, owner);
                try (ResultSet row = statement.executeQuery()) {
                    return row.next() ? mailbox(row) : OfflineMailbox.EMPTY;
                }
            }
        });
    }

    private static OfflineMailbox mailbox(ResultSet row) throws SQLException {
        Optional<Mid> lastOfflineMid = Optional.ofNullable(row.getString(2)).map(Mid::new);
        int messages = row.getInt(4);
        Optional<OfflineLimit> limit = row.wasNull()
                ? Optional.empty()
                : Optional.of(messages == NO_LIMIT ? OfflineLimit.NONE : new OfflineLimit(messages));
        long usedAt = row.getLong(5);
        Optional<Instant> archiveUsedAt = row.wasNull() ? Optional.empty() : Optional.of(Instant.ofEpochMilli(usedAt));
        return new OfflineMailbox(row.getLong(1), lastOfflineMid, row.getLong(3), limit, archiveUsedAt);
    }

    @Override
    public List<OfflineMessage> read(String owner, long after, int max) {
        if (max <= 0) {
            return List.of();
        }
        return database.statement("Reading the offline set of '" + owner + "'", connection -> {
            long cursor = Cursors.find(connection, owner);
            List<OfflineMessage> messages = new ArrayList<>();
            select(connection, true, archived(owner, Math.max(after, cursor)), max, messages);
            select(connection, false, kept(owner, after), max, messages);
            messages.sort(Comparator.comparingLong(OfflineMessage::seq));
            return List.copyOf(messages.subList(0, Math.min(max, messages.size())));
        });
    }

    @Override
    public OfflinePage page(String owner, long after, int max, long bytes) {
        return database.statement("Reading the offline set of '" + owner + "'", connection -> {
            long cursor = Cursors.find(connection, owner);
            long from = after;
            while (true) {
                PageSizes sizes = new PageSizes(max, bytes);
                long archivedFrom = Math.max(from, cursor);
                sizes.add(true, sizes(connection, true, archived(owner, archivedFrom), max));
                sizes.add(false, sizes(connection, false, kept(owner, from), max));
                sizes.cut();
                List<OfflineMessage> messages = new ArrayList<>();
                if (sizes.has(true)) {
                    Condition condition = archived(owner, archivedFrom).and("seq <= ?", sizes.upTo());
                    select(connection, true, condition, max, messages);
                }
                if (sizes.has(false)) {
                    Condition condition = kept(owner, from).and("seq <= ?", sizes.upTo());
                    select(connection, false, condition, max, messages);
                }
                messages.sort(Comparator.comparingLong(OfflineMessage::seq));
                if (!messages.isEmpty() || sizes.isLast()) {
                    return new OfflinePage(List.copyOf(messages), sizes.isLast());
                }
                // All of it is taken or trimmed meanwhile.
                from = sizes.upTo();
            }
        });
    }

    private List<RowSizes.Row> sizes(Connection connection, boolean archived, Condition condition, int max)
            throws SQLException {
        return RowSizes.select(connection, dialect, table(archived), condition, "username, seq", max);
    }

    private static Condition kept(String owner, long after) {
        return new Condition("username = ?", owner).and("seq > ?", after);
    }

    private static Condition archived(String owner, long after) {
        return new Condition("username = ?", owner).and("seq > ?", after).and("eligible = ?", 1);
    }

    private void select(
            Connection connection, boolean archived, Condition condition, int max, List<OfflineMessage> messages)
            throws SQLException {
        String sql = dialect.limited(
                "SELECT " + COLUMNS + " FROM " + table(archived) + " WHERE " + condition.sql()
                        + " ORDER BY username, seq",
                max);
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            condition.bind(statement);
            read(statement, archived, messages);
        }
    }

    private static String table(boolean archived) {
        return archived ? "ofUnifiedArchive" : "ofUnifiedOffline";
    }

    private static void read(PreparedStatement statement, boolean archived, List<OfflineMessage> messages)
            throws SQLException {
        try (ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                String peerResource = rows.getString(5);
                messages.add(new OfflineMessage(
                        rows.getLong(1),
                        new Mid(rows.getString(2)),
                        archived,
                        peerResource == null ? rows.getString(4) : rows.getString(4) + '/' + peerResource,
                        Instant.ofEpochMilli(rows.getLong(3)),
                        rows.getString(6)));
            }
        }
    }

    @Override
    public List<OfflineHead> heads(String owner, Collection<Mid> mids) {
        return named(owner, mids, "mid, receivedAt, stanzaSize", JdbcOfflineStore::readHeads);
    }

    private static void readHeads(PreparedStatement statement, boolean archived, List<OfflineHead> heads)
            throws SQLException {
        try (ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                heads.add(new OfflineHead(
                        new Mid(rows.getString(1)), Instant.ofEpochMilli(rows.getLong(2)), rows.getLong(3)));
            }
        }
    }

    @Override
    public List<OfflineMessage> find(String owner, Collection<Mid> mids) {
        List<OfflineMessage> messages = named(owner, mids, COLUMNS, JdbcOfflineStore::read);
        messages.sort(Comparator.comparingLong(OfflineMessage::seq));
        return List.copyOf(messages);
    }

    /** Adds what a statement finds in one of the two tables. */
    private interface Reading<T> {
        void read(PreparedStatement statement, boolean archived, List<T> rows) throws SQLException;
    }

    /** Those of these messages that are in the set, in no order. */
    private <T> List<T> named(String owner, Collection<Mid> mids, String columns, Reading<T> reading) {
        List<Mid> all = mids.stream().distinct().toList();
        return database.statement("Reading the offline set of '" + owner + "'", connection -> {
            long cursor = Cursors.find(connection, owner);
            List<T> rows = new ArrayList<>();
            for (List<Mid> some : MidCondition.portions(dialect, all)) {
                select(connection, true, new MidCondition(archived(owner, cursor), some), columns, reading, rows);
                MidCondition kept = new MidCondition(new Condition("username = ?", owner), some);
                select(connection, false, kept, columns, reading, rows);
            }
            return rows;
        });
    }

    private static <T> void select(
            Connection connection,
            boolean archived,
            MidCondition condition,
            String columns,
            Reading<T> reading,
            List<T> rows)
            throws SQLException {
        String sql = "SELECT " + columns + " FROM " + table(archived) + " WHERE " + condition.sql();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            condition.bind(statement);
            reading.read(statement, archived, rows);
        }
    }

    @Override
    public long count(String owner) {
        return database.statement("Counting the offline set of '" + owner + "'", connection -> {
            long cursor = Cursors.find(connection, owner);
            return count(connection, true, archived(owner, cursor))
                    + count(connection, false, new Condition("username = ?", owner));
        });
    }

    private static long count(Connection connection, boolean archived, Condition condition) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT COUNT(*) FROM " + table(archived) + " WHERE " + condition.sql())) {
            condition.bind(statement);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    /** Accounts in the order in which the writer locks them, so that the two never wait for each other in a circle. */
    @Override
    public void apply(Collection<OfflineChange> changes) {
        if (changes.isEmpty()) {
            return;
        }
        SortedMap<String, List<OfflineChange>> byOwner = new TreeMap<>();
        changes.forEach(change -> byOwner.computeIfAbsent(change.owner(), owner -> new ArrayList<>())
                .add(change));
        Changes applied = new Changes(dialect);
        database.transaction("Saving what became of the offline sets of " + byOwner.keySet(), connection -> {
            for (Map.Entry<String, List<OfflineChange>> owner : byOwner.entrySet()) {
                applied.apply(connection, owner.getKey(), owner.getValue());
            }
            return null;
        });
    }

    @Override
    public boolean refuseIfOver(String owner, Mid mid, int limit) {
        return database.transaction(
                "Counting undelivered messages of '" + owner + "'",
                connection -> new LateLimit(dialect).refuseIfOver(connection, owner, mid, limit));
    }

    @Override
    public void setLimit(String owner, Optional<OfflineLimit> limit) {
        String what = "Setting the offline limit of '" + owner + "'";
        boolean done = setLimitIfThere(what, owner, limit);
        if (!done && limit.isPresent()) {
            makeMailbox(owner);
            setLimitIfThere(what, owner, limit);
        }
    }

    private boolean setLimitIfThere(String what, String owner, Optional<OfflineLimit> limit) {
        return database.statement(what, connection -> {
            try (PreparedStatement statement =
                    connection.prepareStatement("UPDATE ofUnifiedMailbox SET offlineLimit = ? WHERE username = ?")) {
                if (limit.isPresent()) {
                    statement.setInt(
                            1, limit.get().isNone() ? NO_LIMIT : limit.get().messages());
                } else {
                    statement.setNull(1, Types.INTEGER);
                }
                statement.setString(2, owner);
                return statement.executeUpdate() > 0;
            }
        });
    }

    @Override
    public void archiveUsed(String owner, Instant when) {
        if (!archiveUsedIfThere(owner, when)) {
            makeMailbox(owner);
            archiveUsedIfThere(owner, when);
        }
    }

    private boolean archiveUsedIfThere(String owner, Instant when) {
        String sql =
                "UPDATE ofUnifiedMailbox SET archiveUsedAt = CASE WHEN archiveUsedAt > ? THEN archiveUsedAt ELSE ? END"
                        + " WHERE username = ?";
        return database.statement("Noting that the archive of '" + owner + "' is used", connection -> {
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                statement.setLong(1, when.toEpochMilli());
                statement.setLong(2, when.toEpochMilli());
                statement.setString(3, owner);
                return statement.executeUpdate() > 0;
            }
        });
    }

    /** An account's settings may come before its first message. Without messages, a mailbox says no more than none. */
    private void makeMailbox(String owner) {
        database.statement("Making a mailbox for '" + owner + "'", connection -> {
            try (PreparedStatement statement = connection.prepareStatement(
                    "INSERT INTO ofUnifiedMailbox (username, lastSeq, messageCount, byteCount, lastReceivedAt, cursorSeq)"
                            + " VALUES (?, 0, 0, 0, 0, 0)")) {
                statement.setString(1, owner);
                return statement.executeUpdate();
            } catch (SQLException e) {
                if (!Cursors.isThere(connection, owner)) {
                    throw e;
                }
                // Somebody else made it at this moment.
                return 0;
            }
        });
    }
}
