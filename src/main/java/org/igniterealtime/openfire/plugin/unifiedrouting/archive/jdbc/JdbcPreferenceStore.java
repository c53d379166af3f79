package org.igniterealtime.openfire.plugin.unifiedrouting.archive.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchivePreferences;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchivePreferences.Default;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.PreferenceStore;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.Database;
import org.xmpp.packet.JID;

/**
 * {@link PreferenceStore} on the table {@code ofUnifiedPreference} and a column of {@code ofUnifiedMailbox}.
 * Thread-safe.
 */
public final class JdbcPreferenceStore implements PreferenceStore {

    private final Database database;

    public JdbcPreferenceStore(Database database) {
        this.database = database;
    }

    @Override
    public Optional<ArchivePreferences> find(String owner) {
        return database.statement("Reading the preferences of '" + owner + "'", connection -> {
            String rest = Mailboxes.archiveDefault(connection, owner);
            if (rest == null) {
                return Optional.empty();
            }
            Set<JID> always = new HashSet<>();
            Set<JID> never = new HashSet<>();
            try (PreparedStatement statement =
                    connection.prepareStatement("SELECT archived, jid FROM ofUnifiedPreference WHERE username = ?")) {
                statement.setString(1, owner);
                try (ResultSet rows = statement.executeQuery()) {
                    while (rows.next()) {
                        (rows.getInt(1) == 1 ? always : never).add(new JID(rows.getString(2)));
                    }
                }
            }
            return Optional.of(new ArchivePreferences(Default.valueOf(rest), always, never));
        });
    }

    @Override
    public void save(String owner, ArchivePreferences preferences) {
        Mailboxes.transaction(database, "Saving the preferences of '" + owner + "'", 1, connection -> {
            // First the mailbox, as the writer does it: its row is the account's lock.
            Mailboxes.setArchiveDefault(connection, owner, preferences.rest().name());
            try (PreparedStatement statement =
                    connection.prepareStatement("DELETE FROM ofUnifiedPreference WHERE username = ?")) {
                statement.setString(1, owner);
                statement.executeUpdate();
            }
            int next = insert(connection, owner, preferences.always(), 1, 0);
            insert(connection, owner, preferences.never(), 0, next);
            return null;
        });
    }

    private static int insert(Connection connection, String owner, Collection<JID> jids, int archived, int first)
            throws SQLException {
        int place = first;
        try (PreparedStatement statement = connection.prepareStatement(
                "INSERT INTO ofUnifiedPreference (username, place, archived, jid) VALUES (?, ?, ?, ?)")) {
            for (JID jid : jids) {
                statement.setString(1, owner);
                statement.setInt(2, place++);
                statement.setInt(3, archived);
                statement.setString(4, jid.toString());
                statement.addBatch();
            }
            if (place > first) {
                statement.executeBatch();
            }
        }
        return place;
    }
}
