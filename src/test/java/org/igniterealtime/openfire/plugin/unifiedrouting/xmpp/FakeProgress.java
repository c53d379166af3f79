package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Progress;

/** A writer that settles when it is told to. Thread-safe. */
public final class FakeProgress implements Progress {

    private long handed;
    private long settled;
    private int waits;
    private boolean silent;

    public synchronized void hand() {
        handed++;
    }

    public synchronized void settleUpTo(long number) {
        settled = number;
        notifyAll();
    }

    /** From now on nobody waits for it. */
    synchronized void fallSilent() {
        silent = true;
        notifyAll();
    }

    /** How often somebody has waited for it. */
    public synchronized int waits() {
        return waits;
    }

    @Override
    public synchronized long handedOver() {
        return handed;
    }

    @Override
    public synchronized boolean isSettled(long upTo) {
        return settled >= upTo;
    }

    @Override
    public synchronized boolean awaitSettled(long upTo, long since) {
        waits++;
        while (settled < upTo && !silent) {
            try {
                wait();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
        return settled >= upTo;
    }
}
