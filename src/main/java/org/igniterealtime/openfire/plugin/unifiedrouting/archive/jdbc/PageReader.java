package org.igniterealtime.openfire.plugin.unifiedrouting.archive.jdbc;

import java.sql.Connection;
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
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.RowSizes;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.SqlDialect;

/**
 * Reads pages by the key (username, seq): the cost of one is that of the page, not of the archive. Ids and times are
 * turned into places first, which an index answers; that is right because times follow the order of the archive. How
 * long the messages are is looked up first, with one more than asked for, which tells whether the page is the last. Messages
 * that are named by their ids are looked at in the order of the page, no more of them in one statement than an index finds.
 * Thread-safe.
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
        Limits left = limits;
        while (true) {
            List<RowSizes.Row> rows = sizes(connection, query, left);
            List<RowSizes.Row> fitting = rows.subList(0, RowSizes.fitting(rows, paging.max(), paging.bytes()));
            boolean complete = fitting.size() == rows.size();
            List<ArchivedMessage> page = messages(connection, query, fitting);
            if (!page.isEmpty() || fitting.isEmpty() || complete) {
                if (paging.backwards()) {
                    Collections.reverse(page);
                }
                return new ArchivePage(page, complete, count);
            }
            // All of it is deleted meanwhile.
            long last = fitting.get(fitting.size() - 1).seq();
            left = paging.backwards() ? left.before(last) : left.from(last + 1);
        }
    }

    /** From the page's beginning, one more than it may have if there are so many: for a page of none the first one. */
    private List<RowSizes.Row> sizes(Connection connection, ArchiveQuery query, Limits limits) throws SQLException {
        Paging paging = query.paging();
        int wanted = paging.max() + 1;
        if (query.filter().ids().isEmpty()) {
            return sizes(connection, query, within(limits, query), wanted);
        }
        List<RowSizes.Row> rows = new ArrayList<>();
        for (List<Long> places : portions(limits.namedWithin(), paging.backwards())) {
            rows.addAll(sizes(connection, query, among(places, query), wanted - rows.size()));
            if (RowSizes.fitting(rows, paging.max(), paging.bytes()) < rows.size()) {
                break;
            }
        }
        return rows;
    }

    private List<RowSizes.Row> sizes(Connection connection, ArchiveQuery query, Condition condition, int max)
            throws SQLException {
        return RowSizes.select(connection, dialect, ArchiveRows.TABLE, condition, order(query), max);
    }

    /** Those of these rows that are still there, in the same order. */
    private List<ArchivedMessage> messages(Connection connection, ArchiveQuery query, List<RowSizes.Row> rows)
            throws SQLException {
        if (rows.isEmpty()) {
            return new ArrayList<>();
        }
        List<Long> sorted = rows.stream().map(RowSizes.Row::seq).sorted().toList();
        if (query.filter().ids().isEmpty()) {
            Limits limits = new Limits(sorted.get(0), sorted.get(sorted.size() - 1) + 1, List.of());
            return messages(connection, query, within(limits, query), rows.size());
        }
        List<ArchivedMessage> messages = new ArrayList<>();
        for (List<Long> places : portions(sorted, query.paging().backwards())) {
            messages.addAll(messages(connection, query, among(places, query), places.size()));
        }
        return messages;
    }

    private List<ArchivedMessage> messages(Connection connection, ArchiveQuery query, Condition condition, int max)
            throws SQLException {
        return ArchiveRows.select(connection, dialect, query.owner(), condition, order(query), max);
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

    private static Condition among(List<Long> places, ArchiveQuery query) {
        return filtered(query, Places.areAmong(places, new Condition("username = ?", query.owner())));
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
