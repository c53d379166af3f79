package org.igniterealtime.openfire.testserver;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.igniterealtime.openfire.testserver.boot.ServerMain;

/** Follows a server's log from its start until the server is ready, or has said that it will not be. */
final class ReadyWatch {
    private static final String READY = "Unified Routing ready";
    private static final String CANNOT_START = "Unified Routing cannot start";
    private static final long START_SECONDS = 60;
    private static final long POLL_MILLIS = 20;

    private final ServerProcess process;
    private final ServerLog log;
    private final boolean withPlugin;
    private long read;
    private boolean pluginReady;
    private int port;

    /**
     * Watches one start.
     *
     * @param knownPort the client port, or 0 if the server will say it
     * @param logStart where the log of this start begins
     */
    ReadyWatch(ServerProcess process, ServerLog log, boolean withPlugin, int knownPort, long logStart) {
        this.process = process;
        this.log = log;
        this.withPlugin = withPlugin;
        this.port = knownPort;
        this.read = logStart;
    }

    /**
     * Returns the client port when it is open and the plugin is at work.
     *
     * @throws ServerStartException as soon as that can no longer happen, or after 60 s; the process is stopped then
     */
    int await() {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
        while (System.nanoTime() < deadline) {
            boolean alive = process.isAlive(); // before reading: the last lines of a process that ended count
            readLog();
            if (!alive) {
                throw failed("The server process ended while it started");
            }
            if (port != 0 && (pluginReady || !withPlugin) && LoopbackPorts.isOpen(port)) {
                return port;
            }
            pause();
        }
        String missing = pluginReady || !withPlugin ? "no client port" : "no line '" + READY + "'";
        throw failed("The server was not ready within " + START_SECONDS + " s: " + missing);
    }

    private void readLog() {
        String text = log.since(read);
        int complete = text.lastIndexOf('\n') + 1;
        read += text.substring(0, complete).getBytes(StandardCharsets.UTF_8).length;
        text.substring(0, complete).lines().forEach(this::see);
    }

    private void see(String line) {
        if (line.contains(CANNOT_START)) {
            throw failed(line.substring(line.indexOf(CANNOT_START)));
        }
        if (line.startsWith(ServerMain.FAILED)) {
            throw failed(line);
        }
        if (line.startsWith(ServerMain.C2S)) {
            port = Integer.parseInt(line.substring(line.lastIndexOf(':') + 1).strip());
        }
        pluginReady |= line.contains(READY);
    }

    /** Stops the server in order, so that the log is complete. */
    private ServerStartException failed(String reason) {
        process.stop();
        return new ServerStartException(reason, log.tail(OpenfireServer.TAIL_LINES));
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while a server starts", e);
        }
    }
}
