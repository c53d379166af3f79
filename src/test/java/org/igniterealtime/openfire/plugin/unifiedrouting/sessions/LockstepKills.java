package org.igniterealtime.openfire.plugin.unifiedrouting.sessions;

import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Phaser;
import java.util.concurrent.TimeUnit;
import org.igniterealtime.openfire.testserver.OpenfireServer;

/** Kills a server a few milliseconds after all sequences on it are ready, and starts it again. Thread-safe. */
final class LockstepKills implements KillPoint {

    private static final int LONGEST_DELAY_MILLIS = 150;

    private final OpenfireServer server;
    private final Random random;
    private final int kills;
    private volatile CompletableFuture<Void> restart = CompletableFuture.completedFuture(null);
    private final Phaser ready = new Phaser() {
        @Override
        protected boolean onAdvance(int phase, int parties) {
            if (parties > 0 && phase < kills) {
                restart = CompletableFuture.runAsync(LockstepKills.this::killAndStart);
            }
            return parties == 0;
        }
    };

    LockstepKills(OpenfireServer server, int sequences, int kills, long seed) {
        this.server = server;
        this.kills = kills;
        random = new Random(seed);
        ready.bulkRegister(sequences);
    }

    private void killAndStart() {
        try {
            TimeUnit.MILLISECONDS.sleep(random.nextInt(LONGEST_DELAY_MILLIS));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        server.kill();
        server.startAgain();
    }

    @Override
    public int kills() {
        return kills;
    }

    @Override
    public void awaitAll() {
        ready.arriveAndAwaitAdvance();
    }

    @Override
    public void awaitRestart() {
        restart.join();
    }

    /** A sequence that has ended, or failed: the others do not wait for it. */
    void leave() {
        ready.arriveAndDeregister();
    }
}
