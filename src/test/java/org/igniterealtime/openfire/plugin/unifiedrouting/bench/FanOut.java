package org.igniterealtime.openfire.plugin.unifiedrouting.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
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
            ServerOptions server = ServerOptions.defaults()
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
        report.note(
                "From write: from the sender's write to a session's read. From commit: from the first session's read of"
                        + " a notification to each other session's, because a notification follows the commit; what the first one"
                        + " takes is not in it, so that with one session there is none.");
        report.note(
                "Every session was notified of every message; all sessions and the sender share the machine with the"
                        + " server.");
        return report;
    }

    private record Result(int messages, double seconds, Samples fromWrite, Samples fromFirst) {}

    private static Result measure(BenchServer running, int sessions, long seconds)
            throws IOException, InterruptedException {
        List<Subscriber> subscribers = new ArrayList<>();
        try (LightClient sender = LightClient.login(running.openfire(), SENDER)) {
            for (int i = 0; i < sessions; i++) {
                subscribers.add(new Subscriber(running.openfire(), RECIPIENT, MOST_MESSAGES));
            }
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
                sentAt[sent++] = System.nanoTime();
                sender.write(stanza);
            }
            await(subscribers, sent);
            return result(subscribers, sentAt, sent, (System.nanoTime() - start) / 1e9);
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

    private static Result result(List<Subscriber> subscribers, long[] sentAt, int sent, double seconds) {
        Samples fromWrite = new Samples();
        Samples fromFirst = new Samples();
        for (int i = 0; i < sent; i++) {
            int number = i;
            long first =
                    subscribers.stream().mapToLong(s -> s.arrival(number)).min().orElseThrow();
            for (Subscriber subscriber : subscribers) {
                fromWrite.add(subscriber.arrival(i) - sentAt[i]);
                if (subscriber.arrival(i) != first) {
                    fromFirst.add(subscriber.arrival(i) - first);
                }
            }
        }
        return new Result(sent, seconds, fromWrite, fromFirst);
    }

    private static Map<String, Object> row(TestDatabase database, int sessions, Result result) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("database", database.name());
        row.put("sessions", sessions);
        row.put("messages/s", result.messages() / result.seconds());
        row.put("**notifications/s**", result.messages() * (double) sessions / result.seconds());
        row.put("from write, p50 µs", result.fromWrite().medianMicros());
        row.put("p99 µs", result.fromWrite().percentileMicros(99));
        row.put("from commit, p50 µs", result.fromFirst().medianMicros());
        row.put("**p99 µs**", result.fromFirst().percentileMicros(99));
        return row;
    }
}
