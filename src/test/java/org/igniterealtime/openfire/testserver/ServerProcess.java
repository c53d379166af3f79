package org.igniterealtime.openfire.testserver;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * One run of a server. None outlives this JVM: what still runs at its end is stopped in order, and a server whose parent
 * was killed sees the end of its standard input and stops by itself.
 */
final class ServerProcess {
    private static final long STOP_SECONDS = 30;
    private static final long KILL_SECONDS = 10;
    private static final long SHUTDOWN_SECONDS = 12;

    private static final Set<Process> RUNNING = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(ServerProcess::stopAll, "stop-servers"));
    }

    private final Process process;

    private ServerProcess(Process process) {
        this.process = process;
    }

    /** Starts it with both outputs appended to the log. Its standard input stays open as long as this JVM lives. */
    static ServerProcess start(List<String> command, Path workingDirectory, Path log) throws IOException {
        Process process = new ProcessBuilder(command)
                .directory(workingDirectory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        RUNNING.add(process);
        process.onExit().thenRun(() -> RUNNING.remove(process));
        return new ServerProcess(process);
    }

    ProcessHandle handle() {
        return process.toHandle();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Waits for its end and returns the exit code. */
    int awaitExit() throws InterruptedException {
        return process.waitFor();
    }

    /** Says one character to it, on its standard input. */
    void tell(char order) throws IOException {
        process.getOutputStream().write(order);
        process.getOutputStream().flush();
    }

    /** Asks it to stop (SIGTERM) and waits until it has. Returns false if it had to be killed. */
    boolean stop() {
        terminate(process);
        if (await(process, STOP_SECONDS)) {
            return true;
        }
        kill();
        return false;
    }

    /** Ends it at once (SIGKILL) and waits until it is gone. */
    void kill() {
        process.destroyForcibly();
        if (!await(process, KILL_SECONDS)) {
            throw new IllegalStateException("Process " + process.pid() + " survives SIGKILL");
        }
    }

    /** Through the handle: {@code Process.destroy()} also closes the pipe, by which the server would miss its parent. */
    private static void terminate(Process process) {
        process.toHandle().destroy();
    }

    private static boolean await(Process process, long seconds) {
        try {
            return process.waitFor(seconds, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while a server stops", e);
        }
    }

    private static void stopAll() {
        RUNNING.forEach(ServerProcess::terminate);
        for (Process process : RUNNING) {
            if (!await(process, SHUTDOWN_SECONDS)) {
                process.destroyForcibly();
            }
        }
    }
}
