package org.igniterealtime.openfire.plugin.unifiedrouting.archive.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.AppendedEntry;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.AppendedEntry.Result;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchivedMessage;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Mid;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.NewEntry;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.OfflineClaim;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.jdbc.Mailboxes.Growth;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.jdbc.Mailboxes.Mailbox;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.jdbc.PortableAppender.Row;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.Database;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.SqlDialect;

/**
 * Adds messages to one account that somebody else held until now: each with the time that it has, in transactions that do
 * more than that. Thread-safe.
 */
public final class PastMessages {

    /** HSQLDB looks at every row of an account for whether it is in a list; it finds one MID by the index. */
    private final int midsPerSelect;

    private final PortableAppender appender;

    public PastMessages(SqlDialect dialect) {
        this.appender = PortableAppender.of(dialect);
        this.midsPerSelect = dialect == SqlDialect.HSQLDB ? 1 : 64;
    }

    /** Gives an account a mailbox, in a transaction of its own. */
    public void prepare(Database database, String owner) {
        try {
            database.transaction("Making a mailbox for '" + owner + "'", connection -> {
                Mailboxes.grow(connection, new TreeMap<>(Map.of(owner, Growth.NONE)));
                return null;
            });
        } catch (Mailboxes.MadeMeanwhile e) {
            // Then there is one.
            return;
        }
    }

    /**
     * Keeps others from changing an account's archive and offline set until the transaction ends.
     *
     * @return where its cursor is
     */
    public long lock(Connection connection, String owner) throws SQLException {
        Mailbox mailbox = Mailboxes.grow(connection, new TreeMap<>(Map.of(owner, Growth.NONE)))
                .get(owner);
        return mailbox.cursorSeq();
    }

    /**
     * Adds messages behind all others of an account that has a mailbox. Times in an archive follow its order: what is older
     * than the archive's newest message is kept until it is delivered, and not archived.
     *
     * @param entries oldest first, without limits
     */
    public List<AppendedEntry> append(Connection connection, String owner, List<NewEntry> entries) throws SQLException {
        if (entries.isEmpty()) {
            return List.of();
        }
        Mailbox mailbox = Mailboxes.grow(connection, new TreeMap<>(Map.of(owner, new Growth(entries.size(), 0, 0, 0))))
                .get(owner);
        List<Row> rows = place(entries, mailbox);
        appender.write(connection, rows);
        Growth growth = rows.stream().map(row -> Growth.by(row.entry())).reduce(Growth.NONE, Growth::plus);
        Mailboxes.grow(
                connection,
                new TreeMap<>(Map.of(owner, new Growth(0, growth.messages(), growth.bytes(), growth.newest()))));
        return rows.stream()
                .map(row -> new AppendedEntry(row.message(), row.entry().claim(), Result.STORED))
                .toList();
    }

    private static List<Row> place(List<NewEntry> entries, Mailbox mailbox) {
        List<Row> rows = new ArrayList<>(entries.size());
        long seq = mailbox.lastSeq() - entries.size();
        long newest = mailbox.newest();
        for (NewEntry entry : entries) {
            seq++;
            long time = entry.receivedAt().toEpochMilli();
            boolean archived = entry.claim().kind() == OfflineClaim.Kind.ARCHIVED && time >= newest;
            NewEntry placed = archived ? entry : entry.with(OfflineClaim.OFFLINE_ONLY);
            newest = archived ? time : newest;
            rows.add(new Row(
                    placed,
                    new ArchivedMessage(
                            placed.owner(),
                            seq,
                            placed.mid(),
                            placed.direction(),
                            placed.peer().toString(),
                            Instant.ofEpochMilli(time),
                            placed.stanza()),
                    true));
        }
        return rows;
    }

    /** Those of these messages that the archive has. */
    public List<ArchivedMessage> find(Connection connection, String owner, Collection<Mid> mids) throws SQLException {
        List<ArchivedMessage> found = new ArrayList<>();
        List<Mid> all = List.copyOf(mids);
        for (int from = 0; from < all.size(); from += midsPerSelect) {
            List<Mid> some = all.subList(from, Math.min(all.size(), from + midsPerSelect));
            try (PreparedStatement statement = connection.prepareStatement(
                    "SELECT " + ArchiveRows.COLUMNS + " FROM ofUnifiedArchive WHERE username = ? AND mid "
                            + (midsPerSelect == 1 ? "= ?" : "IN (?" + ", ?".repeat(midsPerSelect - 1) + ")"))) {
                statement.setString(1, owner);
                for (int i = 0; i < midsPerSelect; i++) {
                    statement.setString(
                            i + 2, some.get(Math.min(i, some.size() - 1)).value());
                }
                try (ResultSet rows = statement.executeQuery()) {
                    while (rows.next()) {
                        found.add(ArchiveRows.read(owner, rows));
                    }
                }
            }
        }
        return found;
    }
}
