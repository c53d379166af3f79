package org.igniterealtime.openfire.plugin.unifiedrouting.archive.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchiveMaintenance;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchiveSize;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchivedMessage;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Mid;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.StoreUnavailable;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.Condition;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.Database;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.RowSizes;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.SqlDialect;
import org.xmpp.packet.JID;

/** {@link ArchiveMaintenance} on the tables of {@link JdbcArchiveStore}. Thread-safe. */
public final class JdbcArchiveMaintenance implements ArchiveMaintenance {

    /** How many messages one transaction deletes: some milliseconds of work. */
    private static final int SLICE = 500;

    /** Less than any archive holds, whatever its counts say. */
    private static final ArchiveSize NOTHING = new ArchiveSize(Long.MIN_VALUE, Long.MIN_VALUE);

    private static final String OLDEST_FIRST = "username, seq";

    private final Database database;
    private final SqlDialect dialect;
    private final Places places;
    private final BooleanSupplier leaving;

    public JdbcArchiveMaintenance(Database database, SqlDialect dialect) {
        this(database, dialect, () -> false);
    }

    /**
     * @param leaving asked before each slice; once it says yes, jobs fail with {@link StoreUnavailable} instead of going
     *     on, so that a large one does not outlive the plugin
     */
    public JdbcArchiveMaintenance(Database database, SqlDialect dialect, BooleanSupplier leaving) {
        this.leaving = leaving;
        this.database = database;
        this.dialect = dialect;
        this.places = new Places(dialect);
    }

    /** Where messages are kept. Archives have a size; what is kept until it is delivered only is not counted. */
    private enum Table {
        ARCHIVE(ArchiveRows.TABLE),
        OFFLINE_ONLY("ofUnifiedOffline");

        private final String sql;

        Table(String sql) {
            this.sql = sql;
        }
    }

    /**
     * Some messages of an account.
     *
     * @param peer the bare JID if they are those of one conversation
     * @param rest what else they have in common, with its parameter
     */
    private record Part(Table table, String owner, Optional<String> peer, List<Term> rest) {

        private record Term(String sql, long parameter) {}

        static Part of(Table table, String owner) {
            return new Part(table, owner, Optional.empty(), List.of());
        }

        Part with(String bare) {
            return new Part(table, owner, Optional.of(bare), rest);
        }

        Part and(String term, long parameter) {
            return new Part(
                    table,
                    owner,
                    peer,
                    Stream.concat(rest.stream(), Stream.of(new Term(term, parameter)))
                            .toList());
        }

        Condition condition() {
            Condition condition = new Condition("username = ?", owner);
            peer.ifPresent(bare -> condition.and("peerHash = ?", PeerHash.of(bare)));
            rest.forEach(term -> condition.and(term.sql(), term.parameter()));
            peer.ifPresent(bare -> condition.and("peerBare = ?", bare));
            return condition;
        }

        /**
         * These of it.
         *
         * @param seqs sorted, at least one
         */
        Condition among(List<Long> seqs) {
            return Places.areAmong(seqs, new Part(table, owner, peer, List.of()).condition());
        }

        /** By the columns of an index: HSQLDB does not see that it need not sort by what is the same for all. */
        String oldestFirst() {
            return peer.isPresent() ? "username, peerHash, seq" : OLDEST_FIRST;
        }
    }

    /** Which messages, found out by who holds the account's lock. */
    private interface Parts {
        Part of(Connection connection) throws SQLException;
    }

    /**
     * Which of the oldest messages a slice takes.
     *
     * @param seqs their places
     * @param bytes of their stanzas
     * @param last whether nothing is left for a further slice
     * @param isEnough whether no more is left than allowed
     */
    private record Slice(List<Long> seqs, long bytes, boolean last, boolean isEnough) {}

    @Override
    public Optional<Runnable> trim(String owner, Mid upTo) {
        OptionalLong last = database.statement("Looking up a message of '" + owner + "'", connection -> {
            try {
                return OptionalLong.of(places.of(connection, owner, upTo));
            } catch (UnknownMid e) {
                return OptionalLong.empty();
            }
        });
        return last.isEmpty() ? Optional.empty() : Optional.of(trimming(owner, last.getAsLong()));
    }

    @Override
    public Runnable trimAll(String owner) {
        return trimming(owner, lastSeq(owner));
    }

    private Runnable trimming(String owner, long last) {
        return () -> {
            refuseOlder(owner);
            deleteAll(owner, until(owner, last));
        };
    }

    /** What its owner has deleted does not come back with an import, also not with one that runs meanwhile. */
    private void refuseOlder(String owner) {
        database.statement("Closing the archive of '" + owner + "' to older messages", connection -> {
            ArchiveFronts.close(connection, owner);
            return null;
        });
    }

    @Override
    public Trimmed trimTo(String owner, long messages, long bytes) {
        long deleted = 0;
        Slice slice;
        do {
            slice = deleteSlice(owner, connection -> delivered(connection, owner), new ArchiveSize(messages, bytes));
            deleted += slice.seqs().size();
        } while (!slice.last());
        return new Trimmed(deleted, slice.isEnough());
    }

    private static Part delivered(Connection connection, String owner) throws SQLException {
        return Part.of(Table.ARCHIVE, owner).and("(seq <= ? OR eligible = 0)", Mailboxes.cursorSeq(connection, owner));
    }

    @Override
    public long trimBefore(String owner, Instant time) {
        long last = lastSeq(owner);
        Part older = database.statement("Looking up the archive of '" + owner + "'", connection -> {
            // After the last place: what comes in between is young, whatever its place.
            return until(owner, Math.min(last, places.firstSince(connection, owner, time) - 1));
        });
        Part olderOnce =
                Part.of(Table.OFFLINE_ONLY, owner).and("seq <= ?", last).and("receivedAt < ?", time.toEpochMilli());
        return deleteAll(owner, older) + deleteAll(owner, olderOnce);
    }

    @Override
    public long deleteConversation(String owner, JID peer) {
        String bare = peer.toBareJID();
        long last = lastSeq(owner);
        long deleted = 0;
        for (Table table : Table.values()) {
            deleted += deleteAll(owner, Part.of(table, owner).with(bare).and("seq <= ?", last));
        }
        return deleted;
    }

    private long lastSeq(String owner) {
        return database.statement("Looking up the archive of '" + owner + "'", c -> Mailboxes.lastSeq(c, owner));
    }

    @Override
    public void delete(String owner) {
        trimAll(owner).run();
        deleteAll(owner, Part.of(Table.OFFLINE_ONLY, owner).and("seq <= ?", lastSeq(owner)));
        database.transaction("Deleting the archive of '" + owner + "'", connection -> {
            // First the mailbox: its row is the account's lock. Where it is gone, so is everything it locks; what
            // somebody adds now has a mailbox of its own, and none of it is deleted here.
            if (deleteFrom(connection, "ofUnifiedMailbox", owner) > 0) {
                deleteFrom(connection, "ofUnifiedArchive", owner);
                deleteFrom(connection, "ofUnifiedOffline", owner);
                deleteFrom(connection, "ofUnifiedPreference", owner);
            }
            return null;
        });
    }

    private static int deleteFrom(Connection connection, String table, String owner) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("DELETE FROM " + table + " WHERE username = ?")) {
            statement.setString(1, owner);
            return statement.executeUpdate();
        }
    }

    @Override
    public Optional<ArchiveSize> size(String owner) {
        return database.statement(
                "Looking up the archive of '" + owner + "'", connection -> Mailboxes.find(connection, owner));
    }

    @Override
    public List<ArchivedMessage> read(String owner, long after, int max, long bytes) {
        return database.statement("Reading the archive of '" + owner + "'", connection -> {
            long from = after;
            while (true) {
                List<RowSizes.Row> rows =
                        RowSizes.select(connection, dialect, ArchiveRows.TABLE, behind(owner, from), OLDEST_FIRST, max);
                if (rows.isEmpty()) {
                    return List.of();
                }
                int count = RowSizes.fitting(rows, max, bytes);
                long last = rows.get(count - 1).seq();
                List<ArchivedMessage> messages = ArchiveRows.select(
                        connection, dialect, owner, behind(owner, from).and("seq <= ?", last), OLDEST_FIRST, count);
                if (!messages.isEmpty()) {
                    return messages;
                }
                // All of it is trimmed meanwhile.
                from = last;
            }
        });
    }

    private static Condition behind(String owner, long place) {
        return new Condition("username = ?", owner).and("seq > ?", place);
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

    private static Part until(String owner, long seq) {
        return Part.of(Table.ARCHIVE, owner).and("seq <= ?", seq);
    }

    private long deleteAll(String owner, Part part) {
        if (database.statement("Looking up the archive of '" + owner + "'", c -> isEmpty(c, part))) {
            // Nobody has to wait for a lock that is taken for nothing.
            return 0;
        }
        long deleted = 0;
        Slice slice;
        do {
            slice = deleteSlice(owner, connection -> part, NOTHING);
            deleted += slice.seqs().size();
        } while (!slice.last());
        return deleted;
    }

    /** The mailbox row is locked first, as the writer does it, so that the two never wait for each other in a circle. */
    private Slice deleteSlice(String owner, Parts parts, ArchiveSize allowed) {
        if (leaving.getAsBoolean()) {
            throw new StoreUnavailable("Deleting messages of '" + owner + "' ends early: the plugin leaves");
        }
        return database.transaction("Deleting messages of '" + owner + "'", connection -> {
            Mailboxes.lock(connection, owner);
            Part part = parts.of(connection);
            Slice slice = oldest(connection, part, Mailboxes.size(connection, owner), allowed);
            if (!slice.seqs().isEmpty()) {
                delete(connection, part, slice.seqs());
                if (part.table() == Table.ARCHIVE) {
                    Mailboxes.shrink(connection, owner, slice.seqs().size(), slice.bytes());
                }
            }
            return slice;
        });
    }

    private boolean isEmpty(Connection connection, Part part) throws SQLException {
        Condition condition = part.condition();
        try (PreparedStatement statement = connection.prepareStatement(dialect.limited(
                "SELECT seq FROM " + part.table().sql + " WHERE " + condition.sql() + " ORDER BY " + part.oldestFirst(),
                1))) {
            condition.bind(statement);
            try (ResultSet row = statement.executeQuery()) {
                return !row.next();
            }
        }
    }

    /** The oldest of a part, until as much is gone as has to, or the slice is full. */
    private Slice oldest(Connection connection, Part part, ArchiveSize size, ArchiveSize allowed) throws SQLException {
        List<Long> seqs = new ArrayList<>();
        long bytes = 0;
        Iterator<RowSizes.Row> rows = RowSizes.select(
                        connection, dialect, part.table().sql, part.condition(), part.oldestFirst(), SLICE)
                .iterator();
        while (size.messages() - seqs.size() > allowed.messages() || size.bytes() - bytes > allowed.bytes()) {
            if (!rows.hasNext()) {
                return new Slice(seqs, bytes, seqs.size() < SLICE, false);
            }
            RowSizes.Row row = rows.next();
            seqs.add(row.seq());
            bytes += row.bytes();
        }
        return new Slice(seqs, bytes, true, true);
    }

    private static void delete(Connection connection, Part part, List<Long> seqs) throws SQLException {
        Condition condition = part.among(seqs);
        try (PreparedStatement statement =
                connection.prepareStatement("DELETE FROM " + part.table().sql + " WHERE " + condition.sql())) {
            condition.bind(statement);
            statement.executeUpdate();
        }
    }
}
