package org.igniterealtime.openfire.plugin.unifiedrouting.archive.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.AppendedEntry;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.AppendedEntry.Result;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchivedMessage;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.NewEntry;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.OfflineClaim;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.jdbc.Mailboxes.Growth;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.jdbc.Mailboxes.Mailbox;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.SqlDialect;

/**
 * Three steps of SQL that every database knows: take places, learn which, insert. Limits, and what is not archived, need
 * some more. Thread-safe.
 */
final class PortableAppender implements Appender {

    /** The stanza last: Oracle takes no other text after a long one. */
    private static final String INSERT =
            "INSERT INTO ofUnifiedArchive (username, seq, mid, receivedAt, direction, eligible, peerHash, peerBare,"
                    + " peerResource, messageId, contentHash, stanzaSize, stanza) VALUES ";

    private static final String ROW = "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    private static final int COLUMNS = 13;

    private static final int ROWS_PER_STATEMENT = 64;

    /** The smallest limit for a statement that a MySQL in use has (max_allowed_packet) is 1 MiB. */
    private static final long BYTES_PER_STATEMENT = 256 << 10;

    private static final String INSERT_OFFLINE_ONLY =
            "INSERT INTO ofUnifiedOffline (username, seq, mid, receivedAt, peerHash, peerBare, peerResource,"
                    + " contentHash, stanzaSize, stanza) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

    /**
     * A row to be.
     *
     * @param message the entry with its place and time
     * @param eligible whether it waits for a session that takes it
     */
    record Row(NewEntry entry, ArchivedMessage message, boolean eligible) {

        boolean isArchived() {
            return entry.claim().kind() == OfflineClaim.Kind.ARCHIVED;
        }
    }

    private final boolean multipleRows;
    private final PairLimits limits;

    /**
     * @param multipleRows whether one INSERT is to bring several rows: MySQL's driver sends the statements of a batch one
     *     by one and waits for each
     */
    PortableAppender(SqlDialect dialect, boolean multipleRows) {
        this.limits = new PairLimits(dialect);
        this.multipleRows = multipleRows;
    }

    static PortableAppender of(SqlDialect dialect) {
        return new PortableAppender(dialect, dialect == SqlDialect.MYSQL || dialect == SqlDialect.MARIADB);
    }

    /** Whether these need the three steps only, as almost all batches do. */
    static boolean isPlain(List<NewEntry> entries) {
        return entries.stream()
                .map(NewEntry::claim)
                .allMatch(claim -> claim.kind() == OfflineClaim.Kind.ARCHIVED && !claim.isLimited());
    }

    @Override
    public Appended append(Connection connection, List<NewEntry> entries) throws SQLException {
        Map<String, Mailbox> mailboxes = Mailboxes.grow(connection, growthOf(entries));
        List<AppendedEntry> placed = place(entries, mailboxes);
        if (!isPlain(entries)) {
            placed = withResults(placed, limits.judge(connection, entries, mailboxes));
            uncount(connection, entries, placed, mailboxes);
            insertOfflineOnly(connection, rows(entries, placed, OfflineClaim.Kind.OFFLINE_ONLY));
        }
        List<Row> rows = rows(entries, placed, OfflineClaim.Kind.ARCHIVED);
        insertArchived(connection, rows);
        return new Appended(placed, mailboxes);
    }

    private void insertArchived(Connection connection, List<Row> rows) throws SQLException {
        if (multipleRows) {
            insertRows(connection, rows);
        } else {
            insert(connection, rows);
        }
    }

    /** Adds rows that have their places and times already, archived or not. */
    void write(Connection connection, List<Row> rows) throws SQLException {
        insertOfflineOnly(
                connection, rows.stream().filter(row -> !row.isArchived()).toList());
        insertArchived(connection, rows.stream().filter(Row::isArchived).toList());
    }

    static SortedMap<String, Growth> growthOf(List<NewEntry> entries) {
        SortedMap<String, Growth> growth = new TreeMap<>();
        entries.forEach(entry -> growth.merge(entry.owner(), Growth.by(entry), Growth::plus));
        return growth;
    }

    /**
     * All messages of an account that are committed together get the time of the newest, and never one before that of an
     * earlier batch: so times follow the order of the archive even where clocks do not, and a query by time needs no
     * more than a query by place. What no archive shows keeps its own time.
     */
    static List<AppendedEntry> place(List<NewEntry> entries, Map<String, Mailbox> mailboxes) {
        Map<String, Long> next = new HashMap<>();
        for (NewEntry entry : entries) {
            // Counts down to the first place of this batch.
            next.merge(entry.owner(), mailboxes.get(entry.owner()).lastSeq(), (seq, last) -> seq - 1);
        }
        List<AppendedEntry> placed = new ArrayList<>(entries.size());
        for (NewEntry entry : entries) {
            long seq = next.merge(entry.owner(), 1L, Long::sum) - 1;
            boolean archived = entry.claim().kind() == OfflineClaim.Kind.ARCHIVED;
            ArchivedMessage message = new ArchivedMessage(
                    entry.owner(),
                    seq,
                    entry.mid(),
                    entry.direction(),
                    entry.peer().toString(),
                    Instant.ofEpochMilli(
                            archived
                                    ? mailboxes.get(entry.owner()).newest()
                                    : entry.receivedAt().toEpochMilli()),
                    entry.stanza());
            placed.add(new AppendedEntry(message, entry.claim(), Result.STORED));
        }
        return placed;
    }

    private static List<AppendedEntry> withResults(List<AppendedEntry> placed, List<Result> results) {
        List<AppendedEntry> judged = new ArrayList<>(placed.size());
        for (int i = 0; i < placed.size(); i++) {
            judged.add(new AppendedEntry(placed.get(i).message(), placed.get(i).claim(), results.get(i)));
        }
        return judged;
    }

    /** What a limit keeps out was counted as if it came in. */
    private static void uncount(
            Connection connection, List<NewEntry> entries, List<AppendedEntry> judged, Map<String, Mailbox> mailboxes)
            throws SQLException {
        SortedMap<String, Growth> keptOut = new TreeMap<>();
        for (int i = 0; i < entries.size(); i++) {
            if (judged.get(i).result() == Result.OVER_LIMIT) {
                keptOut.merge(entries.get(i).owner(), Growth.by(entries.get(i)), Growth::plus);
            }
        }
        for (Map.Entry<String, Growth> owner : keptOut.entrySet()) {
            Growth growth = owner.getValue();
            Mailboxes.shrink(connection, owner.getKey(), growth.messages(), growth.bytes());
            mailboxes.computeIfPresent(
                    owner.getKey(), (name, mailbox) -> mailbox.without(growth.messages(), growth.bytes()));
        }
    }

    private static List<Row> rows(List<NewEntry> entries, List<AppendedEntry> placed, OfflineClaim.Kind kind) {
        List<Row> rows = new ArrayList<>(entries.size());
        for (int i = 0; i < entries.size(); i++) {
            AppendedEntry entry = placed.get(i);
            if (entry.claim().kind() == kind && entry.result() != Result.OVER_LIMIT) {
                rows.add(new Row(entries.get(i), entry.message(), entry.isEligible()));
            }
        }
        return rows;
    }

    static void insert(Connection connection, List<Row> rows) throws SQLException {
        if (rows.isEmpty()) {
            return;
        }
        try (PreparedStatement statement = connection.prepareStatement(INSERT + ROW)) {
            for (Row row : rows) {
                bind(statement, 0, row);
                statement.addBatch();
            }
            statement.executeBatch();
        }
    }

    private static void insertRows(Connection connection, List<Row> rows) throws SQLException {
        for (int from = 0, to; from < rows.size(); from = to) {
            to = endOfStatement(rows, from);
            try (PreparedStatement statement =
                    connection.prepareStatement(INSERT + ROW + (", " + ROW).repeat(to - from - 1))) {
                for (int i = from; i < to; i++) {
                    bind(statement, (i - from) * COLUMNS, rows.get(i));
                }
                statement.executeUpdate();
            }
        }
    }

    private static void insertOfflineOnly(Connection connection, List<Row> rows) throws SQLException {
        if (rows.isEmpty()) {
            return;
        }
        try (PreparedStatement statement = connection.prepareStatement(INSERT_OFFLINE_ONLY)) {
            for (Row row : rows) {
                String peerBare = row.entry().peer().toBareJID();
                statement.setString(1, row.message().owner());
                statement.setLong(2, row.message().seq());
                statement.setString(3, row.message().mid().value());
                statement.setLong(4, row.message().receivedAt().toEpochMilli());
                statement.setLong(5, PeerHash.of(peerBare));
                statement.setString(6, peerBare);
                statement.setString(7, row.entry().peer().getResource());
                statement.setLong(8, row.entry().contentHash());
                statement.setInt(9, row.entry().stanzaBytes());
                statement.setString(10, row.message().stanza());
                statement.addBatch();
            }
            statement.executeBatch();
        }
    }

    private static int endOfStatement(List<Row> rows, int from) {
        int end = from;
        long bytes = 0;
        do {
            bytes += rows.get(end).entry().stanzaBytes();
            end++;
        } while (end < rows.size()
                && end - from < ROWS_PER_STATEMENT
                && bytes + rows.get(end).entry().stanzaBytes() <= BYTES_PER_STATEMENT);
        return end;
    }

    private static void bind(PreparedStatement statement, int before, Row row) throws SQLException {
        NewEntry entry = row.entry();
        ArchivedMessage message = row.message();
        String peerBare = entry.peer().toBareJID();
        statement.setString(before + 1, message.owner());
        statement.setLong(before + 2, message.seq());
        statement.setString(before + 3, message.mid().value());
        statement.setLong(before + 4, message.receivedAt().toEpochMilli());
        statement.setInt(before + 5, ArchiveRows.code(message.direction()));
        statement.setInt(before + 6, row.eligible() ? 1 : 0);
        statement.setLong(before + 7, PeerHash.of(peerBare));
        statement.setString(before + 8, peerBare);
        statement.setString(before + 9, entry.peer().getResource());
        statement.setString(before + 10, entry.messageId().orElse(null));
        statement.setLong(before + 11, entry.contentHash());
        statement.setInt(before + 12, entry.stanzaBytes());
        statement.setString(before + COLUMNS, message.stanza());
    }

    @Override
    public boolean isOneStatement(List<NewEntry> entries) {
        return false;
    }
}
