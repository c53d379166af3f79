/**
 * One verdict for every message: what a stanza says ({@link MessageFacts}), what follows from it
 * ({@link RoutingRules}, R01 to R20), and who gets what ({@link DeliveryPlan}). Everything here is a value or a pure,
 * total function of values: no clock, no server object, no input or output, nothing that throws. It may know
 * {@code java.*} and tinder's {@code JID}, nothing else; {@code docs/routing-rules.md} says the same in prose.
 */
package org.igniterealtime.openfire.plugin.unifiedrouting.rules;
