package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.igniterealtime.openfire.plugin.unifiedrouting.subscription.SessionKey;

/** A message on its way from a connection into the archives. Ended when it has arrived, or failed. Thread-safe. */
final class Passage {

    private final long number;
    private final SessionKey session;
    private final Object connection;
    private final long contentHash;
    private final Set<Passage> underway;
    private final CountDownLatch end = new CountDownLatch(1);
    private volatile boolean archived;

    /**
     * @param number later passages have higher ones
     * @param connection over which the message came
     * @param underway from where to remove it at its end
     */
    Passage(long number, SessionKey session, Object connection, long contentHash, Set<Passage> underway) {
        this.number = number;
        this.session = session;
        this.connection = connection;
        this.contentHash = contentHash;
        this.underway = underway;
    }

    SessionKey session() {
        return session;
    }

    Object connection() {
        return connection;
    }

    long contentHash() {
        return contentHash;
    }

    /**
     * Whether another passage of the same address began earlier, over another connection. Passages wait for earlier ones
     * only, so that no two wait for each other.
     */
    boolean follows(Passage other) {
        return other.number < number
                && (other.connection != connection || !other.session.equals(session))
                && other.session.jid().equals(session.jid());
    }

    /**
     * Waits for its end.
     *
     * @return whether its message is archived; false if that is not known in time
     */
    boolean awaitArchived(Duration patience) {
        try {
            return end.await(patience.toNanos(), TimeUnit.NANOSECONDS) && archived;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /**
     * To be called once, whatever came of it.
     *
     * @param isArchived whether its message is archived
     */
    void end(boolean isArchived) {
        archived = isArchived;
        underway.remove(this);
        end.countDown();
    }
}
