package org.igniterealtime.openfire.plugin.unifiedrouting.archive.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchivedMessage;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.NewEntry;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.jdbc.Mailboxes.Mailbox;

/** Adds a batch of messages to their archives, in the transaction that its caller begins and ends, if it needs one. */
interface Appender {

    /**
     * What an append did.
     *
     * @param messages the messages that were given, in the same order, with their places and times
     * @param mailboxes the rows of their owners afterwards, by user name
     */
    record Appended(List<ArchivedMessage> messages, Map<String, Mailbox> mailboxes) {}

    Appended append(Connection connection, List<NewEntry> entries) throws SQLException;

    /** Whether it needs no transaction around it, because all it does is one statement. */
    boolean isOneStatement();
}
