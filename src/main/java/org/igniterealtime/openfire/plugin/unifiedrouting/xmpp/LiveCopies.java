package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import static org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.ServerWrapper.FORWARDED;
import static org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.ServerWrapper.MESSAGE;
import static org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.ServerWrapper.RECEIVED;
import static org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.ServerWrapper.SENT;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.dom4j.Element;
import org.igniterealtime.openfire.plugin.unifiedrouting.rules.AccountState;
import org.igniterealtime.openfire.plugin.unifiedrouting.rules.Copy;
import org.igniterealtime.openfire.plugin.unifiedrouting.rules.DeliveryPlan;
import org.jivesoftware.openfire.privacy.PrivacyList;
import org.jivesoftware.openfire.session.LocalClientSession;
import org.jivesoftware.openfire.session.LocalSession;
import org.jivesoftware.openfire.session.Session;
import org.xmpp.packet.JID;
import org.xmpp.packet.Message;

/**
 * Who gets a message while it is routed, where more than RFC 6121 has a say: as soon as one of the account's sessions has
 * enabled carbons or routing-ng, the {@link DeliveryPlan} decides. What Openfire does beyond it is kept back, and what it
 * leaves out is added when it is done. Nothing that Openfire routes is changed: one object serves several sessions.
 *
 * <p>Nobody waits here: what a session does not take at once waits in its own connection. Thread-safe.
 */
public final class LiveCopies {

    private final Accounts accounts;
    private final Sessions sessions;
    private final ClientStates states;
    private final AccountStates accountStates;
    private final BlockLists blockLists;
    private final RoutedMessages routed;
    private final Returning returning;

    public LiveCopies(
            Accounts accounts,
            Sessions sessions,
            ClientStates states,
            AccountStates accountStates,
            BlockLists blockLists,
            RoutedMessages routed,
            Returning returning) {
        this.accounts = accounts;
        this.sessions = sessions;
        this.states = states;
        this.accountStates = accountStates;
        this.blockLists = blockLists;
        this.routed = routed;
        this.returning = returning;
    }

    /**
     * A client has sent a message, which is judged and handed to the archive, and about to be routed: its account's
     * routing-ng sessions see it (XEP-0409 §5), before any answer to it can come.
     *
     * @param session what brings it; null or anything else than its sender's session changes nothing
     */
    public void sent(Message message, Session session) {
        RoutedMessages.Note note = routed.of(message).orElse(null);
        if (note == null || !isItsClient(session, note)) {
            return;
        }
        if (note.given().isReflected()
                || isReturned(note)
                || note.given().senders().isPresent()) {
            // Once is enough, and who routes it again is not its author.
            return;
        }
        if (note.given().isHandedOver() && note.sentMid().isPresent()) {
            // Nobody was to see it in its turn. Who has become a routing-ng session since finds it in the archive.
            return;
        }
        String account = session.getAddress().getNode();
        if (!isConcerned(account)) {
            return;
        }
        if (blockLists.blocksOutgoing(account, message, Optional.of(session))) {
            note.given().refuse();
            return;
        }
        List<ClientState> there = reachable(account);
        Given.Planned planned = new Given.Planned(
                there,
                DeliveryPlan.atSender(
                        note.subject(),
                        AccountState.ORDINARY,
                        accountStates.snapshots(there),
                        accountStates.settings().rules()));
        note.given().senders(planned);
        for (ClientState state : there) {
            if (planned.copiesFor(state).contains(Copy.REFLECTION)) {
                sessions.tell(state.session(), new SessionCopy(asArchived(note, account)));
            }
        }
    }

    /**
     * A message has been handed to the archive in the turn of its accounts, which is not over: their routing-ng sessions
     * get it in the order of the archive.
     *
     * @param session what brings it; empty if that is not on this node
     */
    public void handedOver(Message message, Optional<LocalSession> session) {
        sent(message, session.orElse(null));
        RoutedMessages.Note note = routed.of(message).orElse(null);
        if (note == null) {
            return;
        }
        if (!note.given().isRefused()) {
            atRecipient(note).ifPresent(planned -> giveToRoutingNg(note, planned));
        }
        note.given().handedOver(routingNgSessions(note.to()));
    }

    private static void giveToRoutingNg(RoutedMessages.Note note, Given.Planned planned) {
        Message message = note.message();
        for (ClientState state : planned.sessions()) {
            if (state.isRoutingNg()
                    && planned.copiesFor(state).contains(Copy.RAW)
                    && !isBlockedBySession(message, state)
                    && note.given().add(Copy.RAW, state)) {
                give(state, isInTheBooks(note, state) ? message.createCopy() : new SessionCopy(message));
            }
        }
    }

    private List<ClientState> routingNgSessions(JID to) {
        if (to == null || to.getNode() == null || !accounts.domain().equals(to.getDomain())) {
            return List.of();
        }
        List<ClientState> there = new ArrayList<>(0);
        for (ClientState state : states.of(to.getNode())) {
            if (state.isRoutingNg()) {
                there.add(state);
            }
        }
        return there;
    }

    private static boolean isItsClient(Session session, RoutedMessages.Note note) {
        return session instanceof LocalClientSession client
                && !client.isAnonymousUser()
                && client.getAddress() != null
                && client.getAddress().equals(note.subject().from().orElse(null));
    }

    /** As its sender's archive shows it: under the sender's id, not under the recipient's. */
    private Message asArchived(RoutedMessages.Note note, String sender) {
        Message copy = note.message().createCopy();
        StanzaIds.strip(copy.getElement(), accounts.domain(), null);
        note.sentMid().ifPresent(mid -> StanzaIds.add(copy.getElement(), accounts.bareJid(sender), mid.value(), true));
        return copy;
    }

    /** Whether a message that Openfire is about to write to a session, or a copy that it has made of one, may be. */
    boolean mayPass(Message message, ClientState state) {
        Optional<RoutedMessages.Note> note = routed.of(message);
        if (note.isPresent()) {
            return isTurnedRound(note.get()) || mayPassRaw(note.get(), state);
        }
        Optional<Copy> kind = wrapper(message);
        return kind.isEmpty()
                || routed.any(other -> isOf(other, message, kind.get()))
                        .map(other -> mayPassWrapped(other, kind.get(), state))
                        .orElse(true);
    }

    private boolean mayPassRaw(RoutedMessages.Note note, ClientState state) {
        Given given = note.given();
        if (hasHadIt(note, state) || isWithAnother(note, state)) {
            return false;
        }
        boolean isForbidden = !given.isExempt(state)
                && atRecipient(note)
                        .filter(planned -> planned.isFor(Copy.RAW) && planned.forbids(Copy.RAW, state))
                        .isPresent();
        return !isForbidden && given.add(Copy.RAW, state);
    }

    private boolean mayPassWrapped(RoutedMessages.Note note, Copy kind, ClientState state) {
        if (isReturned(note)) {
            // The copies were made when it was routed first.
            return false;
        }
        Optional<Given.Planned> planned =
                kind == Copy.CARBON_SENT ? note.given().senders() : atRecipient(note);
        boolean isForbidden = planned.filter(one -> one.forbids(kind, state)).isPresent();
        return !isForbidden && note.given().add(kind, state);
    }

    /** Openfire has found all whom it routes a message to, or nobody: the others get theirs. */
    void complete(RoutedMessages.Note note) {
        if (note.given().isRefused() || isTurnedRound(note)) {
            return;
        }
        atRecipient(note).ifPresent(planned -> {
            addRaw(note, planned);
            addWrapped(note, planned, Copy.CARBON_RECEIVED);
        });
        note.given().senders().ifPresent(planned -> addWrapped(note, planned, Copy.CARBON_SENT));
    }

    private void addRaw(RoutedMessages.Note note, Given.Planned planned) {
        Given given = note.given();
        List<ClientState> missing = planned.sessions().stream()
                .filter(state -> planned.copiesFor(state).contains(Copy.RAW) && !given.has(Copy.RAW, state))
                .filter(state -> !isBlockedBySession(note.message(), state))
                .toList();
        boolean isOneOfMany = !given.isWithNobody(Copy.RAW) || missing.size() > 1;
        for (ClientState state : missing) {
            if (!isOneOfMany || isInTheBooks(note, state)) {
                give(state, note.message());
            } else if (given.add(Copy.RAW, state)) {
                give(state, new SessionCopy(note.message()));
            }
        }
    }

    private void addWrapped(RoutedMessages.Note note, Given.Planned planned, Copy kind) {
        if (isReturned(note)) {
            return;
        }
        for (ClientState state : planned.sessions()) {
            if (planned.copiesFor(state).contains(kind)
                    && !note.given().has(kind, state)
                    && (kind == Copy.CARBON_SENT || !isBlockedBySession(note.message(), state))) {
                sessions.tell(state.session(), wrapped(note, kind, state));
            }
        }
    }

    /** XEP-0280 §7, §8. */
    private Message wrapped(RoutedMessages.Note note, Copy kind, ClientState state) {
        boolean isSent = kind == Copy.CARBON_SENT;
        Message copied = isSent
                ? asArchived(note, state.key().account())
                : note.message().createCopy();
        Message carbon = new Message();
        carbon.setType(note.message().getType());
        carbon.setFrom(state.key().jid().asBareJID());
        carbon.setTo(state.key().jid());
        carbon.getElement()
                .addElement(isSent ? SENT : RECEIVED)
                .addElement(FORWARDED)
                .add(ClientNamespace.declareOn(copied.getElement()));
        return carbon;
    }

    private static void give(ClientState state, Message message) {
        state.session().process(message);
    }

    private Optional<Given.Planned> atRecipient(RoutedMessages.Note note) {
        return note.given().recipients(() -> plannedAtRecipient(note));
    }

    private Optional<Given.Planned> plannedAtRecipient(RoutedMessages.Note note) {
        JID to = note.to();
        if (to == null
                || to.getNode() == null
                || !accounts.domain().equals(to.getDomain())
                || isTurnedRound(note)
                || !isConcerned(to.getNode())) {
            return Optional.empty();
        }
        List<ClientState> there = reachable(to.getNode()).stream()
                .filter(state -> !hasHadIt(note, state))
                .toList();
        return Optional.of(new Given.Planned(
                there,
                DeliveryPlan.atRecipient(
                        note.subject(),
                        accountStates.of(Optional.of(to.getNode()), note.message()),
                        accountStates.snapshots(there),
                        accountStates.settings().rules())));
    }

    /** Openfire has made its answer out of the same object. */
    private static boolean isTurnedRound(RoutedMessages.Note note) {
        return note.message().getElement().attributeValue("from", "").isEmpty();
    }

    private List<ClientState> reachable(String account) {
        return states.of(account).stream().filter(accountStates::isReachable).toList();
    }

    /** Elsewhere Openfire does what the rules say by itself, and nothing is asked. */
    private boolean isConcerned(String account) {
        for (ClientState state : states.of(account)) {
            if (state.isRoutingNg() || state.session().isMessageCarbonsEnabled()) {
                return true;
            }
        }
        return false;
    }

    /** Openfire asks the list that each session has in force and answers the sender with an error, which a copy must not cause. */
    private static boolean isBlockedBySession(Message message, ClientState state) {
        PrivacyList active = state.session().getActiveList();
        PrivacyList list = active != null ? active : state.session().getDefaultList();
        return list != null && list.shouldBlockPacket(message);
    }

    private static boolean isInTheBooks(RoutedMessages.Note note, ClientState state) {
        return note.mid().filter(state.ledger()::knows).isPresent();
    }

    /**
     * Whether a routing-ng session got a message when it was routed the first time, by another session's queue. What the
     * ledger knows, it knows better.
     */
    private boolean hasHadIt(RoutedMessages.Note note, ClientState state) {
        if (!state.isRoutingNg()) {
            return false;
        }
        // Sent again, or back from another session: it was given when it was handed over, or the archive shows it.
        return note.sentAgain()
                || isReturned(note)
                        && (StanzaIds.isArchived(
                                        note.message().getElement(), state.key().jid())
                                || !isInTheBooks(note, state)
                                        && heldBackAt(note.message())
                                                .filter(first ->
                                                        !state.routingNgSince().isAfter(first))
                                                .isPresent());
    }

    /** What one session has left unacknowledged and another one has is nobody's news. */
    private boolean isWithAnother(RoutedMessages.Note note, ClientState state) {
        return note.again()
                && note.given()
                        .isWithAnother(() -> note.mid()
                                .filter(mid -> state.ledger().isWithSomebody(mid, this::isThere))
                                .isPresent());
    }

    /** The session that is ending holds it until it is gone. */
    private boolean isThere(Holder holder) {
        return states.find(holder.session()).filter(accountStates::isReachable).isPresent();
    }

    /** The delay alone says nothing: whoever sends a message can put it on. */
    private boolean isReturned(RoutedMessages.Note note) {
        return note.again()
                || heldBackAt(note.message()).isPresent()
                        && accounts.accountOf(note.to())
                                .filter(returning::isUnderWay)
                                .isPresent();
    }

    /** When Openfire wrote a message first that a session has left unacknowledged. */
    private Optional<Instant> heldBackAt(Message message) {
        Element delay = ServerDelay.of(message, accounts.domain());
        if (delay == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(Timestamps.parse(delay.attributeValue("stamp", "")));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    private static Optional<Copy> wrapper(Message message) {
        if (!ServerWrapper.isOne(message)) {
            return Optional.empty();
        }
        if (message.getElement().element(SENT) != null) {
            return Optional.of(Copy.CARBON_SENT);
        }
        return Optional.ofNullable(message.getElement().element(RECEIVED)).map(received -> Copy.CARBON_RECEIVED);
    }

    private static boolean isOf(RoutedMessages.Note note, Message wrapper, Copy kind) {
        Element carbon = wrapper.getElement().element(kind == Copy.CARBON_SENT ? SENT : RECEIVED);
        Element forwarded = carbon.element(FORWARDED);
        Element copied = forwarded == null ? null : forwarded.element(MESSAGE);
        Element original = note.message().getElement();
        return copied != null
                && isSame(copied, original, "from")
                && isSame(copied, original, "to")
                && isSame(copied, original, "id");
    }

    private static boolean isSame(Element one, Element other, String attribute) {
        String value = one.attributeValue(attribute);
        return value == null ? other.attributeValue(attribute) == null : value.equals(other.attributeValue(attribute));
    }
}
