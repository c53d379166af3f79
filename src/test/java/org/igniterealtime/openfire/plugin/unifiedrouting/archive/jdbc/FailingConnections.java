package org.igniterealtime.openfire.plugin.unifiedrouting.archive.jdbc;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.function.Predicate;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.ConnectionSource;

/**
 * Connections to a database that can die in the middle of anything: what was not committed then is rolled back, and
 * nobody hears of it again until it is revived. Thread-safe.
 */
public final class FailingConnections implements ConnectionSource {

    private final ConnectionSource real;
    private long stepsLeft = Long.MAX_VALUE;
    private int commitsToAnswer = Integer.MAX_VALUE;
    private Predicate<String> refused = sql -> false;
    private SQLException failure;
    private String failsOnce;

    public FailingConnections(ConnectionSource real) {
        this.real = real;
    }

    /** After so many statements and commits. */
    public synchronized void dieAfter(long steps) {
        stepsLeft = steps;
    }

    /** One commit takes place, but whoever asked for it is told that it failed. */
    public synchronized void loseAnswerToCommit(int number) {
        commitsToAnswer = number - 1;
    }

    public synchronized void revive() {
        stepsLeft = Long.MAX_VALUE;
    }

    public synchronized boolean isDead() {
        return stepsLeft <= 0;
    }

    public synchronized void refuse(Predicate<String> statements) {
        refused = statements;
    }

    /** The next statement that begins like this fails. */
    public synchronized void failOnce(String beginning, SQLException reason) {
        failsOnce = beginning;
        failure = reason;
    }

    @Override
    public Connection open() throws SQLException {
        step();
        Connection connection = real.open();
        return (Connection) Proxy.newProxyInstance(
                Connection.class.getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                    switch (method.getName()) {
                        case "prepareStatement" -> {
                            String sql = (String) arguments[0];
                            return statement(sql, (PreparedStatement) call(connection, method, arguments));
                        }
                        case "commit" -> {
                            step();
                            call(connection, method, arguments);
                            answer();
                            return null;
                        }
                        case "setAutoCommit" -> {
                            if (isDead() && (boolean) arguments[0]) {
                                // On a connection that is lost this does not commit what was left open.
                                connection.rollback();
                            }
                            return call(connection, method, arguments);
                        }
                        default -> {
                            return call(connection, method, arguments);
                        }
                    }
                });
    }

    private Object statement(String sql, PreparedStatement statement) {
        return Proxy.newProxyInstance(
                PreparedStatement.class.getClassLoader(),
                new Class<?>[] {PreparedStatement.class},
                (proxy, method, arguments) -> {
                    if (method.getName().startsWith("execute")) {
                        step();
                        refuseIfWanted(sql);
                    }
                    return call(statement, method, arguments);
                });
    }

    private static Object call(Object target, java.lang.reflect.Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private synchronized void step() throws SQLException {
        if (stepsLeft != Long.MAX_VALUE && --stepsLeft < 0) {
            stepsLeft = 0;
            throw new SQLException("The database is dead");
        }
    }

    private synchronized void refuseIfWanted(String sql) throws SQLException {
        if (refused.test(sql)) {
            throw new SQLException("The database does not like this");
        }
        if (failure != null && sql.startsWith(failsOnce)) {
            SQLException reason = failure;
            failure = null;
            throw reason;
        }
    }

    private synchronized void answer() throws SQLException {
        if (commitsToAnswer-- == 0) {
            commitsToAnswer = Integer.MAX_VALUE;
            throw new SQLException("The connection broke before the answer came");
        }
    }
}
