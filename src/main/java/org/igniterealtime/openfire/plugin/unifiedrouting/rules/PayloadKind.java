package org.igniterealtime.openfire.plugin.unifiedrouting.rules;

/** What one child of a message is, as far as a rule or a consumer asks. */
public enum PayloadKind {
    // What people say to each other
    /** A body in any language that is not empty: an empty one says nothing, to no peer's archive either. */
    BODY,
    /** A subject that is not empty. */
    SUBJECT,
    /** An encrypted payload of a known kind with content. */
    ENCRYPTED,
    /** XEP-0380: the body, or what is beside it, is encrypted. Alone it says nothing. */
    ENCRYPTION_NOTICE,
    /** An OMEMO element without payload, or with an empty one: keys for a new session (XEP-0384 §5.5.3). */
    KEY_TRANSPORT,
    DIRECT_INVITATION,
    MEDIATED_INVITATION,
    /** XEP-0353 or XEP-0482. */
    CALL,

    // What changes or confirms something said before
    CORRECTION,
    RETRACTION,
    MODERATION,
    REACTION,
    FASTENING,
    /** XEP-0184 {@code received}. */
    RECEIPT,
    /** XEP-0333, other than {@code markable}. */
    MARKER,

    // What matters now or never
    ATTENTION,
    CHAT_STATE,
    REAL_TIME_TEXT,
    PUBSUB_EVENT,
    /** Jingle or in-band bytes: part of a stream that lives with the session. */
    JINGLE,

    // Copies of other messages
    /** XEP-0280 {@code sent} or {@code received}. */
    CARBON,
    /** XEP-0313 {@code result}, or {@code fin} of its older versions. */
    ARCHIVE_RESULT,
    /** {@code mamsub}, the notification of a MAM subscription. */
    ARCHIVE_NOTIFICATION,

    // What the sender asks of the servers
    NO_STORE,
    NO_PERMANENT_STORE,
    STORE,
    NO_COPY,
    /** XEP-0280 {@code private}. */
    PRIVATE,
    /** XEP-0409: this client only. */
    IM_NG,

    // About the message, not in it
    /** XEP-0372, type mention, of the account. */
    MENTION,
    /** {@code x} of muc#user without anything of its own: marks private messages of a room (XEP-0045 §7.5). */
    ROOM_MARK,
    /** XEP-0184 {@code request}. */
    RECEIPT_REQUEST,
    /** XEP-0333 {@code markable}. */
    MARKABLE,
    /** Ids, threads, delays and the like: decides nothing. */
    METADATA,
    /** Not in the registry. */
    UNKNOWN
}
