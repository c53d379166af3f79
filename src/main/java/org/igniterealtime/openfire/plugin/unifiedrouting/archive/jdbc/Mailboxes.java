package org.igniterealtime.openfire.plugin.unifiedrouting.archive.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchiveSize;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.NewEntry;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.OfflineClaim;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.StoreUnavailable;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.Database;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.SqlWork;

/**
 * The one row that each account has beside its archive: how far it is numbered, how many messages it holds, what time
 * its newest message has.
 */
final class Mailboxes {

    /** How many accounts one SELECT asks for at most. */
    private static final int ACCOUNTS_PER_SELECT = 64;

    /** The class of SQL states for a key that is there already. */
    private static final String INTEGRITY_VIOLATED = "23";

    /**
     * Another node brought an account's first message at the same moment. The transaction is lost; when it is begun
     * again it finds the row.
     */
    static final class MadeMeanwhile extends RuntimeException {

        private static final long serialVersionUID = 1L;

        MadeMeanwhile(String account, SQLException cause) {
            super("The mailbox of '" + account + "' was made by another node", cause);
        }
    }

    /**
     * What a batch adds to an account.
     *
     * @param places how many it needs
     * @param messages how many the archive shows
     * @param bytes how large their stanzas are
     * @param newest the latest of their times, in milliseconds since 1970; 0 if there are none
     */
    record Growth(int places, int messages, long bytes, long newest) {

        static final Growth NONE = new Growth(0, 0, 0, 0);

        /** What one entry adds if no limit keeps it out. */
        static Growth by(NewEntry entry) {
            return entry.claim().kind() == OfflineClaim.Kind.ARCHIVED
                    ? new Growth(1, 1, entry.stanzaBytes(), entry.receivedAt().toEpochMilli())
                    : new Growth(1, 0, 0, 0);
        }

        Growth plus(Growth other) {
            return new Growth(
                    places + other.places,
                    messages + other.messages,
                    bytes + other.bytes,
                    Math.max(newest, other.newest));
        }
    }

    /**
     * An account's row after the batch was counted in.
     *
     * @param lastSeq the highest place given away, this batch's included
     * @param newest the time of its newest message, this batch's included, in milliseconds since 1970
     * @param size how much the archive holds, this batch included
     * @param cursorSeq the place at or before which nothing of the archive is undelivered
     */
    record Mailbox(long lastSeq, long newest, ArchiveSize size, long cursorSeq) {

        Mailbox without(int messages, long bytes) {
            return new Mailbox(
                    lastSeq, newest, new ArchiveSize(size.messages() - messages, size.bytes() - bytes), cursorSeq);
        }
    }

    /** The columns of a {@link Mailbox} in the order in which {@link #read} takes them. */
    static final String COLUMNS = "username, lastSeq, lastReceivedAt, messageCount, byteCount, cursorSeq";

    static Mailbox read(ResultSet row) throws SQLException {
        return new Mailbox(
                row.getLong(2), row.getLong(3), new ArchiveSize(row.getLong(4), row.getLong(5)), row.getLong(6));
    }

    private Mailboxes() {}

    /**
     * A transaction that may make mailboxes. Each time that it is begun again there is one account fewer without one.
     *
     * @param accounts how many it may make at most
     * @throws StoreUnavailable also if it has to be begun again more often than that
     */
    static <T> T transaction(Database database, String what, int accounts, SqlWork<T> work) {
        int begun = 0;
        while (true) {
            try {
                return database.transaction(what, work);
            } catch (MadeMeanwhile e) {
                if (++begun > accounts) {
                    throw new StoreUnavailable(what + " failed: " + e.getMessage(), e);
                }
            }
        }
    }

    /**
     * Gives places to a batch. The rows stay locked until the transaction ends: who comes later gets higher places and
     * commits later, on any node.
     *
     * @param growth sorted by account, so that two transactions never wait for each other
     * @throws MadeMeanwhile if the transaction has to be begun again
     */
    static Map<String, Mailbox> grow(Connection connection, SortedMap<String, Growth> growth) throws SQLException {
        List<String> missing = update(connection, growth);
        for (String account : missing) {
            insert(connection, account, growth.get(account));
        }
        return select(connection, new ArrayList<>(growth.keySet()));
    }

    private static List<String> update(Connection connection, SortedMap<String, Growth> growth) throws SQLException {
        String sql = "UPDATE ofUnifiedMailbox SET lastSeq = lastSeq + ?, messageCount = messageCount + ?,"
                + " byteCount = byteCount + ?, lastReceivedAt = CASE WHEN lastReceivedAt > ? THEN lastReceivedAt ELSE ? END WHERE username = ?";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (Map.Entry<String, Growth> account : growth.entrySet()) {
                statement.setLong(1, account.getValue().places());
                statement.setLong(2, account.getValue().messages());
                statement.setLong(3, account.getValue().bytes());
                statement.setLong(4, account.getValue().newest());
                statement.setLong(5, account.getValue().newest());
                statement.setString(6, account.getKey());
                statement.addBatch();
            }
            int[] counts = statement.executeBatch();
            List<String> missing = new ArrayList<>();
            int i = 0;
            for (String account : growth.keySet()) {
                if (isUnknown(connection, account, counts[i++])) {
                    missing.add(account);
                }
            }
            return missing;
        }
    }

    /** A driver may know that a statement succeeded without knowing how many rows it touched. */
    private static boolean isUnknown(Connection connection, String account, int count) throws SQLException {
        return count == 0
                || count == Statement.SUCCESS_NO_INFO
                        && select(connection, List.of(account)).isEmpty();
    }

    private static void insert(Connection connection, String account, Growth growth) throws SQLException {
        String sql =
                "INSERT INTO ofUnifiedMailbox (username, lastSeq, messageCount, byteCount, lastReceivedAt, cursorSeq)"
                        + " VALUES (?, ?, ?, ?, ?, 0)";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, account);
            statement.setLong(2, growth.places());
            statement.setLong(3, growth.messages());
            statement.setLong(4, growth.bytes());
            statement.setLong(5, growth.newest());
            statement.executeUpdate();
        } catch (SQLException e) {
            if (String.valueOf(e.getSQLState()).startsWith(INTEGRITY_VIOLATED)) {
                throw new MadeMeanwhile(account, e);
            }
            throw e;
        }
    }

    private static Map<String, Mailbox> select(Connection connection, List<String> accounts) throws SQLException {
        Map<String, Mailbox> mailboxes = new HashMap<>();
        for (int from = 0; from < accounts.size(); from += ACCOUNTS_PER_SELECT) {
            List<String> some = accounts.subList(from, Math.min(accounts.size(), from + ACCOUNTS_PER_SELECT));
            // Rounded up to a power of two, so that there are few different statements to prepare.
            int places = Integer.highestOneBit(some.size() * 2 - 1);
            String sql = "SELECT " + COLUMNS + " FROM ofUnifiedMailbox" + " WHERE username IN (?"
                    + ", ?".repeat(places - 1) + ")";
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                for (int i = 0; i < places; i++) {
                    statement.setString(i + 1, some.get(Math.min(i, some.size() - 1)));
                }
                try (ResultSet rows = statement.executeQuery()) {
                    while (rows.next()) {
                        mailboxes.put(rows.getString(1), read(rows));
                    }
                }
            }
        }
        return mailboxes;
    }

    /** How much an archive holds; empty if the account has no mailbox. */
    static Optional<ArchiveSize> find(Connection connection, String account) throws SQLException {
        return Optional.ofNullable(select(connection, List.of(account)).get(account))
                .map(Mailbox::size);
    }

    static ArchiveSize size(Connection connection, String account) throws SQLException {
        return find(connection, account).orElse(ArchiveSize.EMPTY);
    }

    /** The highest place given away; 0 if there is no mailbox. */
    static long lastSeq(Connection connection, String account) throws SQLException {
        Mailbox mailbox = select(connection, List.of(account)).get(account);
        return mailbox == null ? 0 : mailbox.lastSeq();
    }

    /** The place at or before which nothing of the archive is undelivered; 0 if there is no mailbox. */
    static long cursorSeq(Connection connection, String account) throws SQLException {
        Mailbox mailbox = select(connection, List.of(account)).get(account);
        return mailbox == null ? 0 : mailbox.cursorSeq();
    }

    /** Keeps others from changing this account's archive until the transaction ends. */
    static void lock(Connection connection, String account) throws SQLException {
        shrink(connection, account, 0, 0);
    }

    static void shrink(Connection connection, String account, long messages, long bytes) throws SQLException {
        String sql = "UPDATE ofUnifiedMailbox SET messageCount = messageCount - ?, byteCount = byteCount - ?"
                + " WHERE username = ?";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setLong(1, messages);
            statement.setLong(2, bytes);
            statement.setString(3, account);
            statement.executeUpdate();
        }
    }

    /** The name of the default that an account has chosen for its archive, or null. */
    static String archiveDefault(Connection connection, String account) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT archiveDefault FROM ofUnifiedMailbox WHERE username = ?")) {
            statement.setString(1, account);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? row.getString(1) : null;
            }
        }
    }

    /** @throws MadeMeanwhile if the transaction has to be begun again */
    static void setArchiveDefault(Connection connection, String account, String name) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("UPDATE ofUnifiedMailbox SET archiveDefault = ? WHERE username = ?")) {
            statement.setString(1, name);
            statement.setString(2, account);
            if (statement.executeUpdate() == 0) {
                insert(connection, account, new Growth(0, 0, 0, 0));
                statement.executeUpdate();
            }
        }
    }
}
