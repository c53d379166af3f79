package org.igniterealtime.openfire.plugin.unifiedrouting.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import org.igniterealtime.openfire.testserver.OpenfireServer;
import org.igniterealtime.openfire.testserver.ServerOptions;
import org.igniterealtime.openfire.testserver.TestDatabase;
import org.igniterealtime.openfire.testserver.boot.PooledConnectionProvider;
import org.igniterealtime.openfire.testserver.boot.StatementsMBean;

/**
 * 10,000 messages from four senders for somebody who is offline, and then their delivery to one plain client: with the
 * plugin, and with Openfire's own store on the same kind of server without it, in turn; on HSQLDB also with one that is as
 * durable as the plugin's. Budgets: storing at least as fast as
 * Openfire; the first message within 100 ms of the presence, the last one not later than Openfire's, none out of order.
 */
final class OfflineMessages implements Benchmark {

    private static final int MESSAGES = Integer.getInteger("bench.offline", 10_000);
    private static final int SENDERS = 4;
    private static final double MIB = 1 << 20;

    /** Longer than the plugin takes to write down what was delivered. */
    private static final long SETTLE_SECONDS = 5;

    /**
     * One time of storing and delivering.
     *
     * @param perSecond messages stored and acknowledged
     * @param statements executed from presence on; empty where they were not counted
     * @param peakMiB heap at most, garbage included, above what was in use before
     * @param afterMiB heap in use after it, above what was in use before, the client still connected
     */
    private record Run(
            double perSecond,
            OfflineReceiver.Delivery delivery,
            Optional<Long> statements,
            Optional<Long> rows,
            Optional<Long> storingStatements,
            double peakMiB,
            double afterMiB) {}

    @Override
    public Report run(BenchOptions options) throws Exception {
        Report report = new Report(MESSAGES + " messages for somebody who is offline");
        for (TestDatabase database : options.databases()) {
            ServerOptions server = serverOptions(database, options.rounds());
            ServerOptions bare = server.withPluginJar(Optional.empty());
            compare(report, database, "Openfire's own store", bare, server, options.rounds());
            if (database == TestDatabase.HSQLDB) {
                compare(
                        report,
                        database,
                        "Openfire's own store, durable",
                        bare.withJvmOption("-D" + PooledConnectionProvider.DURABLE + "=true"),
                        server,
                        options.rounds());
            }
        }
        report.note("Medians of " + options.rounds()
                + " rounds, the first of which warms up as well; statements and rows"
                + " by one more round, from the presence until " + SETTLE_SECONDS + " s after the last message. Heap:"
                + " above what was in use before. Stored: acknowledged (XEP-0198), " + SENDERS
                + " senders with a window of 100. The plugin's store is durable; on HSQLDB Openfire's own loses up to"
                + " 500 ms in a crash, unless HSQLDB is told to sync each commit (durable).");
        return report;
    }

    private static void compare(
            Report report, TestDatabase database, String variant, ServerOptions without, ServerOptions with, int rounds)
            throws IOException, InterruptedException {
        try (BenchServer bare = BenchServer.start(without);
                BenchServer plugin = BenchServer.start(with)) {
            List<Run> bareRuns = new ArrayList<>();
            List<Run> pluginRuns = new ArrayList<>();
            for (int round = 0; round <= rounds; round++) {
                boolean counted = round == rounds;
                bareRuns.add(run(bare.openfire(), round, counted));
                pluginRuns.add(run(plugin.openfire(), round, counted));
            }
            report.row(row(database, variant, bareRuns));
            report.row(row(database, "plugin", pluginRuns));
            report.note(database + ", plugin beside " + variant + ": storing "
                    + ratio(bareRuns, pluginRuns, Run::perSecond) + " times as many messages/s (floor 1.0), last"
                    + " message after " + ratio(bareRuns, pluginRuns, run -> run.delivery.lastMillis())
                    + " times the time (floor 1.0), first after "
                    + Report.cell(median(pluginRuns, run -> run.delivery.firstMillis())) + " ms (floor 100 ms), "
                    + outOfOrder(pluginRuns) + " out of order (floor 0)");
        }
    }

    private static ServerOptions serverOptions(TestDatabase database, int rounds) {
        ServerOptions options = BenchServer.pluginOptions(database, SENDERS)
                .withProperty("plugin.unifiedrouting.offline.pair-limit", "0")
                .withProperty("xmpp.offline.type", "store")
                .withProperty("xmpp.offline.quota", "1000000000");
        for (int round = 0; round <= rounds; round++) {
            options = options.withAccount(account(round), ServerOptions.PASSWORD);
        }
        return options;
    }

    private static String account(int round) {
        return "away" + round;
    }

    private static Run run(OpenfireServer server, int round, boolean counted) throws IOException, InterruptedException {
        try (RemoteJvm jvm = RemoteJvm.of(server.process())) {
            Optional<StatementsMBean> statements = counted ? jvm.statements() : Optional.empty();
            statements.ifPresent(counter -> counter.setCounting(true));
            Optional<Long> before = statements.map(StatementsMBean::getStatements);
            double perSecond = store(server, round);
            Optional<Long> stored = statements.map(StatementsMBean::getStatements);
            try (OfflineReceiver receiver = new OfflineReceiver(server, account(round))) {
                long heap = jvm.liveHeap();
                jvm.resetPeak();
                Optional<Long> statementsBefore = statements.map(StatementsMBean::getStatements);
                Optional<Long> rowsBefore = statements.map(StatementsMBean::getRows);
                OfflineReceiver.Delivery delivery = receiver.receive(MESSAGES);
                long peak = jvm.peakHeap();
                TimeUnit.SECONDS.sleep(SETTLE_SECONDS);
                Run run = new Run(
                        perSecond,
                        delivery,
                        statements.map(counter -> counter.getStatements() - statementsBefore.orElseThrow()),
                        statements.map(counter -> counter.getRows() - rowsBefore.orElseThrow()),
                        stored.map(count -> count - before.orElseThrow()),
                        (peak - heap) / MIB,
                        (jvm.liveHeap() - heap) / MIB);
                statements.ifPresent(counter -> counter.setCounting(false));
                return run;
            }
        }
    }

    private static double store(OpenfireServer server, int round) throws IOException {
        List<OfflineSender> senders = new ArrayList<>();
        try {
            for (int i = 1; i <= SENDERS; i++) {
                senders.add(new OfflineSender(server, Pair.account(i, 'a')));
            }
            long start = System.nanoTime();
            List<CompletableFuture<Void>> sending = new ArrayList<>();
            for (int i = 0; i < SENDERS; i++) {
                OfflineSender sender = senders.get(i);
                ChatStanzas stanzas =
                        new ChatStanzas(account(round) + '@' + server.domain(), "off-" + round + '-' + i + '-');
                sending.add(CompletableFuture.runAsync(() -> send(sender, stanzas), OfflineMessages::inThread));
            }
            sending.forEach(CompletableFuture::join);
            return MESSAGES / ((System.nanoTime() - start) / 1e9);
        } catch (CompletionException e) {
            throw new IOException(e.getCause());
        } finally {
            for (OfflineSender sender : senders) {
                sender.close();
            }
        }
    }

    private static void inThread(Runnable task) {
        Thread thread = new Thread(task, "bench-offline-sender");
        thread.setDaemon(true);
        thread.start();
    }

    private static void send(OfflineSender sender, ChatStanzas stanzas) {
        try {
            sender.send(stanzas, MESSAGES / SENDERS);
        } catch (IOException e) {
            throw new CompletionException(e);
        }
    }

    private static Map<String, Object> row(TestDatabase database, String variant, List<Run> runs) {
        Run counted = runs.get(runs.size() - 1);
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("database", database.name());
        row.put("store", variant);
        row.put("stored/s", median(runs, Run::perSecond));
        row.put("first, ms", median(runs, run -> run.delivery.firstMillis()));
        row.put("last, ms", median(runs, run -> run.delivery.lastMillis()));
        row.put("out of order", outOfOrder(runs));
        row.put("statements to store", figure(counted.storingStatements));
        row.put("statements to deliver", figure(counted.statements));
        row.put("rows read to deliver", figure(counted.rows));
        row.put("peak heap, MiB", median(runs, Run::peakMiB));
        row.put("heap after, MiB", median(runs, Run::afterMiB));
        return row;
    }

    private static Object figure(Optional<Long> count) {
        return count.<Object>map(number -> number).orElse("not counted");
    }

    /** Without the round in which statements were counted. */
    private static double median(List<Run> runs, ToDoubleFunction<Run> figure) {
        return Samples.median(
                runs.stream().limit(runs.size() - 1).mapToDouble(figure).toArray());
    }

    private static int outOfOrder(List<Run> runs) {
        return runs.stream().mapToInt(run -> run.delivery.outOfOrder()).max().orElseThrow();
    }

    private static String ratio(List<Run> bare, List<Run> plugin, ToDoubleFunction<Run> figure) {
        return Report.cell(median(plugin, figure) / median(bare, figure));
    }
}
