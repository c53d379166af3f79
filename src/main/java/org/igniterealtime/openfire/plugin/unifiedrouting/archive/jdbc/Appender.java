package org.igniterealtime.openfire.plugin.unifiedrouting.archive.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchivedMessage;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.NewEntry;

/** Adds a batch of messages to their archives, in the transaction that its caller begins and ends, if it needs one. */
interface Appender {

    /**
     * @return the same messages in the same order, with their places and times
     */
    List<ArchivedMessage> append(Connection connection, List<NewEntry> entries) throws SQLException;

    /** Whether it needs no transaction around it, because all it does is one statement. */
    boolean isOneStatement();
}
