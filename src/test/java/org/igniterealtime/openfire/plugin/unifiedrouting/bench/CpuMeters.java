package org.igniterealtime.openfire.plugin.unifiedrouting.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * Who used the CPU while a server was under load.
 *
 * @param server the server's process
 * @param database processes of its database
 */
record CpuMeters(CpuMeter server, CpuMeter database) {

    /**
     * CPU time used between two readings.
     *
     * @param others by all other processes of the machine, the load tool's excepted; zero where that is not known
     */
    record Used(Duration server, Duration database, Duration others) {}

    /** The totals at one moment. */
    record Reading(
            Map<Long, Duration> server,
            Map<Long, Duration> database,
            Map<Long, Duration> tool,
            Optional<Duration> machine) {

        Used until(Reading end) {
            Duration byServer = CpuMeter.between(server, end.server);
            Duration byDatabase = CpuMeter.between(database, end.database);
            Duration ours = byServer.plus(byDatabase).plus(CpuMeter.between(tool, end.tool));
            Duration others = machine.flatMap(before -> end.machine.map(now -> now.minus(before)))
                    .map(all -> all.minus(ours))
                    .orElse(Duration.ZERO);
            return new Used(byServer, byDatabase, others);
        }
    }

    Reading read() throws IOException {
        return new Reading(
                server.read(),
                database.read(),
                CpuMeter.of(ProcessHandle.current()).read(),
                MachineCpu.read());
    }
}
