package org.igniterealtime.openfire.plugin.unifiedrouting.openfire.maintenance;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Where maintenance runs: never on a thread that brings messages or writes archives. Regular work has one thread of low
 * priority. What somebody waits for, deleted accounts and commands, has two of its own, which end when they have nothing
 * to do.
 */
final class MaintenanceThreads implements AutoCloseable {

    private static final long PATIENCE_SECONDS = 10;

    private final ScheduledThreadPoolExecutor regular =
            new ScheduledThreadPoolExecutor(1, named("unifiedrouting-maintenance", Thread.MIN_PRIORITY));
    private final ThreadPoolExecutor requests = new ThreadPoolExecutor(
            2,
            2,
            PATIENCE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            named("unifiedrouting-requests", Thread.NORM_PRIORITY));

    MaintenanceThreads() {
        regular.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        requests.allowCoreThreadTimeOut(true);
    }

    private static ThreadFactory named(String name, int priority) {
        return task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            thread.setPriority(priority);
            return thread;
        };
    }

    ScheduledExecutorService regular() {
        return regular;
    }

    ExecutorService requests() {
        return requests;
    }

    /** Nobody is interrupted: the embedded database closes its files when a thread of its is. */
    @Override
    public void close() {
        regular.shutdown();
        requests.shutdown();
        try {
            regular.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS);
            requests.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
