package org.igniterealtime.openfire.plugin.unifiedrouting.rules;

/** The shapes in which a message reaches a session. */
public enum Copy {
    /** The message itself, with the archive owner's stanza-id. */
    RAW,
    /** XEP-0280 {@code received}. */
    CARBON_RECEIVED,
    /** XEP-0280 {@code sent}. */
    CARBON_SENT,
    /** A sent message itself, to routing-ng sessions (XEP-0409 §5), with its MID if it is archived. */
    REFLECTION,
    /** {@code mamsub}, for an entry of the archive. */
    NOTIFICATION
}
