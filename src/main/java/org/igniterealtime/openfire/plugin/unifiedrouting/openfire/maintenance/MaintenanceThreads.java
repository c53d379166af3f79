package org.igniterealtime.openfire.plugin.unifiedrouting.openfire.maintenance;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Where maintenance runs: never on a thread that brings messages or writes archives. Regular work has a thread of low
 * priority for each of its two jobs, and archives that grow over their quota have one: however long the one takes, the others
 * go on. What somebody waits for, deleted accounts and commands, has two of its own. All but the regular ones end when they
 * have nothing to do.
 */
final class MaintenanceThreads implements AutoCloseable {

    private static final long PATIENCE_SECONDS = 10;

    private final ScheduledThreadPoolExecutor regular =
            new ScheduledThreadPoolExecutor(2, named("unifiedrouting-maintenance", Thread.MIN_PRIORITY));
    private final ThreadPoolExecutor quotas = passing(1, "unifiedrouting-quota", Thread.MIN_PRIORITY);
    private final ThreadPoolExecutor requests = passing(2, "unifiedrouting-requests", Thread.NORM_PRIORITY);

    MaintenanceThreads() {
        regular.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    private static ThreadPoolExecutor passing(int count, String name, int priority) {
        ThreadPoolExecutor threads = new ThreadPoolExecutor(
                count, count, PATIENCE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), named(name, priority));
        threads.allowCoreThreadTimeOut(true);
        return threads;
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

    /** Where archives are trimmed that have grown over their quota. */
    ExecutorService quotas() {
        return quotas;
    }

    ExecutorService requests() {
        return requests;
    }

    /** Nobody is interrupted: the embedded database closes its files when a thread of its is. */
    @Override
    public void close() {
        regular.shutdown();
        quotas.shutdown();
        requests.shutdown();
        try {
            regular.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS);
            quotas.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS);
            requests.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
