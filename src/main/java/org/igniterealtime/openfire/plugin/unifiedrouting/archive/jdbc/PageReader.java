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
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.PeerFilter;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.Condition;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.SqlDialect;

/**
 * Reads pages by the key (username, seq): the cost of one is that of the page, not of the archive. Ids and times are
 * turned into places first, which an index answers; that is right because times follow the order of the archive. One row
 * more than asked for tells whether the page is the last. Messages that are named by their ids are looked at in the order of
 * the page, no more of them in one statement than an index finds. Thread-safe.
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
            Limits limits = limitsOf(connection, query);
            OptionalLong count = query.isUnfiltered()
                    ? OptionalLong.of(Mailboxes.size(connection, query.owner()).messages())
                    : OptionalLong.empty();
            return Optional.of(page(connection, query, limits, count));
        } catch (UnknownMid e) {
            return Optional.empty();
        }
    }

    /**
     * Between which places a page is.
     *
     * @param first the lowest that it may have
     * @param end the lowest that is too high
     * @param named those that the query names, sorted; empty = any
     */
    private record Limits(long first, long end, List<Long> named) {

        Limits from(long place) {
            return new Limits(Math.max(first, place), end, named);
        }

        Limits before(long place) {
            return new Limits(first, Math.min(end, place), named);
        }

        List<Long> namedWithin() {
            return named.stream().filter(place -> place >= first && place < end).toList();
        }
    }

    private ArchivePage page(Connection connection, ArchiveQuery query, Limits limits, OptionalLong count)
            throws SQLException {
        Paging paging = query.paging();
        List<ArchivedMessage> rows = select(connection, query, limits);
        boolean complete = rows.size() <= paging.max();
        List<ArchivedMessage> page = new ArrayList<>(complete ? rows : rows.subList(0, paging.max()));
        if (paging.backwards()) {
            Collections.reverse(page);
        }
        return new ArchivePage(page, complete, count);
    }

    /** From the page's beginning, one more than it may have if there are so many: for a page of none the first one. */
    private List<ArchivedMessage> select(Connection connection, ArchiveQuery query, Limits limits) throws SQLException {
        int wanted = query.paging().max() + 1;
        if (query.filter().ids().isEmpty()) {
            return select(connection, query, within(limits, query), wanted);
        }
        List<ArchivedMessage> messages = new ArrayList<>();
        for (List<Long> places : portions(limits.namedWithin(), query.paging().backwards())) {
            if (messages.size() == wanted) {
                break;
            }
            Condition condition = Places.areAmong(places, new Condition("username = ?", query.owner()));
            messages.addAll(select(connection, query, filtered(query, condition), wanted - messages.size()));
        }
        return messages;
    }

    /** Each sorted; those at the page's beginning come first. */
    private List<List<Long>> portions(List<Long> places, boolean backwards) {
        List<List<Long>> portions = new ArrayList<>();
        int most = dialect.keysPerStatement();
        for (int from = 0; from < places.size(); from += most) {
            portions.add(places.subList(from, Math.min(places.size(), from + most)));
        }
        if (backwards) {
            Collections.reverse(portions);
        }
        return portions;
    }

    private List<ArchivedMessage> select(Connection connection, ArchiveQuery query, Condition condition, int max)
            throws SQLException {
        String sql = dialect.limited(
                "SELECT " + ArchiveRows.COLUMNS + " FROM ofUnifiedArchive WHERE " + condition.sql() + " ORDER BY "
                        + order(query),
                max);
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

    private Limits limitsOf(Connection connection, ArchiveQuery query) throws SQLException, UnknownMid {
        ArchiveQuery.Filter filter = query.filter();
        String owner = query.owner();
        List<Long> named = places.ofAll(connection, owner, filter.ids());
        Limits limits = new Limits(
                Long.MIN_VALUE, Long.MAX_VALUE, named.stream().sorted().toList());
        for (Optional<Mid> after : List.of(query.paging().after(), filter.afterId())) {
            limits = after.isEmpty() ? limits : limits.from(places.of(connection, owner, after.get()) + 1);
        }
        for (Optional<Mid> before : List.of(query.paging().before(), filter.beforeId())) {
            limits = before.isEmpty() ? limits : limits.before(places.of(connection, owner, before.get()));
        }
        if (filter.start().isPresent()) {
            limits = limits.from(
                    places.firstSince(connection, owner, filter.start().get()));
        }
        if (filter.end().isPresent()) {
            limits = limits.before(
                    places.firstAfter(connection, owner, filter.end().get()));
        }
        return limits;
    }

    private static Condition within(Limits limits, ArchiveQuery query) {
        Condition condition = new Condition("username = ?", query.owner());
        if (limits.first() != Long.MIN_VALUE) {
            condition.and("seq >= ?", limits.first());
        }
        if (limits.end() != Long.MAX_VALUE) {
            condition.and("seq < ?", limits.end());
        }
        return filtered(query, condition);
    }

    private static Condition filtered(ArchiveQuery query, Condition condition) {
        // If there was none after this time when that was looked up, there may be one now.
        query.filter().end().ifPresent(end -> condition.and("receivedAt <= ?", Places.millis(end)));
        query.filter().with().ifPresent(with -> conversation(with, condition));
        return condition;
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
