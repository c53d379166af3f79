package org.igniterealtime.openfire.plugin.unifiedrouting.convergence;

/** How a client says where it stands when it opens a session. */
enum StartKind {
    /** {@code <subscribe/>} behind the last entry that it knows (PROTOCOL section 2.1). */
    AFTER_LAST,
    /** The same in pages with {@code <max/>}, behind an entry that it names. */
    PAGED,
    /** {@code <subscribe/>} in the request for a session (section 2.2): without history and with, in turn. */
    SESSION_REQUEST,
    /** {@code <enable xmlns='urn:xmpp:im-ng:0'/>}, and then a query for what is behind the last entry that it knows (section 4). */
    ROUTING_NG
}
