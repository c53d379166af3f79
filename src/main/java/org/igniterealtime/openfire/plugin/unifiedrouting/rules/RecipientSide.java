package org.igniterealtime.openfire.plugin.unifiedrouting.rules;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Section 4 for the account that a message is addressed to, and section 5 where none of its sessions can receive. */
final class RecipientSide {

    private final JudgedMessage message;
    private final MessageFacts facts;
    private final Verdict verdict;
    private final AccountState account;
    private final List<SessionSnapshot> sessions;
    private final RuleSettings settings;
    private final Persistence persistence;

    RecipientSide(JudgedMessage message, AccountState account, List<SessionSnapshot> sessions, RuleSettings settings) {
        this.message = message;
        this.facts = message.facts();
        this.verdict = message.verdict();
        // Section 1: whose session reads the archive now is a MAM account, whatever the caller has noticed yet.
        this.account = sessions.stream().anyMatch(RecipientSide::readsArchive)
                ? account.with(AccountCondition.MAM_ACCOUNT)
                : account;
        this.sessions = account.is(AccountCondition.BLOCKS_PEER) ? List.of() : sessions;
        this.settings = settings;
        this.persistence = account.allowed(verdict.persistence());
    }

    DeliveryPlan plan() {
        Set<SessionSnapshot> raw = receivingRaw();
        boolean received = !raw.isEmpty() || isTakenByNotification() || isTakenByItsAuthor();
        Outcome outcome = received
                ? new Outcome(keptBesideDelivery(), SenderOutcome.SILENCE)
                : new Unreceived(message, persistence, account, settings).outcome();
        // What the sender is told nobody got, nobody gets: not even a client that would have had a copy.
        boolean carbons = Carbons.areMadeOf(message) && !outcome.sender().isError() && (received || isForAll());

        List<SessionDelivery> deliveries = new ArrayList<>(sessions.size());
        for (SessionSnapshot session : sessions) {
            Set<Copy> copies = EnumSet.noneOf(Copy.class);
            if (raw.contains(session)) {
                copies.add(Copy.RAW);
            } else if (carbons && Carbons.goTo(session, settings) && !isSending(session)) {
                copies.add(Copy.CARBON_RECEIVED);
            }
            if (outcome.kept().isInArchive() && session.is(SessionMode.SUBSCRIBED)) {
                copies.add(Copy.NOTIFICATION);
            }
            // A copy is as urgent as what it carries: for this session it may be the only one.
            boolean mayWait = session.activity() == Activity.INACTIVE && verdict.urgency() == Urgency.DEFERRABLE;
            deliveries.add(new SessionDelivery(session, copies, mayWait));
        }
        return new DeliveryPlan(deliveries, outcome.kept(), outcome.sender(), isPushed(deliveries, outcome));
    }

    private static boolean readsArchive(SessionSnapshot session) {
        return session.is(SessionMode.SUBSCRIBED) || session.is(SessionMode.MAM_READING);
    }

    private boolean isForAll() {
        return verdict.audience() == Audience.ALL_CLIENTS;
    }

    private Set<SessionSnapshot> receivingRaw() {
        Set<SessionSnapshot> raw = new LinkedHashSet<>();
        // RFC 6121 §8.5.2.1.1, §8.5.2.2.1: groupchat to a bare JID is for rooms; errors to one are R02.
        if (verdict.audience() == Audience.NO_CLIENT || facts.is(MessageType.GROUPCHAT) && !facts.toResource()) {
            return raw;
        }
        // RFC 6121 §8.5.3.1: available or merely connected, the addressed resource gets it.
        sessions.stream().filter(message::isAddressedTo).forEach(raw::add);
        if (!isForAll()) {
            return raw;
        }
        boolean addressedIsHere = !raw.isEmpty();
        sessions.stream().filter(session -> session.is(SessionMode.ROUTING_NG)).forEach(raw::add);
        // Section 5: for the person, not for the resource that is gone. An error has sense only where the message is.
        if (!addressedIsHere && !facts.isError()) {
            raw.addAll(PlainSessions.receiving(message, sessions, settings));
        }
        return raw;
    }

    private boolean isTakenByNotification() {
        // Section 5: what is for one client waits for that one, whoever sees it in the archive.
        return isForAll()
                && account.archives(persistence, settings)
                && sessions.stream().anyMatch(session -> session.is(SessionMode.SUBSCRIBED));
    }

    /** Until a session has acknowledged it, a delivered message may still have to be delivered again. */
    private Kept keptBesideDelivery() {
        boolean eligible = OfflineSet.mayHold(message, persistence)
                && account.canKeep()
                && !account.is(AccountCondition.OFFLINE_DISABLED)
                && !isTakenByItsAuthor();
        if (account.archives(persistence, settings)) {
            return eligible ? Kept.ARCHIVE_AND_OFFLINE_SET : Kept.ARCHIVE;
        }
        return eligible && persistence == Persistence.OFFLINE_ONLY ? Kept.OFFLINE_SET : Kept.NOTHING;
    }

    /** XEP-0357: something worth waking for, kept or delivered, and nobody looks at a client that has it. */
    private boolean isPushed(List<SessionDelivery> deliveries, Outcome outcome) {
        if (verdict.urgency() != Urgency.URGENT
                || persistence == Persistence.TRANSIENT
                || outcome.sender().isError()
                || isTakenByItsAuthor()) {
            return false;
        }
        List<Activity> having = deliveries.stream()
                .filter(delivery -> !delivery.copies().isEmpty())
                .map(delivery -> delivery.session().activity())
                .toList();
        return (outcome.kept() != Kept.NOTHING || !having.isEmpty()) && !having.contains(Activity.ACTIVE);
    }

    private boolean isSending(SessionSnapshot session) {
        return message.isToOneself() && message.isSentBy(session);
    }

    /**
     * Section 4: a message to oneself from the only session has reached everybody whom it is for, if that session is
     * among them. What can be neither kept nor delivered has not: its author learns so, as any author does.
     */
    private boolean isTakenByItsAuthor() {
        if (sessions.size() != 1 || !isSending(sessions.get(0))) {
            return false;
        }
        boolean isForIt = isForAll() || message.isAddressedTo(sessions.get(0));
        return isForIt
                && (account.archives(persistence, settings)
                        || persistence == Persistence.OFFLINE_ONLY && account.canKeep());
    }
}
