package org.igniterealtime.openfire.plugin.unifiedrouting.rules;

/** Availability (RFC 6121 §4.7.2.1), the most available first, in the order in which Openfire prefers sessions. */
public enum Show {
    CHAT,
    AVAILABLE,
    AWAY,
    XA,
    DND
}
