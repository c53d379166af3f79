package org.igniterealtime.openfire.plugin.unifiedrouting.openfire.compat;

import java.lang.ref.WeakReference;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.HeldStreams;
import org.jivesoftware.openfire.Connection;
import org.jivesoftware.openfire.session.LocalClientSession;

/**
 * COMPAT(4.2), COMPAT(5.x): a session that is resumed over a new connection (XEP-0198 §5) while the server still works on its
 * earlier one.
 *
 * <ul>
 *   <li>What that connection brings as an acknowledgement is older than what the resumption has said. Openfire would count
 *       from there again, and take for acknowledged what the client has not received.
 *   <li>If the server has just noticed the end of that connection, it would detach the session from its new one.
 * </ul>
 *
 * Thread-safe.
 */
public final class ResumedStreams implements HeldStreams.Resumptions {

    private static final long PATIENCE_MILLIS = 1_000;
    private static final Pattern PREVID = Pattern.compile("previd\\s*=\\s*['\"]([^'\"]*)['\"]");
    private static final int LOCKS = 256;

    /** What writes to sessions. */
    public interface Writing {

        /** Until this is closed nothing is written to the session. */
        HeldStreams.Step stop(LocalClientSession session);

        /** This thread writes nothing any more. */
        void end();
    }

    /** Where the server sees to it by itself. */
    public static final Writing IN_ORDER = new Writing() {

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
    private final ReentrantLock[] acknowledging = new ReentrantLock[LOCKS];
    private final Set<Object> superseded = Collections.newSetFromMap(Collections.synchronizedMap(weak()));
    private final Map<Object, WeakReference<LocalClientSession>> byConnection = Collections.synchronizedMap(weak());
    private volatile Writing writing = IN_ORDER;

    /** @param byStreamId finds the session of a stream */
    public ResumedStreams(Function<String, Optional<LocalClientSession>> byStreamId) {
        this.byStreamId = byStreamId;
        for (int i = 0; i < LOCKS; i++) {
            acknowledging[i] = new ReentrantLock();
        }
    }

    private static <V> Map<Object, V> weak() {
        return new WeakHashMap<>();
    }

    /** To be called before anything is written in that order. */
    public void tell(Writing order) {
        writing = order;
    }

    /** A session is there; what its client acknowledges is counted when nothing is being written to it. */
    public void connected(LocalClientSession session) {
        connection(session).ifPresent(connection -> byConnection.put(connection, new WeakReference<>(session)));
    }

    @Override
    public void elementBegins() {
        writing.end();
    }

    @Override
    public Optional<HeldStreams.Step> acknowledgement(Object connection) {
        ReentrantLock lock = lock(connection);
        lock.lock();
        if (superseded.contains(connection)) {
            lock.unlock();
            return Optional.empty();
        }
        Optional<LocalClientSession> session = session(connection);
        if (session.isEmpty()) {
            return Optional.of(lock::unlock);
        }
        // Else it might be counted before what it acknowledges is.
        HeldStreams.Step stopped = writing.stop(session.get());
        return Optional.of(() -> {
            stopped.close();
            lock.unlock();
        });
    }

    @Override
    public boolean isSuperseded(Object connection) {
        return superseded.contains(connection);
    }

    private Optional<LocalClientSession> session(Object connection) {
        WeakReference<LocalClientSession> known = connection == null ? null : byConnection.get(connection);
        return Optional.ofNullable(known == null ? null : known.get());
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
    public boolean isOne(String element) {
        return streamId(element).flatMap(byStreamId).isPresent();
    }

    private ReentrantLock lock(Object connection) {
        return acknowledging[Math.floorMod(System.identityHashCode(connection), LOCKS)];
    }

    @Override
    public HeldStreams.Step begin(String resume) {
        Optional<LocalClientSession> session = streamId(resume).flatMap(byStreamId);
        if (session.isEmpty()) {
            return () -> {};
        }
        Optional<Connection> earlier = connection(session.get());
        earlier.ifPresent(this::supersede);
        earlier.ifPresent(closed -> awaitDetached(session.get(), closed));
        HeldStreams.Step stopped = writing.stop(session.get());
        return () -> {
            stopped.close();
            connected(session.get());
            // It goes on where it was if its client was not let in.
            earlier.filter(one -> connection(session.get()).filter(one::equals).isPresent())
                    .ifPresent(superseded::remove);
        };
    }

    private void supersede(Connection connection) {
        ReentrantLock lock = lock(connection);
        lock.lock();
        try {
            superseded.add(connection);
        } finally {
            lock.unlock();
        }
    }

    private static void awaitDetached(LocalClientSession session, Connection earlier) {
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
