package org.igniterealtime.openfire.plugin.unifiedrouting.offline.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.ConnectionSource;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.TestTables;

/** Openfire's table of offline messages, and what Openfire does with it. */
final class OpenfireStore {

    private final ConnectionSource source;

    OpenfireStore(ConnectionSource source) {
        this.source = source;
    }

    /**
     * A row of the table.
     *
     * @param stanza without a delay Openfire would add one of the row's time
     */
    record Row(String owner, long id, long time, String stanza) {}

    /** With the narrow columns that Openfire has on most databases. */
    void create(boolean longText) throws SQLException {
        TestTables.execute(
                source,
                "CREATE TABLE ofOffline (username VARCHAR(64) NOT NULL, messageID BIGINT NOT NULL,"
                        + " creationDate CHAR(15) NOT NULL, messageSize INTEGER NOT NULL, stanza "
                        + (longText ? "LONGVARCHAR" : "TEXT")
                        + " NOT NULL, CONSTRAINT ofOffline_pk PRIMARY KEY (username, messageID))");
    }

    void drop() throws SQLException {
        TestTables.execute(source, "DROP TABLE IF EXISTS ofOffline");
    }

    void add(List<Row> rows) throws SQLException {
        try (Connection connection = source.open();
                PreparedStatement statement =
                        connection.prepareStatement("INSERT INTO ofOffline VALUES (?, ?, ?, ?, ?)")) {
            connection.setAutoCommit(false);
            for (Row row : rows) {
                statement.setString(1, row.owner());
                statement.setLong(2, row.id());
                statement.setString(3, String.format(Locale.ROOT, "%015d", row.time()));
                statement.setInt(4, row.stanza().length());
                statement.setString(5, row.stanza());
                statement.addBatch();
            }
            statement.executeBatch();
            connection.commit();
            connection.setAutoCommit(true);
        }
    }

    /** As Openfire reads them when it delivers them. */
    List<Row> of(String owner) throws SQLException {
        try (Connection connection = source.open();
                PreparedStatement statement = connection.prepareStatement(
                        "SELECT messageID, creationDate, stanza FROM ofOffline WHERE username = ? ORDER BY creationDate")) {
            statement.setString(1, owner);
            List<Row> rows = new ArrayList<>();
            try (ResultSet result = statement.executeQuery()) {
                while (result.next()) {
                    rows.add(new Row(
                            owner,
                            result.getLong(1),
                            Long.parseLong(result.getString(2).trim()),
                            result.getString(3)));
                }
            }
            return rows;
        }
    }
}
