package org.igniterealtime.openfire.testserver;

import java.nio.file.Path;

/** The databases that a server can be started on. All keep what they acknowledged when the server process is killed. */
public enum TestDatabase {
    /**
     * HSQLDB inside the server process, in files of the home: what Openfire calls its embedded database, with the
     * durability settings that Openfire leaves it with.
     */
    HSQLDB {
        @Override
        DatabaseAccess open(Path home) {
            return new DatabaseAccess(
                    "jdbc:hsqldb:file:" + home.resolve("embedded-db/openfire").toAbsolutePath(), "sa", "", () -> {});
        }
    },

    /** A new database on the one PostgreSQL server of this JVM. */
    POSTGRESQL {
        @Override
        DatabaseAccess open(Path home) {
            return SharedPostgres.get().createDatabase();
        }
    },

    /** A new database on the one MariaDB server of this JVM. */
    MARIADB {
        @Override
        DatabaseAccess open(Path home) {
            return SharedMariaDb.get().createDatabase();
        }
    };

    /** Gives a server its database: the one in the home if there is one, else a new one. */
    abstract DatabaseAccess open(Path home);
}
