package org.igniterealtime.openfire.plugin.unifiedrouting.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.igniterealtime.openfire.testserver.TestDatabase;

/**
 * What can be set on the command line, as {@code -Dbench.<key>=...}.
 *
 * @param databases {@code databases}: {@code hsqldb,postgresql} by default
 * @param rounds {@code rounds}: how often the variants take turns, 3 by default
 * @param warmup {@code warmup}: seconds of load before what is measured, 30 by default: until then the compiler is as busy as the server
 * @param measured {@code seconds}: seconds that are measured, 10 by default
 * @param pairs {@code pairs}: pairs of clients under live load, 8 by default
 * @param rows {@code rows}: rows of the large archive, 1,000,000 by default
 */
record BenchOptions(List<TestDatabase> databases, int rounds, Duration warmup, Duration measured, int pairs, int rows) {

    private static final String PREFIX = "bench.";

    static BenchOptions fromSystemProperties() {
        return new BenchOptions(
                databases(System.getProperty(PREFIX + "databases", "hsqldb,postgresql")),
                Integer.getInteger(PREFIX + "rounds", 3),
                Duration.ofSeconds(Integer.getInteger(PREFIX + "warmup", 30)),
                Duration.ofSeconds(Integer.getInteger(PREFIX + "seconds", 10)),
                Integer.getInteger(PREFIX + "pairs", 8),
                Integer.getInteger(PREFIX + "rows", 1_000_000));
    }

    private static List<TestDatabase> databases(String names) {
        return Arrays.stream(names.split(","))
                .map(name -> TestDatabase.valueOf(name.strip().toUpperCase(Locale.ROOT)))
                .toList();
    }

    /** Where results go: {@code target/bench}, told by the build. */
    static Path outputDirectory() {
        return Path.of(System.getProperty(PREFIX + "output", "target/bench"));
    }
}
