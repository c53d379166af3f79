package org.igniterealtime.openfire.plugin.unifiedrouting.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** Two servers of one kind, one of them with the plugin, that take turns under the same load. Not thread-safe. */
final class Contest {

    private final BenchOptions options;
    private final BenchServer bare;
    private final BenchServer plugin;
    private final List<LoadPhase.Result> bareResults = new ArrayList<>();
    private final List<LoadPhase.Result> pluginResults = new ArrayList<>();
    private final List<Map<String, Object>> phases = new ArrayList<>();
    private final Samples fsyncs = new Samples();
    private long archived;

    Contest(BenchOptions options, BenchServer bare, BenchServer plugin) {
        this.options = options;
        this.bare = bare;
        this.plugin = plugin;
    }

    /** The phases of the last {@link #run}, one by one. */
    List<Map<String, Object>> phases() {
        return phases;
    }

    void warmUp(LoadPhase shape) throws IOException, InterruptedException {
        shape.run(bare, options.warmup(), options.warmup());
        archived += shape.run(plugin, options.warmup(), options.warmup()).sent();
    }

    void run(LoadPhase shape) throws IOException, InterruptedException {
        bareResults.clear();
        pluginResults.clear();
        phases.clear();
        for (int i = 0; i < options.rounds(); i++) {
            bareResults.add(shape.run(bare, options.warmup(), options.measured()));
            pluginResults.add(shape.run(plugin, options.warmup(), options.measured()));
            archived += pluginResults.get(i).sent();
            fsyncs.addAll(FsyncProbe.run(plugin.openfire().home()));
            phases.add(phase(shape, "bare", bareResults.get(i)));
            phases.add(phase(shape, "plugin", pluginResults.get(i)));
        }
    }

    private Map<String, Object> phase(LoadPhase shape, String variant, LoadPhase.Result result) {
        Map<String, Object> phase = new LinkedHashMap<>();
        phase.put("database", plugin.database().name());
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

    /** The last {@link #run}, in medians. */
    Map<String, Object> row(LoadPhase shape) {
        double fsync = fsyncs.medianMicros();
        double addedLatency = plugin(r -> r.latencies().medianMicros())
                - bare(r -> r.latencies().medianMicros());
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("database", plugin.database().name());
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
            stored += ArchiveCount.of(plugin.openfire(), Pair.account(i, 'b'));
        }
        if (stored != archived) {
            throw new IOException(archived + " messages were sent, " + stored + " are in the archive");
        }
    }
}
