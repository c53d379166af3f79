package org.igniterealtime.openfire.plugin.unifiedrouting.archive.imports;

import java.time.Instant;
import java.util.Optional;

/**
 * How far an import is.
 *
 * @param state what it does now
 * @param tally what became of the rows, since it was begun, restarts of the server included
 * @param reached all that was sent at this time or later is done; empty if it has not begun
 * @param rowsPerSecond since it was last started, its rests included; 0 when it does not run
 * @param failure what went wrong last, for people
 */
public record ImportProgress(
        State state, ImportTally tally, Optional<Instant> reached, double rowsPerSecond, Optional<String> failure) {

    /** What an import does. */
    public enum State {
        NOT_BEGUN,
        RUNNING,

        /** The database does not answer. It goes on by itself when it does. */
        WAITING,

        /** It can be started again and goes on where it stood. */
        STOPPED,
        DONE,

        /** There is no such archive in this database. */
        NOTHING_TO_IMPORT,

        /** It has ended for a reason that is a bug. It can be started again. */
        FAILED
    }

    /** Whether it goes on by itself. */
    public boolean isRunning() {
        return state == State.RUNNING || state == State.WAITING;
    }
}
