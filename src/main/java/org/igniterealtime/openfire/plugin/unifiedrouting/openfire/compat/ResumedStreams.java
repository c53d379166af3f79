package org.igniterealtime.openfire.plugin.unifiedrouting.openfire.compat;

import java.lang.ref.WeakReference;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.WeakHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.HeldStreams;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Resent;
import org.jivesoftware.openfire.Connection;
import org.jivesoftware.openfire.session.LocalClientSession;

/**
 * COMPAT(4.2), COMPAT(5.x): a session that is resumed over a new connection (XEP-0198 §5) while the server still works on its
 * earlier one.
 *
 * <ul>
 *   <li>Stanzas that this connection brought would be handled, and counted, after the client has been told how many were: it has
 *       sent them again by then, and takes as many of its next ones for handled that may never arrive.
 *   <li>What that connection brings as an acknowledgement is older than what the resumption has said. Openfire would count
 *       from there again, and take for acknowledged what the client has not received.
 *   <li>If the server has just noticed the end of that connection, it would detach the session from its new one: see
 *       {@link Parting}.
 * </ul>
 *
 * Thread-safe.
 */
public final class ResumedStreams implements HeldStreams.Resumptions {

    /** How long what is being done for a connection is waited for. A stanza may wait as long for the archive. */
    private static final long LINE_PATIENCE_MILLIS = 10_000;

    /** XEP-0198 §3: the answer to who asks for what he has. */
    private static final String UNEXPECTED = "<failed xmlns='urn:xmpp:sm:3'>"
            + "<unexpected-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></failed>";

    private static final Pattern PREVID = Pattern.compile("previd\\s*=\\s*['\"]([^'\"]*)['\"]");

    /** What writes to sessions. */
    public interface Writing {

        /** Until this is closed nothing is written to the session. */
        HeldStreams.Step stop(LocalClientSession session);

        /** This thread writes nothing any more. */
        void end();
    }

    /** How a session leaves its earlier connection. */
    public interface Parting {

        /** Elements of that connection are still handled, and the session is written to. */
        void await(LocalClientSession session, Connection earlier);

        /**
         * Nothing is handled for that connection any more, and nothing written to the session, as long as nobody has lost his
         * patience.
         *
         * @param requester the server's object for the connection over which somebody asks to resume, whether he may or not
         */
        void part(LocalClientSession session, Connection earlier, Object requester);
    }

    /** Until there is one. */
    public static final Writing UNORDERED = new Writing() {

        @Override
        public HeldStreams.Step stop(LocalClientSession session) {
            return () -> {};
        }

        @Override
        public void end() {
            // Nothing is kept of what threads write.
        }
    };

    private final Function<String, Optional<LocalClientSession>> byStreamId;
    private final long patienceMillis;
    private final Map<Object, Line> lines = Collections.synchronizedMap(new WeakHashMap<>());
    private final Map<LocalClientSession, WeakReference<Connection>> latest =
            Collections.synchronizedMap(new WeakHashMap<>());
    private volatile Writing writing = UNORDERED;
    private volatile Parting parting = new MinaParting();

    /** A connection whose elements the server handles one after the other. */
    private static final class Line {

        private final long patienceMillis;

        /** Fair: who waits for it is not overtaken by what follows over the same connection. */
        private final ReentrantLock handling = new ReentrantLock(true);

        private volatile WeakReference<LocalClientSession> session = new WeakReference<>(null);

        /** Whether its session goes on over another connection, as far as is known. Guarded by this object. */
        private boolean isElsewhere;

        /** What comes over it is seen here. */
        private volatile boolean seen;

        /** Its client wants acknowledgements. */
        private volatile boolean counting;

        /** Messages have come over it. */
        private volatile boolean brought;

        /** Its client has asked for an acknowledgement since the last of them. */
        private volatile boolean asked;

        /** Its client has closed its stream. */
        private volatile boolean closed;

        /** How many ask for its session now. Guarded by this object. */
        private int asking;

        Line(long patienceMillis) {
            this.patienceMillis = patienceMillis;
        }

        /** @return to be closed by this thread when it has done what it does for the connection */
        HeldStreams.Step begin() {
            try {
                if (handling.tryLock(patienceMillis, TimeUnit.MILLISECONDS)) {
                    return handling::unlock;
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return () -> {};
        }

        /** @return empty if its session goes on over another connection */
        Optional<HeldStreams.Step> beginUnlessSuperseded() {
            HeldStreams.Step step = begin();
            if (isSuperseded()) {
                step.close();
                return Optional.empty();
            }
            return Optional.of(step);
        }

        void elementComes(boolean isMessage) {
            if (isMessage && (asked || !brought)) {
                brought = true;
                asked = false;
            }
            LocalClientSession present = session.get();
            // COMPAT(5.x): what asks for it may be handled before the session is known here.
            if (!counting && present != null && present.getStreamManager().isEnabled()) {
                counting = true;
            }
            if (!seen) {
                seen = true;
            }
        }

        synchronized void isAskedFor() {
            asking++;
        }

        /** Somebody who has asked for its session has his answer. */
        synchronized void isAnswered(boolean elsewhere) {
            isElsewhere = elsewhere;
            asking--;
            notifyAll();
        }

        /** Waits for the answer: who asks may have lost his patience before it was his turn, and be refused. */
        private synchronized boolean isSuperseded() {
            long left = patienceMillis;
            long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(left);
            try {
                while (asking > 0 && left > 0) {
                    wait(left);
                    left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return asking > 0 || isElsewhere;
        }
    }

    /** @param byStreamId finds the session of a stream */
    public ResumedStreams(Function<String, Optional<LocalClientSession>> byStreamId) {
        this(byStreamId, LINE_PATIENCE_MILLIS);
    }

    ResumedStreams(Function<String, Optional<LocalClientSession>> byStreamId, long patienceMillis) {
        this.byStreamId = byStreamId;
        this.patienceMillis = patienceMillis;
    }

    private Line line(Object connection) {
        return lines.computeIfAbsent(connection, unknown -> new Line(patienceMillis));
    }

    private Optional<Line> known(Object connection) {
        return Optional.ofNullable(connection).map(lines::get);
    }

    /** To be called before anything is written in that order. */
    public void tell(Writing order, Parting leaving) {
        writing = order;
        parting = leaving;
    }

    /** A session is there; what its client acknowledges is counted when nothing is being written to it. */
    public void connected(LocalClientSession session) {
        connection(session).ifPresent(connection -> {
            Line line = line(connection);
            line.session = new WeakReference<>(session);
            if (session.getStreamManager().isEnabled()) {
                line.counting = true;
            }
            latest.put(session, new WeakReference<>(connection));
        });
    }

    @Override
    public void elementBegins() {
        writing.end();
    }

    @Override
    public Optional<HeldStreams.Step> stanza(Object connection, boolean isMessage) {
        Optional<Line> line = known(connection);
        line.ifPresent(one -> one.elementComes(isMessage));
        return line.map(Line::beginUnlessSuperseded).orElse(Optional.of(() -> {}));
    }

    /** How a session has ended. What came over an earlier connection of its own the last one's acknowledgement covers. */
    public Resent.End endOf(LocalClientSession session) {
        Optional<Line> line = latest(session).flatMap(this::known).filter(one -> one.closed);
        if (line.filter(one -> one.asked).isPresent()) {
            return Resent.End.CLEAN;
        }
        if (mayWantAcknowledgements(session)) {
            return Resent.End.OPEN;
        }
        return line.isPresent() ? Resent.End.CLOSED : Resent.End.UNCOUNTED;
    }

    /** Whether the client of a session that ends may have asked for acknowledgements. */
    boolean mayWantAcknowledgements(LocalClientSession session) {
        return session.getStreamManager().isEnabled()
                || latest(session).map(this::mayWantAcknowledgementsOver).orElse(true);
    }

    /** Whether the client of a connection may have asked for acknowledgements. */
    public boolean mayWantAcknowledgementsOver(Object connection) {
        return known(connection).filter(line -> line.seen && !line.counting).isEmpty();
    }

    @Override
    public void asks(Object connection) {
        known(connection).ifPresent(line -> line.asked = line.brought);
    }

    @Override
    public void closes(Object connection) {
        known(connection).ifPresent(line -> line.closed = true);
    }

    @Override
    public boolean refuses(Object connection) {
        Optional<LocalClientSession> counting =
                session(connection).filter(session -> session.getStreamManager().isEnabled());
        // To one that has just lost its connection nothing can be said.
        counting.filter(session -> !session.isDetached()).ifPresent(session -> session.deliverRawText(UNEXPECTED));
        return counting.isPresent();
    }

    @Override
    public Optional<HeldStreams.Step> counting(Object connection) {
        known(connection).ifPresent(line -> line.counting = true);
        Optional<HeldStreams.Step> handling = stanza(connection, false);
        Optional<LocalClientSession> session = session(connection);
        if (handling.isEmpty() || session.isEmpty()) {
            return handling;
        }
        // Else an acknowledgement might be counted before what it acknowledges is, or one side count what comes before
        // <enabled/> and the other one not.
        HeldStreams.Step stopped = writing.stop(session.get());
        return Optional.of(() -> {
            stopped.close();
            handling.get().close();
        });
    }

    private Optional<LocalClientSession> session(Object connection) {
        return known(connection).map(line -> line.session.get());
    }

    /**
     * COMPAT(4.2): whoever writes to a session at the moment when it is detached may find that it has no connection any more, and
     * fails before the stanza is counted.
     */
    @Override
    public HeldStreams.Step end(Object connection) {
        return session(connection)
                .filter(session -> session.getStreamManager().getResume())
                .map(writing::stop)
                .orElse(() -> {});
    }

    @Override
    public boolean isOne(String element, Object connection) {
        // Who has a session would keep its line while he waits for another one, whose client may wait for his.
        return session(connection).isEmpty()
                && streamId(element).flatMap(byStreamId).isPresent();
    }

    @Override
    public HeldStreams.Step begin(String resume, Object from) {
        Optional<LocalClientSession> found = streamId(resume).flatMap(byStreamId);
        if (found.isEmpty()) {
            return () -> {};
        }
        LocalClientSession session = found.get();
        connection(session).ifPresent(earlier -> parting.await(session, earlier));
        Map<Connection, HeldStreams.Step> superseded = supersede(session);
        HeldStreams.Step stopped = writing.stop(session);
        connection(session).ifPresent(earlier -> parting.part(session, earlier, from));
        return () -> {
            stopped.close();
            connected(session);
            superseded.forEach((earlier, handled) -> {
                // It goes on where it was if its client was not let in.
                line(earlier)
                        .isAnswered(connection(session).filter(earlier::equals).isEmpty());
                handled.close();
            });
        };
    }

    /** What comes over the session's connections now waits for what becomes of the resumption. */
    private Map<Connection, HeldStreams.Step> supersede(LocalClientSession session) {
        Map<Connection, HeldStreams.Step> superseded = new IdentityHashMap<>(2);
        Optional<Connection> earlier = connection(session).or(() -> latest(session));
        // While this waits for one of them another client may go on with the session.
        while (earlier.filter(one -> !superseded.containsKey(one)).isPresent()) {
            Line line = line(earlier.get());
            superseded.put(earlier.get(), line.begin());
            line.isAskedFor();
            earlier = connection(session);
        }
        return superseded;
    }

    /** The connection of a session that has lost it. */
    private Optional<Connection> latest(LocalClientSession session) {
        return Optional.ofNullable(latest.get(session)).map(WeakReference::get);
    }

    /** To ask a detached session for its connection makes Openfire 4.2 log an error. */
    private static Optional<Connection> connection(LocalClientSession session) {
        return session.isDetached() ? Optional.empty() : Optional.ofNullable(session.getConnection());
    }

    /** Openfire's previd is the resource and the id of the stream, with a NUL between them, in Base64. */
    private static Optional<String> streamId(String resume) {
        Matcher previd = PREVID.matcher(resume);
        if (!previd.find()) {
            return Optional.empty();
        }
        try {
            String decoded = new String(Base64.getDecoder().decode(previd.group(1)), StandardCharsets.UTF_8);
            int nul = decoded.indexOf('\0');
            return nul < 0 ? Optional.empty() : Optional.of(decoded.substring(nul + 1));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
