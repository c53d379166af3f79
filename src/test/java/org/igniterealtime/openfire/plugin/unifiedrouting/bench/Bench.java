package org.igniterealtime.openfire.plugin.unifiedrouting.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Main class of {@code mvn -Pbench}: runs the benchmarks that are named, prints each one's table, and writes {@code
 * <name>.json} and {@code <name>.md} to the output directory.
 */
public final class Bench {

    private static final Map<String, Benchmark> ALL = new LinkedHashMap<>();

    static {
        ALL.put("live", new LiveLoad());
        ALL.put("profile", new LiveProfile());
        ALL.put("pages", new PageThrough());
        ALL.put("writer", new WriterBench());
        ALL.put("large", new LargeArchive());
        ALL.put("offline", new OfflineMessages());
        ALL.put("crash", new CrashRounds());
        ALL.put("sessions", new RandomSessions());
        ALL.put("convergence", new ConvergenceRuns());
        ALL.put("starts", new SessionStartRace());
        ALL.put("fanout", new FanOut());
    }

    private Bench() {}

    /** Arguments: the names of benchmarks, separated by commas, or {@code all}. */
    public static void main(String[] args) throws Exception {
        String wanted = args.length == 1 && !args[0].isBlank() ? args[0] : "all";
        Iterable<String> names = wanted.equals("all") ? ALL.keySet() : List.of(wanted.split(","));
        for (String name : names) {
            Benchmark benchmark = ALL.get(name);
            if (benchmark == null) {
                throw new IllegalArgumentException("No benchmark '" + name + "', only " + ALL.keySet() + " and all");
            }
            publish(name, benchmark.run(BenchOptions.fromSystemProperties()));
        }
    }

    private static void publish(String name, Report report) throws IOException {
        Path directory = Files.createDirectories(BenchOptions.outputDirectory());
        Files.writeString(directory.resolve(name + ".json"), Json.of(report.asMap()) + "\n");
        Files.writeString(directory.resolve(name + ".md"), report.markdown());
        System.out.println(report.markdown());
    }
}
