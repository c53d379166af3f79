package org.igniterealtime.openfire.testserver;

import org.junit.jupiter.api.Assumptions;

/** A server's database is unreachable while this is open: connections break, and new ones are refused. */
public final class DatabaseOutage implements AutoCloseable {

    private final DatabaseAccess database;

    private DatabaseOutage(DatabaseAccess database) {
        this.database = database;
    }

    static DatabaseOutage of(OpenfireServer server) {
        Assumptions.assumeTrue(
                server.options().database() == TestDatabase.POSTGRESQL, "only PostgreSQL can be cut off");
        SharedPostgres.get().allow(server.database(), false);
        SharedPostgres.get().disconnectAll(server.database());
        return new DatabaseOutage(server.database());
    }

    /** The database answers again. */
    @Override
    public void close() {
        SharedPostgres.get().allow(database, true);
    }
}
