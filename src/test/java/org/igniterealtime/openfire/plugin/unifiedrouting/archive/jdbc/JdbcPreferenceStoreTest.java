package org.igniterealtime.openfire.plugin.unifiedrouting.archive.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.igniterealtime.openfire.plugin.unifiedrouting.archive.Entries.JULIET;

import java.sql.SQLException;
import java.util.Set;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchivePreferences;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchivePreferences.Default;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.StoreUnavailable;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.Database;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.TestBackend;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.TestConnections;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class JdbcPreferenceStoreTest {

    private static final ArchivePreferences CHOSEN =
            new ArchivePreferences(Default.NEVER, Set.of(JULIET), Set.of(JULIET.asBareJID()));
    private static final String NEW_MAILBOX = "INSERT INTO ofUnifiedMailbox";

    private TestBackend backend;
    private TestConnections connections;
    private FailingConnections failing;
    private JdbcPreferenceStore store;

    @BeforeEach
    void open() throws SQLException {
        backend = TestBackend.hsqldb();
        connections = backend.open();
        failing = new FailingConnections(connections);
        store = new JdbcPreferenceStore(new Database(failing));
    }

    @AfterEach
    void close() throws SQLException {
        connections.close();
        backend.close();
    }

    @Test
    void whatIsSavedIsFound() {
        assertThat(store.find("romeo")).isEmpty();
        store.save("romeo", ArchivePreferences.of(Default.ALWAYS));
        store.save("romeo", CHOSEN);
        assertThat(store.find("romeo")).contains(CHOSEN);
    }

    @Test
    void aMailboxThatAnotherNodeMakesAtThisMomentCostsNoChoice() {
        failing.failOnce(NEW_MAILBOX, new SQLException("another node was faster", "23505"));
        store.save("romeo", CHOSEN);
        assertThat(store.find("romeo")).contains(CHOSEN);
    }

    @Test
    void aDatabaseThatNeverTakesAMailboxIsUnavailable() {
        failing.refuse(sql -> {
            if (sql.startsWith(NEW_MAILBOX)) {
                failing.failOnce(NEW_MAILBOX, new SQLException("another node was faster", "23505"));
            }
            return false;
        });
        assertThatThrownBy(() -> store.save("romeo", CHOSEN)).isInstanceOf(StoreUnavailable.class);
    }
}
