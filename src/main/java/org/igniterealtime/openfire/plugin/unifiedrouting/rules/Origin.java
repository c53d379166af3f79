package org.igniterealtime.openfire.plugin.unifiedrouting.rules;

/** Who sent a message, as the server knows it: a stanza's {@code from} alone proves nothing to a rule. */
public enum Origin {
    /** This server, or the account itself: made here, sent from the server's domain or the account's own bare JID. */
    THIS_SERVER,
    /** A session of an account of this server. */
    LOCAL_ACCOUNT,
    /** An occupant of a room, as {@code room@service/nick}. */
    OCCUPANT,
    /** Anybody else: remote entities, components, rooms themselves. */
    ELSEWHERE
}
