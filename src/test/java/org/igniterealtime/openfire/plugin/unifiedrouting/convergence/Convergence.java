package org.igniterealtime.openfire.plugin.unifiedrouting.convergence;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.igniterealtime.openfire.testclient.MamQuery;
import org.igniterealtime.openfire.testclient.MamResult;
import org.igniterealtime.openfire.testclient.RawClient;
import org.igniterealtime.openfire.testserver.OpenfireServer;
import org.igniterealtime.openfire.testserver.ServerOptions;

/**
 * Runs of six clients of one account each, two of each kind, and four contacts. What each of them does is given by the seed;
 * how that meets is up to the machine.
 *
 * @param firstSeed of consecutive seeds
 * @param count how many
 */
public record Convergence(long firstSeed, int count) {

    private static final int CONTACTS = 4;
    private static final int DEVICES_OF_A_KIND = 2;
    private static final int STEPS = 14;
    private static final int MESSAGES = 25;

    /** Of each contact in every fifth run: for one client all together are more than its feed keeps in memory. */
    private static final int BURST = 110;

    private static final int RUNS_TO_A_BURST = 5;

    /** Who does not read meanwhile. */
    private static final String STALLING = "subscribed1";

    /** Bytes that the system takes for a client that does not read, before they wait in the server. */
    private static final String SEND_BUFFER = "65536";

    private static final int TOGETHER = 2;
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(15);

    /**
     * What was wrong in one run.
     *
     * @param seed by which it can be played again
     * @param report what was wrong, and what was done
     */
    public record Failure(long seed, String report) {}

    /** {@code -Dconvergence.seed=} and {@code -Dconvergence.runs=}, or what is given here. */
    public static Convergence fromSystemProperties(long firstSeed, int count) {
        return new Convergence(
                Long.getLong("convergence.seed", firstSeed), Integer.getInteger("convergence.runs", count));
    }

    /** The options with the accounts that the runs need. */
    public ServerOptions withAccounts(ServerOptions options) {
        // Undelivered messages are not what this is about.
        ServerOptions result = options.withProperty("plugin.unifiedrouting.offline.pair-limit", "0")
                .withProperty("xmpp.socket.buffer.send", SEND_BUFFER);
        for (long seed = firstSeed; seed < firstSeed + count; seed++) {
            result = result.withAccount(user(seed), ServerOptions.PASSWORD);
            for (String contact : contacts(seed)) {
                result = result.withAccount(contact, ServerOptions.PASSWORD);
            }
        }
        return result;
    }

    private static String user(long seed) {
        return "conv" + seed;
    }

    private static List<String> contacts(long seed) {
        return IntStream.range(0, CONTACTS)
                .mapToObj(i -> "conv" + seed + "contact" + i)
                .toList();
    }

    /** Plays all and returns those that failed. */
    public List<Failure> play(OpenfireServer server) throws InterruptedException {
        List<Failure> failures = Collections.synchronizedList(new ArrayList<>());
        ExecutorService runs = Executors.newFixedThreadPool(TOGETHER);
        try {
            List<Callable<Void>> calls = new ArrayList<>();
            for (long seed = firstSeed; seed < firstSeed + count; seed++) {
                long one = seed;
                calls.add(() -> {
                    play(one, server, failures);
                    return null;
                });
            }
            for (Future<Void> run : runs.invokeAll(calls)) {
                run.get();
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        } finally {
            runs.shutdownNow();
        }
        return failures;
    }

    private static void play(long seed, OpenfireServer server, List<Failure> failures) throws InterruptedException {
        List<Device> devices = new ArrayList<>();
        for (Device.Kind kind : Device.Kind.values()) {
            for (int i = 1; i <= DEVICES_OF_A_KIND; i++) {
                devices.add(new Device(server, user(seed), kind, i, seed));
            }
        }
        List<Contact> contacts = new ArrayList<>();
        String problems;
        try {
            contacts(seed).forEach(user -> contacts.add(new Contact(server, user, seed)));
            problems = playAndCompare(seed, server, devices, contacts);
        } catch (AssertionError | RuntimeException | ExecutionException e) {
            StringWriter trace = new StringWriter();
            e.printStackTrace(new PrintWriter(trace));
            problems = "BROKE OFF: " + trace;
        } finally {
            contacts.forEach(Contact::close);
            devices.forEach(Device::close);
        }
        if (!problems.isEmpty()) {
            String done = devices.stream()
                    .map(device -> "  " + device.name() + ":" + device.transcript() + "\n")
                    .collect(Collectors.joining());
            failures.add(new Failure(seed, problems + done));
        }
    }

    private static String playAndCompare(long seed, OpenfireServer server, List<Device> devices, List<Contact> contacts)
            throws InterruptedException, ExecutionException {
        String account = user(seed) + "@" + server.domain();
        Optional<Burst> burst =
                seed % RUNS_TO_A_BURST == 0 ? Optional.of(new Burst(contacts.size(), BURST)) : Optional.empty();
        List<Callable<Void>> plays = new ArrayList<>();
        devices.forEach(device -> plays.add(() -> {
            device.play(STEPS, contacts(seed), burst.filter(one -> device.name().equals(STALLING)));
            return null;
        }));
        contacts.forEach(contact -> plays.add(() -> {
            contact.play(MESSAGES, burst, account, devices);
            return null;
        }));
        ExecutorService threads = Executors.newFixedThreadPool(plays.size());
        try {
            for (Future<Void> play : threads.invokeAll(plays)) {
                play.get();
            }
        } finally {
            threads.shutdownNow();
        }
        devices.forEach(Device::finish);
        return compare(server, user(seed), devices, contacts);
    }

    private static String compare(OpenfireServer server, String user, List<Device> devices, List<Contact> contacts)
            throws InterruptedException {
        RawClient reader = RawClient.connect("127.0.0.1", server.xmppPort(), server.domain());
        reader.login(user, ServerOptions.PASSWORD, "reader");
        try {
            long deadline = System.nanoTime() + PATIENCE_NANOS;
            List<MamResult> archive;
            String problems;
            do {
                TimeUnit.MILLISECONDS.sleep(20);
                archive = MamQuery.by(reader).all(250);
                problems = differences(archive, devices);
            } while (!problems.isEmpty() && System.nanoTime() < deadline);
            return problems + check(archive, devices, contacts);
        } finally {
            reader.close();
        }
    }

    private static String differences(List<MamResult> archive, List<Device> devices) {
        List<String> expected = archive.stream().map(MamResult::id).toList();
        StringBuilder problems = new StringBuilder();
        for (Device device : devices) {
            if (device.kind().readsArchive()) {
                device.listen();
                History history = device.history();
                if (!history.mids().equals(expected)) {
                    problems.append(difference(device.name(), archive, history));
                }
                for (MamResult result : archive) {
                    String told = history.message(result.id());
                    if (told != null && !told.equals(result.message().attributeValue("id"))) {
                        problems.append(device.name() + " was told of " + told + " INSTEAD of "
                                + result.message().asXML() + "\n");
                    }
                }
                if (!history.twice().isEmpty()) {
                    problems.append(device.name() + " got TWICE: "
                            + archive.stream()
                                    .filter(result -> history.twice().containsKey(result.id()))
                                    .map(result -> result.message().attributeValue("id") + " "
                                            + history.twice().get(result.id()))
                                    .toList()
                            + "\n");
                }
            }
        }
        return problems.toString();
    }

    private static String difference(String device, List<MamResult> archive, History history) {
        List<String> mids = history.mids();
        List<String> expected = archive.stream().map(MamResult::id).toList();
        List<String> lacking = new ArrayList<>(expected);
        lacking.removeAll(mids);
        List<String> beyond = new ArrayList<>(mids);
        beyond.removeAll(expected);
        int place = 0;
        while (place < Math.min(mids.size(), expected.size()) && mids.get(place).equals(expected.get(place))) {
            place++;
        }
        String what = lacking.isEmpty() && beyond.isEmpty() ? "OUT OF ORDER" : "DIFFERENT";
        return device + " " + what + " from place " + place + " of " + expected.size() + "; lacks "
                + archive.stream()
                        .filter(result -> lacking.contains(result.id()))
                        .map(result -> result.message().attributeValue("id"))
                        .toList()
                + ", has beyond the archive " + beyond + "; archive there "
                + archive.subList(place, Math.min(archive.size(), place + 4)).stream()
                        .map(result -> result.id() + " " + result.message().attributeValue("id"))
                        .toList()
                + ", device "
                + mids.subList(Math.max(0, place - 2), Math.min(mids.size(), place + 4)).stream()
                        .map(mid -> mid + " by " + history.session(mid))
                        .toList()
                + "\n";
    }

    private static String check(List<MamResult> archive, List<Device> devices, List<Contact> contacts) {
        ArchiveCheck check = new ArchiveCheck(archive.stream()
                .map(MamResult::message)
                .filter(message -> !"error".equals(message.attributeValue("type")))
                .map(message -> message.attributeValue("id"))
                .toList());
        devices.forEach(device -> check.check(device.sent()));
        contacts.forEach(contact -> check.check(contact.kept()));
        return check.problems();
    }
}
