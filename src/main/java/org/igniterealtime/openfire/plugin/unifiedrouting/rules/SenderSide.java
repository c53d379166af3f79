package org.igniterealtime.openfire.plugin.unifiedrouting.rules;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Section 4 for the account that sends: what its archive and its own clients get. */
final class SenderSide {

    private final JudgedMessage message;
    private final AccountState account;
    private final List<SessionSnapshot> sessions;
    private final RuleSettings settings;

    SenderSide(JudgedMessage message, AccountState account, List<SessionSnapshot> sessions, RuleSettings settings) {
        this.message = message;
        this.account = account;
        this.sessions = sessions;
        this.settings = settings;
    }

    DeliveryPlan plan() {
        boolean apart = !message.isToOneself();
        Kept kept = apart && isArchived() ? Kept.ARCHIVE : Kept.NOTHING;
        boolean carbons = apart && Carbons.areMadeOf(message);
        boolean reflected = apart && isReflected();

        List<SessionDelivery> deliveries = new ArrayList<>(sessions.size());
        for (SessionSnapshot session : sessions) {
            Set<Copy> copies = EnumSet.noneOf(Copy.class);
            // XEP-0280 §8: not to the client that sent it.
            if (carbons && Carbons.goTo(session, settings) && !message.isSentBy(session)) {
                copies.add(Copy.CARBON_SENT);
            }
            // XEP-0409 §5: to the sending one too, which learns the message's MID by it.
            if (reflected && session.is(SessionMode.ROUTING_NG)) {
                copies.add(Copy.REFLECTION);
            }
            if (kept.isInArchive() && session.is(SessionMode.SUBSCRIBED)) {
                copies.add(Copy.NOTIFICATION);
            }
            // R01: its author knows what is in it.
            deliveries.add(new SessionDelivery(session, copies, session.activity() == Activity.INACTIVE));
        }
        return new DeliveryPlan(deliveries, kept, SenderOutcome.SILENCE, false);
    }

    private boolean isArchived() {
        return !message.facts().isError()
                && account.archives(account.allowed(message.verdict().persistence()), settings);
    }

    private boolean isReflected() {
        return message.verdict().audience() == Audience.ALL_CLIENTS
                && !message.facts().is(MessageType.GROUPCHAT)
                && !message.facts().isError();
    }
}
