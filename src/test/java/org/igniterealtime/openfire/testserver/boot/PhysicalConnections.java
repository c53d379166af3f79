package org.igniterealtime.openfire.testserver.boot;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.apache.commons.pool2.PooledObject;
import org.apache.commons.pool2.PooledObjectFactory;
import org.apache.commons.pool2.impl.DefaultPooledObject;

/** Makes, checks, resets and closes the connections of a {@link ConnectionPool}. */
final class PhysicalConnections implements PooledObjectFactory<Connection> {
    /** A connection used this recently is taken to be alive; a check costs a round trip. */
    private static final long TRUSTED_IDLE_MILLIS = 500;

    private static final int CHECK_SECONDS = 5;

    private final String url;
    private final String user;
    private final String password;

    PhysicalConnections(String url, String user, String password) {
        this.url = url;
        this.user = user;
        this.password = password;
    }

    @Override
    public PooledObject<Connection> makeObject() throws SQLException {
        return new DefaultPooledObject<>(DriverManager.getConnection(url, user, password));
    }

    @Override
    public boolean validateObject(PooledObject<Connection> pooled) {
        try {
            Connection connection = pooled.getObject();
            return pooled.getIdleTimeMillis() < TRUSTED_IDLE_MILLIS
                    ? !connection.isClosed()
                    : connection.isValid(CHECK_SECONDS);
        } catch (SQLException e) {
            return false;
        }
    }

    @Override
    public void activateObject(PooledObject<Connection> pooled) {
        // it was reset when it came back
    }

    @Override
    public void passivateObject(PooledObject<Connection> pooled) throws SQLException {
        Connection connection = pooled.getObject();
        if (!connection.getAutoCommit()) {
            connection.rollback();
            connection.setAutoCommit(true);
        }
        connection.clearWarnings();
    }

    @Override
    public void destroyObject(PooledObject<Connection> pooled) throws SQLException {
        pooled.getObject().close();
    }
}
