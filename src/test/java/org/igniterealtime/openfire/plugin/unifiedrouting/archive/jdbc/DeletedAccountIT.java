package org.igniterealtime.openfire.plugin.unifiedrouting.archive.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.igniterealtime.openfire.plugin.unifiedrouting.archive.Entries.messages;
import static org.igniterealtime.openfire.plugin.unifiedrouting.archive.Entries.received;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchivePage;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchiveQuery;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchivedMessage;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Paging;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.Database;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.SqlDialect;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.TestConnections;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.TestTables;
import org.igniterealtime.openfire.testserver.DatabaseAccess;
import org.igniterealtime.openfire.testserver.SharedPostgres;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A message arrives while its account is being deleted. PostgreSQL tells who waits for whom. */
@Timeout(60)
class DeletedAccountIT {

    @Test
    void whatArrivesDuringTheDeletionBeginsANewArchive() throws Exception {
        DatabaseAccess access = SharedPostgres.get().createDatabase();
        try (TestConnections connections = new TestConnections(access.url(), access.user(), access.password())) {
            TestTables.create(connections, "postgresql");
            Database database = new Database(connections);
            JdbcArchiveStore store = new JdbcArchiveStore(database, SqlDialect.POSTGRESQL);
            store.append(List.of(received("romeo", "before")));
            TestTables.execute(connections, "INSERT INTO ofUnifiedPreference VALUES ('romeo', 0, 0, 'x@y')");

            CompletableFuture<Void> deletion;
            CompletableFuture<List<ArchivedMessage>> arrival;
            try (Connection holder = connections.open()) {
                holder.setAutoCommit(false);
                holdPreferences(holder);
                deletion = CompletableFuture.runAsync(
                        () -> new JdbcArchiveMaintenance(database, SqlDialect.POSTGRESQL).delete("romeo"));
                await().until(() -> waiting(connections) == 1);
                arrival = CompletableFuture.supplyAsync(
                        () -> messages(store.append(List.of(received("romeo", "meanwhile")))));
                await().until(() -> arrival.isDone() || waiting(connections) == 2);
                holder.commit();
                holder.setAutoCommit(true);
            }
            deletion.get(10, TimeUnit.SECONDS);

            assertThat(arrival.get(10, TimeUnit.SECONDS))
                    .extracting(ArchivedMessage::seq)
                    .containsExactly(1L);
            ArchivePage archive =
                    store.page(ArchiveQuery.all("romeo", Paging.fromStart(10))).orElseThrow();
            assertThat(archive.messages()).isEqualTo(arrival.get());
            assertThat(archive.count()).hasValue(1);
        } finally {
            access.drop().run();
        }
    }

    /** Keeps the deletion from going on beyond the account's preferences. */
    private static void holdPreferences(Connection holder) throws SQLException {
        try (Statement statement = holder.createStatement()) {
            statement.execute("SELECT * FROM ofUnifiedPreference FOR UPDATE");
        }
    }

    private static int waiting(TestConnections connections) throws SQLException {
        try (Connection connection = connections.open();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT count(*) FROM pg_stat_activity"
                        + " WHERE wait_event_type = 'Lock' AND datname = current_database()")) {
            row.next();
            return row.getInt(1);
        }
    }
}
