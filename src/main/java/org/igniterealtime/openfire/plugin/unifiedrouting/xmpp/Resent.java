package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import java.lang.ref.WeakReference;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Predicate;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchiveStore;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ReceivedId;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.StoreUnavailable;
import org.igniterealtime.openfire.plugin.unifiedrouting.subscription.SessionKey;
import org.xmpp.packet.JID;
import org.xmpp.packet.Message;

/**
 * Recognises what is sent again because a connection broke before the acknowledgement came, by a client (XEP-0198 §5) or by
 * another server: it is in the archives already. It is delivered once more, but not archived once more.
 *
 * <p>It is the same message if sender's full JID, recipient, id and content are the same, and if the first one came over
 * an earlier connection at most {@link #REACH} before the present one was first used. Each message that was sent is met
 * by one that is sent again. What was sent before a client closed its stream, with all acknowledged or without having wanted
 * that, is not met, nor what was sent before the end of a session whose client wanted no acknowledgements, if none of that
 * address has left anything open since a stream was closed: such clients send nothing again. Within one connection no message is
 * ever taken for another: ids such as "1" and "2" are common, and so is a second "ok".
 *
 * <p>When a session goes on over a new connection, Openfire may still be working on what came over the old one, and does
 * not say which is which. For {@link #SETTLING} after such a change, what is archived can be met as well.
 *
 * <p>Thread-safe. Costs one look into the sender's archive for each connection that is used, and within {@link #REACH} of
 * its beginning one at each recipient's: the sender's may not have it, for its owner's preferences or its size.
 */
public final class Resent {

    /** How long a client may take to come back. */
    static final Duration REACH = Duration.ofMinutes(10);

    /** How long Openfire may take to work off what an old connection brought. */
    static final Duration SETTLING = Duration.ofSeconds(30);

    /** How long the end of an earlier passage is waited for. More than the archive's own patience is not needed. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** How many messages a look takes in: more are not left unacknowledged. */
    private static final int MOST = 1_000;

    /** Of how many addresses of other servers something is remembered, each for {@link #REACH} at most. */
    static final int MOST_REMOTE = 10_000;

    /** Of how many addresses of clients the ends are remembered. */
    private static final int MOST_ENDS = 10_000;

    /** Openfire does not say which connection of a server brings a message. That there is a new one is known by its id. */
    private static final Object LINE = new Object();

    private final ArchiveStore archive;
    private final ServerLines lines;
    private final Predicate<Object> acknowledged;
    private final Clock clock;
    private final Map<JID, Connected> sessions = new ConcurrentHashMap<>();

    /**
     * How sessions of an address have ended lately.
     *
     * @param closed when one ended last of which nothing can come again
     * @param open when one ended last that may have left something
     * @param clean when a stream was closed last with nothing left open, by sessions before it neither
     */
    private record Ends(Instant closed, Instant open, Instant clean) {

        static final Ends NONE = new Ends(Instant.MIN, Instant.MIN, Instant.MIN);

        Ends closedAt(Instant end) {
            return new Ends(end, open, clean);
        }

        Ends openAt(Instant end) {
            return new Ends(closed, end, clean);
        }

        Ends cleanAt(Instant end) {
            return new Ends(closed, open, end);
        }

        boolean isBefore(Instant time) {
            return closed.isBefore(time) && open.isBefore(time) && clean.isBefore(time);
        }

        /** The end of the last one; after that nothing is open but what these say. */
        Instant last() {
            return closed.isAfter(clean) ? closed : clean;
        }
    }

    private final Map<JID, Ends> ends = new ConcurrentHashMap<>();

    /** When one ended last that could not be remembered. */
    private volatile Instant openSomewhere;

    private volatile Instant endsTidied = Instant.MIN;

    private final Map<JID, Connected> remote = new ConcurrentHashMap<>();
    private final Set<Passage> underway = ConcurrentHashMap.newKeySet();
    private final AtomicLong numbers = new AtomicLong();
    private volatile Instant tidied = Instant.MIN;

    /** @param acknowledged whether the client of a connection may have asked for acknowledgements (XEP-0198) */
    public Resent(ArchiveStore archive, ServerLines lines, Predicate<Object> acknowledged, Clock clock) {
        this.archive = archive;
        this.lines = lines;
        this.acknowledged = acknowledged;
        this.clock = clock;
        // Of those before nobody knows anything.
        this.openSomewhere = clock.instant();
    }

    /** Whose archives may have what a passage brings. Both empty: nobody's. */
    record Owners(Optional<String> sender, Optional<String> recipient) {}

    /** What a session's present connection may bring again. */
    private static final class Connected {

        private final SessionKey session;
        private final WeakReference<Object> connection;
        private final Instant since;
        private final Instant until;
        private final Instant settled;
        private final Earlier earlier = new Earlier();
        private boolean isFollowing;
        private boolean isSentKnown;

        /** @param since when the first one was sent of what it may bring again */
        Connected(SessionKey session, Object connection, Instant since, Instant until, Instant settled) {
            this.session = session;
            this.connection = new WeakReference<>(connection);
            this.since = since;
            this.until = until;
            this.settled = settled;
        }

        boolean isOf(SessionKey other, Object present) {
            return session.equals(other) && connection.refersTo(present);
        }

        boolean isOver(Instant now) {
            return now.isAfter(until);
        }

        /**
         * Looks up once for each archive what went before; who comes meanwhile waits for that.
         *
         * @throws StoreUnavailable if that is not possible; it is tried again for the next message
         */
        synchronized Earlier.Met meet(
                Passage passage,
                Owners owners,
                Set<Passage> underway,
                Function<Instant, List<Long>> sent,
                Function<Instant, List<Long>> received,
                Instant now) {
            if (isOver(now)) {
                earlier.forget();
                return null;
            }
            if (!isFollowing) {
                // Else nobody knows whether a look finds what is being committed, and it would be met never or twice.
                awaitAll(underway.stream().filter(passage::follows).toList());
                isFollowing = true;
            }
            if (!isSentKnown && owners.sender().isPresent()) {
                earlier.sent(sent.apply(since));
                isSentKnown = true;
            }
            owners.recipient().ifPresent(owner -> earlier.received(owner, () -> received.apply(since)));
            Earlier.Met met = earlier.meet(passage.contentHash());
            if (met == null && now.isBefore(settled)) {
                earlier.settling(passage);
            }
            return met;
        }
    }

    /** Passages wait for earlier ones only, so that no two wait for each other. */
    private static void awaitAll(List<Passage> earlier) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        earlier.forEach(passage -> passage.awaitArchived(Duration.ofNanos(end - System.nanoTime())));
    }

    /** A session has been bound over its first connection. */
    public void began(SessionKey session, Object connection) {
        sessions.compute(
                session.jid(), (jid, known) -> connected(session, connection, isOpen(known, session) ? known : null));
    }

    /** Whether something that came before under a session's address may go on, or come again. */
    private boolean isOpen(Connected known, SessionKey session) {
        if (known == null || known.session.equals(session)) {
            return known != null;
        }
        // COMPAT(5.x): that one is replaced; it may end without a word, or say so later.
        Object replaced = known.connection.get();
        boolean isOpen = replaced == null || acknowledged.test(replaced);
        if (isOpen) {
            mayHaveLeftSomething(session.jid());
        } else {
            hasLeftNothing(session.jid(), End.UNCOUNTED);
        }
        return isOpen;
    }

    /** To be asked for before a message is handed to the writer; to be ended when it is known what came of it. */
    Passage enter(SessionKey session, Object connection, long contentHash) {
        Passage passage = new Passage(numbers.incrementAndGet(), session, connection, contentHash, underway);
        underway.add(passage);
        return passage;
    }

    /**
     * As {@link #enter}, for what another server brings.
     *
     * @return empty if it does not come from one, or cannot be anything that is sent again
     */
    Optional<Passage> enter(JID from, long contentHash) {
        return lines.oldest(from.getDomain())
                .filter(line -> !clock.instant().isAfter(line.since().plus(REACH)))
                .map(line -> new SessionKey(from, line.streamId()))
                .filter(line -> isRemembered(from))
                .map(line -> enter(line, LINE, contentHash));
    }

    private boolean isRemembered(JID from) {
        return remote.containsKey(from) || remote.size() < MOST_REMOTE || tidy();
    }

    /** Returns whether there is room now. Looks no more than once in a while. */
    private boolean tidy() {
        Instant now = clock.instant();
        if (now.isAfter(tidied.plus(SETTLING))) {
            tidied = now;
            remote.values().removeIf(connected -> connected.isOver(now));
        }
        return remote.size() < MOST_REMOTE;
    }

    /**
     * Whether this message was sent before, and is archived, or kept until it is delivered.
     *
     * @param passage the message's own
     * @param owners who of its two sides is an account of this server
     * @throws StoreUnavailable if an archive cannot be asked
     */
    boolean isAgain(Passage passage, Owners owners) {
        JID from = passage.session().jid();
        Earlier.Met met = connectedBy(passage)
                .meet(
                        passage,
                        owners,
                        underway,
                        since -> archive.sentHashes(owners.sender().orElseThrow(), since, MOST),
                        since -> archive.receivedHashes(owners.recipient().orElseThrow(), from, since, MOST),
                        clock.instant());
        return met instanceof Earlier.Met.Archived
                || met instanceof Earlier.Met.Underway earlier
                        && earlier.passage().awaitArchived(PATIENCE);
    }

    private Connected connectedBy(Passage passage) {
        Object connection = passage.connection();
        SessionKey session = passage.session();
        boolean isRemote = connection == LINE;
        Map<JID, Connected> all = isRemote ? remote : sessions;
        Connected last = all.get(session.jid());
        return last != null && last.isOf(session, connection)
                ? last
                : all.compute(
                        session.jid(),
                        (jid, known) -> known != null && known.isOf(session, connection)
                                ? known
                                : isRemote ? overLine(session) : connected(session, connection, known));
    }

    /** From the moment when it is first used, as a client's connection: servers connect before they have something to say. */
    private Connected overLine(SessionKey session) {
        Instant now = clock.instant();
        return new Connected(session, LINE, now.minus(REACH), now.plus(REACH), now);
    }

    /**
     * @param known what there was before under this address; if it has not ended, Openfire may still work on what it
     *     brought
     */
    private Connected connected(SessionKey session, Object connection, Connected known) {
        Instant now = clock.instant();
        return new Connected(
                session,
                connection,
                openSince(session.jid(), now),
                now.plus(REACH),
                known == null ? now : now.plus(SETTLING));
    }

    /** The id under which the recipient has it. */
    Optional<ReceivedId> idFor(String recipient, Message message, Passage passage) {
        return archive.findReceived(recipient, message.getFrom(), passage.contentHash());
    }

    /** How a session has ended. */
    public enum End {
        /**
         * Its client has closed its stream (XEP-0198 §5), after it had asked for the acknowledgement of all messages that it
         * had sent. It sends nothing again, and what earlier sessions had left open was sent again before these.
         */
        CLEAN,
        /** Its client wanted no acknowledgements, and has closed its stream. It sends nothing again. */
        CLOSED,
        /** Its client wanted no acknowledgements (XEP-0198). It sends nothing again, whatever became of its connection. */
        UNCOUNTED,
        /** Its client may send again what it has got no acknowledgement for. */
        OPEN
    }

    /** Forgets a session that has ended. */
    public void ended(SessionKey session, End end) {
        sessions.compute(session.jid(), (jid, known) -> {
            boolean isLast = known == null || known.session.equals(session);
            if (end == End.OPEN || end == End.CLEAN && !isLast) {
                mayHaveLeftSomething(jid);
            } else if (isLast) {
                hasLeftNothing(jid, end);
            }
            return isLast ? null : known;
        });
    }

    /** Forgets a session whose address nobody will have again. */
    public void forget(SessionKey session) {
        sessions.computeIfPresent(session.jid(), (jid, known) -> known.session.equals(session) ? null : known);
    }

    /** Who wanted no acknowledgements does not send again what another session under his address has left open. */
    private void hasLeftNothing(JID jid, End how) {
        if (hasRoomFor(jid)) {
            // What was archived in this very millisecond came before.
            Instant end = clock.instant().plusMillis(1);
            ends.compute(jid, (same, known) -> {
                Ends before = known == null ? Ends.NONE : known;
                boolean isClean =
                        how == End.CLEAN || how == End.CLOSED && before.open().isBefore(end.minus(REACH));
                return isClean ? before.cleanAt(end) : before.closedAt(end);
            });
        }
    }

    private void mayHaveLeftSomething(JID jid) {
        Instant end = clock.instant();
        if (hasRoomFor(jid)) {
            ends.compute(jid, (same, known) -> (known == null ? Ends.NONE : known).openAt(end));
        } else {
            openSomewhere = end;
        }
    }

    /** Looks for some no more than once in a while. */
    private boolean hasRoomFor(JID jid) {
        Instant now = clock.instant();
        if (ends.size() >= MOST_ENDS && now.isAfter(endsTidied.plus(SETTLING))) {
            endsTidied = now;
            Instant old = now.minus(REACH);
            ends.values().removeIf(end -> end.isBefore(old));
        }
        return ends.containsKey(jid) || ends.size() < MOST_ENDS;
    }

    /** From when on something may have been left open under an address. */
    private Instant openSince(JID jid, Instant now) {
        Instant reach = now.minus(REACH);
        Ends known = ends.getOrDefault(jid, Ends.NONE);
        Instant settled = known.clean().isAfter(reach) ? known.clean() : reach;
        boolean isOpen = !known.open().isBefore(settled) || !openSomewhere.isBefore(settled);
        return isOpen || known.last().isBefore(settled) ? settled : known.last();
    }
}
