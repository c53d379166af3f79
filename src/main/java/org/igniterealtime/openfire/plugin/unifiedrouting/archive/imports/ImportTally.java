package org.igniterealtime.openfire.plugin.unifiedrouting.archive.imports;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * What became of the rows so far.
 *
 * @param rows how many, by outcome; those of an outcome that is missing are none
 * @param entries how many entries they made: up to two for each row that was imported
 */
public record ImportTally(Map<RowOutcome, Long> rows, long entries) {

    public static final ImportTally NONE = new ImportTally(Map.of(), 0);

    public ImportTally {
        Map<RowOutcome, Long> copy = new EnumMap<>(RowOutcome.class);
        copy.putAll(rows);
        rows = Collections.unmodifiableMap(copy);
    }

    public long count(RowOutcome outcome) {
        return rows.getOrDefault(outcome, 0L);
    }

    /** How many rows were looked at: the sum of all outcomes. */
    public long seen() {
        return rows.values().stream().mapToLong(Long::longValue).sum();
    }

    public ImportTally plus(ImportTally other) {
        Map<RowOutcome, Long> sum = new EnumMap<>(RowOutcome.class);
        sum.putAll(rows);
        other.rows.forEach((outcome, count) -> sum.merge(outcome, count, Long::sum));
        return new ImportTally(sum, entries + other.entries);
    }
}
