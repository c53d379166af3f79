package org.igniterealtime.openfire.plugin.unifiedrouting.archive.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
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
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.PeerFilter;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.Condition;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.SqlDialect;

/**
 * Reads pages by the key (username, seq): the cost of one is that of the page, not of the archive. Ids and times are
 * turned into places first, which an index answers; that is right because times follow the order of the archive. One row
 * more than asked for tells whether the page is the last. Thread-safe.
 */
final class PageReader {

    private final SqlDialect dialect;
    private final Places places;

    PageReader(SqlDialect dialect) {
        this.dialect = dialect;
        this.places = new Places(dialect);
    }

    Optional<ArchivePage> read(Connection connection, ArchiveQuery query) throws SQLException {
        try {
            Condition condition = conditionOf(connection, query);
            OptionalLong count = query.isUnfiltered()
                    ? OptionalLong.of(Mailboxes.size(connection, query.owner()).messages())
                    : OptionalLong.empty();
            return Optional.of(page(connection, query, condition, count));
        } catch (UnknownMid e) {
            return Optional.empty();
        }
    }

    private ArchivePage page(Connection connection, ArchiveQuery query, Condition condition, OptionalLong count)
            throws SQLException {
        Paging paging = query.paging();
        if (paging.max() == 0) {
            return new ArchivePage(List.of(), count.isPresent() && count.getAsLong() == 0, count);
        }
        List<ArchivedMessage> rows = select(connection, query, condition);
        boolean complete = rows.size() <= paging.max();
        List<ArchivedMessage> page = new ArrayList<>(complete ? rows : rows.subList(0, paging.max()));
        if (paging.backwards()) {
            Collections.reverse(page);
        }
        return new ArchivePage(page, complete, count);
    }

    private List<ArchivedMessage> select(Connection connection, ArchiveQuery query, Condition condition)
            throws SQLException {
        Paging paging = query.paging();
        String sql = dialect.limited(
                "SELECT " + ArchiveRows.COLUMNS + " FROM ofUnifiedArchive WHERE " + condition.sql() + " ORDER BY "
                        + order(query),
                paging.max() + 1);
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            condition.bind(statement);
            try (ResultSet rows = statement.executeQuery()) {
                List<ArchivedMessage> messages = new ArrayList<>();
                while (rows.next()) {
                    messages.add(ArchiveRows.read(query.owner(), rows));
                }
                return messages;
            }
        }
    }

    /** All columns of the index are named: HSQLDB does not see that it need not sort by what is the same for all. */
    private static String order(ArchiveQuery query) {
        String direction = query.paging().backwards() ? " DESC" : "";
        String peer = query.filter().with().isPresent() ? "peerHash" + direction + ", " : "";
        return "username" + direction + ", " + peer + "seq" + direction;
    }

    private Condition conditionOf(Connection connection, ArchiveQuery query) throws SQLException, UnknownMid {
        ArchiveQuery.Filter filter = query.filter();
        Condition condition = new Condition("username = ?", query.owner());
        after(connection, query, query.paging().after(), condition);
        before(connection, query, query.paging().before(), condition);
        after(connection, query, filter.afterId(), condition);
        before(connection, query, filter.beforeId(), condition);
        if (!filter.ids().isEmpty()) {
            condition.andIsOneOf("seq", places.ofAll(connection, query.owner(), filter.ids()));
        }
        between(connection, query, filter.start(), filter.end(), condition);
        filter.with().ifPresent(with -> conversation(with, condition));
        return condition;
    }

    private void after(Connection connection, ArchiveQuery query, Optional<Mid> mid, Condition condition)
            throws SQLException, UnknownMid {
        if (mid.isPresent()) {
            condition.and("seq > ?", places.of(connection, query.owner(), mid.get()));
        }
    }

    private void before(Connection connection, ArchiveQuery query, Optional<Mid> mid, Condition condition)
            throws SQLException, UnknownMid {
        if (mid.isPresent()) {
            condition.and("seq < ?", places.of(connection, query.owner(), mid.get()));
        }
    }

    private void between(
            Connection connection,
            ArchiveQuery query,
            Optional<Instant> start,
            Optional<Instant> end,
            Condition condition)
            throws SQLException {
        if (start.isPresent()) {
            condition.and("seq >= ?", places.firstSince(connection, query.owner(), start.get()));
        }
        if (end.isPresent()) {
            condition.and("seq < ?", places.firstAfter(connection, query.owner(), end.get()));
            // If there was none after this time, there may be one now.
            condition.and("receivedAt <= ?", Places.millis(end.get()));
        }
    }

    private static void conversation(PeerFilter with, Condition condition) {
        String bare = with.jid().toBareJID();
        condition.and("peerHash = ?", PeerHash.of(bare));
        condition.and("peerBare = ?", bare);
        if (with.exactResource()) {
            // Many databases take no notice of spaces at the end of what they compare; resources may have some.
            condition.and("{fn concat(peerResource, '.')} = ?", with.jid().getResource() + '.');
        }
    }
}
