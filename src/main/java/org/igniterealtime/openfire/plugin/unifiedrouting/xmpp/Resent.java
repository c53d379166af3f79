package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import java.lang.ref.WeakReference;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongFunction;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchiveStore;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Mid;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.StoreUnavailable;
import org.igniterealtime.openfire.plugin.unifiedrouting.subscription.SessionKey;
import org.xmpp.packet.JID;
import org.xmpp.packet.Message;

/**
 * Recognises what a client sends again because its connection broke before the acknowledgement came (XEP-0198 §5): it is
 * in the archives already. It is delivered once more, but not archived once more.
 *
 * <p>It is the same message if sender's full JID, recipient, id and content are the same, and if the first one came over
 * an earlier connection at most {@link #REACH} before the present one was first used. Each message that was sent is met
 * by one that is sent again. Otherwise, within one connection, no message is ever taken for another: ids such as "1" and
 * "2" are common, and so is a second "ok".
 *
 * <p>When a session goes on over a new connection, Openfire may still be working on what came over the old one, and does
 * not say which is which. For {@link #SETTLING} after such a change, what is archived can be met as well.
 *
 * <p>Thread-safe. Costs one look into the sender's archive for each connection that is used.
 */
public final class Resent {

    /** How long a client may take to come back. */
    static final Duration REACH = Duration.ofMinutes(10);

    /** How long Openfire may take to work off what an old connection brought. */
    static final Duration SETTLING = Duration.ofSeconds(30);

    /** How long the end of an earlier passage is waited for. More than the archive's own patience is not needed. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** How many messages the look takes in: more are not left unacknowledged. */
    private static final int MOST = 1_000;

    /** Stands for a message that is archived already. */
    private static final Object ARCHIVED = "archived";

    private final ArchiveStore archive;
    private final Clock clock;
    private final Map<JID, Connected> sessions = new ConcurrentHashMap<>();
    private final Set<Passage> underway = ConcurrentHashMap.newKeySet();
    private final AtomicLong numbers = new AtomicLong();

    public Resent(ArchiveStore archive, Clock clock) {
        this.archive = archive;
        this.clock = clock;
    }

    /** What a session's present connection may bring again: by content hash, {@link #ARCHIVED} or the passage of each. */
    private static final class Connected {

        private final SessionKey session;
        private final WeakReference<Object> connection;
        private final Instant until;
        private final Instant settled;
        private final Map<Long, Deque<Object>> earlier = new HashMap<>();
        private boolean loaded;

        Connected(SessionKey session, Object connection, Instant until, Instant settled) {
            this.session = session;
            this.connection = new WeakReference<>(connection);
            this.until = until;
            this.settled = settled;
        }

        boolean isOf(SessionKey other, Object present) {
            return session.equals(other) && connection.refersTo(present);
        }

        /**
         * Looks up once what went before; who comes meanwhile waits for that.
         *
         * @throws StoreUnavailable if that is not possible; it is tried again for the next message
         */
        synchronized void load(Passage passage, Set<Passage> underway, LongFunction<List<Long>> sentSince) {
            if (loaded) {
                return;
            }
            // First what is not committed yet, then what is: nothing is missed, and what is met twice does no harm.
            List<Passage> followed = underway.stream().filter(passage::follows).toList();
            List<Long> sent = sentSince.apply(until.minus(REACH.multipliedBy(2)).toEpochMilli());
            followed.forEach(earlierPassage -> add(earlierPassage.contentHash(), earlierPassage));
            sent.forEach(hash -> add(hash, ARCHIVED));
            loaded = true;
        }

        private void add(long contentHash, Object message) {
            earlier.computeIfAbsent(contentHash, hash -> new ArrayDeque<>(1)).add(message);
        }

        /** What this passage brings again. Null if nothing: then, for a while, another one may bring it again. */
        synchronized Object meet(Passage passage, Instant now) {
            if (now.isAfter(until)) {
                earlier.clear();
                return null;
            }
            Deque<Object> same = earlier.get(passage.contentHash());
            Object met = same == null ? null : same.poll();
            if (met == null && now.isBefore(settled)) {
                add(passage.contentHash(), passage);
            }
            return met;
        }
    }

    /** A session has been bound over its first connection. */
    public void began(SessionKey session, Object connection) {
        sessions.compute(session.jid(), (jid, known) -> connected(session, connection, known));
    }

    /** To be asked for before a message is handed to the writer; to be ended when it is known what came of it. */
    Passage enter(SessionKey session, Object connection, long contentHash) {
        Passage passage = new Passage(numbers.incrementAndGet(), session, connection, contentHash, underway);
        underway.add(passage);
        return passage;
    }

    /**
     * Whether the session sent this message before, and it is archived.
     *
     * @param passage the message's own
     * @throws StoreUnavailable if the archive cannot be asked
     */
    boolean isAgain(Passage passage) {
        Connected connected = sessions.compute(
                passage.session().jid(),
                (jid, known) -> known != null && known.isOf(passage.session(), passage.connection())
                        ? known
                        : connected(passage.session(), passage.connection(), known));
        connected.load(
                passage,
                underway,
                since -> archive.sentHashes(passage.session().account(), Instant.ofEpochMilli(since), MOST));
        Object met = connected.meet(passage, clock.instant());
        return met == ARCHIVED || met instanceof Passage earlier && earlier.awaitArchived(PATIENCE);
    }

    /**
     * @param known what there was before under this address; if it has not ended, Openfire may still work on what it
     *     brought
     */
    private Connected connected(SessionKey session, Object connection, Connected known) {
        Instant now = clock.instant();
        return new Connected(session, connection, now.plus(REACH), known == null ? now : now.plus(SETTLING));
    }

    /** The id under which the recipient's archive has it. */
    Optional<Mid> midFor(String recipient, Message message, Passage passage) {
        return archive.findReceived(recipient, message.getFrom(), passage.contentHash());
    }

    /** Forgets a session that has ended. */
    public void ended(SessionKey session) {
        sessions.computeIfPresent(session.jid(), (jid, known) -> known.session.equals(session) ? null : known);
    }
}
