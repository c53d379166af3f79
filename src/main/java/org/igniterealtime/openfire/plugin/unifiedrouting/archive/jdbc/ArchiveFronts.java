package org.igniterealtime.openfire.plugin.unifiedrouting.archive.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Mid;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.NewEntry;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.imports.ArchiveFront;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.imports.ImportPlan.Candidate;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.imports.SourceKey;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.Database;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.SqlDialect;

/**
 * Adds messages before the oldest ones of archives. {@code lastSeq} stays as it is: what arrives meanwhile goes on at the
 * other end, and nobody who waits for new messages sees any of this. Thread-safe.
 */
final class ArchiveFronts {

    private static final int NAMES_PER_SELECT = 64;

    private final SqlDialect dialect;
    private final long archivingSince;

    /**
     * @param archivingSince since when this server archives messages itself, in milliseconds since 1970
     */
    ArchiveFronts(SqlDialect dialect, long archivingSince) {
        this.dialect = dialect;
        this.archivingSince = archivingSince;
    }

    /**
     * Gives each of these accounts a mailbox, each in a transaction of its own: a new row that is committed late would
     * keep the account's first message waiting.
     */
    void createMailboxes(Database database, Collection<String> owners) {
        List<String> names = List.copyOf(owners);
        Set<String> there = new HashSet<>();
        for (int from = 0; from < names.size(); from += NAMES_PER_SELECT) {
            List<String> some = names.subList(from, Math.min(names.size(), from + NAMES_PER_SELECT));
            there.addAll(database.statement("Looking up mailboxes", c -> read(c, some))
                    .keySet());
        }
        for (String owner : names) {
            if (!there.contains(owner)) {
                createMailbox(database, owner);
            }
        }
    }

    private void createMailbox(Database database, String owner) {
        database.statement("Making a mailbox for '" + owner + "'", connection -> {
            try (PreparedStatement statement = connection.prepareStatement(
                    "INSERT INTO ofUnifiedMailbox (username, lastSeq, messageCount, byteCount, lastReceivedAt, cursorSeq)"
                            + " VALUES (?, 0, 0, 0, 0, 0)")) {
                statement.setString(1, owner);
                return statement.executeUpdate();
            } catch (SQLException e) {
                if (read(connection, List.of(owner)).isEmpty()) {
                    throw e;
                }
                // The account's first message has arrived at this moment.
                return 0;
            }
        });
    }

    /**
     * Locks the archives, in the order in which the writer does it, and adds to them what they do not have.
     *
     * @param candidates newest first; of accounts that have a mailbox
     * @param before the key that they all come before
     * @return those that were added
     */
    List<Candidate> add(Connection connection, List<Candidate> candidates, SourceKey before) throws SQLException {
        SortedMap<String, List<Candidate>> byOwner = new TreeMap<>();
        candidates.forEach(candidate -> byOwner.computeIfAbsent(candidate.owner(), owner -> new ArrayList<>())
                .add(candidate));
        lock(connection, byOwner.keySet());
        Map<String, ArchiveFront> fronts = fronts(connection, List.copyOf(byOwner.keySet()));
        SortedMap<String, ArchiveFront.Added> added = new TreeMap<>();
        for (Map.Entry<String, List<Candidate>> owner : byOwner.entrySet()) {
            ArchiveFront front = fronts.get(owner.getKey());
            List<Candidate> doubtful = owner.getValue().stream()
                    .filter(candidate -> front.mayHold(candidate, before))
                    .toList();
            ArchiveFront.Added part = front.add(owner.getValue(), before, there(connection, owner.getKey(), doubtful));
            if (!part.candidates().isEmpty()) {
                added.put(owner.getKey(), part);
            }
        }
        insert(connection, added.values());
        grow(connection, added);
        return added.values().stream()
                .flatMap(part -> part.candidates().stream())
                .toList();
    }

    private static void lock(Connection connection, Collection<String> owners) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "UPDATE ofUnifiedMailbox SET messageCount = messageCount WHERE username = ?")) {
            for (String owner : owners) {
                statement.setString(1, owner);
                statement.addBatch();
            }
            if (!owners.isEmpty()) {
                statement.executeBatch();
            }
        }
    }

    private Map<String, ArchiveFront> fronts(Connection connection, List<String> owners) throws SQLException {
        Map<String, ArchiveFront> fronts = new HashMap<>();
        for (int from = 0; from < owners.size(); from += NAMES_PER_SELECT) {
            fronts.putAll(read(connection, owners.subList(from, Math.min(owners.size(), from + NAMES_PER_SELECT))));
        }
        for (String owner : owners) {
            if (!fronts.containsKey(owner)) {
                throw new SQLException("The mailbox of '" + owner + "' has vanished");
            }
            if (fronts.get(owner) == null) {
                fronts.put(owner, first(connection, owner));
            }
        }
        return fronts;
    }

    /** The fronts that were written down; null for an archive that nothing was imported into yet. */
    private static Map<String, ArchiveFront> read(Connection connection, List<String> owners) throws SQLException {
        Map<String, ArchiveFront> fronts = new HashMap<>();
        // Always as many, so that there is one statement to prepare; the last name fills up.
        String sql = "SELECT username, importSeq, importTime FROM ofUnifiedMailbox WHERE username IN (?"
                + ", ?".repeat(NAMES_PER_SELECT - 1) + ")";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < NAMES_PER_SELECT; i++) {
                statement.setString(i + 1, owners.get(Math.min(i, owners.size() - 1)));
            }
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    long seq = rows.getLong(2);
                    boolean none = rows.wasNull();
                    fronts.put(rows.getString(1), none ? null : new ArchiveFront(seq, rows.getLong(3), true));
                }
            }
        }
        return fronts;
    }

    private ArchiveFront first(Connection connection, String owner) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(dialect.limited(
                "SELECT seq, receivedAt FROM ofUnifiedArchive WHERE username = ? ORDER BY username, seq", 1))) {
            statement.setString(1, owner);
            try (ResultSet row = statement.executeQuery()) {
                return row.next()
                        ? ArchiveFront.of(row.getLong(1), row.getLong(2), archivingSince)
                        : ArchiveFront.ofEmpty(archivingSince);
            }
        }
    }

    private Set<Mid> there(Connection connection, String owner, List<Candidate> asked) throws SQLException {
        Set<Mid> there = new HashSet<>();
        int most = dialect.keysPerStatement();
        for (int from = 0; from < asked.size(); from += most) {
            List<Candidate> some = asked.subList(from, Math.min(asked.size(), from + most));
            String sql =
                    "SELECT mid FROM ofUnifiedArchive WHERE username = ? AND " + SqlDialect.isOneOf("mid", some.size());
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                statement.setString(1, owner);
                for (int i = 0; i < some.size(); i++) {
                    statement.setString(i + 2, some.get(i).entry().mid().value());
                }
                try (ResultSet rows = statement.executeQuery()) {
                    while (rows.next()) {
                        there.add(new Mid(rows.getString(1)));
                    }
                }
            }
        }
        return there;
    }

    private static void insert(Connection connection, Collection<ArchiveFront.Added> added) throws SQLException {
        List<PortableAppender.Row> rows = new ArrayList<>();
        for (ArchiveFront.Added part : added) {
            for (int i = 0; i < part.messages().size(); i++) {
                NewEntry entry = part.candidates().get(i).entry();
                rows.add(new PortableAppender.Row(entry, part.messages().get(i), false));
            }
        }
        if (!rows.isEmpty()) {
            PortableAppender.insert(connection, rows);
        }
    }

    /** An archive that was empty learns the time of its newest message too, so that none that arrives gets an older one. */
    private static void grow(Connection connection, SortedMap<String, ArchiveFront.Added> added) throws SQLException {
        String sql = "UPDATE ofUnifiedMailbox SET messageCount = messageCount + ?, byteCount = byteCount + ?,"
                + " importSeq = ?, importTime = ?,"
                + " lastReceivedAt = CASE WHEN lastReceivedAt > ? THEN lastReceivedAt ELSE ? END WHERE username = ?";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (Map.Entry<String, ArchiveFront.Added> owner : added.entrySet()) {
                List<Candidate> candidates = owner.getValue().candidates();
                long newest = candidates.get(0).sentAt();
                statement.setLong(1, candidates.size());
                statement.setLong(
                        2,
                        candidates.stream()
                                .mapToLong(candidate -> candidate.entry().stanzaBytes())
                                .sum());
                statement.setLong(3, owner.getValue().front().seq());
                statement.setLong(4, owner.getValue().front().sentAt());
                statement.setLong(5, newest);
                statement.setLong(6, newest);
                statement.setString(7, owner.getKey());
                statement.addBatch();
            }
            if (!added.isEmpty()) {
                statement.executeBatch();
            }
        }
    }

    /** No older messages will be added to this archive. To be called by who holds its lock. */
    static void close(Connection connection, String owner) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "UPDATE ofUnifiedMailbox SET importSeq = COALESCE(importSeq, 1), importTime = ? WHERE username = ?")) {
            statement.setLong(1, ArchiveFront.CLOSED);
            statement.setString(2, owner);
            statement.executeUpdate();
        }
    }
}
