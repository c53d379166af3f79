package org.igniterealtime.openfire.plugin.unifiedrouting.bench;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.igniterealtime.openfire.plugin.unifiedrouting.crash.CrashLoad;
import org.igniterealtime.openfire.testserver.ServerOptions;
import org.igniterealtime.openfire.testserver.TestDatabase;

/** Twenty kills under load. Nothing that was acknowledged may be missing, and nothing may be there twice. */
final class CrashRounds implements Benchmark {

    private static final int ROUNDS = Integer.getInteger("crash.load.rounds", 20);

    @Override
    public Report run(BenchOptions options) throws Exception {
        Report report = new Report("The server killed (SIGKILL) under load");
        for (TestDatabase database : options.databases()) {
            ServerOptions server = CrashLoad.options(ServerOptions.defaults().withDatabase(database));
            try (BenchServer running = BenchServer.start(server)) {
                CrashLoad.Result result = new CrashLoad(running.openfire(), CrashLoad.seed()).run(ROUNDS);
                System.out.println(database + ": " + result);
                report.row(row(database, result));
                if (!result.problems().isEmpty()) {
                    throw new IOException(result + "\n" + String.join("\n", result.problems()));
                }
            }
        }
        report.note("Four senders with windows of 1 to 60, which ask for an acknowledgement after every other message;"
                + " four recipients, two of them online. After each kill the senders send again what was not"
                + " acknowledged; at the end each message is in both archives exactly once.");
        return report;
    }

    private static Map<String, Object> row(TestDatabase database, CrashLoad.Result result) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("database", database.name());
        row.put("seed", result.seed());
        row.put("kills", result.rounds());
        row.put("sent", result.sent());
        row.put("acknowledged", result.acknowledged());
        row.put("under way at kills", result.unacknowledgedAtKills());
        row.put("**acknowledged, missing**", result.missing());
        row.put("**duplicates**", result.duplicates());
        return row;
    }
}
