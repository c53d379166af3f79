package org.igniterealtime.openfire.plugin.unifiedrouting.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Live load on one server for a while: pairs of clients log in, send, are measured, and log out when every message has
 * arrived.
 *
 * @param pairs how many
 * @param window how many messages each pair has under way at most
 */
record LoadPhase(int pairs, int window) {

    private static final AtomicInteger PHASES = new AtomicInteger();

    /**
     * What was measured.
     *
     * @param messages that arrived while measuring
     * @param seconds how long that was
     * @param serverCpu of the server's process, microseconds for each of these messages
     * @param databaseCpu of the database's processes where it has its own, microseconds for each of these messages
     * @param othersCores how many cores all other processes of the machine kept busy, the load tool's excepted
     * @param latencies from writing to reading
     * @param sent all messages sent by the pairs, measured or not; all of them arrived
     */
    record Result(
            long messages,
            double seconds,
            double serverCpu,
            double databaseCpu,
            double othersCores,
            Samples latencies,
            long sent) {

        double perSecond() {
            return messages / seconds;
        }

        double cpu() {
            return serverCpu + databaseCpu;
        }
    }

    /** Runs the load. */
    Result run(BenchServer server, Duration warmup, Duration measured) throws IOException, InterruptedException {
        int phase = PHASES.incrementAndGet();
        List<Pair> opened = new ArrayList<>();
        try {
            for (int i = 1; i <= pairs; i++) {
                opened.add(new Pair(server.openfire(), i, window, "bench-" + phase + '-' + i + '-'));
            }
            opened.forEach(Pair::start);
            return measure(opened, server.meters(), warmup, measured);
        } finally {
            close(opened);
        }
    }

    private static Result measure(List<Pair> pairs, CpuMeters meters, Duration warmup, Duration measured)
            throws IOException, InterruptedException {
        TimeUnit.NANOSECONDS.sleep(warmup.toNanos());
        pairs.forEach(pair -> pair.measure(true));
        CpuMeters.Reading before = meters.read();
        long received = received(pairs);
        long start = System.nanoTime();
        TimeUnit.NANOSECONDS.sleep(measured.toNanos());
        long messages = received(pairs) - received;
        double seconds = (System.nanoTime() - start) / 1e9;
        CpuMeters.Used used = before.until(meters.read());
        pairs.forEach(pair -> pair.measure(false));
        for (Pair pair : pairs) {
            pair.drain();
        }
        close(pairs);
        Samples latencies = new Samples();
        pairs.forEach(pair -> latencies.addAll(pair.latencies()));
        return new Result(
                messages,
                seconds,
                micros(used.server()) / messages,
                micros(used.database()) / messages,
                used.others().toNanos() / 1e9 / seconds,
                latencies,
                received(pairs));
    }

    private static long received(List<Pair> pairs) {
        return pairs.stream().mapToLong(Pair::received).sum();
    }

    private static double micros(Duration duration) {
        return duration.toNanos() / 1e3;
    }

    private static void close(List<Pair> pairs) throws IOException {
        for (Pair pair : pairs) {
            pair.close();
        }
    }
}
