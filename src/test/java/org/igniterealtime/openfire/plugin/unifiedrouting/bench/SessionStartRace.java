package org.igniterealtime.openfire.plugin.unifiedrouting.bench;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.igniterealtime.openfire.plugin.unifiedrouting.convergence.SessionStarts;
import org.igniterealtime.openfire.testserver.ServerOptions;
import org.igniterealtime.openfire.testserver.TestDatabase;

/** 1,000 session starts while messages pour in; see docs/development.md. */
final class SessionStartRace implements Benchmark {

    private static final int STARTS = 1_000;

    @Override
    public Report run(BenchOptions options) throws Exception {
        Report report = new Report("Session starts while messages pour in");
        for (TestDatabase database : options.databases()) {
            SessionStarts starts = SessionStarts.fromSystemProperties(STARTS);
            System.out.println(database + ": seed " + starts.seed());
            try (BenchServer server = BenchServer.start(
                    starts.withAccounts(ServerOptions.defaults().withDatabase(database)))) {
                SessionStarts.Result result = starts.play(server.openfire());
                System.out.println(database + ": " + result);
                report.row(row(database, result));
                if (!result.problems().isEmpty() || result.unarchived() > 0 || result.starts() < starts.count()) {
                    server.keepLog("starts-" + database);
                    throw new IOException(result + "\n" + String.join("\n", result.problems()));
                }
            }
        }
        report.note(
                "A quarter of the starts each: subscribe behind the last known entry; the same in pages; subscribe in"
                        + " the session request; routing-ng, messages of its own, and a query. Four at a time, of four accounts, three senders.");
        return report;
    }

    private static Map<String, Object> row(TestDatabase database, SessionStarts.Result result) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("database", database.name());
        row.put("seed", result.seed());
        row.put("session starts", result.starts());
        row.put("messages", result.messages());
        row.put("**missing**", result.missing());
        row.put("**duplicated**", result.duplicated());
        row.put("**misplaced**", result.misplaced());
        row.put("in no archive", result.unarchived());
        row.put("seconds", result.seconds());
        return row;
    }
}
