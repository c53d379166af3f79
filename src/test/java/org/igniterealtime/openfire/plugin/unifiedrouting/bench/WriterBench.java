package org.igniterealtime.openfire.plugin.unifiedrouting.bench;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchiveOutcome;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchiveStore;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchiveWriter;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Direction;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.NewEntry;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.RandomMids;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.WriterLimits;
import org.igniterealtime.openfire.testserver.TestDatabase;
import org.xmpp.packet.JID;

/**
 * What group commit is worth: messages per second that many threads get into the archives, each waiting for its own to be
 * committed, beside a writer that commits each message by itself. Budget: 5 times as many with 64 senders on PostgreSQL.
 */
final class WriterBench implements Benchmark {

    private static final int[] SENDERS = {1, 8, 64};

    private final RandomMids mids = new RandomMids(new SecureRandom());

    @Override
    public Report run(BenchOptions options) throws Exception {
        Report report = new Report("Archive writer, durable commits, two entries for each message");
        for (TestDatabase kind : options.databases()) {
            try (BenchDatabase database = BenchDatabase.create(kind)) {
                ArchiveStore store = database.store();
                committed(store, SENDERS[1], WriterLimits.defaults(), options.warmup());
                for (int senders : SENDERS) {
                    report.row(row(kind, store, senders, options));
                }
            }
        }
        report.note(
                "Median of " + options.rounds() + " rounds of "
                        + options.measured().toSeconds()
                        + " s in turn, both on the same growing tables; one by one: the same writer with batches of one message.");
        return report;
    }

    private Map<String, Object> row(TestDatabase kind, ArchiveStore store, int senders, BenchOptions options)
            throws InterruptedException, ExecutionException {
        double[] groups = new double[options.rounds()];
        double[] sizes = new double[options.rounds()];
        double[] singles = new double[options.rounds()];
        for (int i = 0; i < options.rounds(); i++) {
            Committed group = committed(store, senders, WriterLimits.defaults(), options.measured());
            groups[i] = group.perSecond();
            sizes[i] = group.perCommit();
            singles[i] =
                    committed(store, senders, oneByOne(), options.measured()).perSecond();
        }
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("database", kind.name());
        row.put("senders", senders);
        row.put("group commit, msg/s", Samples.median(groups));
        row.put("messages in a commit", Samples.median(sizes));
        row.put("one by one, msg/s", Samples.median(singles));
        row.put("**ratio**", Samples.median(groups) / Samples.median(singles));
        return row;
    }

    private static WriterLimits oneByOne() {
        WriterLimits limits = WriterLimits.defaults();
        return new WriterLimits(
                limits.queue(),
                limits.queueCharacters(),
                1,
                limits.batchCharacters(),
                limits.patience(),
                limits.probeInterval());
    }

    /**
     * How it went.
     *
     * @param perSecond messages per second
     * @param perCommit messages in one commit, on average
     */
    private record Committed(double perSecond, double perCommit) {}

    private Committed committed(ArchiveStore store, int senders, WriterLimits limits, Duration span)
            throws InterruptedException, ExecutionException {
        LongAdder commits = new LongAdder();
        ExecutorService threads = Executors.newFixedThreadPool(senders);
        try (ArchiveWriter writer = new ArchiveWriter(store, messages -> commits.increment(), limits)) {
            writer.start();
            AtomicBoolean ended = new AtomicBoolean();
            LongAdder stored = new LongAdder();
            List<Future<?>> running = new ArrayList<>();
            long start = System.nanoTime();
            for (int i = 0; i < senders; i++) {
                Sender sender = new Sender(writer, i);
                running.add(threads.submit(() -> {
                    while (!ended.get()) {
                        sender.send();
                        stored.increment();
                    }
                }));
            }
            TimeUnit.NANOSECONDS.sleep(span.toNanos());
            double seconds = (System.nanoTime() - start) / 1e9;
            Committed result = new Committed(stored.sum() / seconds, (double) stored.sum() / commits.sum());
            ended.set(true);
            for (Future<?> one : running) {
                one.get();
            }
            return result;
        } finally {
            threads.shutdownNow();
        }
    }

    /** What an Openfire thread does for one session: message after message, each for the sender and the recipient. */
    private final class Sender {

        private final ArchiveWriter writer;
        private final JID from;
        private final JID to;
        private final ChatStanzas stanzas;
        private final byte[] stanza;

        Sender(ArchiveWriter writer, int number) {
            this.writer = writer;
            from = new JID("sender" + number, "example.org", "phone");
            to = new JID("recipient" + number, "example.org", null);
            stanzas = new ChatStanzas(to.toString(), "bench-" + number + '-');
            stanza = new byte[stanzas.length()];
        }

        void send() {
            stanzas.put(stanza);
            String text = new String(stanza, StandardCharsets.US_ASCII);
            Instant now = Instant.now();
            ArchiveOutcome outcome = writer.archive(List.of(
                    new NewEntry(to.getNode(), mids.get(), Direction.RECEIVED, from, now, text),
                    new NewEntry(from.getNode(), mids.get(), Direction.SENT, to, now, text)));
            if (outcome instanceof ArchiveOutcome.Failed failed) {
                throw failed.reason();
            }
        }
    }
}
