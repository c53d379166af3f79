package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import java.util.Arrays;
import java.util.Collection;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Messages of one account take turns where they are handed to the archive's writer: who follows what its account gets live,
 * as routing-ng sessions do, is given it in the order of the archive. Nobody waits for the database here, unless the writer's
 * queue is full.
 *
 * <p>A message that is routed while another one has its turn, on the same thread, takes none of its own: so nobody ever
 * waits for whoever waits for him. Thread-safe.
 */
public final class AccountTurns {

    private static final int LOCKS = 256;

    private final ReentrantLock[] locks = new ReentrantLock[LOCKS];
    private final ThreadLocal<Boolean> having = new ThreadLocal<>();

    public AccountTurns() {
        Arrays.setAll(locks, i -> new ReentrantLock());
    }

    /** Ends when it is closed, on the same thread. */
    interface Turn extends AutoCloseable {

        @Override
        void close();
    }

    /** Waits for the turn of all these accounts. */
    Turn take(Collection<String> accounts) {
        if (having.get() != null) {
            return () -> {};
        }
        int[] taken = accounts.stream()
                .mapToInt(account -> Math.floorMod(account.hashCode(), LOCKS))
                .sorted()
                .distinct()
                .toArray();
        having.set(true);
        for (int lock : taken) {
            locks[lock].lock();
        }
        return () -> {
            having.remove();
            for (int lock : taken) {
                locks[lock].unlock();
            }
        };
    }
}
