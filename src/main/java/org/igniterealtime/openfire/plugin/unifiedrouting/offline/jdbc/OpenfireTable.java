package org.igniterealtime.openfire.plugin.unifiedrouting.offline.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.handover.HeldMessage;

/** The table that Openfire keeps offline messages in: {@code ofOffline}, the same in 4.2 and 5.1. */
final class OpenfireTable {

    private OpenfireTable() {}

    /**
     * What tells a message's place in the table.
     *
     * @param id unique among the account's messages
     * @param heldSince when it was put there, in milliseconds
     * @param characters how long its stanza is
     */
    record Key(long id, long heldSince, int characters) {}

    /** A message to be put there. */
    record Row(long id, long heldSince, String stanza) {}

    static List<String> owners(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("SELECT DISTINCT username FROM ofOffline");
                ResultSet rows = statement.executeQuery()) {
            List<String> owners = new ArrayList<>();
            while (rows.next()) {
                owners.add(rows.getString(1));
            }
            return owners;
        }
    }

    /** In the order in which Openfire would deliver them; it does not order those of one millisecond. */
    static List<Key> keys(Connection connection, String owner) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "SELECT messageID, creationDate, messageSize FROM ofOffline WHERE username = ?")) {
            statement.setString(1, owner);
            try (ResultSet rows = statement.executeQuery()) {
                List<Key> keys = new ArrayList<>();
                while (rows.next()) {
                    keys.add(new Key(rows.getLong(1), millis(rows.getString(2)), rows.getInt(3)));
                }
                keys.sort(Comparator.comparingLong(Key::heldSince).thenComparingLong(Key::id));
                return keys;
            }
        }
    }

    private static long millis(String creationDate) {
        try {
            return Long.parseLong(creationDate.trim());
        } catch (NumberFormatException e) {
            // Openfire itself could not read it. It is old.
            return 0;
        }
    }

    /** Those that are still there, in the given order. */
    static List<HeldMessage> read(Connection connection, String owner, List<Key> keys) throws SQLException {
        Map<Long, String> stanzas = new HashMap<>();
        for (Numbers some : Numbers.parts(keys.stream().map(Key::id).toList())) {
            try (PreparedStatement statement = connection.prepareStatement(
                    "SELECT messageID, stanza FROM ofOffline WHERE username = ? AND " + Numbers.among("messageID"))) {
                statement.setString(1, owner);
                some.bind(statement, 2);
                try (ResultSet rows = statement.executeQuery()) {
                    while (rows.next()) {
                        stanzas.put(rows.getLong(1), rows.getString(2));
                    }
                }
            }
        }
        return keys.stream()
                .filter(key -> stanzas.get(key.id()) != null)
                .map(key -> new HeldMessage(key.id(), Instant.ofEpochMilli(key.heldSince()), stanzas.get(key.id())))
                .toList();
    }

    /** @return how many of them were there; nobody else gets these */
    static int delete(Connection connection, String owner, Collection<Long> ids) throws SQLException {
        int deleted = 0;
        for (Numbers some : Numbers.parts(ids)) {
            try (PreparedStatement statement = connection.prepareStatement(
                    "DELETE FROM ofOffline WHERE username = ? AND " + Numbers.among("messageID"))) {
                statement.setString(1, owner);
                some.bind(statement, 2);
                deleted += statement.executeUpdate();
            }
        }
        return deleted;
    }

    static void insert(Connection connection, String owner, List<Row> rows) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "INSERT INTO ofOffline (username, messageID, creationDate, messageSize, stanza) VALUES (?, ?, ?, ?, ?)")) {
            for (Row row : rows) {
                statement.setString(1, owner);
                statement.setLong(2, row.id());
                statement.setString(3, String.format(Locale.ROOT, "%015d", row.heldSince()));
                statement.setInt(4, row.stanza().length());
                statement.setString(5, row.stanza());
                statement.addBatch();
            }
            statement.executeBatch();
        }
    }
}
