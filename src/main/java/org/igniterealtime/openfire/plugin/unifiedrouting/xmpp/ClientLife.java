package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.dom4j.Element;
import org.dom4j.QName;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Mid;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineLedgers;
import org.jivesoftware.openfire.session.LocalClientSession;
import org.jivesoftware.openfire.session.Session;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xmpp.packet.Message;

/** Follows sessions from their binding to their end, as far as their account's offline set is concerned. Thread-safe. */
public final class ClientLife {

    private static final Logger Log = LoggerFactory.getLogger(ClientLife.class);
    private static final QName DELAY = QName.get("delay", Namespaces.DELAY);

    private final ClientStates states;
    private final Sessions sessions;
    private final ClientConnections connections;
    private final DeliveryWatch watch;
    private final UnreceivedMessages unreceived;
    private final Floods floods;
    private final OfflineLedgers<Holder> ledgers;
    private final Accounts accounts;
    private final Returning returning;
    private final Routing routing;
    private final Clock clock;

    /**
     * The way back into the server.
     *
     * @param router takes messages that are to be routed as if they had just come
     * @param executor for what must not happen on the thread that brings the news
     */
    public record Routing(Consumer<Message> router, Executor executor) {}

    public ClientLife(
            ClientStates states,
            Sessions sessions,
            ClientConnections connections,
            DeliveryWatch watch,
            UnreceivedMessages unreceived,
            Floods floods,
            OfflineLedgers<Holder> ledgers,
            Accounts accounts,
            Returning returning,
            Routing routing,
            Clock clock) {
        this.states = states;
        this.sessions = sessions;
        this.connections = connections;
        this.watch = watch;
        this.unreceived = unreceived;
        this.floods = floods;
        this.ledgers = ledgers;
        this.accounts = accounts;
        this.returning = returning;
        this.routing = routing;
        this.clock = clock;
        states.onReplaced(this::endUnheard);
    }

    /** A session is bound. */
    public void bound(Session session) {
        states.of(session);
    }

    /** A session was there when the plugin came. If it was available, it has been given what there was. */
    public void found(Session session) {
        states.of(session).ifPresent(state -> {
            if (connections.countsAcknowledgements(state.session())) {
                state.counts();
            }
            if (AccountStates.isAvailable(state) && state.beginFlood()) {
                state.unparkAll();
            }
        });
    }

    /**
     * What those who were there have not acknowledged is with them already. To be called when what Openfire's store holds of
     * their accounts has been taken over: the plugin gave it that, when it left, as undelivered.
     */
    public void foundHolding() {
        for (ClientState state : states.all()) {
            if (connections.countsAcknowledgements(state.session())) {
                DeliveryWatch.Open open = watch.unacknowledged(state);
                ledgers.found(state.ledger(), state.raw(), state.raw(), open.raw());
                ledgers.found(state.ledger(), state.raw(), state.notified(), open.notified());
            }
        }
    }

    /** A session is available, or has another priority. */
    public void available(Session session) {
        states.of(session).ifPresent(state -> {
            if (AccountStates.isAvailable(state)) {
                floods.begin(state);
            } else {
                // With a negative priority it is as good as away.
                watch.sweep(state);
                state.floodAgain();
            }
        });
    }

    /** A session is unavailable: what waits for it goes to others. */
    public void unavailable(Session session) {
        states.of(session).ifPresent(state -> {
            watch.sweep(state);
            state.floodAgain();
            List<Message> parked = state.unparkAll();
            if (!parked.isEmpty()) {
                dispose(parked, state);
                floods.giveLeftovers(state.key().account());
            }
        });
    }

    /** A session is over, and Openfire has routed again what it did not acknowledge. */
    public void ended(Session session) {
        if (session.getAddress() != null) {
            states.at(session.getAddress())
                    .filter(state -> state.session() == session)
                    .ifPresent(this::end);
        }
    }

    private void end(ClientState state) {
        state.end().ifPresent(parked -> {
            watch.sweepAtEnd(state);
            leave(parked, state);
            // Until now whoever is flooded has waited for it.
            states.remove(state);
            floods.giveLeftovers(state.key().account());
        });
    }

    private void leave(List<Message> parked, ClientState state) {
        dispose(parked, state);
        state.ledger().gone(state.raw());
        state.ledger().gone(state.notified());
    }

    /** What waits for a session that is not to get it. What is in the offline set comes from there, in its order. */
    private void dispose(List<Message> parked, ClientState state) {
        boolean isServed = floods.isServed(state.key().account());
        for (Message message : parked) {
            Optional<Mid> mid = DeliveryWatch.anyMid(message, state);
            mid.ifPresent(one -> state.ledger().released(one, state.raw()));
            if (isServed && mid.filter(state.ledger()::knows).isPresent()) {
                state.ledger().isGivenToAll(mid.get());
            } else {
                unreceived.decide(message);
            }
        }
    }

    /**
     * COMPAT(5.x): a detached session whose address is bound again is dropped, with all that it had not acknowledged. COMPAT(4.2):
     * it stays detached until its time is over. Either way nobody can resume it any more, and the same goes for a session that
     * has lost its address. What is in the archive goes back to the offline set; the rest is routed again, as Openfire does
     * with what other sessions leave, unless it has begun to.
     */
    private void endUnheard(ClientState state) {
        state.end().ifPresent(parked -> endUnheard(state, parked));
    }

    private void endUnheard(ClientState state, List<Message> parked) {
        watch.sweepAtEnd(state);
        List<Message> open = connections.countsAcknowledgements(state.session())
                ? connections.unacknowledged(state.session()).messages()
                : List.of();
        leave(parked, state);
        connections.forgetUnacknowledged(state.session());
        states.remove(state);
        later(() -> {
            open.stream()
                    .filter(message -> !(message instanceof SessionCopy)
                            && !ServerWrapper.isOne(message)
                            && DeliveryWatch.anyMid(message, state).isEmpty())
                    .forEach(this::routeAgain);
            floods.giveLeftovers(state.key().account());
        });
    }

    private void routeAgain(Message message) {
        Message again = message.createCopy();
        Element element = again.getElement();
        if (element.element(DELAY) == null) {
            element.addElement(DELAY)
                    .addAttribute("from", accounts.domain())
                    .addAttribute("stamp", Timestamps.format(Instant.now(clock)));
        }
        String account = again.getTo() == null ? null : again.getTo().getNode();
        if (account == null) {
            routing.router().accept(again);
        } else {
            returning.route(account, () -> routing.router().accept(again));
        }
    }

    private void later(Runnable task) {
        try {
            routing.executor().execute(task);
        } catch (RejectedExecutionException e) {
            Log.debug("The plugin leaves.", e);
        }
    }

    /**
     * A session's account is deleted: what waits for the session, or is not acknowledged, is nobody's any more. Routed again, it
     * might come to the next account of this name.
     *
     * @param closing ends the session
     */
    public void abandon(LocalClientSession session, Runnable closing) {
        Optional<ClientState> state = states.of(session);
        state.ifPresent(ClientState::end);
        connections.forgetUnacknowledged(session);
        closing.run();
        state.ifPresent(states::remove);
    }

    /**
     * Whether this thread is routing once more what a session of an account was given under that id. To ask the database as
     * well would make the end of a session long: on Openfire 4.2 whoever binds its address meanwhile loses it.
     */
    public boolean isLeftBehind(String account, Mid mid) {
        return states.of(account).stream()
                .anyMatch(state -> connections.isRoutedAgain(state.session())
                        && state.ledger().isWith(mid, state.raw()));
    }

    /**
     * A message begins to be routed once more. The session that has not acknowledged it holds it until it is gone. That is
     * noted now: Openfire goes on with the object that the session keeps, and may make an error for the sender out of it
     * (COMPAT(4.2): if the sender's own connection is closing), so that later the message is not found there any more.
     */
    public void routedAgain(String account, Mid mid) {
        for (ClientState state : states.of(account)) {
            if (connections.isRoutedAgain(state.session())) {
                state.ledger().left(mid, state.raw());
            }
        }
        states.ledger(account).ifPresent(ledger -> ledger.routedAgain(mid));
    }

    /** To be called every few seconds: learns what was acknowledged, and which sessions have gone without a word. */
    public void look() {
        for (ClientState state : states.all()) {
            try {
                look(state);
            } catch (RuntimeException e) {
                Log.error("Looking after session '{}' failed.", state.key().jid(), e);
            }
        }
    }

    private void look(ClientState state) {
        Optional<?> present = sessions.find(state.key());
        if (present.isEmpty()) {
            if (state.isMissed()) {
                endUnheard(state);
            }
            return;
        }
        watch.sweep(state);
        if (state.ledger().collectLeft()) {
            floods.giveLeftovers(state.key().account());
        }
        if (state.collectDebt()) {
            state.floodAgain();
            floods.begin(state);
        }
    }

    /** The plugin leaves. What waits behind gates is delivered. */
    public void leave() {
        floods.stop();
        for (ClientState state : states.all()) {
            watch.sweep(state);
            state.unparkAll().forEach(message -> watch.give(state, message));
        }
    }
}
