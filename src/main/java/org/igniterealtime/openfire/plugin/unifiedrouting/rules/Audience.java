package org.igniterealtime.openfire.plugin.unifiedrouting.rules;

/** Who may get a message. Who of them does, {@link DeliveryPlan} says. */
public enum Audience {
    /** Every client of the account (XEP-0409). */
    ALL_CLIENTS,
    /** Only the addressed resource; never re-routed to another one. */
    ONE_CLIENT,
    /** None. */
    NO_CLIENT
}
