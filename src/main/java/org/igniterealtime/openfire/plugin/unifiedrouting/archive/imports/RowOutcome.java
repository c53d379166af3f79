package org.igniterealtime.openfire.plugin.unifiedrouting.archive.imports;

/** What became of a row of the other archive. */
public enum RowOutcome {
    /** At least one owner's archive got an entry. */
    IMPORTED,

    /** Nothing to do: it is not older than what its owners' archives held already or were given already. */
    ALREADY_THERE,

    /** A room's message, or a private message in a room. Rooms keep their own archive. */
    ROOM,

    /** Neither side is an account of this server, or not any more. */
    NOT_LOCAL,

    /** The rules do not keep such a message (as with the hint no-store, XEP-0334), or its owners do not want it (XEP-0441). */
    NOT_KEPT,

    /** Neither stanza nor text, as of somebody entering a room. */
    EMPTY,

    /** No XML, no text to make a message of, an address that is none, or a time before 1970. */
    UNREADABLE,

    /** Something went wrong with this row only; the log says what. */
    FAILED
}
