package org.igniterealtime.openfire.plugin.unifiedrouting.archive.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.NewEntry;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.jdbc.Mailboxes.Growth;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.jdbc.Mailboxes.Mailbox;

/**
 * All in one statement, where nothing has to be counted, so that a batch costs one exchange with the server and one for its commit, however large it is.
 * Accounts are touched in the order in which they are given, which is sorted: two nodes never wait for each other.
 * Thread-safe.
 */
final class PostgresqlAppender implements Appender {

    private static final String SQL = """
            WITH box AS (
                INSERT INTO ofUnifiedMailbox AS m (username, lastSeq, messageCount, byteCount, lastReceivedAt, cursorSeq)
                SELECT username, messages, messages, bytes, newest, 0
                FROM unnest(?::varchar[], ?::bigint[], ?::bigint[], ?::bigint[])
                    AS growth (username, messages, bytes, newest)
                ON CONFLICT (username) DO UPDATE SET
                    lastSeq = m.lastSeq + excluded.lastSeq,
                    messageCount = m.messageCount + excluded.messageCount,
                    byteCount = m.byteCount + excluded.byteCount,
                    lastReceivedAt = greatest(m.lastReceivedAt, excluded.lastReceivedAt)
                RETURNING username, lastSeq, lastReceivedAt, messageCount, byteCount, cursorSeq
            ), entry AS (
                INSERT INTO ofUnifiedArchive
                    (username, seq, mid, receivedAt, direction, eligible, peerHash, peerBare, peerResource,
                        messageId, contentHash, stanzaSize, stanza)
                SELECT box.username, box.lastSeq - fromEnd, mid, box.lastReceivedAt,
                    direction, eligible, peerHash, peerBare, peerResource, messageId, contentHash, stanzaSize, stanza
                FROM unnest(?::varchar[], ?::bigint[], ?::varchar[], ?::smallint[], ?::smallint[], ?::bigint[],
                        ?::varchar[], ?::varchar[], ?::varchar[], ?::bigint[], ?::integer[], ?::text[])
                    AS e (username, fromEnd, mid, direction, eligible, peerHash, peerBare, peerResource, messageId,
                        contentHash, stanzaSize, stanza)
                JOIN box ON box.username = e.username
            )
            SELECT username, lastSeq, lastReceivedAt, messageCount, byteCount, cursorSeq FROM box
            """;

    private final Appender portable;

    /**
     * @param portable takes what has to be counted
     */
    PostgresqlAppender(Appender portable) {
        this.portable = portable;
    }

    @Override
    public Appended append(Connection connection, List<NewEntry> entries) throws SQLException {
        if (!isOneStatement(entries)) {
            return portable.append(connection, entries);
        }
        SortedMap<String, Growth> growth = PortableAppender.growthOf(entries);
        try (PreparedStatement statement = connection.prepareStatement(SQL)) {
            bindGrowth(connection, statement, growth);
            bindEntries(connection, statement, entries, growth);
            Map<String, Mailbox> mailboxes = new HashMap<>();
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    mailboxes.put(rows.getString(1), Mailboxes.read(rows));
                }
            }
            return new Appended(PortableAppender.place(entries, mailboxes), mailboxes);
        }
    }

    private static void bindGrowth(Connection connection, PreparedStatement statement, SortedMap<String, Growth> growth)
            throws SQLException {
        Long[] messages =
                growth.values().stream().map(added -> (long) added.messages()).toArray(Long[]::new);
        Long[] bytes = growth.values().stream().map(Growth::bytes).toArray(Long[]::new);
        Long[] newest = growth.values().stream().map(Growth::newest).toArray(Long[]::new);
        statement.setArray(
                1, connection.createArrayOf("varchar", growth.keySet().toArray()));
        statement.setArray(2, connection.createArrayOf("bigint", messages));
        statement.setArray(3, connection.createArrayOf("bigint", bytes));
        statement.setArray(4, connection.createArrayOf("bigint", newest));
    }

    private static void bindEntries(
            Connection connection,
            PreparedStatement statement,
            List<NewEntry> entries,
            SortedMap<String, Growth> growth)
            throws SQLException {
        int size = entries.size();
        Object[] owners = new Object[size];
        Long[] fromEnd = new Long[size];
        Object[] mids = new Object[size];
        Short[] directions = new Short[size];
        Short[] eligible = new Short[size];
        Long[] peerHashes = new Long[size];
        Object[] peers = new Object[size];
        Object[] peerResources = new Object[size];
        Object[] messageIds = new Object[size];
        Long[] contentHashes = new Long[size];
        Integer[] sizes = new Integer[size];
        Object[] stanzas = new Object[size];
        Map<String, Long> left = new HashMap<>();
        for (int i = 0; i < size; i++) {
            NewEntry entry = entries.get(i);
            owners[i] = entry.owner();
            fromEnd[i] = left.merge(
                    entry.owner(), growth.get(entry.owner()).messages() - 1L, (remaining, first) -> remaining - 1);
            mids[i] = entry.mid().value();
            directions[i] = (short) ArchiveRows.code(entry.direction());
            eligible[i] = (short) (entry.claim().eligible() ? 1 : 0);
            peers[i] = entry.peer().toBareJID();
            peerHashes[i] = PeerHash.of(entry.peer().toBareJID());
            peerResources[i] = entry.peer().getResource();
            messageIds[i] = entry.messageId().orElse(null);
            contentHashes[i] = entry.contentHash();
            sizes[i] = entry.stanzaBytes();
            stanzas[i] = entry.stanza();
        }
        statement.setArray(5, connection.createArrayOf("varchar", owners));
        statement.setArray(6, connection.createArrayOf("bigint", fromEnd));
        statement.setArray(7, connection.createArrayOf("varchar", mids));
        statement.setArray(8, connection.createArrayOf("smallint", directions));
        statement.setArray(9, connection.createArrayOf("smallint", eligible));
        statement.setArray(10, connection.createArrayOf("bigint", peerHashes));
        statement.setArray(11, connection.createArrayOf("varchar", peers));
        statement.setArray(12, connection.createArrayOf("varchar", peerResources));
        statement.setArray(13, connection.createArrayOf("varchar", messageIds));
        statement.setArray(14, connection.createArrayOf("bigint", contentHashes));
        statement.setArray(15, connection.createArrayOf("integer", sizes));
        statement.setArray(16, connection.createArrayOf("text", stanzas));
    }

    @Override
    public boolean isOneStatement(List<NewEntry> entries) {
        return PortableAppender.isPlain(entries);
    }
}
