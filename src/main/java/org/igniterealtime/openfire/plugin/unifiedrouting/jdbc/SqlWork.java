package org.igniterealtime.openfire.plugin.unifiedrouting.jdbc;

import java.sql.Connection;
import java.sql.SQLException;

/**
 * Something to do with a connection.
 *
 * @param <T> what comes of it
 */
@FunctionalInterface
public interface SqlWork<T> {

    T with(Connection connection) throws SQLException;
}
