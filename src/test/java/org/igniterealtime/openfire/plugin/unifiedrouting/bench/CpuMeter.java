package org.igniterealtime.openfire.plugin.unifiedrouting.bench;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** The CPU time that processes used, user and system, in steps of 10 ms on Linux. */
final class CpuMeter {

    private final Supplier<Stream<ProcessHandle>> processes;

    private CpuMeter(Supplier<Stream<ProcessHandle>> processes) {
        this.processes = processes;
    }

    static CpuMeter of(ProcessHandle process) {
        return new CpuMeter(() -> Stream.of(process));
    }

    /** Of a process and all those under it; what ended between two readings is not counted. */
    static CpuMeter ofTree(ProcessHandle root) {
        return new CpuMeter(() -> Stream.concat(Stream.of(root), root.descendants()));
    }

    /** Of nothing: a database that runs inside of the server. */
    static CpuMeter none() {
        return new CpuMeter(Stream::empty);
    }

    /** The totals now, by process. */
    Map<Long, Duration> read() {
        Map<Long, Duration> totals = new HashMap<>();
        processes
                .get()
                .forEach(process ->
                        process.info().totalCpuDuration().ifPresent(total -> totals.put(process.pid(), total)));
        return totals;
    }

    /** What was used between two readings. */
    static Duration between(Map<Long, Duration> before, Map<Long, Duration> after) {
        Duration used = Duration.ZERO;
        for (Map.Entry<Long, Duration> process : after.entrySet()) {
            used = used.plus(process.getValue().minus(before.getOrDefault(process.getKey(), Duration.ZERO)));
        }
        return used;
    }
}
