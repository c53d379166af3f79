package org.igniterealtime.openfire.testserver.boot;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.commons.pool2.impl.GenericObjectPool;
import org.apache.commons.pool2.impl.GenericObjectPoolConfig;

/**
 * Connections to one database, at most {@value #SIZE} at a time, as many as Openfire's own pool has by default. Closing a
 * connection gives it back: an open transaction is rolled back, auto-commit is switched on again. Connections that were
 * broken meanwhile, as by a restart of the database, are replaced. Thread-safe.
 */
public final class ConnectionPool implements AutoCloseable {
    private static final int SIZE = 25;
    private static final String HELD = "commits-held";
    private static final Duration BORROW_LIMIT = Duration.ofSeconds(30);

    private final GenericObjectPool<Connection> pool;

    /** Nothing is connected before the first connection is taken. */
    public ConnectionPool(String url, String user, String password) {
        GenericObjectPoolConfig config = new GenericObjectPoolConfig();
        config.setMaxTotal(SIZE);
        config.setMaxIdle(SIZE);
        config.setTestOnBorrow(true);
        config.setMaxWaitMillis(BORROW_LIMIT.toMillis());
        config.setJmxEnabled(false);
        pool = new GenericObjectPool<>(new PhysicalConnections(url, user, password), config);
    }

    /**
     * Takes a connection.
     *
     * @throws SQLException if the database cannot be reached, or none is given back in time
     */
    public Connection take() throws SQLException {
        try {
            return lend(pool.borrowObject());
        } catch (SQLException e) {
            throw e;
        } catch (Exception e) {
            throw new SQLException("No connection to the database", e);
        }
    }

    private Connection lend(Connection physical) {
        AtomicBoolean returned = new AtomicBoolean();
        return (Connection) Proxy.newProxyInstance(
                ConnectionPool.class.getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, args) -> {
                    switch (method.getName()) {
                        case "close" -> {
                            if (returned.compareAndSet(false, true)) {
                                giveBack(physical);
                            }
                            return null;
                        }
                        case "isClosed" -> {
                            return returned.get() || physical.isClosed();
                        }
                        case "equals" -> {
                            return proxy == args[0];
                        }
                        case "hashCode" -> {
                            return System.identityHashCode(proxy);
                        }
                        default -> {
                            if (returned.get()) {
                                throw new SQLException("The connection is closed", "08003");
                            }
                            if (method.getName().equals("setAutoCommit") && Boolean.FALSE.equals(args[0])) {
                                awaitPermission();
                            }
                            return invoke(method, physical, args);
                        }
                    }
                });
    }

    /** A test may keep transactions from beginning, and so from being committed: as long as that file is there. */
    private static void awaitPermission() throws InterruptedException {
        String home = System.getProperty("openfireHome");
        if (home == null) {
            // Benchmarks use databases without a server.
            return;
        }
        Path held = Path.of(home, HELD);
        while (Files.exists(held)) {
            TimeUnit.MILLISECONDS.sleep(5);
        }
    }

    private static Object invoke(java.lang.reflect.Method method, Connection physical, Object[] args) throws Throwable {
        try {
            return method.invoke(physical, args);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    /** A connection that the driver closed itself is not to be used again; the pool counts it out. */
    private void giveBack(Connection physical) throws Exception {
        if (physical.isClosed()) {
            pool.invalidateObject(physical);
        } else {
            pool.returnObject(physical);
        }
    }

    @Override
    public void close() {
        pool.close();
    }
}
