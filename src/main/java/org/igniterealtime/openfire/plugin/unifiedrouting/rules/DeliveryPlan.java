package org.igniterealtime.openfire.plugin.unifiedrouting.rules;

import java.util.List;
import java.util.Set;

/**
 * What is to be done with one message for one account, its recipient's or its sender's, as sections 4 and 5 of the rules
 * page have it: the verdict applied to the account's sessions and conditions at one moment. A plan does nothing itself.
 * Immutable.
 *
 * @param sessions the account's sessions in the order in which they were given, with those that get nothing; none where
 *     the account blocks the sender
 * @param kept the row that belongs into the account's store, be it still to be written or there already
 * @param sender what the sender gets back; always silence on the sender's side
 * @param push whether the account's sleeping clients are to be woken (XEP-0357); never on the sender's side
 */
public record DeliveryPlan(List<SessionDelivery> sessions, Kept kept, SenderOutcome sender, boolean push) {

    public DeliveryPlan {
        sessions = List.copyOf(sessions);
    }

    /** @param sessions all bound sessions of the recipient, whatever their presence */
    public static DeliveryPlan atRecipient(
            JudgedMessage message, AccountState account, List<SessionSnapshot> sessions, RuleSettings settings) {
        return new RecipientSide(message, account, sessions, settings).plan();
    }

    /**
     * The sender's own copies. For a message to oneself there are none: the recipient's side has them all.
     *
     * @param sessions all bound sessions of the sender, the sending one included
     */
    public static DeliveryPlan atSender(
            JudgedMessage message, AccountState account, List<SessionSnapshot> sessions, RuleSettings settings) {
        return new SenderSide(message, account, sessions, settings).plan();
    }

    /** @return what the session with this resource gets; empty where there is no such session */
    public Set<Copy> copiesFor(String resource) {
        for (SessionDelivery delivery : sessions) {
            if (delivery.session().resource().equals(resource)) {
                return delivery.copies();
            }
        }
        return Set.of();
    }
}
