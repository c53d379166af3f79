package org.igniterealtime.openfire.plugin.unifiedrouting.convergence;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.igniterealtime.openfire.testclient.MamQuery;
import org.igniterealtime.openfire.testclient.MamResult;
import org.igniterealtime.openfire.testclient.RawClient;
import org.igniterealtime.openfire.testserver.OpenfireServer;
import org.igniterealtime.openfire.testserver.ServerOptions;

/**
 * The race between the start of a session and the archive: sessions of a few accounts are opened all the time, as many of
 * each {@link StartKind} at once as there are kinds, while messages to these accounts pour in. In the end what each session
 * was told is compared with the archive.
 *
 * @param count how many starts, a quarter of each kind
 * @param seed what the clients do is given by it; how that meets is up to the machine
 */
public record SessionStarts(int count, long seed) {

    private static final int ACCOUNTS = 4;
    private static final int SENDERS = 3;
    private static final int MOST_SECONDS = 300;
    private static final int BEFORE = 20;
    private static final String ACCOUNT = "starter";
    private static final String SENDER = "pourer";

    /**
     * What came of it.
     *
     * @param seed by which it can be played again
     * @param starts sessions that were opened, brought up to date, and left
     * @param messages that entered the archives meanwhile
     * @param missing entries that a session should have been told of and was not
     * @param duplicated entries that a session was told of twice
     * @param misplaced entries that came too late or too early, or are in no archive though a history has them
     * @param unarchived messages that came live under an id that the archive lacks
     * @param problems one for each session that any of these belong to
     */
    public record Result(
            long seed,
            int starts,
            int messages,
            int missing,
            int duplicated,
            int misplaced,
            int unarchived,
            double seconds,
            List<String> problems) {

        @Override
        public String toString() {
            return String.format(
                    "seed %d: %d session starts, %d messages, %.1f s: missing = %d, duplicated = %d, misplaced = %d,"
                            + " in no archive = %d",
                    seed, starts, messages, seconds, missing, duplicated, misplaced, unarchived);
        }
    }

    /** {@code -Dstarts=}, or what is given here, and {@code -Dstarts.seed=}, or another one each time. */
    public static SessionStarts fromSystemProperties(int count) {
        return new SessionStarts(
                Integer.getInteger("starts", count), Long.getLong("starts.seed", System.currentTimeMillis()));
    }

    /** The options with the accounts that are needed. */
    public ServerOptions withAccounts(ServerOptions options) {
        // Nobody has used these archives before, so that they are limited to what they hold undelivered.
        ServerOptions result = options.withProperty("plugin.unifiedrouting.offline.pair-limit", "0");
        for (String user : accounts()) {
            result = result.withAccount(user, ServerOptions.PASSWORD);
        }
        for (int i = 0; i < SENDERS; i++) {
            result = result.withAccount(SENDER + i, ServerOptions.PASSWORD);
        }
        return result;
    }

    private static List<String> accounts() {
        return IntStream.range(0, ACCOUNTS).mapToObj(i -> ACCOUNT + i).toList();
    }

    public Result play(OpenfireServer server) throws InterruptedException {
        List<StartRecord> records = Collections.synchronizedList(new ArrayList<>());
        AtomicBoolean over = new AtomicBoolean();
        StartKind[] kinds = StartKind.values();
        ExecutorService threads = Executors.newFixedThreadPool(SENDERS + kinds.length);
        long begin;
        try {
            List<Future<Void>> senders = new ArrayList<>();
            pour(server, 0, "first", () -> false);
            for (int i = 0; i < SENDERS; i++) {
                int number = i;
                senders.add(threads.submit(() -> pour(server, number, "desk", () -> !over.get())));
            }
            begin = System.nanoTime();
            List<Callable<Void>> starts = new ArrayList<>();
            for (StartKind kind : kinds) {
                starts.add(() -> start(server, kind, new Random(seed * 31 + kind.ordinal()), records));
            }
            List<Future<Void>> started = starts.stream().map(threads::submit).toList();
            try {
                for (Future<Void> one : started) {
                    one.get();
                }
            } finally {
                over.set(true);
            }
            for (Future<Void> sender : senders) {
                sender.get();
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        } finally {
            over.set(true);
            threads.shutdownNow();
        }
        double seconds = (System.nanoTime() - begin) / 1e9;
        return compare(server, records, seconds);
    }

    private Void start(OpenfireServer server, StartKind kind, Random random, List<StartRecord> records) {
        List<SessionStart> clients = accounts().stream()
                .map(user -> new SessionStart(server, user, kind, accounts(), random))
                .toList();
        int share = count / StartKind.values().length;
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(MOST_SECONDS);
        for (int i = 0; i < share && System.nanoTime() < end; i++) {
            records.add(clients.get(random.nextInt(clients.size())).play());
        }
        return null;
    }

    /**
     * To all accounts in turn, as fast as the server acknowledges: no faster than somebody can catch up page by page.
     *
     * @param resource another one each time: when a session ends, Openfire 4.2 removes the route of whoever has its address by then
     */
    private static Void pour(OpenfireServer server, int number, String resource, BooleanSupplier more) {
        RawClient client = RawClient.connect("127.0.0.1", server.xmppPort(), server.domain());
        try {
            client.login(SENDER + number, ServerOptions.PASSWORD, resource).enableStreamManagement(false);
            for (int i = 0; i < BEFORE || more.getAsBoolean(); i++) {
                for (String user : accounts()) {
                    client.send("<message to='" + user + "@" + server.domain() + "' type='chat'><body>" + number + "-"
                            + i + "</body></message>");
                }
                client.awaitAcked();
            }
            client.awaitAcked();
            return null;
        } finally {
            client.close();
        }
    }

    private Result compare(OpenfireServer server, List<StartRecord> records, double seconds) {
        Map<String, List<String>> archives = new TreeMap<>();
        for (String user : accounts()) {
            RawClient reader = RawClient.connect("127.0.0.1", server.xmppPort(), server.domain());
            try {
                reader.login(user, ServerOptions.PASSWORD, "reader");
                archives.put(
                        user,
                        MamQuery.by(reader).all(250).stream().map(MamResult::id).toList());
            } finally {
                reader.close();
            }
        }
        StartCheck check = new StartCheck(archives);
        records.forEach(check::check);
        return new Result(
                seed,
                records.size(),
                archives.values().stream().mapToInt(List::size).sum(),
                check.missing(),
                check.duplicated(),
                check.misplaced(),
                check.unarchived(),
                seconds,
                check.problems());
    }
}
