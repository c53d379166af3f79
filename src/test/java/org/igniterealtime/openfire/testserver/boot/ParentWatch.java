package org.igniterealtime.openfire.testserver.boot;

import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.TimeUnit;

/**
 * Ends this process when the one that started it is gone: standard input is a pipe from there, and it ends with it. So
 * nothing is left running, however the parent ended.
 */
final class ParentWatch {
    /** How long an orderly shutdown may take before the process is halted. */
    private static final long SHUTDOWN_SECONDS = 20;

    /** What the parent may say meanwhile, a character each. */
    interface Orders {
        void follow(char order);
    }

    private ParentWatch() {}

    /**
     * Starts to watch. Takes {@code System.in} away from the server, which polls it for the command {@code exit}: two
     * readers would wait for each other's lock.
     */
    static void start(Orders orders) {
        InputStream parent = System.in;
        System.setIn(InputStream.nullInputStream());
        daemon("parent-watch", () -> awaitEnd(parent, orders));
    }

    private static void awaitEnd(InputStream parent, Orders orders) {
        try {
            for (int next = parent.read(); next != -1; next = parent.read()) {
                orders.follow((char) next);
            }
        } catch (IOException e) {
            System.out.println("The pipe from the parent process broke: " + e);
        }
        System.out.println("The parent process is gone, stopping");
        Thread exit = daemon("exit", () -> System.exit(0));
        try {
            exit.join(TimeUnit.SECONDS.toMillis(SHUTDOWN_SECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().halt(1);
    }

    private static Thread daemon(String name, Runnable body) {
        Thread thread = new Thread(body, name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }
}
