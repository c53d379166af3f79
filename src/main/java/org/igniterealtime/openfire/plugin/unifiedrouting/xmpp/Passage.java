package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.igniterealtime.openfire.plugin.unifiedrouting.subscription.SessionKey;

/** A message on its way from a connection into the archives. Closed when it has arrived, or failed. */
final class Passage implements AutoCloseable {

    private final SessionKey session;
    private final Object connection;
    private final Set<Passage> underway;
    private final CountDownLatch end = new CountDownLatch(1);

    Passage(SessionKey session, Object connection, Set<Passage> underway) {
        this.session = session;
        this.connection = connection;
        this.underway = underway;
    }

    SessionKey session() {
        return session;
    }

    Object connection() {
        return connection;
    }

    /** Whether another passage is that of the same address over another connection. */
    boolean followsUpon(Passage other) {
        return other.connection != connection && other.session.jid().equals(session.jid());
    }

    /** Returns when the passage is closed; its own thread waits for nothing but the archive. */
    void awaitEnd() {
        boolean interrupted = false;
        while (true) {
            try {
                end.await();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        underway.remove(this);
        end.countDown();
    }
}
