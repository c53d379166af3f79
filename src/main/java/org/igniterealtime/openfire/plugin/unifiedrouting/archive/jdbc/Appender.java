package org.igniterealtime.openfire.plugin.unifiedrouting.archive.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.AppendedEntry;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.NewEntry;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.jdbc.Mailboxes.Mailbox;

/** Adds a batch of messages to their archives, in the transaction that its caller begins and ends, if it needs one. */
interface Appender {

    /**
     * What an append did.
     *
     * @param entries what became of the entries that were given, in the same order
     * @param mailboxes the rows of their owners afterwards, by user name
     */
    record Appended(List<AppendedEntry> entries, Map<String, Mailbox> mailboxes) {}

    Appended append(Connection connection, List<NewEntry> entries) throws SQLException;

    /** Whether these need no transaction around them, because they are added by one statement. */
    boolean isOneStatement(List<NewEntry> entries);
}
