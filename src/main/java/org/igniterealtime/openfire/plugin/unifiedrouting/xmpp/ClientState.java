package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Mid;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineLedger;
import org.igniterealtime.openfire.plugin.unifiedrouting.subscription.SessionKey;
import org.jivesoftware.openfire.session.LocalClientSession;
import org.xmpp.packet.Message;

/**
 * What is known of one bound session on this node beside what Openfire knows: how it reads, and whether it is being given its
 * offline set. While it is, its <em>gate</em> is closed: what comes live is parked, and follows in its order. Thread-safe.
 */
final class ClientState {

    /** How many live messages wait behind a flood before the gate opens. */
    private static final int MOST_PARKED = 1_000;

    /**
     * @param peer with whom the account talks in it
     * @param after how many messages had been handed over for the account by then
     */
    private record Parked(Message message, Optional<Mid> mid, boolean isNew, String peer, long after) {}

    private final LocalClientSession session;
    private final SessionKey key;
    private final OfflineLedger<Holder> ledger;
    private final Deque<Parked> parked = new ArrayDeque<>();
    private boolean closed;
    private boolean flooded;
    private boolean gone;
    private ArchiveUse.Pages shown;
    private volatile boolean ready;
    private volatile boolean reading;
    private volatile Instant routingNgSince;
    private volatile boolean floodStopped;
    private volatile boolean owed;
    private volatile boolean missed;
    private volatile boolean counted;
    private volatile boolean uncounted;

    ClientState(LocalClientSession session, SessionKey key, OfflineLedger<Holder> ledger) {
        this.session = session;
        this.key = key;
        this.ledger = ledger;
    }

    LocalClientSession session() {
        return session;
    }

    SessionKey key() {
        return key;
    }

    OfflineLedger<Holder> ledger() {
        return ledger;
    }

    Holder raw() {
        return Holder.of(key);
    }

    Holder notified() {
        return Holder.notified(key);
    }

    /** It has queried the archive in a way that shows it everything. */
    void readsArchive() {
        reading = true;
    }

    boolean isReading() {
        return reading;
    }

    /** It wants every message for all clients, raw (XEP-0409), until it ends. */
    void enableRoutingNg(Instant now) {
        if (routingNgSince == null) {
            routingNgSince = now;
        }
    }

    boolean isRoutingNg() {
        return routingNgSince != null;
    }

    /** Null if it has not. */
    Instant routingNgSince() {
        return routingNgSince;
    }

    /** What it was shown of the archive last; null if nothing. */
    synchronized ArchiveUse.Pages shown() {
        return shown;
    }

    synchronized void shown(ArchiveUse.Pages pages) {
        shown = pages;
    }

    /** It looks after its offline messages by itself (XEP-0013). */
    void floodStopped() {
        floodStopped = true;
    }

    boolean isFloodStopped() {
        return floodStopped;
    }

    /** It has no address any more. Its end is waited for a while. Returns whether that was said before. */
    boolean isMissed() {
        boolean was = missed;
        missed = true;
        return was;
    }

    /** The offline set could not be read; it is to be given later. */
    void owes() {
        owed = true;
    }

    /** Whether it is to be given the offline set once more; says so once. */
    boolean collectDebt() {
        boolean was = owed;
        owed = false;
        return was;
    }

    /** Openfire counts what it acknowledges. */
    void counts() {
        counted = true;
    }

    boolean hasCounted() {
        return counted;
    }

    /** Openfire has stopped counting acknowledgements: what was unacknowledged is not known any more. */
    void lostCount() {
        uncounted = true;
    }

    boolean hasLostCount() {
        return uncounted;
    }

    /**
     * It is to be given the offline set.
     *
     * @return whether that is news
     */
    synchronized boolean beginFlood() {
        if (flooded || gone) {
            return false;
        }
        flooded = true;
        closed = true;
        ready = true;
        return true;
    }

    /** Whether a flood is under way or over. */
    boolean isReady() {
        return ready;
    }

    /** The session is unavailable: when it is available again, it is flooded again. */
    synchronized void floodAgain() {
        flooded = false;
        ready = false;
    }

    /**
     * Parks a live message. False: the gate is open, or too many wait already.
     *
     * @param isNew whether it has not been routed before
     */
    synchronized boolean park(Message message, Optional<Mid> mid, boolean isNew) {
        if (!closed || gone || parked.size() >= MOST_PARKED) {
            return false;
        }
        parked.add(new Parked(message, mid, isNew, ServerWrapper.peer(message), ledger.handed()));
        return true;
    }

    synchronized boolean isClosed() {
        return closed && !gone;
    }

    /** The parked message with this id, whose turn it is; before it, what came before it of the same conversation. */
    synchronized List<Message> unpark(Mid mid) {
        Parked due = parked.stream()
                .filter(one -> one.mid().filter(mid::equals).isPresent())
                .findFirst()
                .orElse(null);
        if (due == null) {
            return List.of();
        }
        List<Message> turn = new ArrayList<>();
        for (Iterator<Parked> all = parked.iterator(); all.hasNext(); ) {
            Parked one = all.next();
            if (one == due || due.isNew() && one.peer().equals(due.peer())) {
                all.remove();
                turn.add(one.message());
            }
            if (one == due) {
                break;
            }
        }
        return turn;
    }

    /**
     * The offline set gives the message with this id. It was parked as well if it came from a session that was being forgotten
     * at that moment, so that nobody knew of it.
     */
    synchronized void discard(Mid mid) {
        parked.removeIf(one -> one.mid().filter(mid::equals).isPresent());
    }

    /**
     * The next parked message of a conversation, if it was parked before another one was handed over that is about to be given.
     * If it has an id, it is in the offline set before that one, and its turn has passed, or it is not in it at all.
     *
     * @param turn of the other one, see {@link OfflineLedger#turnOf}
     * @param peer of the other one
     */
    synchronized Optional<Message> nextBefore(long turn, String peer) {
        for (Iterator<Parked> all = parked.iterator(); all.hasNext(); ) {
            Parked one = all.next();
            if (one.after() >= turn) {
                break;
            }
            if (one.peer().equals(peer)) {
                all.remove();
                return Optional.of(one.message());
            }
        }
        return Optional.empty();
    }

    synchronized boolean hasParked() {
        return !parked.isEmpty();
    }

    /** Opens the gate if nothing is parked. Returns whether it is open. */
    synchronized boolean open() {
        closed &= !parked.isEmpty();
        return !closed;
    }

    /** The next parked message; empty: none is left, and the gate is open from now on. */
    synchronized Optional<Message> nextOrOpen() {
        Parked next = parked.poll();
        if (next == null) {
            closed = false;
            return Optional.empty();
        }
        return Optional.of(next.message());
    }

    /** Nothing more can be given to it. Returns what was parked; empty if somebody else has ended it. */
    synchronized Optional<List<Message>> end() {
        if (gone) {
            return Optional.empty();
        }
        gone = true;
        return Optional.of(unparkAll());
    }

    /** Nothing more is to be given to it now. Returns what was parked. */
    synchronized List<Message> unparkAll() {
        closed = false;
        List<Message> left = new ArrayList<>();
        parked.forEach(one -> left.add(one.message()));
        parked.clear();
        return left;
    }

    synchronized boolean isGone() {
        return gone;
    }
}
