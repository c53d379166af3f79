package org.igniterealtime.openfire.plugin.unifiedrouting.archive.jdbc;

import java.sql.Statement;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.Database;

/**
 * HSQLDB writes its log to the disk every half second unless told otherwise: a server that is killed loses what it
 * committed last, and with it messages that it acknowledged.
 */
public final class HsqldbDurability {

    private HsqldbDurability() {}

    /** From now on each commit is on the disk before it returns. The database remembers this. */
    public static void syncEachCommit(Database database) {
        database.statement("Making HSQLDB's commits durable", connection -> {
            try (Statement statement = connection.createStatement()) {
                statement.execute("SET FILES WRITE DELAY FALSE");
                return null;
            }
        });
    }
}
