package org.igniterealtime.openfire.plugin.unifiedrouting.sessions;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import org.igniterealtime.openfire.testserver.OpenfireServer;
import org.igniterealtime.openfire.testserver.ServerOptions;

/**
 * Many sequences on one server: those without a kill some at a time, then those with a kill, {@value #TOGETHER} at a time
 * and each batch with the same two kills. Every {@value #KILL_EVERY}th seed is one with kills.
 *
 * @param firstSeed of consecutive seeds
 * @param count how many
 */
public record SequenceRun(long firstSeed, int count) {

    private static final int KILL_EVERY = 5;
    private static final int TOGETHER = 10;
    private static final int KILLS = 2;
    private static final int THREADS = 4;
    private static final int LONGEST_TRACE = 8_000;

    /**
     * What was wrong in one sequence.
     *
     * @param seed by which it can be played again
     * @param report problems and transcript
     */
    public record Failure(long seed, String report) {}

    private record Outcome(long seed, String report) {}

    /** {@code -Dsession.seed=} and {@code -Dsession.sequences=}, or what is given here. */
    public static SequenceRun fromSystemProperties(long firstSeed, int count) {
        return new SequenceRun(Long.getLong("session.seed", firstSeed), Integer.getInteger("session.sequences", count));
    }

    /** The options with the accounts that the sequences need. */
    public ServerOptions withAccounts(ServerOptions options) {
        ServerOptions result = options;
        for (long seed : seeds(true, true)) {
            for (String user : Sequence.users(seed)) {
                result = result.withAccount(user, ServerOptions.PASSWORD);
            }
        }
        return result;
    }

    private List<Long> seeds(boolean withKills, boolean withoutKills) {
        return LongStream.range(firstSeed, firstSeed + count)
                .filter(seed -> seed % KILL_EVERY == 0 ? withKills : withoutKills)
                .boxed()
                .toList();
    }

    /** Plays all and returns those that failed. */
    public List<Failure> play(OpenfireServer server) throws InterruptedException {
        List<Failure> failures = new ArrayList<>();
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            List<Callable<Outcome>> calls = new ArrayList<>();
            seeds(false, true).forEach(seed -> calls.add(() -> play(seed, server, KillPoint.NONE)));
            collect(threads.invokeAll(calls), failures);
        } finally {
            threads.shutdownNow();
        }
        List<Long> killed = seeds(true, false);
        for (int i = 0; i < killed.size(); i += TOGETHER) {
            playTogether(killed.subList(i, Math.min(killed.size(), i + TOGETHER)), server, failures);
        }
        return failures;
    }

    private static void playTogether(List<Long> seeds, OpenfireServer server, List<Failure> failures)
            throws InterruptedException {
        LockstepKills kills = new LockstepKills(server, seeds.size(), KILLS, seeds.get(0));
        ExecutorService threads = Executors.newFixedThreadPool(seeds.size());
        try {
            List<Callable<Outcome>> calls = new ArrayList<>();
            for (long seed : seeds) {
                calls.add(() -> {
                    try {
                        return play(seed, server, kills);
                    } finally {
                        kills.leave();
                    }
                });
            }
            collect(threads.invokeAll(calls), failures);
        } finally {
            threads.shutdownNow();
        }
    }

    private static void collect(List<Future<Outcome>> outcomes, List<Failure> failures) throws InterruptedException {
        for (Future<Outcome> outcome : outcomes) {
            try {
                if (!outcome.get().report.isEmpty()) {
                    failures.add(new Failure(outcome.get().seed, outcome.get().report));
                }
            } catch (ExecutionException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private static Outcome play(long seed, OpenfireServer server, KillPoint kills) {
        Sequence sequence = new Sequence(seed, server, kills);
        try {
            List<String> problems = sequence.play();
            return new Outcome(seed, problems.isEmpty() ? "" : report(String.join("\n", problems), sequence));
        } catch (AssertionError | RuntimeException e) {
            StringWriter trace = new StringWriter();
            e.printStackTrace(new PrintWriter(trace));
            String text = trace.toString();
            return new Outcome(
                    seed, report("BROKE OFF: " + text.substring(0, Math.min(text.length(), LONGEST_TRACE)), sequence));
        }
    }

    private static String report(String problems, Sequence sequence) {
        return problems + "\n  what was done:\n" + sequence.transcript() + "\n";
    }
}
