package org.igniterealtime.openfire.plugin.unifiedrouting.archive.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchivePage;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchiveQuery;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchivedMessage;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Mid;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Paging;

/**
 * Reads a page by the key (username, seq): its cost is that of the page, not of the archive. One row more than asked
 * for tells whether the page is the last.
 */
final class PageReader {

    private PageReader() {}

    static Optional<ArchivePage> read(Connection connection, ArchiveQuery query) throws SQLException {
        Condition condition = new Condition("username = ?", query.owner());
        if (!bound(connection, query, condition)) {
            return Optional.empty();
        }
        filter(query, condition);
        Paging paging = query.paging();
        OptionalLong count = query.isUnfiltered()
                ? OptionalLong.of(Mailboxes.messageCount(connection, query.owner()))
                : OptionalLong.empty();
        if (paging.max() == 0) {
            return Optional.of(new ArchivePage(List.of(), false, count));
        }
        List<ArchivedMessage> rows = select(connection, query, condition);
        boolean complete = rows.size() <= paging.max();
        List<ArchivedMessage> page = new ArrayList<>(complete ? rows : rows.subList(0, paging.max()));
        if (paging.backwards()) {
            Collections.reverse(page);
        }
        return Optional.of(new ArchivePage(page, complete, count));
    }

    private static List<ArchivedMessage> select(Connection connection, ArchiveQuery query, Condition condition)
            throws SQLException {
        Paging paging = query.paging();
        String sql = "SELECT " + ArchiveRows.COLUMNS + " FROM ofUnifiedArchive WHERE " + condition.sql()
                + " ORDER BY seq" + (paging.backwards() ? " DESC" : "") + " LIMIT ?";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            int next = condition.bind(statement);
            statement.setInt(next, paging.max() + 1);
            try (ResultSet rows = statement.executeQuery()) {
                List<ArchivedMessage> messages = new ArrayList<>();
                while (rows.next()) {
                    messages.add(ArchiveRows.read(query.owner(), rows));
                }
                return messages;
            }
        }
    }

    /** Turns public ids into places. False = one of them is not in this archive. */
    private static boolean bound(Connection connection, ArchiveQuery query, Condition condition) throws SQLException {
        return bound(connection, query, query.paging().after(), "seq > ?", condition)
                && bound(connection, query, query.paging().before(), "seq < ?", condition);
    }

    private static boolean bound(
            Connection connection, ArchiveQuery query, Optional<Mid> mid, String comparison, Condition condition)
            throws SQLException {
        if (mid.isEmpty()) {
            return true;
        }
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT seq FROM ofUnifiedArchive WHERE username = ? AND mid = ?")) {
            statement.setString(1, query.owner());
            statement.setString(2, mid.get().value());
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next()) {
                    return false;
                }
                condition.and(comparison, row.getLong(1));
                return true;
            }
        }
    }

    private static void filter(ArchiveQuery query, Condition condition) {
        query.with().ifPresent(with -> {
            String bare = with.jid().toBareJID();
            condition.and("peerHash = ?", PeerHash.of(bare));
            condition.and("peerBare = ?", bare);
            if (with.exactResource()) {
                condition.and("peerResource = ?", with.jid().getResource());
            }
        });
        query.start().ifPresent(start -> condition.and("receivedAt >= ?", start.toEpochMilli()));
        query.end().ifPresent(end -> condition.and("receivedAt <= ?", end.toEpochMilli()));
    }

    /** A WHERE clause and its parameters. */
    private static final class Condition {

        private final StringBuilder sql;
        private final List<Object> parameters = new ArrayList<>();

        Condition(String sql, Object parameter) {
            this.sql = new StringBuilder(sql);
            parameters.add(parameter);
        }

        void and(String term, Object parameter) {
            sql.append(" AND ").append(term);
            parameters.add(parameter);
        }

        String sql() {
            return sql.toString();
        }

        /** Returns the index of the next parameter. */
        int bind(PreparedStatement statement) throws SQLException {
            int index = 1;
            for (Object parameter : parameters) {
                statement.setObject(index++, parameter);
            }
            return index;
        }
    }
}
