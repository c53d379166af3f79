package org.igniterealtime.openfire.plugin.unifiedrouting.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.igniterealtime.openfire.testserver.TestDatabase;

/** Where the server's time goes under live load with the plugin: one JFR recording for each database. */
final class LiveProfile implements Benchmark {

    private static final int WINDOW = 50;
    private static final int ROWS = 20;

    @Override
    public Report run(BenchOptions options) throws Exception {
        Report report =
                new Report("Profile of the server under live load, " + options.pairs() + " pairs, window " + WINDOW);
        for (TestDatabase database : options.databases()) {
            profile(database, options, report);
        }
        report.note("self: the innermost method; inclusive: methods of the plugin and of the JDBC driver, with all that"
                + " they call; native: inside of native code, waiting or not. Shares of all samples of that kind.");
        return report;
    }

    private static void profile(TestDatabase database, BenchOptions options, Report report)
            throws IOException, InterruptedException {
        Path recording = Files.createDirectories(BenchOptions.outputDirectory())
                .resolve(database + ".jfr")
                .toAbsolutePath();
        String jfr = "-XX:StartFlightRecording=settings=profile,dumponexit=true,filename=" + recording;
        Instant from;
        Instant to;
        LoadPhase.Result result;
        try (BenchServer server = BenchServer.start(BenchServer.pluginOptions(database, options.pairs())
                .withJvmOption(jfr)
                .withJvmOption("-Xlog:jfr*=off"))) {
            LoadPhase load = new LoadPhase(options.pairs(), WINDOW);
            load.run(server, options.warmup(), options.warmup());
            from = Instant.now();
            result = load.run(server, Duration.ofSeconds(1), options.measured());
            to = Instant.now();
        }
        report.note(database + ": " + Report.cell(result.perSecond()) + " messages/s, "
                + Report.cell(result.serverCpu()) + " µs of server CPU each, " + Report.cell(result.databaseCpu())
                + " µs of the database's processes; recording in " + recording.getFileName());
        for (Map<String, Object> frame : HotFrames.read(recording, from, to).rows(ROWS)) {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("database", database.name());
            row.putAll(frame);
            report.row(row);
        }
    }
}
