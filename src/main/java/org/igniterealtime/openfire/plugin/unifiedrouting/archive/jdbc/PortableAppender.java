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

    @Override
    public Appended append(Connection connection, List<NewEntry> entries) throws SQLException {
        Map<String, Mailbox> mailboxes = Mailboxes.grow(connection, growthOf(entries));
        List<ArchivedMessage> placed = place(entries, mailboxes);
        insert(connection, placed, entries);
        return new Appended(placed, mailboxes);
    }

    static SortedMap<String, Growth> growthOf(List<NewEntry> entries) {
        SortedMap<String, Growth> growth = new TreeMap<>();
        for (NewEntry entry : entries) {
            growth.merge(
                    entry.owner(),
                    new Growth(1, entry.stanzaBytes(), entry.receivedAt().toEpochMilli()),
                    Growth::plus);
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
        String sql = "INSERT INTO ofUnifiedArchive (username, seq, mid, receivedAt, direction, peerHash, peerBare,"
                + " peerResource, messageId, contentHash, stanzaSize, stanza) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < placed.size(); i++) {
                ArchivedMessage message = placed.get(i);
                String peerBare = entries.get(i).peer().toBareJID();
                statement.setString(1, message.owner());
                statement.setLong(2, message.seq());
                statement.setString(3, message.mid().value());
                statement.setLong(4, message.receivedAt().toEpochMilli());
                statement.setInt(5, ArchiveRows.code(message.direction()));
                statement.setLong(6, PeerHash.of(peerBare));
                statement.setString(7, peerBare);
                statement.setString(8, entries.get(i).peer().getResource());
                statement.setString(9, entries.get(i).messageId().orElse(null));
                statement.setLong(10, entries.get(i).contentHash());
                statement.setInt(11, entries.get(i).stanzaBytes());
                statement.setString(12, message.stanza());
                statement.addBatch();
            }
            statement.executeBatch();
        }
    }

    @Override
    public boolean isOneStatement() {
        return false;
    }
}
