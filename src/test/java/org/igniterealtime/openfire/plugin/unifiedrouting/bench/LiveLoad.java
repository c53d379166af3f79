package org.igniterealtime.openfire.plugin.unifiedrouting.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.igniterealtime.openfire.testserver.TestDatabase;

/**
 * Live messages between online clients, with the plugin and without, in turn: both servers are up, one of them under
 * load. Budgets: window 50 at least 0.6 of the bare server's throughput with 40 µs more CPU at most; window 1 at most two
 * fsyncs more latency.
 */
final class LiveLoad implements Benchmark {

    @Override
    public Report run(BenchOptions options) throws Exception {
        Report report = new Report("Live load, bare server and with the plugin in turn");
        List<LoadPhase> shapes =
                List.of(new LoadPhase(options.pairs(), 50), new LoadPhase(options.pairs(), 1), new LoadPhase(1, 1));
        List<Map<String, Object>> phases = new ArrayList<>();
        for (TestDatabase database : options.databases()) {
            try (BenchServer bare = BenchServer.bare(database, options.pairs());
                    BenchServer plugin = BenchServer.withPlugin(database, options.pairs())) {
                Contest contest = new Contest(options, bare, plugin);
                contest.warmUp(shapes.get(0));
                for (LoadPhase shape : shapes) {
                    contest.run(shape);
                    report.row(contest.row(shape));
                    phases.addAll(contest.phases());
                }
                contest.requireEverythingArchived();
            }
        }
        report.detail("phases", phases);
        report.note("CPU: microseconds per message of the server's process and of PostgreSQL's processes, the latter in"
                + " brackets. Latency: from the sender's write to the receiver's read, median and 99th percentile.");
        report.note("Each figure is the median of " + options.rounds() + " rounds, each of "
                + options.warmup().toSeconds()
                + " s of load and then " + options.measured().toSeconds()
                + " s measured. fsync: median of appending 2 KiB"
                + " to a file beside the server's database and forcing it, neither server under load.");
        report.note(
                "Others: how many cores other processes kept busy meanwhile. A server that waits for its disk suffers"
                        + " more from them than one that does not, so that the ratios hold for an idle machine only.");
        report.note("Every message arrived, and the archives of the receivers hold as many messages as were sent.");
        return report;
    }
}
