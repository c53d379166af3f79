package org.igniterealtime.openfire.plugin.unifiedrouting.jdbc;

import java.sql.SQLException;

/**
 * Two transactions got in each other's way, and the database ended one of them: a deadlock, or an order of events that
 * no order of transactions explains. Nothing is wrong with the one that was ended; begun again it finds its way free.
 */
final class Conflict {

    /**
     * Serialization failure, of standard SQL. Deadlocks too on MySQL, MariaDB, SQL Server, DB2 and HSQLDB; each conflict
     * on CockroachDB. Not 40003: there nobody knows whether the transaction was committed.
     */
    private static final String SERIALIZATION_FAILURE = "40001";

    /** PostgreSQL's state for a deadlock. */
    private static final String DEADLOCK = "40P01";

    /** ORA-00060, deadlock, and ORA-08177, serialization failure; Oracle gives them states of its own. */
    private static final int ORACLE_DEADLOCK = 60;

    private static final int ORACLE_SERIALIZATION_FAILURE = 8177;

    private Conflict() {}

    /** A batch may hide what happened to one of its statements behind a failure of its own. */
    static boolean isReasonOf(SQLException failure) {
        for (SQLException e = failure; e != null; e = e.getNextException()) {
            if (isConflict(e) || e.getCause() instanceof SQLException cause && cause != e && isConflict(cause)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isConflict(SQLException e) {
        String state = String.valueOf(e.getSQLState());
        return state.equals(SERIALIZATION_FAILURE)
                || state.equals(DEADLOCK)
                || (state.equals("61000") && e.getErrorCode() == ORACLE_DEADLOCK)
                || (state.equals("72000") && e.getErrorCode() == ORACLE_SERIALIZATION_FAILURE);
    }
}
