package org.igniterealtime.openfire.plugin.unifiedrouting.jdbc;

import java.sql.Connection;
import java.sql.SQLException;

/** Where connections to the server's database come from. Implementations are thread-safe. */
@FunctionalInterface
public interface ConnectionSource {

    /**
     * @return a connection in auto-commit mode, to be closed by the caller
     * @throws SQLException if there is none to be had
     */
    Connection open() throws SQLException;
}
