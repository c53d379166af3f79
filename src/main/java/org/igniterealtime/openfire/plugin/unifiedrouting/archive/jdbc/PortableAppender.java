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
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchivedMessage;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.NewEntry;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.jdbc.Mailboxes.Growth;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.jdbc.Mailboxes.Mailbox;

/** Three steps of SQL that every database knows: take places, learn which, insert. Thread-safe. */
final class PortableAppender implements Appender {

    /** The stanza last: Oracle takes no other text after a long one. */
    private static final String INSERT =
            "INSERT INTO ofUnifiedArchive (username, seq, mid, receivedAt, direction, peerHash, peerBare,"
                    + " peerResource, messageId, contentHash, stanzaSize, stanza) VALUES ";

    private static final String ROW = "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    private static final int COLUMNS = 12;

    private static final int ROWS_PER_STATEMENT = 64;

    /** The smallest limit for a statement that a MySQL in use has (max_allowed_packet) is 1 MiB. */
    private static final long BYTES_PER_STATEMENT = 256 << 10;

    private final boolean multipleRows;

    /**
     * @param multipleRows whether one INSERT is to bring several rows: MySQL's driver sends the statements of a batch one
     *     by one and waits for each
     */
    PortableAppender(boolean multipleRows) {
        this.multipleRows = multipleRows;
    }

    @Override
    public Appended append(Connection connection, List<NewEntry> entries) throws SQLException {
        int[] sizes = sizesOf(entries);
        Map<String, Mailbox> mailboxes = Mailboxes.grow(connection, growthOf(entries, sizes));
        List<ArchivedMessage> placed = place(entries, mailboxes);
        if (multipleRows) {
            insertRows(connection, placed, entries, sizes);
        } else {
            insert(connection, placed, entries, sizes);
        }
        return new Appended(placed, mailboxes);
    }

    /** How large the stanzas are, in bytes. All owners of a message share one text, which is looked through once. */
    static int[] sizesOf(List<NewEntry> entries) {
        int[] sizes = new int[entries.size()];
        String last = null;
        for (int i = 0; i < sizes.length; i++) {
            NewEntry entry = entries.get(i);
            sizes[i] = entry.stanza() == last ? sizes[i - 1] : entry.stanzaBytes();
            last = entry.stanza();
        }
        return sizes;
    }

    static SortedMap<String, Growth> growthOf(List<NewEntry> entries, int[] sizes) {
        SortedMap<String, Growth> growth = new TreeMap<>();
        for (int i = 0; i < sizes.length; i++) {
            NewEntry entry = entries.get(i);
            growth.merge(
                    entry.owner(), new Growth(1, sizes[i], entry.receivedAt().toEpochMilli()), Growth::plus);
        }
        return growth;
    }

    /**
     * All messages of an account that are committed together get the time of the newest, and never one before that of an
     * earlier batch: so times follow the order of the archive even where clocks do not, and a query by time needs no
     * more than a query by place.
     */
    static List<ArchivedMessage> place(List<NewEntry> entries, Map<String, Mailbox> mailboxes) {
        Map<String, Long> next = new HashMap<>();
        for (NewEntry entry : entries) {
            // Counts down to the first place of this batch.
            next.merge(entry.owner(), mailboxes.get(entry.owner()).lastSeq(), (seq, last) -> seq - 1);
        }
        List<ArchivedMessage> placed = new ArrayList<>(entries.size());
        for (NewEntry entry : entries) {
            long seq = next.merge(entry.owner(), 1L, Long::sum) - 1;
            Instant receivedAt =
                    Instant.ofEpochMilli(mailboxes.get(entry.owner()).newest());
            placed.add(new ArchivedMessage(
                    entry.owner(),
                    seq,
                    entry.mid(),
                    entry.direction(),
                    entry.peer().toString(),
                    receivedAt,
                    entry.stanza()));
        }
        return placed;
    }

    static void insert(Connection connection, List<ArchivedMessage> placed, List<NewEntry> entries)
            throws SQLException {
        insert(connection, placed, entries, sizesOf(entries));
    }

    private static void insert(Connection connection, List<ArchivedMessage> placed, List<NewEntry> entries, int[] sizes)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(INSERT + ROW)) {
            for (int i = 0; i < placed.size(); i++) {
                bind(statement, 0, placed.get(i), entries.get(i), sizes[i]);
                statement.addBatch();
            }
            statement.executeBatch();
        }
    }

    private static void insertRows(
            Connection connection, List<ArchivedMessage> placed, List<NewEntry> entries, int[] sizes)
            throws SQLException {
        for (int from = 0, to; from < placed.size(); from = to) {
            to = endOfStatement(sizes, from);
            try (PreparedStatement statement =
                    connection.prepareStatement(INSERT + ROW + (", " + ROW).repeat(to - from - 1))) {
                for (int i = from; i < to; i++) {
                    bind(statement, (i - from) * COLUMNS, placed.get(i), entries.get(i), sizes[i]);
                }
                statement.executeUpdate();
            }
        }
    }

    private static int endOfStatement(int[] sizes, int from) {
        int end = from;
        long bytes = 0;
        do {
            bytes += sizes[end];
            end++;
        } while (end < sizes.length && end - from < ROWS_PER_STATEMENT && bytes + sizes[end] <= BYTES_PER_STATEMENT);
        return end;
    }

    private static void bind(PreparedStatement statement, int before, ArchivedMessage message, NewEntry entry, int size)
            throws SQLException {
        String peerBare = entry.peer().toBareJID();
        statement.setString(before + 1, message.owner());
        statement.setLong(before + 2, message.seq());
        statement.setString(before + 3, message.mid().value());
        statement.setLong(before + 4, message.receivedAt().toEpochMilli());
        statement.setInt(before + 5, ArchiveRows.code(message.direction()));
        statement.setLong(before + 6, PeerHash.of(peerBare));
        statement.setString(before + 7, peerBare);
        statement.setString(before + 8, entry.peer().getResource());
        statement.setString(before + 9, entry.messageId().orElse(null));
        statement.setLong(before + 10, entry.contentHash());
        statement.setInt(before + 11, size);
        statement.setString(before + COLUMNS, message.stanza());
    }

    @Override
    public boolean isOneStatement() {
        return false;
    }
}
