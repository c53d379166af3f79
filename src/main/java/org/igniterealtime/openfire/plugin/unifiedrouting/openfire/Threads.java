package org.igniterealtime.openfire.plugin.unifiedrouting.openfire;

import java.util.concurrent.ScheduledThreadPoolExecutor;

/**
 * The plugin's own threads that write to sessions. Whatever became of what one wrote, between two tasks it holds nothing
 * that others need for writing.
 */
final class Threads extends ScheduledThreadPoolExecutor {

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
    }
}
