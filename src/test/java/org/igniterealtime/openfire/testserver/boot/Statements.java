package org.igniterealtime.openfire.testserver.boot;

import java.lang.management.ManagementFactory;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.concurrent.atomic.LongAdder;
import javax.management.JMException;
import javax.management.ObjectName;

/** Counts by standing between the server and its connections. Thread-safe. */
final class Statements implements StatementsMBean {

    private final LongAdder statements = new LongAdder();
    private final LongAdder rows = new LongAdder();
    private volatile boolean counting;

    /** Registers itself; the last one that did so stands. */
    void register() {
        try {
            ObjectName name = new ObjectName(NAME);
            var beans = ManagementFactory.getPlatformMBeanServer();
            if (beans.isRegistered(name)) {
                beans.unregisterMBean(name);
            }
            beans.registerMBean(this, name);
        } catch (JMException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The same connection, and what is done by it is counted if anything is at present. */
    Connection watch(Connection connection) {
        return counting ? proxy(Connection.class, connection, this::statement) : connection;
    }

    private interface Wrapping {
        /** What to return in place of what a method returned. */
        Object wrap(Method method, Object result);
    }

    private Object statement(Method method, Object result) {
        if (result instanceof CallableStatement call) {
            return proxy(CallableStatement.class, call, this::executed);
        }
        if (result instanceof PreparedStatement prepared) {
            return proxy(PreparedStatement.class, prepared, this::executed);
        }
        return result instanceof Statement plain ? proxy(Statement.class, plain, this::executed) : result;
    }

    private Object executed(Method method, Object result) {
        if (method.getName().startsWith("execute")) {
            statements.increment();
        }
        return result instanceof ResultSet set ? proxy(ResultSet.class, set, this::read) : result;
    }

    private Object read(Method method, Object result) {
        if (method.getName().equals("next") && Boolean.TRUE.equals(result)) {
            rows.increment();
        }
        return result;
    }

    private static <T> T proxy(Class<T> type, T target, Wrapping wrapping) {
        InvocationHandler handler = (proxy, method, args) -> {
            try {
                return wrapping.wrap(method, method.invoke(target, args));
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        };
        return type.cast(Proxy.newProxyInstance(Statements.class.getClassLoader(), new Class<?>[] {type}, handler));
    }

    @Override
    public void setCounting(boolean on) {
        counting = on;
    }

    @Override
    public boolean isCounting() {
        return counting;
    }

    @Override
    public long getStatements() {
        return statements.sum();
    }

    @Override
    public long getRows() {
        return rows.sum();
    }
}
