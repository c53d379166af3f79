package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import java.util.concurrent.atomic.AtomicInteger;
import org.jivesoftware.openfire.session.LocalSession;

/**
 * Stands between clients' connections and the server: an element that can make the server say how far it has got passes
 * only when all messages that were handed to the archive's writer before are committed, or have failed. So an
 * acknowledgement means "archived", though messages are routed before they are.
 *
 * <p>Two threads may work for one session for a while, because it goes on over a new connection while the server still works
 * off what the old one brought, and counts that as well. So nothing is covered that came over another connection than the
 * session's present one, and nothing at all while some session is being resumed. Thread-safe.
 */
public final class HeldStreams implements AcknowledgementHold {

    /** Lets the element go on to the server. */
    @FunctionalInterface
    public interface Onward<E extends Exception> {
        void pass() throws E;
    }

    /** How elements begin that are never answered with how far the server has got. What is not known here waits. */
    private static final String[] PLAIN = {
        "<message",
        "<presence",
        "<iq",
        // The client's own acknowledgement.
        "<a ",
        "<a/",
        "<a>",
        // Nothing has come over a stream that begins. SASL2's <authenticate/> may resume one that is there already.
        "<stream:stream",
        "<?xml",
        "<starttls",
        "<auth ",
        "<response",
        "<abort",
        "<compress",
        "<enable "
    };

    /** Sees to it that nothing is written to a session while it is being resumed. */
    public interface Resumptions {

        /** Lasts until it is closed, by the same thread. */
        interface Resumption extends AutoCloseable {

            @Override
            void close();
        }

        /** @param resume the element by which a client asks for it */
        Resumption begin(String resume);

        /** This thread takes up an element: it writes nothing any more, whatever became of what it wrote. */
        void elementBegins();
    }

    /** Where the server sees to it by itself. */
    private static final class NoResumptions implements Resumptions {

        @Override
        public Resumption begin(String resume) {
            return () -> {};
        }

        @Override
        public void elementBegins() {
            // Nothing is kept of what threads write.
        }
    }

    private final Runnable settle;
    private volatile Resumptions resumptions = new NoResumptions();

    /** The connection whose element this thread is passing on. */
    private final ThreadLocal<Object> connection = new ThreadLocal<>();

    private final AtomicInteger resuming = new AtomicInteger();

    /**
     * @param settle waits, but not for ever, until all that was handed over before is settled
     */
    public HeldStreams(Runnable settle) {
        this.settle = settle;
    }

    /** To be called before the server is open for clients, or while nothing is being resumed. */
    public void tell(Resumptions order) {
        resumptions = order;
    }

    /**
     * An element has come over a client's connection.
     *
     * @param element the whole of it as text
     * @param from the server's object for that connection
     * @param onward to be called on this thread, and to return when the server has handled the element
     */
    public <E extends Exception> void pass(String element, Object from, Onward<E> onward) throws E {
        resumptions.elementBegins();
        if (isPlain(element)) {
            passOn(from, onward);
        } else if (element.contains("resume")) {
            resuming.incrementAndGet();
            try {
                settle.run();
                try (Resumptions.Resumption resumption = resumptions.begin(element)) {
                    passOn(from, onward);
                }
            } finally {
                resuming.decrementAndGet();
            }
        } else {
            settle.run();
            passOn(from, onward);
        }
    }

    private <E extends Exception> void passOn(Object from, Onward<E> onward) throws E {
        connection.set(from);
        try {
            onward.pass();
        } finally {
            connection.remove();
        }
    }

    @Override
    public boolean covers(LocalSession session) {
        Object from = connection.get();
        return from != null && resuming.get() == 0 && from == session.getConnection();
    }

    private static boolean isPlain(String element) {
        for (String start : PLAIN) {
            if (element.startsWith(start)) {
                return true;
            }
        }
        return false;
    }
}
