package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import static org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.ServerWrapper.FORWARDED;
import static org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.ServerWrapper.MESSAGE;
import static org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.ServerWrapper.RECEIVED;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.dom4j.Element;
import org.dom4j.QName;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Mid;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineLedger.Meant;
import org.igniterealtime.openfire.plugin.unifiedrouting.rules.Audience;
import org.igniterealtime.openfire.plugin.unifiedrouting.subscription.SubscriptionRegistry;
import org.jivesoftware.openfire.OfflineMessage;
import org.jivesoftware.openfire.interceptor.PacketInterceptor;
import org.jivesoftware.openfire.interceptor.PacketRejectedException;
import org.jivesoftware.openfire.session.ClientSession;
import org.jivesoftware.openfire.session.Session;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xmpp.packet.JID;
import org.xmpp.packet.Message;
import org.xmpp.packet.Packet;

/**
 * Sees which session gets what, and tells the account's ledger. The last interceptor: what it lets through is written.
 * While a session is being given its offline set it parks what comes live; what the session has already it keeps away.
 * Thread-safe.
 */
public final class DeliveryWatch implements PacketInterceptor {

    private static final Logger Log = LoggerFactory.getLogger(DeliveryWatch.class);
    private static final QName MAMSUB = QName.get("mamsub", Namespaces.MAM_SUB);
    private static final QName MESSAGE_ID = QName.get("message-id", Namespaces.MID);

    /** More than are ever written in one another. */
    private static final int MOST = 16;

    private final ClientStates states;
    private final ClientConnections connections;
    private final SubscriptionRegistry<?> subscriptions;
    private final RoutedMessages routed;
    private final ThreadLocal<Deque<Writing>> writings = ThreadLocal.withInitial(ArrayDeque::new);

    /** What a flood gives on this thread, and whom: if that fails, others may get it on the same thread. */
    private record Flooded(Message message, Session session) {}

    private final ThreadLocal<Flooded> flooding = new ThreadLocal<>();

    /** The message that a session is shown on this thread. */
    private final ThreadLocal<Message> showing = new ThreadLocal<>();

    private volatile LiveCopies copies;
    private volatile Consumer<Message> undelivered = message -> {};
    private volatile Consumer<ClientState> flood = state -> {};
    private volatile Consumer<String> leftovers = account -> {};
    private volatile boolean rejectsStoredCopies;

    /** A message that is being written to a session on this thread. */
    private static final class Writing {
        final Message message;
        final ClientState state;
        /** The entry of the session's own archive that the message was when it was let through. */
        final Optional<Mid> raw;

        final boolean counted;
        boolean missed;

        Writing(Message message, ClientState state, Optional<Mid> raw, boolean counted) {
            this.message = message;
            this.state = state;
            this.raw = raw;
            this.counted = counted;
        }
    }

    public DeliveryWatch(
            ClientStates states,
            ClientConnections connections,
            SubscriptionRegistry<?> subscriptions,
            RoutedMessages routed) {
        this.states = states;
        this.connections = connections;
        this.subscriptions = subscriptions;
        this.routed = routed;
    }

    /**
     * @param noRecipient takes what was written to nobody
     * @param floods begin to give a session its offline set, or what another one has left behind
     * @param live says who gets what is routed
     */
    public void tell(Consumer<Message> noRecipient, Floods floods, LiveCopies live) {
        undelivered = noRecipient;
        flood = floods::begin;
        leftovers = floods::giveLeftovers;
        copies = live;
    }

    /** Openfire's own offline store goes on: what it delivers of what the archive has, comes from there already. */
    public void rejectStoredCopies() {
        rejectsStoredCopies = true;
    }

    /** Gives a session a message of its offline set, or one that was parked. */
    void give(ClientState state, Message message) {
        flooding.set(new Flooded(message, state.session()));
        try {
            state.session().process(message);
        } finally {
            flooding.remove();
        }
    }

    /** Sends a session what it has asked to see; by that it does not take it. */
    void show(ClientSession session, Message message) {
        showing.set(message);
        try {
            session.process(message);
        } finally {
            showing.remove();
        }
    }

    private boolean isFlooded(Message message, Session session) {
        Flooded flooded = flooding.get();
        return flooded != null && flooded.message() == message && flooded.session() == session;
    }

    @Override
    public void interceptPacket(Packet packet, Session session, boolean incoming, boolean processed)
            throws PacketRejectedException {
        if (!(packet instanceof Message message)) {
            return;
        }
        boolean rejected = false;
        try {
            if (!incoming) {
                if (processed) {
                    written(message);
                } else {
                    rejected = !mayBeWritten(message, session);
                }
            } else if (processed) {
                try {
                    routed.of(message).ifPresent(this::complete);
                } finally {
                    routed.done(message).ifPresent(this::isRouted);
                }
            }
        } catch (RuntimeException e) {
            Log.error("Keeping the books of a message's delivery failed.", e);
        }
        if (rejected) {
            throw new PacketRejectedException();
        }
    }

    private boolean mayBeWritten(Message message, Session session) {
        ClientState state = states.of(session).orElse(null);
        if (state == null) {
            return !isForNobody(message, session);
        }
        if (showing.get() == message) {
            return true;
        }
        Optional<RoutedMessages.Note> note = routed.of(message);
        if (note.isPresent() && isForAnotherClient(message, note.get(), state)) {
            if (routed.isFirstTime(message)) {
                undelivered.accept(message);
            }
            return false;
        }
        if (!isPlanned(message, state)) {
            return false;
        }
        if (note.filter(RoutedMessages.Note::sentAgain).isPresent()) {
            // Its client has sent it again, so that whoever has it gets it again; what became of the first one decides.
            return true;
        }
        boolean isFlood = isFlooded(message, session);
        Optional<Mid> mid = rawMid(message, state);
        if (rejectsStoredCopies && mid.isPresent() && message instanceof OfflineMessage) {
            return false;
        }
        Meant meant = isFlood || mid.isEmpty() || !canBeReached(state)
                ? Meant.NOTED
                : state.ledger().reaches(mid.get(), state.raw());
        if (meant == Meant.BEFORE) {
            return false;
        }
        if (mid.isPresent() && state.isGone()) {
            // Its end has been told meanwhile: nobody would take back what it holds from now on. A flood keeps its own.
            if (!isFlood) {
                state.ledger().released(mid.get(), state.raw());
                if (routed.isFirstTime(message)) {
                    undelivered.accept(message);
                }
            }
            return false;
        }
        // For one that cannot be reached Openfire decides who gets it.
        boolean isParked = !isFlood && canBeReached(state) && isParked(message, state, mid);
        if (meant == Meant.UNKNOWN && state.ledger().isWith(mid.orElseThrow(), state.raw())) {
            // The offline set gives it, which was not known yet above.
            state.discard(mid.get());
            return false;
        }
        if (isParked) {
            return false;
        }
        Deque<Writing> own = writings.get();
        if (own.size() >= MOST) {
            // What is rejected after us is never reported as written.
            own.removeLast();
        }
        own.addFirst(new Writing(message, state, mid, connections.countsAcknowledgements(state.session())));
        return true;
    }

    /** A session that has ended is still written to by whoever has found it before. Somebody else may be there now. */
    private boolean isForNobody(Message message, Session session) {
        if (!states.hasEnded(session)) {
            return false;
        }
        boolean isKept = message.getTo() != null
                && StanzaIds.find(message.getElement(), message.getTo()).isPresent();
        if (isFlooded(message, session)) {
            if (!isKept) {
                undelivered.accept(message);
            }
            return true;
        }
        if (!isKept && routed.of(message).isEmpty()) {
            return false;
        }
        if (routed.isFirstTime(message)) {
            undelivered.accept(message);
        }
        return true;
    }

    /** COMPAT(5.x): a session that has ended still has its address while what it left is routed again. */
    private boolean canBeReached(ClientState state) {
        return connections.countsAcknowledgements(state.session()) || connections.isConnected(state.session());
    }

    /**
     * COMPAT(4.2), COMPAT(5.x): what is sent to a resource that is gone goes on to another one, if that has a priority that
     * Openfire likes. What is for one client does not.
     */
    private static boolean isForAnotherClient(Message message, RoutedMessages.Note note, ClientState state) {
        JID to = message.getTo();
        return to != null
                && to.getResource() != null
                && !to.equals(state.key().jid())
                && note.judged().verdict().audience() == Audience.ONE_CLIENT;
    }

    private boolean isParked(Message message, ClientState state, Optional<Mid> mid) {
        if (!state.isReady() && AccountStates.isAvailable(state)) {
            // Available this moment, and flooded the next.
            flood.accept(state);
        }
        if (!state.isClosed() || ServerWrapper.isAnswer(message)) {
            return false;
        }
        Message copy = message.createCopy();
        boolean isNew = routed.of(message).filter(RoutedMessages.Note::isNew).isPresent();
        return state.park(copy, mid, isNew);
    }

    private void written(Message message) {
        Writing writing = take(message);
        if (writing == null || writing.missed) {
            return;
        }
        ClientState state = writing.state;
        boolean counts = connections.countsAcknowledgements(state.session());
        boolean connected = connections.isConnected(state.session());
        if (!counts && !connected && !writing.counted) {
            missed(writing);
            if (!ServerWrapper.isOne(message)) {
                undelivered.accept(message);
            }
            return;
        }
        if (!counts && !connected) {
            leftBehind(message, state);
            return;
        }
        if (writing.counted) {
            state.counts();
            if (!counts && connected) {
                state.lostCount();
            }
        }
        Mid mid = writing.raw.or(() -> wrappedMid(message, state)).orElse(null);
        if (mid == null) {
            return;
        }
        Holder holder = isNotification(message) ? state.notified() : state.raw();
        boolean isTaken =
                !writing.counted && !isFlooded(message, state.session()) && !connections.holdsBack(state.session());
        if (isTaken) {
            state.ledger().took(mid, holder);
            return;
        }
        state.ledger().sent(mid, holder);
        if (state.isGone()) {
            state.ledger().released(mid, holder);
        }
    }

    /**
     * COMPAT(4.2): a session that ends while something is written to it may not count that any more, and then nobody routes it
     * again. Counted or not, it will not be acknowledged.
     */
    private static void leftBehind(Message message, ClientState state) {
        anyMid(message, state).ifPresent(mid -> {
            Holder holder = isNotification(message) ? state.notified() : state.raw();
            state.ledger().sent(mid, holder);
            state.ledger().left(mid, holder);
            if (state.isGone()) {
                state.ledger().released(mid, holder);
            }
        });
    }

    private Writing take(Message message) {
        Deque<Writing> own = writings.get();
        for (Iterator<Writing> all = own.iterator(); all.hasNext(); ) {
            Writing writing = all.next();
            if (writing.message == message) {
                all.remove();
                return writing;
            }
        }
        return null;
    }

    private void missed(Writing writing) {
        anyMid(writing.message, writing.state)
                .ifPresent(mid -> writing.state
                        .ledger()
                        .released(
                                mid, isNotification(writing.message) ? writing.state.notified() : writing.state.raw()));
    }

    /**
     * Openfire has found a connection closed while a message was written to it.
     *
     * @return whether the session remembers it as unacknowledged all the same, so that there is nothing to do
     */
    boolean isRememberedBySession(Message message) {
        for (Writing writing : writings.get()) {
            if (writing.message == message) {
                if (writing.counted) {
                    return true;
                }
                if (!writing.missed) {
                    writing.missed = true;
                    missed(writing);
                }
                return false;
            }
        }
        return false;
    }

    /** Whether this thread is writing the message to that session. */
    boolean isWriting(Message message, ClientState state) {
        return writings.get().stream().anyMatch(writing -> writing.message == message && writing.state == state);
    }

    private boolean isPlanned(Message message, ClientState state) {
        LiveCopies live = copies;
        return live == null || live.mayPass(message, state);
    }

    private void complete(RoutedMessages.Note note) {
        LiveCopies live = copies;
        if (live != null) {
            live.complete(note);
        }
    }

    private void isRouted(RoutedMessages.Note note) {
        String account = note.to() == null ? null : note.to().getNode();
        if (account == null || note.mid().isEmpty()) {
            return;
        }
        Mid mid = note.mid().get();
        isGivenToAll(account, mid, note.isNew());
        if (!note.sentAgain()) {
            states.ledger(account).filter(ledger -> ledger.routed(mid)).ifPresent(ledger -> leftovers.accept(account));
        }
    }

    /**
     * All who were to be given a message now have been.
     *
     * @param isNew whether it has not been routed before: then subscribers are going to be notified of it
     * @return whether somebody has it, or is going to be notified of it
     */
    boolean isGivenToAll(String account, Mid mid, boolean isNew) {
        for (ClientState state : states.of(account)) {
            if (isNew && subscriptions.isSubscribed(state.key())) {
                state.ledger().meantAsEntry(mid, state.notified());
                if (!subscriptions.isSubscribed(state.key())) {
                    // Its subscription has ended at this moment, and it will not be told.
                    state.ledger().released(mid, state.notified());
                }
            }
        }
        return states.ledger(account).map(ledger -> ledger.isGivenToAll(mid)).orElse(false);
    }

    private static boolean isNotification(Message message) {
        return message.getElement().element(MAMSUB) != null && ServerWrapper.isOne(message);
    }

    /** The entry of the session's own archive that a message is. */
    static Optional<Mid> rawMid(Message message, ClientState state) {
        return StanzaIds.find(message.getElement(), state.key().jid())
                .filter(Mid::isPossible)
                .map(Mid::new);
    }

    /** The entry of the session's own archive that a message shows, in whichever shape. */
    static Optional<Mid> anyMid(Message message, ClientState state) {
        return rawMid(message, state).or(() -> wrappedMid(message, state));
    }

    private static Optional<Mid> wrappedMid(Message message, ClientState state) {
        if (!ServerWrapper.isOne(message)) {
            return Optional.empty();
        }
        Element element = message.getElement();
        Element mamsub = element.element(MAMSUB);
        if (mamsub != null) {
            Element id = mamsub.element(MESSAGE_ID);
            return Optional.ofNullable(id == null ? null : id.attributeValue("id"))
                    .filter(Mid::isPossible)
                    .map(Mid::new);
        }
        Element received = element.element(RECEIVED);
        Element forwarded = received == null ? null : received.element(FORWARDED);
        Element copied = forwarded == null ? null : forwarded.element(MESSAGE);
        return copied == null
                ? Optional.empty()
                : StanzaIds.find(copied, state.key().jid())
                        .filter(Mid::isPossible)
                        .map(Mid::new);
    }

    /** Which entries a session has not acknowledged; the notified ones apart from the others. */
    record Open(Set<Mid> raw, Set<Mid> notified) {}

    Open unacknowledged(ClientState state) {
        Open open = new Open(new HashSet<>(), new HashSet<>());
        for (Message message : connections.unacknowledged(state.session()).messages()) {
            anyMid(message, state).ifPresent(mid -> (isNotification(message) ? open.notified() : open.raw()).add(mid));
        }
        return open;
    }

    /** Tells the ledger what a session has acknowledged since it was last asked. */
    void sweep(ClientState state) {
        boolean counts = connections.countsAcknowledgements(state.session());
        if (state.hasLostCount() || !counts && !connections.isConnected(state.session())) {
            // Not known any more; or it is ending, and what it leaves is about to be routed again.
            return;
        }
        if (counts || connections.unwrittenBytes(state.session()) == 0) {
            acknowledge(state);
        }
    }

    private void acknowledge(ClientState state) {
        // What is written after this is not in question.
        Set<Mid> raw = state.ledger().awaiting(state.raw());
        Set<Mid> notified = state.ledger().awaiting(state.notified());
        if (raw.isEmpty() && notified.isEmpty()) {
            return;
        }
        Open open = unacknowledged(state);
        raw.removeAll(open.raw());
        raw.forEach(mid -> state.ledger().acknowledged(mid, state.raw()));
        notified.removeAll(open.notified());
        notified.forEach(mid -> state.ledger().acknowledged(mid, state.notified()));
    }

    /** The last word on a session that counted acknowledgements: what is still open then was never acknowledged. */
    void sweepAtEnd(ClientState state) {
        if (state.hasCounted() && !state.hasLostCount()) {
            acknowledge(state);
        }
    }
}
