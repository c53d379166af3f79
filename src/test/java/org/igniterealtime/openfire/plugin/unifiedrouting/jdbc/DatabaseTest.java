package org.igniterealtime.openfire.plugin.unifiedrouting.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.StoreUnavailable;
import org.junit.jupiter.api.Test;

/** The order of calls on a connection that fails where a test wants it to. */
class DatabaseTest {

    private final List<String> calls = new ArrayList<>();
    private final List<Integer> silence = new ArrayList<>();

    @Test
    void aVanishedDatabaseIsNotWaitedForWithoutEnd() {
        database().statement("Working", this::work);
        assertThat(silence).containsExactly(60_000, 7);
    }

    /** It answers by an exception, which costs more than many a statement. */
    @Test
    void aDriverThatKnowsNoLimitIsAskedOnce() {
        List<Exception> answers = new ArrayList<>(
                List.of(new SQLException("broken"), new SQLFeatureNotSupportedException(), new SQLException("again")));
        Connection connection = (Connection) Proxy.newProxyInstance(
                Connection.class.getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("getNetworkTimeout")) {
                        throw answers.remove(0);
                    }
                    return null;
                });
        Database database = new Database(() -> connection);
        for (int i = 0; i < 4; i++) {
            assertThat(database.statement("Working", this::work)).isEqualTo("done");
        }
        assertThat(answers).as("not asked for").hasSize(1);
    }

    @Test
    void aTransactionIsCommittedAndTheConnectionGivenBackAsItWas() {
        assertThat(database().transaction("Working", this::work)).isEqualTo("done");
        assertThat(calls).containsExactly("setAutoCommit(false)", "work", "commit", "setAutoCommit(true)", "close");
    }

    @Test
    void aFailedTransactionIsRolledBackBeforeAutoCommitWouldCommitIt() {
        Database database = database();
        for (Throwable reason :
                List.of(new SQLException("no"), new IllegalStateException("bug"), new StackOverflowError())) {
            calls.clear();
            assertThatThrownBy(() -> database.transaction("Working", connection -> {
                        work(connection);
                        return sneak(reason);
                    }))
                    .satisfies(thrown -> assertThat(thrown.getCause() == reason || thrown == reason)
                            .isTrue());
            assertThat(calls)
                    .containsExactly("setAutoCommit(false)", "work", "rollback", "setAutoCommit(true)", "close");
        }
    }

    @SuppressWarnings("unchecked")
    private static <T, X extends Throwable> T sneak(Throwable reason) throws X {
        throw (X) reason;
    }

    @Test
    void aFailedCommitIsSeen() {
        assertThatThrownBy(() -> database("commit").transaction("Working", this::work))
                .isInstanceOf(StoreUnavailable.class)
                .hasMessage("Working failed: commit");
        assertThat(calls)
                .containsExactly("setAutoCommit(false)", "work", "commit", "rollback", "setAutoCommit(true)", "close");
    }

    @Test
    void whatCouldNotBeRolledBackIsNotCommittedByAutoCommit() {
        assertThatThrownBy(() -> database("commit", "rollback").transaction("Working", this::work))
                .isInstanceOf(StoreUnavailable.class)
                .hasMessage("Working failed: commit");
        assertThat(calls).containsExactly("setAutoCommit(false)", "work", "commit", "rollback", "close");
    }

    @Test
    void whatIsCommittedDoesNotFailBecauseOfTheConnection() {
        assertThat(database("close", "setAutoCommit(true)").transaction("Working", this::work))
                .isEqualTo("done");
        assertThat(database("close").statement("Working", this::work)).isEqualTo("done");
    }

    @Test
    void whatAConflictEndedIsBegunAgain() {
        List<SQLException> conflicts = new ArrayList<>(List.of(
                new SQLException("MySQL, SQL Server, DB2: deadlock", "40001"),
                new SQLException("PostgreSQL: deadlock", "40P01"),
                new SQLException("Oracle: deadlock", "61000", 60),
                chained(new SQLException("one of a batch", "HY000"), new SQLException("deadlock", "40001"))));
        AtomicInteger begun = new AtomicInteger();
        String result = database().transaction("Working", connection -> {
            begun.incrementAndGet();
            if (!conflicts.isEmpty()) {
                throw conflicts.remove(0);
            }
            return work(connection);
        });
        assertThat(result).isEqualTo("done");
        assertThat(begun).hasValue(5);
        assertThat(calls.stream().filter(call -> call.equals("rollback"))).hasSize(4);
        assertThat(calls).endsWith("setAutoCommit(false)", "work", "commit", "setAutoCommit(true)", "close");
    }

    private static SQLException chained(SQLException first, SQLException next) {
        first.setNextException(next);
        return first;
    }

    @Test
    void conflictsWithoutEndAreAFailure() {
        AtomicInteger begun = new AtomicInteger();
        assertThatThrownBy(() -> database().statement("Working", connection -> {
                    begun.incrementAndGet();
                    throw new SQLException("deadlock", "40001");
                }))
                .isInstanceOf(StoreUnavailable.class)
                .hasMessage("Working failed: deadlock");
        assertThat(begun).hasValue(8);
    }

    /** Committed or not: who did it twice could do harm. */
    @Test
    void whatMayHaveBeenDoneIsNotDoneAgain() {
        for (String state : List.of("40003", "08007", "08S01", "23505", "HY000")) {
            AtomicInteger begun = new AtomicInteger();
            assertThatThrownBy(() -> database().transaction("Working", connection -> {
                        begun.incrementAndGet();
                        throw new SQLException("lost", state);
                    }))
                    .isInstanceOf(StoreUnavailable.class);
            assertThat(begun).hasValue(1);
        }
    }

    @Test
    void aFailedStatementIsSeen() {
        assertThatThrownBy(() -> database().statement("Reading", connection -> {
                    throw new SQLException("no table");
                }))
                .isInstanceOf(StoreUnavailable.class)
                .hasMessage("Reading failed: no table");
        assertThat(calls).containsExactly("close");
    }

    @Test
    void aSourceWithoutConnectionsIsADatabaseThatFails() {
        for (Exception reason : List.of(new SQLException("down"), new IllegalStateException("no pool"))) {
            Database database = new Database(() -> sneak(reason));
            assertThatThrownBy(() -> database.transaction("Working", this::work))
                    .isInstanceOf(StoreUnavailable.class)
                    .hasMessageContaining(reason.getMessage());
            assertThatThrownBy(() -> database.statement("Working", this::work)).isInstanceOf(StoreUnavailable.class);
        }
        assertThat(calls).isEmpty();
    }

    private String work(Connection connection) {
        calls.add("work");
        return "done";
    }

    private Database database(String... failing) {
        Set<String> fails = Set.of(failing);
        Connection connection = (Connection) Proxy.newProxyInstance(
                Connection.class.getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("getNetworkTimeout")) {
                        return 7;
                    }
                    if (method.getName().equals("setNetworkTimeout")) {
                        silence.add((Integer) arguments[1]);
                        return null;
                    }
                    String call = method.getName() + (arguments == null ? "" : "(" + arguments[0] + ')');
                    calls.add(call);
                    if (fails.contains(call)) {
                        throw new SQLException(call);
                    }
                    return null;
                });
        return new Database(() -> connection);
    }
}
