package org.igniterealtime.openfire.plugin.unifiedrouting.openfire.compat;

import java.util.concurrent.TimeUnit;
import org.jivesoftware.openfire.Connection;
import org.jivesoftware.openfire.session.LocalClientSession;

/**
 * COMPAT(4.2): the server detaches a session from its connection by itself, on the thread of that connection, behind what has
 * come over it. Whatever is resumed meanwhile would be detached from its new one.
 */
public final class MinaParting implements ResumedStreams.Parting {

    private static final long PATIENCE_MILLIS = 1_000;

    @Override
    public void await(LocalClientSession session, Connection earlier) {
        long start = System.nanoTime();
        try {
            while (earlier.isClosed()
                    && !session.isDetached()
                    && System.nanoTime() - start < TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS)) {
                TimeUnit.MILLISECONDS.sleep(1);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void part(LocalClientSession session, Connection earlier, Object requester) {
        // It closes an open connection while it resumes, and takes no notice of its end then.
    }
}
