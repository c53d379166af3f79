package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import java.util.Arrays;
import java.util.Collection;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Messages of one account take turns where they are handed to the archive's writer: who follows what its account gets live,
 * as routing-ng sessions do, is given it in the order of the archive. Nobody waits for the database here, unless the writer's
 * queue is full.
 *
 * <p>A message that is routed while another one has its turn, on the same thread, takes none of its own: no two turns wait
 * for each other. Openfire holds locks of its own while it routes what a session has left, and whoever has his turn may wait
 * for one of these; so whoever has waited for two seconds for a lock goes on out of turn. Thread-safe.
 */
public final class AccountTurns {

    private static final int LOCKS = 256;
    private static final long PATIENCE_MILLIS = 2_000;

    private final ReentrantLock[] locks = new ReentrantLock[LOCKS];

    /** Null if this thread has no turn. Not removed: that costs more than all the rest of a turn. */
    private final ThreadLocal<Boolean> having = new ThreadLocal<>();

    public AccountTurns() {
        Arrays.setAll(locks, i -> new ReentrantLock());
    }

    /** Ends when it is closed, on the same thread. */
    interface Turn extends AutoCloseable {

        @Override
        void close();
    }

    /** Whether this thread has its turn. */
    boolean has() {
        return having.get() != null;
    }

    /** Waits for the turn of all these accounts. */
    Turn take(Collection<String> accounts) {
        if (having.get() != null) {
            return () -> {};
        }
        int[] places = places(accounts);
        int had = lock(places);
        having.set(true);
        return () -> {
            having.set(null);
            for (int i = 0; i < had; i++) {
                locks[places[i]].unlock();
            }
        };
    }

    /** Sorted, so that no two threads wait for each other. One that stands there twice is locked twice. */
    private static int[] places(Collection<String> accounts) {
        int[] places = new int[accounts.size()];
        int i = 0;
        for (String account : accounts) {
            places[i++] = Math.floorMod(account.hashCode(), LOCKS);
        }
        Arrays.sort(places);
        return places;
    }

    /** Returns how many of them it has got. */
    private int lock(int[] wanted) {
        for (int i = 0; i < wanted.length; i++) {
            try {
                if (!locks[wanted[i]].tryLock(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)) {
                    return i;
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return i;
            }
        }
        return wanted.length;
    }
}
