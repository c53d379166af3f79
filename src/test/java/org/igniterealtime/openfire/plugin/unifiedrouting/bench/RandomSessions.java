package org.igniterealtime.openfire.plugin.unifiedrouting.bench;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.igniterealtime.openfire.plugin.unifiedrouting.sessions.SequenceRun;
import org.igniterealtime.openfire.testserver.ServerOptions;
import org.igniterealtime.openfire.testserver.TestDatabase;

/** 500 random sequences of what clients do, with other seeds each time; see docs/development.md. */
final class RandomSessions implements Benchmark {

    private static final int SEQUENCES = 500;

    @Override
    public Report run(BenchOptions options) throws Exception {
        Report report = new Report("Random sessions beside a model");
        for (TestDatabase database : options.databases()) {
            SequenceRun run =
                    SequenceRun.fromSystemProperties(System.currentTimeMillis() / 1000 % 1_000_000 * 1000, SEQUENCES);
            System.out.println(database + ": seeds from " + run.firstSeed());
            try (BenchServer server =
                    BenchServer.start(run.withAccounts(ServerOptions.defaults().withDatabase(database)))) {
                long start = System.nanoTime();
                List<SequenceRun.Failure> failures = run.play(server.openfire());
                report.row(row(database, run, failures, (System.nanoTime() - start) / 1e9));
                if (!failures.isEmpty()) {
                    server.keepLog("sessions-" + database);
                    failures.forEach(failure -> System.out.println("seed " + failure.seed() + "\n" + failure.report()));
                    throw new IOException(failures.size() + " sequences failed, seeds "
                            + failures.stream().map(SequenceRun.Failure::seed).toList());
                }
            }
        }
        return report;
    }

    private static Map<String, Object> row(
            TestDatabase database, SequenceRun run, List<SequenceRun.Failure> failures, double seconds) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("database", database.name());
        row.put("first seed", run.firstSeed());
        row.put("sequences", run.count());
        row.put("**failed**", failures.size());
        row.put("seconds", seconds);
        return row;
    }
}
