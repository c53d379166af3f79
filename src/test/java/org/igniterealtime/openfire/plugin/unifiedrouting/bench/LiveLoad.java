package org.igniterealtime.openfire.plugin.unifiedrouting.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.igniterealtime.openfire.testserver.OpenfireServer;
import org.igniterealtime.openfire.testserver.ServerOptions;
import org.igniterealtime.openfire.testserver.SharedPostgres;
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
            try (OpenfireServer bare = start(database, options, false);
                    OpenfireServer plugin = start(database, options, true)) {
                Contest contest = new Contest(options, bare, plugin, databaseCpu(database));
                contest.warmUp(shapes.get(0));
                for (LoadPhase shape : shapes) {
                    contest.run(shape);
                    report.row(contest.row(shape));
                    phases.addAll(contest.phases);
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
                + " to a file beside the server's database and forcing it, nothing else running.");
        report.note(
                "Others: how many cores other processes kept busy meanwhile. A server that waits for its disk suffers"
                        + " more from them than one that does not, so that the ratios hold for an idle machine only.");
        report.note("Every message arrived, and the archives of the receivers hold as many messages as were sent.");
        return report;
    }

    /** A server for live load; the caller closes it. */
    static OpenfireServer start(TestDatabase database, BenchOptions options, boolean withPlugin) {
        return OpenfireServer.start(serverOptions(database, options.pairs(), withPlugin));
    }

    static ServerOptions serverOptions(TestDatabase database, int pairs, boolean withPlugin) {
        ServerOptions server = ServerOptions.defaults().withDatabase(database);
        for (int i = 1; i <= pairs; i++) {
            server = server.withAccount(Pair.account(i, 'a'), ServerOptions.PASSWORD)
                    .withAccount(Pair.account(i, 'b'), ServerOptions.PASSWORD);
        }
        if (withPlugin && server.pluginJar().isEmpty()) {
            throw new IllegalStateException("No plugin: set " + ServerOptions.PLUGIN_JAR);
        }
        return withPlugin ? server : server.withPluginJar(Optional.empty());
    }

    static CpuMeter databaseCpu(TestDatabase database) {
        return database == TestDatabase.POSTGRESQL
                ? CpuMeter.ofTree(SharedPostgres.get().postmaster())
                : CpuMeter.none();
    }

    /** Two servers of one kind that take turns. */
    private static final class Contest {

        private final BenchOptions options;
        private final OpenfireServer bare;
        private final OpenfireServer plugin;
        private final CpuMeter database;
        private final List<LoadPhase.Result> bareResults = new ArrayList<>();
        private final List<LoadPhase.Result> pluginResults = new ArrayList<>();
        private final List<Map<String, Object>> phases = new ArrayList<>();
        private final Samples fsyncs = new Samples();
        private long archived;

        Contest(BenchOptions options, OpenfireServer bare, OpenfireServer plugin, CpuMeter database) {
            this.options = options;
            this.bare = bare;
            this.plugin = plugin;
            this.database = database;
        }

        void warmUp(LoadPhase shape) throws IOException, InterruptedException {
            shape.run(bare, database, options.warmup(), options.warmup());
            archived += shape.run(plugin, database, options.warmup(), options.warmup())
                    .sent();
        }

        void run(LoadPhase shape) throws IOException, InterruptedException {
            bareResults.clear();
            pluginResults.clear();
            phases.clear();
            for (int i = 0; i < options.rounds(); i++) {
                bareResults.add(shape.run(bare, database, options.warmup(), options.measured()));
                pluginResults.add(shape.run(plugin, database, options.warmup(), options.measured()));
                archived += pluginResults.get(i).sent();
                fsyncs.addAll(FsyncProbe.run(plugin.home()));
                phases.add(phase(shape, "bare", bareResults.get(i)));
                phases.add(phase(shape, "plugin", pluginResults.get(i)));
            }
        }

        private Map<String, Object> phase(LoadPhase shape, String variant, LoadPhase.Result result) {
            Map<String, Object> phase = new LinkedHashMap<>();
            phase.put("database", plugin.options().database().name());
            phase.put("variant", variant);
            phase.put("pairs", shape.pairs());
            phase.put("window", shape.window());
            phase.put("perSecond", result.perSecond());
            phase.put("serverCpuMicros", result.serverCpu());
            phase.put("databaseCpuMicros", result.databaseCpu());
            phase.put("othersCores", result.othersCores());
            phase.put("latencyMedianMicros", result.latencies().medianMicros());
            phase.put("latency99Micros", result.latencies().percentileMicros(99));
            return phase;
        }

        Map<String, Object> row(LoadPhase shape) {
            double fsync = fsyncs.medianMicros();
            double addedLatency = plugin(r -> r.latencies().medianMicros())
                    - bare(r -> r.latencies().medianMicros());
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("database", plugin.options().database().name());
            row.put("pairs × window", shape.pairs() + " × " + shape.window());
            row.put("bare msg/s", bare(LoadPhase.Result::perSecond));
            row.put("plugin msg/s", plugin(LoadPhase.Result::perSecond));
            row.put("**ratio**", plugin(LoadPhase.Result::perSecond) / bare(LoadPhase.Result::perSecond));
            row.put("bare CPU µs", cpu(this::bare));
            row.put("plugin CPU µs", cpu(this::plugin));
            row.put("**added CPU µs**", plugin(LoadPhase.Result::cpu) - bare(LoadPhase.Result::cpu));
            row.put("bare latency µs", latency(this::bare));
            row.put("plugin latency µs", latency(this::plugin));
            row.put("added latency µs", addedLatency);
            row.put("fsync µs", fsync);
            row.put("**added / fsync**", addedLatency / fsync);
            row.put("others, cores", others());
            return row;
        }

        private double bare(ToDoubleFunction<LoadPhase.Result> figure) {
            return Samples.median(bareResults.stream().mapToDouble(figure).toArray());
        }

        private double plugin(ToDoubleFunction<LoadPhase.Result> figure) {
            return Samples.median(pluginResults.stream().mapToDouble(figure).toArray());
        }

        private double others() {
            return Math.max(bare(LoadPhase.Result::othersCores), plugin(LoadPhase.Result::othersCores));
        }

        private static String cpu(ToDoubleFunction<ToDoubleFunction<LoadPhase.Result>> variant) {
            return Report.cell(variant.applyAsDouble(LoadPhase.Result::cpu)) + " ("
                    + Report.cell(variant.applyAsDouble(LoadPhase.Result::databaseCpu)) + ")";
        }

        private static String latency(ToDoubleFunction<ToDoubleFunction<LoadPhase.Result>> variant) {
            return Report.cell(variant.applyAsDouble(r -> r.latencies().medianMicros())) + " / "
                    + Report.cell(variant.applyAsDouble(r -> r.latencies().percentileMicros(99)));
        }

        /** What was delivered without being archived would make the plugin look fast. */
        void requireEverythingArchived() throws IOException {
            long stored = 0;
            for (int i = 1; i <= options.pairs(); i++) {
                stored += ArchiveCount.of(plugin, Pair.account(i, 'b'));
            }
            if (stored != archived) {
                throw new IOException(archived + " messages were sent, " + stored + " are in the archive");
            }
        }
    }
}
