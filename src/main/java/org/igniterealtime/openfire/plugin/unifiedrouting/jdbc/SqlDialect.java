package org.igniterealtime.openfire.plugin.unifiedrouting.jdbc;

import java.util.Locale;

/** What matters of the differences between databases. Names are those of Openfire's types of database, in capitals. */
public enum SqlDialect {
    HSQLDB {
        @Override
        public int keysPerStatement() {
            // For a list it looks at all rows of the account, even if there is only one value in it.
            return 1;
        }
    },
    POSTGRESQL,
    MYSQL,
    MARIADB,
    COCKROACHDB,
    SQLSERVER {
        @Override
        public String limited(String select, int rows) {
            return select + " OFFSET 0 ROWS FETCH NEXT " + rows + " ROWS ONLY";
        }
    },
    ORACLE {
        @Override
        public String limited(String select, int rows) {
            return select + FETCH_FIRST.formatted(rows);
        }
    },
    DB2 {
        @Override
        public String limited(String select, int rows) {
            return select + FETCH_FIRST.formatted(rows);
        }
    },
    FIREBIRD {
        @Override
        public String limited(String select, int rows) {
            return select + FETCH_FIRST.formatted(rows);
        }
    };

    private static final int KEYS = 64;

    private static final String FETCH_FIRST = " FETCH FIRST %d ROWS ONLY";

    /**
     * Restricts an ordered query to its first rows.
     *
     * @param select ends with its ORDER BY
     */
    public String limited(String select, int rows) {
        return select + " LIMIT " + rows;
    }

    /** How many rows one statement looks for by their key, so that each of them is found by an index. */
    public int keysPerStatement() {
        return KEYS;
    }

    /** The condition that a column has one of so many values. */
    public static String isOneOf(String column, int values) {
        return column + (values == 1 ? " = ?" : " IN (?" + ", ?".repeat(values - 1) + ")");
    }

    /**
     * The dialect of the database that Openfire uses.
     *
     * @param databaseType the name of Openfire's constant, whose set differs between its versions
     * @throws IllegalArgumentException if the plugin does not know this database
     */
    public static SqlDialect ofDatabaseType(String databaseType) {
        return valueOf(databaseType.toUpperCase(Locale.ROOT));
    }
}
