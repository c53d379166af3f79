package org.igniterealtime.openfire.plugin.unifiedrouting.archive.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.AppendedEntry.Result;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.NewEntry;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.OfflineClaim;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.jdbc.Mailboxes.Mailbox;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.SqlDialect;

/**
 * Which messages of a batch their offline limits let in. To be asked by who holds the locks of the owners: then the
 * answer is exact, whoever else adds messages. Thread-safe.
 */
final class PairLimits {

    private static final int PAIRS_PER_SELECT = 8;

    private final SqlDialect dialect;

    PairLimits(SqlDialect dialect) {
        this.dialect = dialect;
    }

    /** An account and who writes to it. */
    private record Pair(String owner, String peer) {

        static Pair of(NewEntry entry) {
            return new Pair(entry.owner(), entry.peer().toBareJID());
        }
    }

    /**
     * @param mailboxes those of all owners, locked
     * @return one for each entry, in their order
     */
    List<Result> judge(Connection connection, List<NewEntry> entries, Map<String, Mailbox> mailboxes)
            throws SQLException {
        Map<Pair, Integer> undelivered = undelivered(connection, highestLimits(entries), mailboxes);
        List<Result> results = new ArrayList<>(entries.size());
        for (NewEntry entry : entries) {
            Pair pair = Pair.of(entry);
            if (!entry.claim().eligible() || !undelivered.containsKey(pair)) {
                results.add(Result.STORED);
            } else if (undelivered.get(pair) < entry.claim().pairLimit()) {
                undelivered.merge(pair, 1, Integer::sum);
                results.add(Result.STORED);
            } else {
                results.add(whenOver(entry.claim()));
            }
        }
        return results;
    }

    private static Result whenOver(OfflineClaim claim) {
        return claim.kind() == OfflineClaim.Kind.ARCHIVED && claim.archiveWhenOver()
                ? Result.STORED_NOT_ELIGIBLE
                : Result.OVER_LIMIT;
    }

    private static Map<Pair, Integer> highestLimits(List<NewEntry> entries) {
        Map<Pair, Integer> limits = new LinkedHashMap<>();
        for (NewEntry entry : entries) {
            if (entry.claim().isLimited()) {
                limits.merge(Pair.of(entry), entry.claim().pairLimit(), Math::max);
            }
        }
        return limits;
    }

    /** No higher than the limit: what is beyond makes no difference, and need not be counted. */
    private Map<Pair, Integer> undelivered(
            Connection connection, Map<Pair, Integer> limits, Map<String, Mailbox> mailboxes) throws SQLException {
        Map<Pair, Integer> undelivered = new HashMap<>();
        List<Pair> asked = new ArrayList<>();
        limits.forEach((pair, limit) -> {
            undelivered.put(pair, 0);
            if (limit > 0) {
                asked.add(pair);
            }
        });
        for (int from = 0; from < asked.size(); from += PAIRS_PER_SELECT) {
            List<Pair> some = asked.subList(from, Math.min(asked.size(), from + PAIRS_PER_SELECT));
            select(connection, some, limits, mailboxes, undelivered);
        }
        return undelivered;
    }

    private void select(
            Connection connection,
            List<Pair> pairs,
            Map<Pair, Integer> limits,
            Map<String, Mailbox> mailboxes,
            Map<Pair, Integer> undelivered)
            throws SQLException {
        List<String> counts = new ArrayList<>();
        for (int i = 0; i < pairs.size(); i++) {
            int limit = limits.get(pairs.get(i));
            counts.add(count(i, "ofUnifiedArchive", " AND seq > ? AND eligible = 1", limit));
            counts.add(count(i, "ofUnifiedOffline", "", limit));
        }
        try (PreparedStatement statement = connection.prepareStatement(String.join(" UNION ALL ", counts))) {
            int next = 1;
            for (Pair pair : pairs) {
                next = bind(statement, next, pair);
                statement.setLong(next++, mailboxes.get(pair.owner()).cursorSeq());
                next = bind(statement, next, pair);
            }
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    undelivered.merge(pairs.get(rows.getInt(1)), rows.getInt(2), Integer::sum);
                }
            }
        }
    }

    /** The oldest first: they are the eligible ones, what came over the limit stands behind them. */
    private String count(int pair, String table, String eligible, int limit) {
        return "SELECT " + pair + " AS pair, COUNT(*) AS undelivered FROM ("
                + dialect.limited(
                        "SELECT seq FROM " + table + " WHERE username = ? AND peerHash = ? AND peerBare = ?" + eligible
                                + " ORDER BY username, peerHash, seq",
                        limit)
                + ") t";
    }

    private static int bind(PreparedStatement statement, int first, Pair pair) throws SQLException {
        statement.setString(first, pair.owner());
        statement.setLong(first + 1, PeerHash.of(pair.peer()));
        statement.setString(first + 2, pair.peer());
        return first + 3;
    }
}
