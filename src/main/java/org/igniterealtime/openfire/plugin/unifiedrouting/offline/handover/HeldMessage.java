package org.igniterealtime.openfire.plugin.unifiedrouting.offline.handover;

import java.time.Instant;

/**
 * A message that Openfire's own offline store holds.
 *
 * @param id what the store tells it by from the account's others
 * @param heldSince when it was put there, in milliseconds
 * @param stanza the message as XML, as Openfire has written it
 */
public record HeldMessage(long id, Instant heldSince, String stanza) {}
