package org.igniterealtime.openfire.plugin.unifiedrouting.rules;

/** What a session has asked for since it was bound. */
public enum SessionMode {
    /** XEP-0280. */
    CARBONS,
    /** {@code <subscribe xmlns='urn:xmpp:mam:sub:0'/>}. */
    SUBSCRIBED,
    /** XEP-0409. Excludes carbons. */
    ROUTING_NG,
    /** Has queried the archive, without {@code with}, {@code end}, {@code ids}, {@code before-id}. */
    MAM_READING
}
