package org.igniterealtime.openfire.testserver.boot;

import org.apache.mina.core.filterchain.IoFilterAdapter;
import org.apache.mina.core.service.IoService;
import org.apache.mina.core.session.AbstractIoSession;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.core.write.WriteRequest;
import org.apache.mina.core.write.WriteRequestQueue;
import org.apache.mina.core.write.WriteToClosedSessionException;

/**
 * Lets the end of what was written be lost when a connection is closed, and never something in between. COMPAT(mina 2.0.14
 * and later): {@code closeNow()} empties the session's queue on the thread that closes, beside the thread that is writing
 * from it, so that a later entry may leave for the network when earlier ones have vanished. Clients take that for a message
 * that was never sent. The mina of Openfire's own releases has one thread for both, and does as here.
 *
 * <p>For connections that are opened after {@link #install}. Thread-safe.
 */
public final class GaplessClose extends IoFilterAdapter {

    private GaplessClose() {}

    /** To be called once for a service. */
    public static void install(IoService service) {
        service.getFilterChain().addFirst("gapless-close", new GaplessClose());
    }

    @Override
    public void sessionCreated(NextFilter next, IoSession session) throws Exception {
        var writing = (AbstractIoSession) session;
        writing.setWriteRequestQueue(new Output(writing.getWriteRequestQueue()));
        super.sessionCreated(next, session);
    }

    /** What was half written has left the queue, and mina tells nobody that its other half will not follow. */
    @Override
    public void sessionClosed(NextFilter next, IoSession session) throws Exception {
        WriteRequest halfWritten = session.getCurrentWriteRequest();
        if (halfWritten != null) {
            halfWritten.getFuture().setException(new WriteToClosedSessionException(halfWritten));
        }
        super.sessionClosed(next, session);
    }

    /**
     * Seems to be empty as soon as its session is closing, so that who closes leaves it alone. The thread that writes goes
     * on from where it is until it removes the session, and then takes out the rest and fails whoever waits for it.
     */
    private record Output(WriteRequestQueue queue) implements WriteRequestQueue {

        @Override
        public boolean isEmpty(IoSession session) {
            return session.isClosing() || queue.isEmpty(session);
        }

        @Override
        public WriteRequest poll(IoSession session) {
            return queue.poll(session);
        }

        @Override
        public void offer(IoSession session, WriteRequest request) {
            queue.offer(session, request);
        }

        @Override
        public void clear(IoSession session) {
            queue.clear(session);
        }

        @Override
        public void dispose(IoSession session) {
            queue.dispose(session);
        }

        @Override
        public int size() {
            return queue.size();
        }
    }
}
