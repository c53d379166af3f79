package org.igniterealtime.openfire.plugin.unifiedrouting.jdbc;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The simplest pool there is: connections that are given back are kept as they are, and given out again. It can be told
 * to give out none, and to have something done between the statements of others. Thread-safe.
 */
public final class TestConnections implements ConnectionSource, AutoCloseable {

    private final ConnectionSource source;
    private final Deque<Connection> idle = new ArrayDeque<>();
    private Exception failure;
    private Runnable interruption = () -> {};

    public TestConnections(String url, String user, String password) {
        this(() -> DriverManager.getConnection(url, user, password));
    }

    /**
     * @param source makes the connections
     */
    public TestConnections(ConnectionSource source) {
        this.source = source;
    }

    @Override
    public synchronized Connection open() throws SQLException {
        if (failure instanceof SQLException e) {
            throw e;
        }
        if (failure instanceof RuntimeException e) {
            throw e;
        }
        Connection real = idle.isEmpty() ? source.open() : idle.pop();
        return (Connection) Proxy.newProxyInstance(
                Connection.class.getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("close")) {
                        giveBack(real);
                        return null;
                    }
                    if (method.getName().equals("prepareStatement")) {
                        interruption().run();
                    }
                    try {
                        return method.invoke(real, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private synchronized void giveBack(Connection connection) {
        idle.push(connection);
    }

    /** Null = no failure any more. */
    public synchronized void failWith(Exception reason) {
        failure = reason;
    }

    /** Before each statement, on any connection, this is done; its own statements included. */
    public synchronized void interrupt(Runnable each) {
        interruption = each;
    }

    private synchronized Runnable interruption() {
        return interruption;
    }

    /** Whether every connection came back as it was given out. */
    public synchronized boolean allInAutoCommit() throws SQLException {
        for (Connection connection : idle) {
            if (!connection.getAutoCommit()) {
                return false;
            }
        }
        return !idle.isEmpty();
    }

    @Override
    public synchronized void close() throws SQLException {
        for (Connection connection : idle) {
            connection.close();
        }
        idle.clear();
    }
}
