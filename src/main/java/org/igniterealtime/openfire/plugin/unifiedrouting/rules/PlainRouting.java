package org.igniterealtime.openfire.plugin.unifiedrouting.rules;

/** Openfire's {@code route.*} settings: which plain sessions get a message to the bare JID (RFC 6121 §8.5.2.1.1). */
public enum PlainRouting {
    /** Of the sessions with the highest priority the one that was used last. */
    MOST_AVAILABLE,
    /** {@code route.all-resources}: all sessions with the highest priority. */
    ALL_OF_HIGHEST_PRIORITY,
    /** {@code route.really-all-resources}: all sessions whose priority is not negative. */
    ALL_NON_NEGATIVE
}
