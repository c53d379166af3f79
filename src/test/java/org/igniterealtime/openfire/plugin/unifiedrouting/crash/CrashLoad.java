package org.igniterealtime.openfire.plugin.unifiedrouting.crash;

import static org.igniterealtime.openfire.testclient.Stanzas.plainMessage;
import static org.igniterealtime.openfire.testclient.Stanzas.stanzaId;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.igniterealtime.openfire.testclient.MamQuery;
import org.igniterealtime.openfire.testclient.MamResult;
import org.igniterealtime.openfire.testclient.RawClient;
import org.igniterealtime.openfire.testclient.Received;
import org.igniterealtime.openfire.testserver.OpenfireServer;
import org.igniterealtime.openfire.testserver.ServerOptions;

/**
 * Kills a server under load again and again. Senders with windows of different sizes send to recipients of whom some are
 * online; at a random moment the server is killed and started again; the archives are read; the senders send again what
 * was not acknowledged, and go on. Used by one thread.
 */
public final class CrashLoad {

    private static final List<String> SENDERS = List.of("crasher1", "crasher2", "crasher3", "crasher4");
    private static final String WITH_ACKS = "crashed1";
    private static final String WITHOUT_ACKS = "crashed2";
    private static final List<String> OFFLINE = List.of("crashed3", "crashed4");
    private static final List<String> RECIPIENTS = List.of(WITH_ACKS, WITHOUT_ACKS, "crashed3", "crashed4");

    private static final int MOST_ACKNOWLEDGED = 1_500;
    private static final long LONGEST_LOAD = TimeUnit.SECONDS.toNanos(10);
    private static final int PAGE = 100;
    private static final Duration RETURN_LIMIT = Duration.ofSeconds(60);

    private final OpenfireServer server;
    private final long seed;
    private final Random random;
    private final List<LoadSender> senders = new ArrayList<>();
    private final Map<String, ArchiveSeen> archives = new LinkedHashMap<>();

    /** What online recipients got: id of the recipient's archive by id of the stanza. */
    private final Map<String, String> liveMids = new HashMap<>();

    private int unacknowledgedAtKills;
    private int inOneArchiveOnly;
    private int deliveredAndUnacknowledged;

    /**
     * What came of it.
     *
     * @param sent messages, those sent again not counted twice
     * @param acknowledged of these
     * @param unacknowledgedAtKills messages under way when the server was killed, in all rounds
     * @param deliveredAndUnacknowledged how many of these an online recipient had got
     * @param inOneArchiveOnly how many of these were found in one of their two archives only after the kill
     * @param problems what must not be, empty if all is well
     */
    public record Result(
            long seed,
            int rounds,
            int sent,
            int acknowledged,
            int unacknowledgedAtKills,
            int deliveredAndUnacknowledged,
            int inOneArchiveOnly,
            int missing,
            int duplicates,
            List<String> problems) {

        @Override
        public String toString() {
            return "seed " + seed + ", " + rounds + " kills: " + sent + " messages sent, " + acknowledged
                    + " acknowledged, " + unacknowledgedAtKills + " under way at a kill, of which "
                    + deliveredAndUnacknowledged + " had been delivered and " + inOneArchiveOnly
                    + " were in one archive only; acknowledged and missing: " + missing + "; duplicates: " + duplicates;
        }
    }

    /** @param seed of what is sent and when the server is killed; when that is in the server's own time, nobody knows */
    public CrashLoad(OpenfireServer server, long seed) {
        this.server = server;
        this.seed = seed;
        random = new Random(seed);
        SENDERS.forEach(user -> senders.add(new LoadSender(user, RECIPIENTS, random.nextLong())));
        SENDERS.forEach(user -> archives.put(user, new ArchiveSeen(user)));
        RECIPIENTS.forEach(user -> archives.put(user, new ArchiveSeen(user)));
    }

    /** A seed, from {@code -Dcrash.seed=}, or a new one. */
    public static long seed() {
        return Long.getLong("crash.seed", System.nanoTime() % 1_000_000);
    }

    /** What such a server needs. */
    public static ServerOptions options(ServerOptions options) {
        ServerOptions result = options.withProperty("plugin.unifiedrouting.offline.pair-limit", "0")
                .withProperty("xmpp.offline.quota", "1000000000");
        for (String user : SENDERS) {
            result = result.withAccount(user, ServerOptions.PASSWORD);
        }
        for (String user : RECIPIENTS) {
            result = result.withAccount(user, ServerOptions.PASSWORD);
        }
        return result;
    }

    /** Kills the server that often. It runs when this returns. */
    public Result run(int rounds) {
        Problems problems = new Problems();
        for (int round = 1; round <= rounds; round++) {
            loadAndKill();
            server.startAgain();
            readArchives();
            check(problems, "round " + round);
        }
        resendTheRest();
        readArchives();
        check(problems, "after everything was sent again");
        checkEachInBoth(problems);
        checkFromTheBeginning(problems);
        checkOfflineDelivery(problems);
        int acknowledged = senders.stream().mapToInt(LoadSender::acknowledged).sum();
        int sent = senders.stream().mapToInt(sender -> sender.sent().size()).sum();
        return new Result(
                seed,
                rounds,
                sent,
                acknowledged,
                unacknowledgedAtKills,
                deliveredAndUnacknowledged,
                inOneArchiveOnly,
                problems.missing,
                problems.duplicates,
                problems.texts);
    }

    private static final class Problems {
        final List<String> texts = new ArrayList<>();
        int missing;
        int duplicates;

        void missing(String text) {
            missing++;
            texts.add("MISSING " + text);
        }

        void duplicate(String text) {
            duplicates++;
            texts.add("DUPLICATE " + text);
        }

        void other(String text) {
            texts.add(text);
        }
    }

    private RawClient login(String user, String resource) {
        return RawClient.connect("127.0.0.1", server.xmppPort(), server.domain())
                .login(user, ServerOptions.PASSWORD, resource);
    }

    private void loadAndKill() {
        List<RawClient> online = List.of(
                login(WITH_ACKS, "phone").enableStreamManagement(true).presence(),
                login(WITHOUT_ACKS, "phone").presence());
        connectSenders();
        List<CompletableFuture<Void>> running = senders.stream()
                .map(sender -> CompletableFuture.runAsync(sender::sendUntilKilled, task -> {
                    Thread thread = new Thread(task, "load-" + sender.user);
                    thread.setDaemon(true);
                    thread.start();
                }))
                .toList();
        awaitMomentOfKill(running);
        server.kill();
        running.forEach(CompletableFuture::join);
        for (RawClient client : online) {
            client.awaitEnd();
            client.received().forEach(received -> noteMid(received, client.bareJid()));
            client.close();
        }
        for (LoadSender sender : senders) {
            List<LoadSender.Sent> unacknowledged =
                    sender.sent().subList(sender.acknowledged(), sender.sent().size());
            unacknowledgedAtKills += unacknowledged.size();
            // May have been delivered before it was committed, and then that id is in no archive.
            unacknowledged.forEach(
                    message -> deliveredAndUnacknowledged += liveMids.remove(message.id()) == null ? 0 : 1);
        }
    }

    private void connectSenders() {
        senders.forEach(
                sender -> sender.connected(login(sender.user, "desk").enableStreamManagement(random.nextBoolean())));
    }

    private void noteMid(Received received, String account) {
        if (plainMessage().test(received.element())) {
            liveMids.put(received.element().attributeValue("id"), stanzaId(received.element(), account));
        }
    }

    /** At a number of acknowledgements, so that a slow machine is loaded as well, and a few milliseconds later. */
    private void awaitMomentOfKill(List<CompletableFuture<Void>> running) {
        int wanted = 1 + random.nextInt(MOST_ACKNOWLEDGED);
        long pause = random.nextInt(20);
        long deadline = System.nanoTime() + LONGEST_LOAD;
        while (senders.stream().mapToInt(LoadSender::acknowledgedNow).sum() < wanted
                && System.nanoTime() < deadline
                && running.stream().noneMatch(CompletableFuture::isDone)) {
            sleep(1);
        }
        sleep(pause);
    }

    private static void sleep(long millis) {
        try {
            TimeUnit.MILLISECONDS.sleep(millis);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void resendTheRest() {
        connectSenders();
        senders.forEach(LoadSender::finish);
    }

    private void readArchives() {
        archives.values().forEach(archive -> archive.readOn(login(archive.user, "archivist")));
    }

    /** An account's archive as far as it was read. */
    private static final class ArchiveSeen {

        final String user;
        final List<String> ids = new ArrayList<>();
        final List<String> mids = new ArrayList<>();

        /** MID of the last row with that stanza id, and how many rows have it. */
        final Map<String, String> midById = new HashMap<>();

        final Map<String, Integer> countById = new HashMap<>();

        ArchiveSeen(String user) {
            this.user = user;
        }

        /** By queries with a filter, which leave offline delivery as it is. */
        void readOn(RawClient client) {
            try (client) {
                MamQuery query = MamQuery.by(client).end(Instant.now().plus(Duration.ofDays(1)));
                if (!mids.isEmpty()) {
                    query.after(mids.get(mids.size() - 1));
                }
                for (MamResult result : query.all(PAGE)) {
                    String id = result.message().attributeValue("id");
                    ids.add(id);
                    mids.add(result.id());
                    midById.put(id, result.id());
                    countById.merge(id, 1, Integer::sum);
                }
            }
        }

        int count(String id) {
            return countById.getOrDefault(id, 0);
        }
    }

    private void check(Problems problems, String when) {
        for (LoadSender sender : senders) {
            ArchiveSeen own = archives.get(sender.user);
            for (int i = 0; i < sender.sent().size(); i++) {
                LoadSender.Sent message = sender.sent().get(i);
                ArchiveSeen theirs = archives.get(message.recipient());
                check(problems, when, message, own, i < sender.acknowledged());
                check(problems, when, message, theirs, i < sender.acknowledged());
                if (i >= sender.acknowledged() && own.count(message.id()) != theirs.count(message.id())) {
                    inOneArchiveOnly++;
                }
            }
        }
    }

    private void check(
            Problems problems, String when, LoadSender.Sent message, ArchiveSeen archive, boolean acknowledged) {
        int count = archive.count(message.id());
        if (acknowledged && count == 0) {
            problems.missing(when + ": " + message.id() + " in the archive of " + archive.user);
        }
        if (count > 1) {
            problems.duplicate(when + ": " + message.id() + ", " + count + " times in the archive of " + archive.user);
        }
        String live = liveMids.get(message.id());
        if (acknowledged
                && archive.user.equals(message.recipient())
                && live != null
                && !live.equals(archive.midById.get(message.id()))) {
            problems.other(when + ": " + message.id() + " was delivered as " + live + ", and is archived as "
                    + archive.midById.get(message.id()));
        }
    }

    private void checkEachInBoth(Problems problems) {
        long rows = archives.values().stream()
                .mapToLong(archive -> archive.ids.size())
                .sum();
        long sent = senders.stream().mapToLong(sender -> sender.sent().size()).sum();
        if (rows != 2 * sent) {
            problems.other(sent + " messages were sent, and " + rows + " rows are in the archives, not twice as many");
        }
    }

    /** Reading on after the last one seen would not meet what came before it. */
    private void checkFromTheBeginning(Problems problems) {
        for (ArchiveSeen archive : archives.values()) {
            ArchiveSeen again = new ArchiveSeen(archive.user);
            again.readOn(login(archive.user, "archivist"));
            if (!again.mids.equals(archive.mids)) {
                problems.other("the archive of " + archive.user + " was read in pieces as " + archive.mids.size()
                        + " rows, and is " + again.mids.size() + " rows long, or in another order");
            }
        }
    }

    /** Who was never online gets all of it. */
    private void checkOfflineDelivery(Problems problems) {
        for (String user : OFFLINE) {
            List<String> expected = senders.stream()
                    .flatMap(sender -> sender.sent().stream())
                    .filter(message -> message.recipient().equals(user))
                    .map(LoadSender.Sent::id)
                    .toList();
            try (RawClient client = login(user, "late")) {
                client.presence();
                long deadline = System.nanoTime() + RETURN_LIMIT.toNanos();
                List<String> got = offline(client);
                while (!got.containsAll(expected) && System.nanoTime() < deadline) {
                    sleep(200);
                    got = offline(client);
                }
                for (String id : expected) {
                    if (!got.contains(id)) {
                        problems.missing("offline: " + id + " for " + user);
                    }
                }
            }
        }
    }

    private static List<String> offline(RawClient client) {
        return client.received().stream()
                .map(Received::element)
                .filter(plainMessage())
                .map(message -> message.attributeValue("id"))
                .toList();
    }
}
