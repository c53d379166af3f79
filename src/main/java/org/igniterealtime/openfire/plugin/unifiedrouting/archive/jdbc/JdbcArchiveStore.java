package org.igniterealtime.openfire.plugin.unifiedrouting.archive.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.AppendedEntry;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchivePage;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchiveQuery;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchiveStore;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchivedMessage;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Direction;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Mid;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.NewEntry;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ReceivedId;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.SizeListener;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.Condition;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.Database;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.SqlDialect;
import org.xmpp.packet.JID;

/**
 * {@link ArchiveStore} on the tables {@code ofUnifiedArchive}, {@code ofUnifiedMailbox} and {@code ofUnifiedOffline}.
 * Thread-safe.
 */
public final class JdbcArchiveStore implements ArchiveStore {

    /** How many places back an error may reach: what it answers was sent minutes ago, not years. */
    private static final int LATELY = 5_000;

    /** How many an account may have received since a message that its sender sends again. */
    private static final int SINCE_THE_FIRST_TIME = 50_000;

    private final Database database;
    private final SqlDialect dialect;
    private final Appender appender;
    private final PageReader pages;
    private final Committed committed = new Committed();
    private final Places places;
    private final SizeListener sizes;

    /**
     * @param dialect what the database speaks beside the SQL that all of them know
     */
    public JdbcArchiveStore(Database database, SqlDialect dialect) {
        this(database, dialect, (owner, size) -> {});
    }

    /**
     * @param dialect what the database speaks beside the SQL that all of them know
     * @param sizes learns how large archives have grown
     */
    public JdbcArchiveStore(Database database, SqlDialect dialect, SizeListener sizes) {
        this.sizes = sizes;
        this.database = database;
        this.dialect = dialect;
        this.appender = switch (dialect) {
            case POSTGRESQL -> new PostgresqlAppender(new PortableAppender(dialect, false));
            case MYSQL, MARIADB -> new PortableAppender(dialect, true);
            // CockroachDB may well understand what PostgreSQL gets; nobody has tried.
            default -> new PortableAppender(dialect, false);
        };
        this.pages = new PageReader(dialect);
        this.places = new Places(dialect);
    }

    @Override
    public List<AppendedEntry> append(List<NewEntry> entries) {
        String what = "Archiving " + entries.size() + " messages";
        Appender.Appended appended = appender.isOneStatement(entries)
                ? database.statement(what, connection -> appender.append(connection, entries))
                : Mailboxes.transaction(
                        database, what, entries.size(), connection -> appender.append(connection, entries));
        appended.mailboxes().forEach((owner, mailbox) -> sizes.grown(owner, mailbox.size()));
        return appended.entries();
    }

    @Override
    public Optional<List<AppendedEntry>> committed(List<NewEntry> entries) {
        return database.statement(
                "Looking up " + entries.size() + " messages", connection -> committed.of(connection, entries));
    }

    @Override
    public Optional<ArchivePage> page(ArchiveQuery query) {
        return database.statement(
                "Reading the archive of '" + query.owner() + "'", connection -> pages.read(connection, query));
    }

    @Override
    public Optional<ArchivedMessage> find(String owner, Mid mid) {
        String sql = "SELECT " + ArchiveRows.COLUMNS + " FROM ofUnifiedArchive WHERE username = ? AND mid = ?";
        return database.statement("Reading the archive of '" + owner + "'", connection -> {
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                statement.setString(1, owner);
                statement.setString(2, mid.value());
                try (ResultSet row = statement.executeQuery()) {
                    return row.next() ? Optional.of(ArchiveRows.read(owner, row)) : Optional.empty();
                }
            }
        });
    }

    @Override
    public boolean hasSent(String owner, JID peer, String messageId) {
        return database.statement("Reading the archive of '" + owner + "'", connection -> {
            String bare = peer.toBareJID();
            Condition condition = new Condition("username = ?", owner)
                    .and("peerHash = ?", PeerHash.of(bare))
                    .and("seq > ?", Mailboxes.lastSeq(connection, owner) - LATELY)
                    .and("peerBare = ?", bare)
                    .and("direction = ?", ArchiveRows.code(Direction.SENT))
                    .and("messageId = ?", messageId);
            try (PreparedStatement statement = connection.prepareStatement(dialect.limited(
                    "SELECT seq FROM ofUnifiedArchive WHERE " + condition.sql() + " ORDER BY username, peerHash, seq",
                    1))) {
                condition.bind(statement);
                try (ResultSet row = statement.executeQuery()) {
                    return row.next();
                }
            }
        });
    }

    @Override
    public List<Long> sentHashes(String owner, Instant since, int max) {
        return database.statement("Reading the archive of '" + owner + "'", connection -> {
            long from = Math.max(
                    places.firstSince(connection, owner, since), Mailboxes.lastSeq(connection, owner) - LATELY);
            Condition condition = new Condition("username = ?", owner)
                    .and("seq >= ?", from)
                    .and(
                            "(direction = " + ArchiveRows.code(Direction.SENT) + " OR peerBare LIKE ? ESCAPE '!')",
                            literally(dialect, owner) + "@%");
            List<Long> hashes = new ArrayList<>();
            select(
                    connection,
                    dialect.limited(
                            "SELECT contentHash FROM ofUnifiedArchive WHERE " + condition.sql()
                                    + " ORDER BY username DESC, seq DESC",
                            max),
                    condition,
                    row -> hashes.add(row.getLong(1)));
            return hashes;
        });
    }

    @Override
    public List<Long> receivedHashes(String owner, JID from, Instant since, int max) {
        return database.statement("Reading the archive of '" + owner + "'", connection -> {
            List<Long> hashes = new ArrayList<>();
            for (Received received : Received.values()) {
                Condition condition =
                        received.since(connection, owner, from, LATELY).and("receivedAt >= ?", Places.millis(since));
                received.select(connection, dialect, "contentHash", condition, max, row -> hashes.add(row.getLong(1)));
            }
            return hashes;
        });
    }

    @Override
    public Optional<ReceivedId> findReceived(String owner, JID from, long contentHash) {
        return database.statement("Reading the archive of '" + owner + "'", connection -> {
            for (Received received : Received.values()) {
                Condition condition = received.since(connection, owner, from, SINCE_THE_FIRST_TIME)
                        .and("contentHash = ?", contentHash);
                List<Mid> mids = new ArrayList<>(1);
                received.select(connection, dialect, "mid", condition, 1, row -> mids.add(new Mid(row.getString(1))));
                if (!mids.isEmpty()) {
                    return Optional.of(new ReceivedId(mids.get(0), received == Received.ARCHIVED));
                }
            }
            return Optional.empty();
        });
    }

    /** Where what an account has received is kept. */
    private enum Received {
        ARCHIVED("ofUnifiedArchive"),
        UNTIL_DELIVERED("ofUnifiedOffline");

        private final String table;

        Received(String table) {
            this.table = table;
        }

        /** @param places how many of them back */
        Condition since(Connection connection, String owner, JID from, int places) throws SQLException {
            String bare = from.toBareJID();
            Condition condition = new Condition("username = ?", owner)
                    .and("peerHash = ?", PeerHash.of(bare))
                    .and("seq > ?", Mailboxes.lastSeq(connection, owner) - places)
                    .and("peerBare = ?", bare);
            return this == ARCHIVED ? condition.and("direction = ?", ArchiveRows.code(Direction.RECEIVED)) : condition;
        }

        /** The newest first. */
        void select(Connection connection, SqlDialect dialect, String column, Condition condition, int max, Row each)
                throws SQLException {
            JdbcArchiveStore.select(
                    connection,
                    dialect.limited(
                            "SELECT " + column + " FROM " + table + " WHERE " + condition.sql()
                                    + " ORDER BY username DESC, peerHash DESC, seq DESC",
                            max),
                    condition,
                    each);
        }
    }

    /** User names may have characters that mean something in a pattern. Without ESCAPE, a backslash does on some databases. */
    static String literally(SqlDialect dialect, String name) {
        String pattern = name.replaceAll("[!%_]", "!$0");
        // Oracle takes it for an error to escape what means nothing.
        return dialect == SqlDialect.SQLSERVER ? pattern.replace("[", "![") : pattern;
    }

    private interface Row {
        void read(ResultSet row) throws SQLException;
    }

    private static void select(Connection connection, String sql, Condition condition, Row each) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            condition.bind(statement);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    each.read(rows);
                }
            }
        }
    }

    /** Also tells whether the tables are there with all their columns. */
    @Override
    public void probe() {
        database.statement("Reaching the archive's tables", connection -> {
            try (PreparedStatement archive = connection.prepareStatement(
                            "SELECT " + ArchiveRows.COLUMNS
                                    + ", eligible, peerHash, stanzaSize, messageId, contentHash FROM ofUnifiedArchive WHERE 1 = 0");
                    PreparedStatement mailbox = connection.prepareStatement(
                            "SELECT " + Mailboxes.COLUMNS
                                    + ", archiveDefault, lastOfflineMid, offlineLimit, archiveUsedAt FROM ofUnifiedMailbox WHERE 1 = 0");
                    PreparedStatement offline = connection.prepareStatement(
                            "SELECT seq, mid, receivedAt, peerHash, peerBare, peerResource, contentHash, stanzaSize, stanza FROM ofUnifiedOffline WHERE 1 = 0")) {
                offline.executeQuery().close();
                archive.executeQuery().close();
                mailbox.executeQuery().close();
                return null;
            }
        });
    }
}
