package org.igniterealtime.openfire.plugin.unifiedrouting.archive.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.AppendedEntry;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.AppendedEntry.Result;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchivedMessage;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Direction;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Mid;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.NewEntry;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.OfflineClaim;

/** Finds out what became of entries whose commit was not answered. Thread-safe. */
final class Committed {

    /** Nothing is kept there. */
    private static final long NOWHERE = 0;

    /** What was found of an entry, and whether it is eligible. */
    private record Found(ArchivedMessage message, boolean eligible) {}

    /** All of them or none were committed; a limit may have kept some out. */
    Optional<List<AppendedEntry>> of(Connection connection, List<NewEntry> entries) throws SQLException {
        List<AppendedEntry> all = new ArrayList<>(entries.size());
        boolean isAnyFound = false;
        for (NewEntry entry : entries) {
            Optional<Found> found = find(connection, entry);
            if (found.isEmpty() && !mayBeKeptOut(entry.claim())) {
                return Optional.empty();
            }
            isAnyFound |= found.isPresent();
            all.add(found.map(stored -> new AppendedEntry(stored.message(), entry.claim(), result(entry, stored)))
                    .orElseGet(() -> new AppendedEntry(nowhere(entry), entry.claim(), Result.OVER_LIMIT)));
        }
        return isAnyFound ? Optional.of(all) : Optional.empty();
    }

    private static boolean mayBeKeptOut(OfflineClaim claim) {
        return claim.isLimited() && !(claim.kind() == OfflineClaim.Kind.ARCHIVED && claim.archiveWhenOver());
    }

    private static Result result(NewEntry entry, Found found) {
        return entry.claim().isLimited() && !found.eligible() ? Result.STORED_NOT_ELIGIBLE : Result.STORED;
    }

    private static ArchivedMessage nowhere(NewEntry entry) {
        return new ArchivedMessage(
                entry.owner(),
                NOWHERE,
                entry.mid(),
                entry.direction(),
                entry.peer().toString(),
                Instant.ofEpochMilli(entry.receivedAt().toEpochMilli()),
                entry.stanza());
    }

    private static Optional<Found> find(Connection connection, NewEntry entry) throws SQLException {
        boolean archived = entry.claim().kind() == OfflineClaim.Kind.ARCHIVED;
        String sql = archived
                ? "SELECT " + ArchiveRows.COLUMNS + ", eligible FROM ofUnifiedArchive WHERE username = ? AND mid = ?"
                : "SELECT seq, mid, receivedAt, peerBare, peerResource, stanza FROM ofUnifiedOffline"
                        + " WHERE username = ? AND mid = ?";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, entry.owner());
            statement.setString(2, entry.mid().value());
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next()) {
                    return Optional.empty();
                }
                Found found = archived
                        ? new Found(ArchiveRows.read(entry.owner(), row), row.getInt(8) == 1)
                        : new Found(offlineOnly(entry.owner(), row), true);
                return Optional.of(found).filter(stored -> entry.became(stored.message()));
            }
        }
    }

    private static ArchivedMessage offlineOnly(String owner, ResultSet row) throws SQLException {
        String peerResource = row.getString(5);
        return new ArchivedMessage(
                owner,
                row.getLong(1),
                new Mid(row.getString(2)),
                Direction.RECEIVED,
                peerResource == null ? row.getString(4) : row.getString(4) + '/' + peerResource,
                Instant.ofEpochMilli(row.getLong(3)),
                row.getString(6));
    }
}
