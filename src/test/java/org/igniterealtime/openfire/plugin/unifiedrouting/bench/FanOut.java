package org.igniterealtime.openfire.plugin.unifiedrouting.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.igniterealtime.openfire.testserver.ServerOptions;
import org.igniterealtime.openfire.testserver.TestDatabase;

/**
 * One account with some subscribed sessions, and one sender with a window: the next message goes out when the slowest
 * session has been told of the one that is a window earlier.
 */
final class FanOut implements Benchmark {

    private static final List<Integer> SESSIONS = List.of(1, 10, 100);
    private static final int WINDOW = 50;
    private static final int WARM_UP_SECONDS = 3;
    private static final int MOST_SECONDS = 5;
    private static final int MOST_MESSAGES = 100_000;
    private static final long STALLED_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final String RECIPIENT = "crowd";
    private static final String SENDER = "speaker";

    @Override
    public Report run(BenchOptions options) throws Exception {
        Report report = new Report("Fan-out to subscribed sessions of one account");
        for (TestDatabase database : options.databases()) {
            ServerOptions server = CommitLog.switchedOn(ServerOptions.defaults())
                    .withDatabase(database)
                    .withProperty("plugin.unifiedrouting.offline.pair-limit", "0")
                    .withAccount(RECIPIENT, ServerOptions.PASSWORD)
                    .withAccount(SENDER, ServerOptions.PASSWORD);
            try (BenchServer running = BenchServer.start(server)) {
                long seconds = Math.min(MOST_SECONDS, options.measured().toSeconds());
                measure(running, 10, WARM_UP_SECONDS);
                for (int sessions : SESSIONS) {
                    report.row(row(database, sessions, measure(running, sessions, seconds)));
                }
            }
        }
        report.note("Window " + WINDOW + ": so many messages are under way at most, until every session was notified.");
        report.note("From write: from the sender's write to a session's read. From commit: from the moment in which the"
                + " archive writer had committed the entry, by the machine's clock, to a session's read of its"
                + " notification. The server writes a line of log for each commit.");
        report.note(
                "Every session was notified of every message; all sessions and the sender share the machine with the"
                        + " server.");
        return report;
    }

    private record Result(int messages, double seconds, Samples fromWrite, Samples fromCommit) {}

    private static Result measure(BenchServer running, int sessions, long seconds)
            throws IOException, InterruptedException {
        List<Subscriber> subscribers = new ArrayList<>();
        try (LightClient sender = LightClient.login(running.openfire(), SENDER)) {
            for (int i = 0; i < sessions; i++) {
                subscribers.add(new Subscriber(running.openfire(), RECIPIENT, MOST_MESSAGES, i == 0));
            }
            CommitLog commits = new CommitLog(running.openfire());
            ChatStanzas stanzas =
                    new ChatStanzas(RECIPIENT + "@" + running.openfire().domain(), "fan");
            byte[] stanza = new byte[stanzas.length()];
            long[] sentAt = new long[MOST_MESSAGES];
            long start = System.nanoTime();
            long end = start + TimeUnit.SECONDS.toNanos(seconds);
            int sent = 0;
            while (sent < MOST_MESSAGES && System.nanoTime() < end) {
                await(subscribers, sent - WINDOW + 1);
                stanzas.put(stanza);
                sentAt[sent++] = CommitLog.now();
                sender.write(stanza);
            }
            await(subscribers, sent);
            double taken = (System.nanoTime() - start) / 1e9;
            return result(subscribers, sentAt, committedAt(commits, subscribers.get(0), sent), taken);
        } finally {
            for (Subscriber subscriber : subscribers) {
                subscriber.close();
            }
        }
    }

    private static void await(List<Subscriber> subscribers, int messages) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + STALLED_NANOS;
        for (Subscriber subscriber : subscribers) {
            while (subscriber.arrived() < messages) {
                subscriber.requireAlive();
                if (System.nanoTime() > deadline) {
                    throw new IOException("A session was told of " + subscriber.arrived() + " messages of " + messages);
                }
                TimeUnit.MICROSECONDS.sleep(100);
            }
        }
    }

    /** When the entry of each message was committed, by the ids that a session was notified of. */
    private static long[] committedAt(CommitLog log, Subscriber subscriber, int sent)
            throws IOException, InterruptedException {
        List<String> mids = IntStream.range(0, sent).mapToObj(subscriber::mid).toList();
        Map<String, Long> commits = log.commits(mids);
        return mids.stream().mapToLong(commits::get).toArray();
    }

    private static Result result(List<Subscriber> subscribers, long[] sentAt, long[] committedAt, double seconds)
            throws IOException {
        Samples fromWrite = new Samples();
        Samples fromCommit = new Samples();
        for (int i = 0; i < committedAt.length; i++) {
            for (Subscriber subscriber : subscribers) {
                long arrival = subscriber.arrival(i);
                if (arrival < committedAt[i] || committedAt[i] < sentAt[i]) {
                    throw new IOException("Message " + i + " was sent at " + sentAt[i] + ", committed at "
                            + committedAt[i] + " and notified at " + arrival + ": was the clock set?");
                }
                fromWrite.add(TimeUnit.MICROSECONDS.toNanos(arrival - sentAt[i]));
                fromCommit.add(TimeUnit.MICROSECONDS.toNanos(arrival - committedAt[i]));
            }
        }
        return new Result(committedAt.length, seconds, fromWrite, fromCommit);
    }

    private static Map<String, Object> row(TestDatabase database, int sessions, Result result) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("database", database.name());
        row.put("sessions", sessions);
        row.put("messages/s", result.messages() / result.seconds());
        row.put("**notifications/s**", result.messages() * (double) sessions / result.seconds());
        row.put("from write, p50 µs", result.fromWrite().medianMicros());
        row.put("p99 µs", result.fromWrite().percentileMicros(99));
        row.put("from commit, p50 µs", result.fromCommit().medianMicros());
        row.put("**p99 µs**", result.fromCommit().percentileMicros(99));
        return row;
    }
}
