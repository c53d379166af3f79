package org.igniterealtime.openfire.plugin.unifiedrouting.rules;

/** What is out of the ordinary with an account when a message for it, or from it, passes. */
public enum AccountCondition {
    /** Unknown, or an anonymous user: no archive, no offline set. */
    NO_ACCOUNT,
    /** A session queried or subscribed to its archive within {@code mam.account-age}. */
    MAM_ACCOUNT,
    /** Its privacy or block list denies this message. */
    BLOCKS_PEER,
    /** Its archiving preferences exclude the peer (XEP-0441). */
    DOES_NOT_ARCHIVE_PEER,
    /** Setting {@code offline.enabled} is false. */
    OFFLINE_DISABLED,
    /** As many messages of this sender as its limit allows are undelivered; with limit 0, always. */
    OVER_OFFLINE_LIMIT,
    /** Its archive is over its quota; older entries can go. */
    ARCHIVE_FULL,
    /** Its archive is over its quota and every entry is undelivered. */
    ARCHIVE_FULL_OF_UNDELIVERED,
    /** This message's row was written before the last session went. */
    ALREADY_ARCHIVED,
    /** Nothing can be read or written. */
    DATABASE_DOWN
}
