package org.igniterealtime.openfire.plugin.unifiedrouting.bench;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.igniterealtime.openfire.plugin.unifiedrouting.convergence.Convergence;
import org.igniterealtime.openfire.testserver.ServerOptions;
import org.igniterealtime.openfire.testserver.TestDatabase;

/** 500 runs of six clients whose histories must equal the archive, with other seeds each time; see docs/development.md. */
final class ConvergenceRuns implements Benchmark {

    private static final int RUNS = 500;

    @Override
    public Report run(BenchOptions options) throws Exception {
        Report report = new Report("Histories of six clients beside the archive");
        for (TestDatabase database : options.databases()) {
            Convergence runs =
                    Convergence.fromSystemProperties(System.currentTimeMillis() / 1000 % 1_000_000 * 1000, RUNS);
            System.out.println(database + ": seeds from " + runs.firstSeed());
            try (BenchServer server =
                    BenchServer.start(runs.withAccounts(ServerOptions.defaults().withDatabase(database)))) {
                long start = System.nanoTime();
                List<Convergence.Failure> failures = runs.play(server.openfire());
                report.row(row(database, runs, failures, (System.nanoTime() - start) / 1e9));
                if (!failures.isEmpty()) {
                    server.keepLog("convergence-" + database);
                    failures.forEach(failure -> System.out.println("seed " + failure.seed() + "\n" + failure.report()));
                    throw new IOException(failures.size() + " runs failed, seeds "
                            + failures.stream().map(Convergence.Failure::seed).toList());
                }
            }
        }
        return report;
    }

    private static Map<String, Object> row(
            TestDatabase database, Convergence runs, List<Convergence.Failure> failures, double seconds) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("database", database.name());
        row.put("first seed", runs.firstSeed());
        row.put("runs", runs.count());
        row.put("**failed**", failures.size());
        row.put("seconds", seconds);
        return row;
    }
}
