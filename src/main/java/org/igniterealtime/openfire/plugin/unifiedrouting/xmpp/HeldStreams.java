package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntUnaryOperator;
import org.jivesoftware.openfire.session.LocalSession;

/**
 * Stands between clients' connections and the server: an acknowledgement leaves the server only when all messages that were
 * handed to the archive's writer before are committed, or have failed. So it means "archived", though messages are routed
 * before they are. What makes the server say how far it has got in another way, as a resumption does, passes only then.
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

    /** Nothing has come yet over a stream that begins. SASL2's {@code <authenticate/>} may resume one that is there already. */
    private static final Set<String> BEGINNING = Set.of("stream:stream", "?xml");

    /** What passes at once. What is not known here may be answered with how far the server has got. */
    private static final Set<String> PLAIN =
            Set.of("message", "presence", "iq", "starttls", "auth", "response", "abort", "compress");

    /** How the namespaces of XEP-0198 begin. */
    private static final String STREAM_MANAGEMENT = "urn:xmpp:sm:";

    /** How a client asks for the server's acknowledgement. */
    private static final String REQUEST = "r";

    /** A client's own acknowledgement, and how it asks for stanzas to be acknowledged at all. */
    private static final Set<String> COUNTING = Set.of("a", "enable");

    private static final String MESSAGE = "message";

    /** How the end of a stream begins. */
    private static final String CLOSING = "</";

    /** How the server's acknowledgement begins. */
    private static final String ANSWER = "<a ";

    /** Something that lasts until it is closed, by the thread that began it. */
    public interface Step extends AutoCloseable {

        @Override
        void close();
    }

    /** Sees to it that a session goes on over a new connection as if there had been no other. */
    public interface Resumptions {

        /**
         * Whether an element asks for a session that is there, over a connection that has none. Whoever asks for another one, or
         * has one, gets an error.
         */
        boolean isOne(String element, Object connection);

        /**
         * @param resume the element by which a client asks for it
         * @param from the connection over which it does, whether it may or not
         */
        Step begin(String resume, Object from);

        /**
         * A client sends a stanza, or something else.
         *
         * @param connection over which it does
         * @param isMessage whether that is a message
         * @return empty if its session goes on over another one: a stanza has not been counted, and its client sends it again;
         *     anything else, as the end of the stream, is not meant for the session any more
         */
        Optional<Step> stanza(Object connection, boolean isMessage);

        /**
         * A client says how far it has got, or has both sides count from now on: what is written to it and counted has to be
         * the same meanwhile.
         *
         * @param connection over which it does
         * @return empty if its session goes on over another one, and how far it has got is known already
         */
        Optional<Step> counting(Object connection);

        /**
         * A client asks for something of XEP-0198 that it may ask for once.
         *
         * @param connection over which it does
         * @return whether it has that already, and is told so
         */
        boolean refuses(Object connection);

        /** The connection of a session ends; the session may wait for another one. */
        Step end(Object connection);

        /** This thread takes up an element: it writes nothing any more, whatever became of what it wrote. */
        void elementBegins();

        /** A client asks for the server's acknowledgement. */
        void asks(Object connection);

        /** A client closes its stream. */
        void closes(Object connection);
    }

    private final HeldAcknowledgements acknowledgements;
    private final Resumptions resumptions;

    /** The connection whose element this thread is passing on. */
    private final ThreadLocal<Object> connection = new ThreadLocal<>();

    private final AtomicInteger resuming = new AtomicInteger();

    public HeldStreams(HeldAcknowledgements acknowledgements, Resumptions resumptions) {
        this.acknowledgements = acknowledgements;
        this.resumptions = resumptions;
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
        String name = name(element);
        if (element.startsWith(CLOSING)) {
            resumptions.closes(from);
        } else if (REQUEST.equals(name)) {
            resumptions.asks(from);
        }
        if (PLAIN.contains(name) || REQUEST.equals(name) && !acknowledgements.areMany()) {
            passOn(resumptions.stanza(from, MESSAGE.equals(name)), from, onward);
        } else if (BEGINNING.contains(name)) {
            passOn(from, onward);
        } else if (isForOnce(element, name)) {
            once(element, name, from, onward);
        } else if (COUNTING.contains(name)) {
            passOn(resumptions.counting(from), from, onward);
        } else {
            passSettled(element, from, onward);
        }
    }

    private <E extends Exception> void passSettled(String element, Object from, Onward<E> onward) throws E {
        if (element.contains("resume") && resumptions.isOne(element, from)) {
            resuming.incrementAndGet();
            try {
                acknowledgements.settle();
                passOn(Optional.of(resumptions.begin(element, from)), from, onward);
            } finally {
                resuming.decrementAndGet();
            }
            return;
        }
        acknowledgements.settle();
        passOn(resumptions.stanza(from, false), from, onward);
    }

    /** All of XEP-0198 but an acknowledgement, or asking for one. */
    private static boolean isForOnce(String element, String name) {
        return !local(name).equals("a")
                && !local(name).equals(REQUEST)
                && element.substring(0, Math.max(0, element.indexOf('>'))).contains(STREAM_MANAGEMENT);
    }

    private static String local(String name) {
        return name.substring(name.indexOf(':') + 1);
    }

    /**
     * COMPAT(4.2), COMPAT(5.x): when Openfire refuses such a thing, it stops counting for the session that is there, and
     * forgets what that one has not acknowledged.
     */
    private <E extends Exception> void once(String element, String name, Object from, Onward<E> onward) throws E {
        Optional<Step> permission = resumptions.stanza(from, false);
        if (permission.isEmpty()) {
            return;
        }
        try (Step step = permission.get()) {
            if (resumptions.refuses(from)) {
                return;
            }
        }
        if (COUNTING.contains(local(name))) {
            passOn(resumptions.counting(from), from, onward);
        } else {
            passSettled(element, from, onward);
        }
    }

    /**
     * The server writes something to a client.
     *
     * @param first the character at each place of what it begins with, or anything else behind its end
     * @return whether that tells how far the server has got, and may have to wait (see {@link #hold})
     */
    public static boolean isAcknowledgement(IntUnaryOperator first) {
        for (int i = 0; i < ANSWER.length(); i++) {
            if (first.applyAsInt(i) != ANSWER.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /**
     * An acknowledgement is about to leave the server.
     *
     * @param later lets it go, on another thread, without waiting for anything
     * @return false if it is to leave now
     */
    public boolean hold(Runnable later) {
        return acknowledgements.hold(later);
    }

    /**
     * A client's connection has ended, or failed.
     *
     * @param from the server's object for that connection
     * @param onward to be called on this thread, and to return when the server has handled that
     */
    public <E extends Exception> void end(Object from, Onward<E> onward) throws E {
        try (Step end = resumptions.end(from)) {
            onward.pass();
        }
    }

    private <E extends Exception> void passOn(Optional<Step> permission, Object from, Onward<E> onward) throws E {
        if (permission.isPresent()) {
            try (Step step = permission.get()) {
                passOn(from, onward);
            }
        }
    }

    private <E extends Exception> void passOn(Object from, Onward<E> onward) throws E {
        connection.set(from);
        try {
            onward.pass();
        } finally {
            // Not removed: to remove a thread's value costs more than to look for it.
            connection.set(null);
        }
    }

    @Override
    public boolean covers(LocalSession session) {
        Object from = connection.get();
        return from != null && resuming.get() == 0 && from == session.getConnection();
    }

    /** Whether this thread passes on what has come over a client's connection: the server has put the right sender into it. */
    public boolean isClients() {
        return connection.get() != null;
    }

    /** As it is written, with its prefix; empty if the text does not begin with a start tag. */
    private static String name(String element) {
        int end = 1;
        while (end < element.length() && " \t\r\n/>".indexOf(element.charAt(end)) < 0) {
            end++;
        }
        return element.startsWith("<") ? element.substring(1, end) : "";
    }
}
