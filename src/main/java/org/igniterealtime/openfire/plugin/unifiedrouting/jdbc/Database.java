package org.igniterealtime.openfire.plugin.unifiedrouting.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.StoreUnavailable;

/**
 * Runs work on the server's database and turns its failures into {@link StoreUnavailable}. Thread-safe.
 *
 * <p>Transactions are ended here, not by Openfire's {@code DbConnectionManager}: its
 * {@code closeTransactionConnection} logs a failed commit and says nothing, and on MySQL Openfire 4.2 hands out
 * connections in auto-commit mode.
 *
 * <p>What a database ends because of a {@link Conflict} with another transaction is begun again, at most
 * {@value #ATTEMPTS} times in all. So work may be done several times, of which the last one counts: it changes nothing
 * but the database.
 */
public final class Database {

    /** How long a database may be silent. More than any statement here takes. */
    private static final Duration SILENCE = Duration.ofSeconds(60);

    private static final int UNKNOWN = -1;

    private static final int ATTEMPTS = 8;

    /** Times the number of the attempt: two that got in each other's way must not begin again at the same time for ever. */
    private static final int PAUSE_MILLIS = 4;

    private final ConnectionSource source;

    /** The driver has said so. To ask it each time costs more than many a statement: it answers by an exception. */
    private volatile boolean knowsNoLimit;

    public Database(ConnectionSource source) {
        this.source = source;
    }

    /**
     * Does some work in one transaction. When this returns, it is committed.
     *
     * @param what for the failure's message: what was to be done
     * @throws StoreUnavailable if any of it failed; then nothing of it took effect
     */
    public <T> T transaction(String what, SqlWork<T> work) {
        return using(what, connection -> {
            connection.setAutoCommit(false);
            boolean ended = false;
            try {
                T result = work.with(connection);
                connection.commit();
                ended = true;
                return result;
            } finally {
                if (ended || rollback(connection)) {
                    restoreAutoCommit(connection);
                }
            }
        });
    }

    /**
     * Runs one statement, which is a transaction of its own: it reads something, or changes something all or not. When
     * this returns, it is committed.
     *
     * @param what for the failure's message: what was to be done
     * @throws StoreUnavailable if it failed; then it changed nothing
     */
    public <T> T statement(String what, SqlWork<T> work) {
        return using(what, work);
    }

    /** The second attempt follows at once: it waits for the other transaction's locks. */
    private <T> T using(String what, SqlWork<T> work) {
        for (int attempt = 1; ; attempt++) {
            try {
                return once(work);
            } catch (SQLException e) {
                if (attempt == ATTEMPTS || !Conflict.isReasonOf(e)) {
                    throw new StoreUnavailable(what + " failed: " + e.getMessage(), e);
                }
                pause(attempt);
            }
        }
    }

    private static void pause(int attempt) {
        try {
            TimeUnit.MILLISECONDS.sleep(ThreadLocalRandom.current().nextInt((attempt - 1) * PAUSE_MILLIS + 1));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private <T> T once(SqlWork<T> work) throws SQLException {
        Connection connection = open();
        int patience = limitSilence(connection);
        try {
            return work.with(connection);
        } finally {
            restoreSilence(connection, patience);
            giveBack(connection);
        }
    }

    /**
     * A connection whose other end has vanished without a word would be waited for without end.
     *
     * @return what was in force before, or {@value #UNKNOWN} where the driver knows no such limit
     */
    private int limitSilence(Connection connection) {
        if (knowsNoLimit) {
            return UNKNOWN;
        }
        try {
            int before = connection.getNetworkTimeout();
            connection.setNetworkTimeout(Runnable::run, (int) SILENCE.toMillis());
            return before;
        } catch (SQLFeatureNotSupportedException | AbstractMethodError e) {
            // HSQLDB, which is in this process, and old pools.
            knowsNoLimit = true;
            return UNKNOWN;
        } catch (SQLException | RuntimeException e) {
            // The connection is broken; the work will say so.
            return UNKNOWN;
        }
    }

    private static void restoreSilence(Connection connection, int before) {
        if (before != UNKNOWN) {
            try {
                connection.setNetworkTimeout(Runnable::run, before);
            } catch (SQLException | RuntimeException e) {
                // The connection is broken; its pool finds out when it is used again.
            }
        }
    }

    private Connection open() throws SQLException {
        try {
            return source.open();
        } catch (RuntimeException e) {
            throw new SQLException("The connection pool failed unexpectedly: " + e, e);
        }
    }

    /** False = it may still be open: then nothing may touch the connection, for auto-commit would commit it. */
    private static boolean rollback(Connection connection) {
        try {
            connection.rollback();
            return true;
        } catch (SQLException e) {
            // Why the transaction failed is known already and says more than this.
            return false;
        }
    }

    /** The pool may hand this connection to somebody who expects auto-commit. */
    private static void restoreAutoCommit(Connection connection) {
        try {
            connection.setAutoCommit(true);
        } catch (SQLException e) {
            // A connection that cannot even do this is broken; its pool finds out when it is used again. What was
            // committed is committed, so this must not look like a failed transaction.
        }
    }

    /** What was done is done, even if the pool does not like what it gets back. */
    private static void giveBack(Connection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            // The pool has lost one connection. Whoever did the work must not take it for failed.
        }
    }
}
