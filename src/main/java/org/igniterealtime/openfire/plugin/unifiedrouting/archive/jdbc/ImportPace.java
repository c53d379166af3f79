package org.igniterealtime.openfire.plugin.unifiedrouting.archive.jdbc;

import java.time.Duration;

/**
 * How much of the server an import takes.
 *
 * @param rows how many rows of the other archive one transaction brings along
 * @param rest how long it rests after each slice, as a share of the time that the slice took: 1 = half of the time
 * @param retry how long it waits when the database does not answer
 */
public record ImportPace(int rows, double rest, Duration retry) {

    /** For a server that works meanwhile: archives are locked for some ten milliseconds, and no longer than they are not. */
    public static final ImportPace POLITE = new ImportPace(500, 1, Duration.ofSeconds(10));

    /**
     * @throws IllegalArgumentException if rows is less than 1, or another value negative
     */
    public ImportPace {
        if (rows < 1 || !(rest >= 0) || retry.isNegative()) {
            throw new IllegalArgumentException("rows " + rows + ", rest " + rest + ", retry " + retry);
        }
    }
}
