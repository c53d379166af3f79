package org.igniterealtime.openfire.plugin.unifiedrouting.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.igniterealtime.openfire.testserver.OpenfireServer;
import org.igniterealtime.openfire.testserver.TestDatabase;

/**
 * A client that fetches a whole archive of 20,000 messages forwards, 50 at a time, asking for the next page when it has one.
 * Budget: 4 s. The archive is filled through the wire.
 */
final class PageThrough implements Benchmark {

    private static final int MESSAGES = 20_000;
    private static final int PAGE = 50;
    private static final int WINDOW = 50;
    private static final String ID_PREFIX = "bench-page-";
    private static final Pattern MESSAGE_ID = Pattern.compile("<message [^>]*\\bid=[\"'](" + ID_PREFIX + "\\d+)");
    private static final Pattern MID = Pattern.compile("<result [^>]*\\bid=[\"']([^\"']+)");

    @Override
    public Report run(BenchOptions options) throws Exception {
        Report report = new Report("Paging through " + MESSAGES + " archived messages by " + PAGE + " over the wire");
        for (TestDatabase database : options.databases()) {
            try (BenchServer server = BenchServer.withPlugin(database, 1)) {
                try (Pair pair = new Pair(server.openfire(), 1, WINDOW, ID_PREFIX)) {
                    pair.exchange(MESSAGES);
                }
                report.row(row(database, server.openfire(), options.rounds()));
            }
        }
        report.note(
                "Filled through the wire, by one client that chats with another one. Every message came exactly once in"
                        + " each pass, and every archive id was another one.");
        return report;
    }

    private static Map<String, Object> row(TestDatabase database, OpenfireServer server, int passes)
            throws IOException {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("database", database.name());
        double[] later = new double[Math.max(1, passes - 1)];
        Samples pages = new Samples();
        for (int pass = 0; pass <= later.length; pass++) {
            try (LightClient client = LightClient.login(server, Pair.account(1, 'b'))) {
                long start = System.nanoTime();
                List<String> answers = fetch(client, pages);
                double seconds = (System.nanoTime() - start) / 1e9;
                requireEachOnce(answers);
                if (pass == 0) {
                    row.put("first pass, s", seconds);
                } else {
                    later[pass - 1] = seconds;
                }
            }
        }
        row.put("later passes, s", Samples.median(later));
        row.put("page median, ms", pages.medianMicros() / 1e3);
        row.put("page 99 %, ms", pages.percentileMicros(99) / 1e3);
        return row;
    }

    private static List<String> fetch(LightClient client, Samples pages) throws IOException {
        List<String> answers = new ArrayList<>();
        String after = "";
        boolean complete = false;
        while (!complete) {
            long start = System.nanoTime();
            String answer = client.exchange(
                    "<iq type='set' id='q" + answers.size() + "'><query xmlns='urn:xmpp:mam:2'>"
                            + "<set xmlns='http://jabber.org/protocol/rsm'><max>" + PAGE + "</max>" + after
                            + "</set></query></iq>",
                    "</iq>");
            pages.add(System.nanoTime() - start);
            answers.add(answer);
            complete = answer.contains("complete=");
            if (!complete) {
                after = "<after>" + between(answer, "<last>", "</last>") + "</after>";
            }
        }
        return answers;
    }

    private static String between(String text, String begin, String end) throws IOException {
        int from = text.lastIndexOf(begin);
        int to = text.lastIndexOf(end);
        if (from < 0 || to < from) {
            throw new IOException("No page: " + text);
        }
        return text.substring(from + begin.length(), to);
    }

    private static void requireEachOnce(List<String> answers) throws IOException {
        List<String> ids = all(MESSAGE_ID, answers);
        List<String> mids = all(MID, answers);
        Set<String> different = new HashSet<>(ids);
        if (ids.size() != MESSAGES || different.size() != MESSAGES || new HashSet<>(mids).size() != MESSAGES) {
            throw new IOException(ids.size() + " messages came, " + different.size() + " different ones, with "
                    + new HashSet<>(mids).size() + " different archive ids, instead of " + MESSAGES);
        }
    }

    private static List<String> all(Pattern pattern, List<String> answers) {
        List<String> found = new ArrayList<>();
        for (String answer : answers) {
            Matcher matcher = pattern.matcher(answer);
            while (matcher.find()) {
                found.add(matcher.group(1));
            }
        }
        return found;
    }
}
