package org.igniterealtime.openfire.plugin.unifiedrouting.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The CPU time that the whole machine spent at work, where it tells (Linux). What others use makes a server that waits for
 * its disk look slower than one that does not, so a measurement has to say how much that was.
 */
final class MachineCpu {

    private static final Path STAT = Path.of("/proc/stat");
    private static final long TICK_MILLIS = 10; // USER_HZ is 100 on every architecture with a JVM
    private static final int[] BUSY = {1, 2, 3, 6, 7}; // user, nice, system, irq, softirq; not idle, iowait, steal

    private MachineCpu() {}

    /** The total since the machine started, of all cores; empty if it does not tell. */
    static Optional<Duration> read() throws IOException {
        if (Files.notExists(STAT)) {
            return Optional.empty();
        }
        try (Stream<String> lines = Files.lines(STAT)) {
            String[] fields = lines.findFirst().orElseThrow().split("\\s+");
            long ticks = 0;
            for (int field : BUSY) {
                ticks += Long.parseLong(fields[field]);
            }
            return Optional.of(Duration.ofMillis(ticks * TICK_MILLIS));
        }
    }
}
