package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.dom4j.Element;
import org.dom4j.Node;
import org.dom4j.QName;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.AppendedEntry;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchiveOutcome;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchiveWriter;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Mid;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.PendingMessage;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.StoreUnavailable;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineLedgers;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineLimit;
import org.igniterealtime.openfire.plugin.unifiedrouting.rules.AccountCondition;
import org.igniterealtime.openfire.plugin.unifiedrouting.rules.AccountState;
import org.igniterealtime.openfire.plugin.unifiedrouting.rules.Copy;
import org.igniterealtime.openfire.plugin.unifiedrouting.rules.DeliveryPlan;
import org.igniterealtime.openfire.plugin.unifiedrouting.rules.JudgedMessage;
import org.igniterealtime.openfire.plugin.unifiedrouting.rules.Kept;
import org.igniterealtime.openfire.plugin.unifiedrouting.rules.OfflineSet;
import org.igniterealtime.openfire.plugin.unifiedrouting.rules.Persistence;
import org.igniterealtime.openfire.plugin.unifiedrouting.rules.SenderOutcome;
import org.igniterealtime.openfire.plugin.unifiedrouting.rules.SessionSnapshot;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xmpp.packet.JID;
import org.xmpp.packet.Message;
import org.xmpp.packet.PacketError;

/**
 * What becomes of a message for which Openfire finds nobody (ROUTING-RULES section 5): somebody may receive it after all; it
 * waits in the offline set; or its sender is told. The thread that routes it never waits for the database: where the answer
 * depends on the commit, it is given after that. Thread-safe.
 */
public final class UnreceivedMessages {

    private static final Logger Log = LoggerFactory.getLogger(UnreceivedMessages.class);
    private static final QName DELAY = QName.get("delay", Namespaces.DELAY);

    /** What says who a message, and an error about it, is for. */
    private static final Set<QName> ADDRESSING =
            Set.of(QName.get("private", Namespaces.CARBONS), QName.get("im-ng", Namespaces.IM_NG));

    /** Whoever waits for news of messages that nobody was there for, as Openfire's own listeners do. */
    public interface Listeners {

        void stored(Message message);

        void bounced(Message message);
    }

    private final Accounts accounts;
    private final Judge judge;
    private final AccountStates accountStates;
    private final ClientStates states;
    private final DeliveryWatch watch;
    private final RoutedMessages routed;
    private final LiveCopies copies;
    private final OfflineLedgers<Holder> ledgers;
    private final ArchiveWriter writer;
    private final Outlet outlet;

    /** Which sessions this thread has tried for which message. */
    private final ThreadLocal<Deque<Attempt>> attempts = ThreadLocal.withInitial(ArrayDeque::new);

    /**
     * Where news go.
     *
     * @param errors takes errors for senders
     * @param executor runs one task after the other
     */
    public record Outlet(Consumer<Message> errors, Listeners listeners, Executor executor) {}

    private record Attempt(Message message, Set<ClientState> tried, boolean isKnown) {}

    public UnreceivedMessages(
            Accounts accounts,
            Judge judge,
            AccountStates accountStates,
            ClientStates states,
            DeliveryWatch watch,
            RoutedMessages routed,
            LiveCopies copies,
            OfflineLedgers<Holder> ledgers,
            ArchiveWriter writer,
            Outlet outlet) {
        this.accounts = accounts;
        this.judge = judge;
        this.accountStates = accountStates;
        this.states = states;
        this.watch = watch;
        this.routed = routed;
        this.copies = copies;
        this.ledgers = ledgers;
        this.writer = writer;
        this.outlet = outlet;
    }

    /** A message, and all that decides about it. */
    private record Case(
            Message message,
            JudgedMessage subject,
            Optional<String> account,
            AccountState state,
            List<SessionSnapshot> sessions,
            Optional<Mid> mid) {}

    /**
     * Decides about a message that nobody received. Never throws.
     *
     * @return false if it is none of ours: Openfire is to do with it what it does without the plugin
     */
    public boolean decide(Message message) {
        try {
            return isOurs(message);
        } catch (RuntimeException e) {
            Log.error("Deciding about a message to '{}' that nobody received failed.", message.getTo(), e);
            // What is in the archive stays in the offline set. Openfire's store keeps what is not.
            return routed.of(message).flatMap(RoutedMessages.Note::mid).isPresent();
        }
    }

    private boolean isOurs(Message message) {
        if (message instanceof SessionCopy) {
            // Others have it.
            watch.isRememberedBySession(message);
            return true;
        }
        JID to = message.getTo();
        if (to == null
                || message.getFrom() == null
                || to.getNode() == null
                || !accounts.domain().equals(to.getDomain())) {
            return false;
        }
        if (watch.isRememberedBySession(message) || ServerWrapper.isOne(message)) {
            return true;
        }
        Optional<RoutedMessages.Note> note = routed.of(message);
        Optional<Mid> mid = note.flatMap(RoutedMessages.Note::mid)
                .or(() -> StanzaIds.find(message.getElement(), to)
                        .filter(Mid::isPossible)
                        .map(Mid::new));
        Judge.Judged judged = note.map(RoutedMessages.Note::judged).orElseGet(() -> judge.judge(message));
        if (note.isEmpty() && mid.isEmpty() && judged.verdict().persistence() != Persistence.TRANSIENT) {
            // It has not come our way; nobody has kept it.
            return false;
        }
        // Before it counts as undelivered: the copies that others are to have.
        note.ifPresent(copies::complete);
        Optional<String> account = accounts.accountOf(to);
        Optional<Attempt> before = attempts.get().stream()
                .filter(attempt -> attempt.message() == message)
                .findFirst();
        Set<ClientState> tried = before.map(Attempt::tried).orElse(Set.of());
        // To be asked first: what is in nobody's hands is forgotten by the ledger, as is what was taken long ago.
        boolean isKnown = before.map(Attempt::isKnown).orElseGet(() -> isKnown(account, note, mid));
        List<ClientState> there = account.map(states::of).map(List::copyOf).orElse(List.of()).stream()
                .filter(accountStates::isReachable)
                .filter(state -> !tried.contains(state) && !watch.isWriting(message, state))
                .toList();
        AccountState state = with(accountStates.of(account, message), note, mid);
        if (account.isEmpty() && accounts.isUnanswered(to)) {
            // It may be an account all the same, and then nobody keeps its message.
            state = and(state, AccountCondition.DATABASE_DOWN);
        }
        Case unreceived = new Case(
                message,
                JudgedMessage.of(judged.facts(), judged.verdict(), message.getFrom(), to),
                account,
                state,
                accountStates.snapshots(there, one -> isLate(message, note, one)),
                mid);
        DeliveryPlan plan = planOf(unreceived, state);
        List<ClientState> receiving = there.stream()
                .filter(one -> plan.copiesFor(one.key().jid().getResource()).contains(Copy.RAW))
                .filter(one -> !hasHadIt(message, note, one))
                .toList();
        if (receiving.isEmpty()) {
            conclude(unreceived, note, isKnown);
        } else {
            note.ifPresent(one -> one.given().exempt(receiving));
            Set<ClientState> all = new HashSet<>(tried);
            all.addAll(receiving);
            deliver(new Attempt(message, all, isKnown), receiving);
            report(unreceived, note);
        }
        return true;
    }

    /**
     * Whether a session became a routing-ng session after a message was handed over, and finds it in its archive. What was
     * handed over since it may have, and this one would follow out of order.
     */
    private static boolean isLate(Message message, Optional<RoutedMessages.Note> note, ClientState state) {
        return note.filter(one -> one.given().isBefore(state)).isPresent()
                && StanzaIds.isArchived(message.getElement(), state.key().jid());
    }

    /** What comes back and is archived a routing-ng session got when that was handed over, or finds in the archive. */
    private static boolean hasHadIt(Message message, Optional<RoutedMessages.Note> note, ClientState state) {
        return state.isRoutingNg()
                && note.filter(one -> !one.again()).isEmpty()
                && StanzaIds.isArchived(message.getElement(), state.key().jid());
    }

    private DeliveryPlan planOf(Case unreceived, AccountState state) {
        return DeliveryPlan.atRecipient(
                unreceived.subject(),
                state,
                unreceived.sessions(),
                accountStates.settings().rules());
    }

    private static AccountState with(AccountState state, Optional<RoutedMessages.Note> note, Optional<Mid> mid) {
        Set<AccountCondition> conditions = EnumSet.noneOf(AccountCondition.class);
        conditions.addAll(state.conditions());
        note.filter(RoutedMessages.Note::failed).ifPresent(one -> conditions.add(AccountCondition.DATABASE_DOWN));
        // It was refused, whatever else could have been deleted for it.
        note.filter(RoutedMessages.Note::full)
                .ifPresent(one -> conditions.add(AccountCondition.ARCHIVE_FULL_OF_UNDELIVERED));
        mid.ifPresent(one -> conditions.add(AccountCondition.ALREADY_ARCHIVED));
        return new AccountState(conditions);
    }

    private boolean isKnown(Optional<String> account, Optional<RoutedMessages.Note> note, Optional<Mid> mid) {
        return note.filter(RoutedMessages.Note::isNew).isPresent()
                || account.flatMap(ledgers::find).stream()
                        .anyMatch(ledger -> mid.filter(ledger::knows).isPresent());
    }

    private static AccountState and(AccountState state, AccountCondition condition) {
        Set<AccountCondition> conditions = EnumSet.of(condition);
        conditions.addAll(state.conditions());
        return new AccountState(conditions);
    }

    /** As to the bare JID: core has missed somebody. What fails comes back here, and goes to the others. */
    private void deliver(Attempt attempt, List<ClientState> receiving) {
        Deque<Attempt> own = attempts.get();
        own.addFirst(attempt);
        try {
            receiving.forEach(state -> state.session().process(attempt.message()));
        } finally {
            own.removeFirst();
        }
    }

    /** Tells the ledger that nobody else gets it. Returns whether somebody has it. */
    private boolean report(Case unreceived, Optional<RoutedMessages.Note> note) {
        return unreceived.account().isPresent()
                && unreceived.mid().isPresent()
                && watch.isGivenToAll(
                        unreceived.account().get(),
                        unreceived.mid().get(),
                        note.filter(RoutedMessages.Note::isNew).isPresent());
    }

    private void conclude(Case unreceived, Optional<RoutedMessages.Note> note, boolean isKnown) {
        boolean isWithSomebody = report(unreceived, note);
        // What is for the history only is nobody's to be given later, whoever has left it unacknowledged.
        if (!isWithSomebody && !isKnown && OfflineSet.mayHold(unreceived.subject(), Persistence.ARCHIVED)) {
            unreceived
                    .account()
                    .ifPresent(account -> unreceived.mid().ifPresent(mid -> ledgers.returned(account, mid)));
        }
        // A message that was accepted when somebody was there, and routed once, is not refused when it comes back.
        boolean isLimited =
                !isWithSomebody && note.filter(RoutedMessages.Note::isNew).isPresent();
        Optional<PendingMessage> pending = note.flatMap(RoutedMessages.Note::pending)
                .or(() -> unreceived.mid().flatMap(writer::underWay));
        if (pending.isEmpty()) {
            answer(unreceived, unreceived.state());
            return;
        }
        // Openfire goes on with the message; what is written of it then is not ours to see.
        Case kept = new Case(
                unreceived.message().createCopy(),
                unreceived.subject(),
                unreceived.account(),
                unreceived.state(),
                unreceived.sessions(),
                unreceived.mid());
        pending.get().whenSettled(outcome -> later(() -> answerAfter(outcome, kept, isLimited)));
    }

    private void answerAfter(ArchiveOutcome outcome, Case kept, boolean isLimited) {
        Set<AccountCondition> conditions = EnumSet.noneOf(AccountCondition.class);
        conditions.addAll(kept.state().conditions());
        if (outcome instanceof ArchiveOutcome.Stored stored) {
            for (AppendedEntry entry : stored.entries()) {
                if (kept.mid().filter(entry.message().mid()::equals).isPresent()) {
                    switch (entry.result()) {
                        case STORED_NOT_ELIGIBLE -> conditions.add(AccountCondition.OVER_OFFLINE_LIMIT);
                        case OVER_LIMIT -> {
                            conditions.add(AccountCondition.OVER_OFFLINE_LIMIT);
                            conditions.remove(AccountCondition.ALREADY_ARCHIVED);
                        }
                        case STORED -> {
                            if (isLimited && isOneTooMany(entry, kept)) {
                                conditions.add(AccountCondition.OVER_OFFLINE_LIMIT);
                            }
                        }
                    }
                }
            }
        } else {
            conditions.add(AccountCondition.DATABASE_DOWN);
        }
        answer(kept, new AccountState(conditions));
    }

    /** Somebody was there when the message was handed over, so that the limit was not asked for, and has gone since. */
    private boolean isOneTooMany(AppendedEntry entry, Case kept) {
        if (!entry.claim().eligible()
                || entry.claim().isLimited()
                || kept.account().isEmpty()) {
            return false;
        }
        String account = kept.account().get();
        try {
            OfflineLimit limit = accountStates.limit(account);
            if (limit.isNone()) {
                return false;
            }
            // The database counts what it does not know to be taken.
            ledgers.saveNow(account);
            Mid mid = entry.message().mid();
            boolean isRefused = accountStates.isRefused(account, mid, limit);
            if (isRefused) {
                ledgers.removed(account, List.of(mid));
            }
            return isRefused;
        } catch (StoreUnavailable e) {
            Log.debug("Whether '{}' has too many undelivered messages is not known.", account, e);
            return false;
        }
    }

    private void answer(Case unreceived, AccountState state) {
        DeliveryPlan plan = planOf(unreceived, state);
        Message message = unreceived.message();
        if (plan.sender().isError()) {
            Message copy = message.createCopy();
            later(() -> outlet.listeners().bounced(copy));
            // COMPAT(4.2): Openfire asks the list of whoever an error comes from, and would turn it round to him.
            boolean isBlocked = state.is(AccountCondition.BLOCKS_PEER);
            refuse(unreceived, plan.sender(), isBlocked ? message.getTo().asBareJID() : message.getTo());
        } else if (plan.kept() != Kept.NOTHING) {
            Message copy = message.createCopy();
            later(() -> outlet.listeners().stored(copy));
        }
    }

    /**
     * RFC 6120 §8.3: from the address that it was sent to, as a rule, with its id, without its recipient's ids. With its payload
     * as well if that may be in archives: an error is archived, whatever it has with it.
     */
    private void refuse(Case unreceived, SenderOutcome outcome, JID from) {
        Message message = unreceived.message();
        if (accounts.domain().equals(message.getFrom().toString())) {
            return;
        }
        SenderOutcome.StanzaError reason = outcome.error().orElseThrow();
        Message error = message.createCopy();
        if (unreceived.subject().verdict().persistence() != Persistence.ARCHIVED) {
            removePayload(error.getElement());
        }
        StanzaIds.strip(error.getElement(), accounts.domain(), null);
        // That it was held back concerns its recipient.
        for (Element delay : List.copyOf(error.getElement().elements(DELAY))) {
            if (accounts.domain().equals(delay.attributeValue("from"))) {
                error.getElement().remove(delay);
            }
        }
        error.setFrom(from);
        error.setTo(message.getFrom());
        PacketError.Condition condition = PacketError.Condition.fromXMPP(reason.condition());
        PacketError.Type type = PacketError.Type.fromXMPP(reason.type());
        error.setError(
                reason.text().isEmpty()
                        ? new PacketError(condition, type)
                        : new PacketError(condition, type, reason.text(), "en"));
        later(() -> outlet.errors().accept(error));
    }

    /** Who an error is for is still to be seen, see {@link RoutingRules}. */
    private static void removePayload(Element error) {
        for (int i = error.nodeCount() - 1; i >= 0; i--) {
            Node node = error.node(i);
            if (node instanceof Element child && ADDRESSING.contains(child.getQName())) {
                child.clearContent();
            } else {
                error.remove(node);
            }
        }
    }

    private void later(Runnable task) {
        try {
            outlet.executor().execute(() -> {
                try {
                    task.run();
                } catch (RuntimeException | LinkageError e) {
                    Log.error("Telling what became of a message failed.", e);
                }
            });
        } catch (RejectedExecutionException e) {
            Log.debug("The plugin leaves.", e);
        }
    }
}
