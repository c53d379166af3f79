package org.igniterealtime.openfire.plugin.unifiedrouting.openfire;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The plugin's own threads that write to sessions. Whatever became of what one wrote, between two tasks it holds nothing
 * that others need for writing.
 */
final class Threads extends ScheduledThreadPoolExecutor {

    private static final Logger Log = LoggerFactory.getLogger(Threads.class);

    private final Runnable release;

    /**
     * @param name of each of them
     * @param release lets go what the thread that calls it still holds
     */
    Threads(int count, String name, Runnable release) {
        super(count, task -> daemon(task, name));
        this.release = release;
    }

    private static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    @Override
    protected void afterExecute(Runnable task, Throwable failure) {
        super.afterExecute(task, failure);
        release.run();
        if (task instanceof Future<?> done && done.isDone() && !done.isCancelled()) {
            logFailure(done);
        }
    }

    private static void logFailure(Future<?> done) {
        try {
            done.get();
        } catch (ExecutionException e) {
            Log.error("A task failed unexpectedly.", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
