package org.igniterealtime.openfire.plugin.unifiedrouting.rules;

import java.util.List;
import java.util.Set;

/**
 * Who gets what of one message, on one side of it: sections 4 and 5 of the rules page. Section 3 decided what the
 * message is; this decides what that means for the sessions and the store of one account at one moment. Immutable.
 *
 * @param sessions every session of the account, in the order in which they were given
 * @param kept the row that is written for the account
 * @param sender what the sender gets back
 * @param push whether the account's sleeping clients are to be woken (XEP-0357)
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
