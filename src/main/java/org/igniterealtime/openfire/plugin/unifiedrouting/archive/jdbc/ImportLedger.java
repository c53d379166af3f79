package org.igniterealtime.openfire.plugin.unifiedrouting.archive.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.imports.ImportTally;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.imports.RowOutcome;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.imports.SourceKey;

/**
 * How far the import of one source is: a row of {@code ofUnifiedImport}, moved forward in the transaction that adds what
 * was imported, so that neither can be without the other.
 */
final class ImportLedger {

    private static final int FINISHED = 1;
    private static final String ENTRIES = "ENTRIES";

    private final String source;

    ImportLedger(String source) {
        this.source = source;
    }

    /**
     * @param secret what MIDs are made with; the same for all times
     * @param slices how many slices were committed; each raises it, so that two nodes cannot do the same one
     * @param finished whether nothing is left
     * @param before only rows before this key are left
     * @param tally what became of the others
     */
    record State(String secret, long slices, boolean finished, SourceKey before, ImportTally tally) {

        State next(SourceKey reached, boolean last, ImportTally slice) {
            return new State(secret, slices + 1, last, reached, tally.plus(slice));
        }

        State again(SourceKey from) {
            return new State(secret, slices + 1, false, from, ImportTally.NONE);
        }
    }

    Optional<State> read(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "SELECT secret, slices, finished, sentAt, messageId, conversationId, tally FROM ofUnifiedImport"
                        + " WHERE source = ?")) {
            statement.setString(1, source);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? Optional.of(state(row)) : Optional.empty();
            }
        }
    }

    private static State state(ResultSet row) throws SQLException {
        long sentAt = row.getLong(4);
        long messageId = row.getLong(5);
        SourceKey before = row.wasNull() ? SourceKey.startOf(sentAt) : new SourceKey(sentAt, messageId, row.getLong(6));
        return new State(row.getString(1), row.getLong(2), row.getInt(3) == FINISHED, before, tally(row.getString(7)));
    }

    void insert(Connection connection, State state) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "INSERT INTO ofUnifiedImport (slices, finished, sentAt, messageId, conversationId, tally, secret, source)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?, ?)")) {
            bind(statement, state);
            statement.setString(7, state.secret());
            statement.setString(8, source);
            statement.executeUpdate();
        }
    }

    /** Returns false, and has changed nothing, if somebody else has moved it. The row stays locked otherwise. */
    boolean advance(Connection connection, State from, State to) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "UPDATE ofUnifiedImport SET slices = ?, finished = ?, sentAt = ?, messageId = ?, conversationId = ?, tally = ?"
                        + " WHERE source = ? AND slices = ?")) {
            bind(statement, to);
            statement.setString(7, source);
            statement.setLong(8, from.slices());
            return statement.executeUpdate() == 1;
        }
    }

    private static void bind(PreparedStatement statement, State state) throws SQLException {
        statement.setLong(1, state.slices());
        statement.setInt(2, state.finished() ? FINISHED : 0);
        statement.setLong(3, state.before().sentAt());
        if (state.before().isWithinItsTime()) {
            statement.setLong(4, state.before().messageId());
            statement.setLong(5, state.before().conversationId());
        } else {
            statement.setNull(4, Types.BIGINT);
            statement.setNull(5, Types.BIGINT);
        }
        statement.setString(6, text(state.tally()));
    }

    /** As in {@code IMPORTED=12 ROOM=3 ENTRIES=20}: a new outcome needs no new column. */
    private static String text(ImportTally tally) {
        String rows = tally.rows().entrySet().stream()
                .map(outcome -> outcome.getKey() + "=" + outcome.getValue() + " ")
                .collect(Collectors.joining());
        return rows + ENTRIES + "=" + tally.entries();
    }

    private static ImportTally tally(String text) {
        Map<RowOutcome, Long> rows = new EnumMap<>(RowOutcome.class);
        long entries = 0;
        for (String part : text.split(" ")) {
            String name = part.substring(0, part.indexOf('='));
            long count = Long.parseLong(part.substring(name.length() + 1));
            if (name.equals(ENTRIES)) {
                entries = count;
            } else {
                rows.put(RowOutcome.valueOf(name), count);
            }
        }
        return new ImportTally(rows, entries);
    }
}
