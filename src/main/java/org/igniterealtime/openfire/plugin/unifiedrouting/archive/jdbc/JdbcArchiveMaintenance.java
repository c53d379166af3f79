package org.igniterealtime.openfire.plugin.unifiedrouting.archive.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchiveMaintenance;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Mid;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.Database;
import org.xmpp.packet.JID;

/** {@link ArchiveMaintenance} on the tables of {@link JdbcArchiveStore}. Thread-safe. */
public final class JdbcArchiveMaintenance implements ArchiveMaintenance {

    /** How many messages one transaction deletes: some milliseconds of work. */
    private static final int SLICE = 500;

    private final Database database;
    private final SqlDialect dialect;
    private final Places places;

    public JdbcArchiveMaintenance(Database database, SqlDialect dialect) {
        this.database = database;
        this.dialect = dialect;
        this.places = new Places(dialect);
    }

    /**
     * What a slice took away.
     *
     * @param messages how many
     * @param bytes of stanzas
     */
    private record Deleted(long messages, long bytes) {}

    @Override
    public boolean trim(String owner, Mid upTo) {
        OptionalLong last = database.statement("Looking up a message of '" + owner + "'", connection -> {
            try {
                return OptionalLong.of(places.of(connection, owner, upTo));
            } catch (UnknownMid e) {
                return OptionalLong.empty();
            }
        });
        if (last.isEmpty()) {
            return false;
        }
        refuseOlder(owner);
        deleteAll(owner, new Condition("username = ?", owner).and("seq <= ?", last.getAsLong()));
        return true;
    }

    @Override
    public void trimAll(String owner) {
        long last = database.statement("Looking up the archive of '" + owner + "'", c -> Mailboxes.lastSeq(c, owner));
        refuseOlder(owner);
        deleteAll(owner, new Condition("username = ?", owner).and("seq <= ?", last));
    }

    /** What its owner has deleted does not come back with an import, also not with one that runs meanwhile. */
    private void refuseOlder(String owner) {
        database.statement("Closing the archive of '" + owner + "' to older messages", connection -> {
            ArchiveFronts.close(connection, owner);
            return null;
        });
    }

    @Override
    public long trimTo(String owner, long messages, long bytes) {
        long deleted = 0;
        while (true) {
            Mailboxes.Size size =
                    database.statement("Looking up the archive of '" + owner + "'", c -> Mailboxes.size(c, owner));
            if (size.messages() <= messages && size.bytes() <= bytes) {
                return deleted;
            }
            int slice = (int) Math.min(SLICE, surplus(size, messages, bytes));
            Deleted gone = deleteSlice(owner, new Condition("username = ?", owner), slice);
            if (gone.messages() == 0) {
                return deleted;
            }
            deleted += gone.messages();
        }
    }

    /** How many messages have to go at least; where only their bytes are counted, an estimate. */
    private static long surplus(Mailboxes.Size size, long messages, long bytes) {
        long averageBytes = Math.max(1, size.bytes() / Math.max(1, size.messages()));
        return Math.max(1, Math.max(size.messages() - messages, (size.bytes() - bytes) / averageBytes));
    }

    @Override
    public long trimBefore(String owner, Instant time) {
        long first =
                database.statement("Looking up the archive of '" + owner + "'", c -> places.firstSince(c, owner, time));
        return deleteAll(owner, new Condition("username = ?", owner).and("seq < ?", first));
    }

    @Override
    public long deleteConversation(String owner, JID peer) {
        String bare = peer.toBareJID();
        return deleteAll(
                owner,
                new Condition("username = ?", owner)
                        .and("peerHash = ?", PeerHash.of(bare))
                        .and("peerBare = ?", bare));
    }

    @Override
    public void delete(String owner) {
        trimAll(owner);
        database.transaction("Deleting the archive of '" + owner + "'", connection -> {
            // The mailbox first: whoever brings a message meanwhile waits for it, and begins a new archive.
            for (String table : List.of("ofUnifiedMailbox", "ofUnifiedArchive", "ofUnifiedPreference")) {
                try (PreparedStatement statement =
                        connection.prepareStatement("DELETE FROM " + table + " WHERE username = ?")) {
                    statement.setString(1, owner);
                    statement.executeUpdate();
                }
            }
            return null;
        });
    }

    @Override
    public List<String> owners(String after, int max) {
        String sql = dialect.limited("SELECT username FROM ofUnifiedMailbox WHERE username > ? ORDER BY username", max);
        return database.statement("Listing archives", connection -> {
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                // Oracle takes an empty text for none at all.
                statement.setString(1, after.isEmpty() ? " " : after);
                try (ResultSet rows = statement.executeQuery()) {
                    List<String> owners = new ArrayList<>();
                    while (rows.next()) {
                        owners.add(rows.getString(1));
                    }
                    return owners;
                }
            }
        });
    }

    private long deleteAll(String owner, Condition condition) {
        long deleted = 0;
        Deleted slice;
        do {
            slice = deleteSlice(owner, condition, SLICE);
            deleted += slice.messages();
        } while (slice.messages() == SLICE);
        return deleted;
    }

    /** The mailbox row is locked first, as the writer does it, so that the two never wait for each other in a circle. */
    private Deleted deleteSlice(String owner, Condition condition, int max) {
        return database.transaction("Deleting messages of '" + owner + "'", connection -> {
            Mailboxes.lock(connection, owner);
            List<Long> seqs = new ArrayList<>();
            long bytes = 0;
            String sql = dialect.limited(
                    "SELECT seq, stanzaSize FROM ofUnifiedArchive WHERE " + condition.sql() + " ORDER BY username, seq",
                    max);
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                condition.bind(statement);
                try (ResultSet rows = statement.executeQuery()) {
                    while (rows.next()) {
                        seqs.add(rows.getLong(1));
                        bytes += rows.getLong(2);
                    }
                }
            }
            delete(connection, owner, seqs);
            Mailboxes.shrink(connection, owner, seqs.size(), bytes);
            return new Deleted(seqs.size(), bytes);
        });
    }

    private static void delete(Connection connection, String owner, List<Long> seqs) throws SQLException {
        if (seqs.isEmpty()) {
            return;
        }
        Condition condition = new Condition("username = ?", owner);
        condition.andIsOneOf("seq", seqs);
        try (PreparedStatement statement =
                connection.prepareStatement("DELETE FROM ofUnifiedArchive WHERE " + condition.sql())) {
            condition.bind(statement);
            statement.executeUpdate();
        }
    }
}
