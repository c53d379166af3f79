package org.igniterealtime.openfire.plugin.unifiedrouting.sessions;

/** A message that a client has sent. Used by the thread of its sequence. */
final class SentMessage {

    /** Of the stanza, and different for all messages on one server. */
    final String id;

    final Kind kind;
    final ModelSession sender;
    final ModelAccount recipient;

    /** The address: a bare or a full JID. */
    final String to;

    final String xml;

    /** Order of sending, in the sequence. */
    final int number;

    /** {@link System#nanoTime()} before it was written. */
    final long sentAt;

    /** When the server was known to have worked it off. */
    long processedAt = Long.MAX_VALUE;

    /** Whether it was acknowledged (XEP-0198), and the count can be relied on. */
    boolean acknowledged;

    /** Whether it was sent again, after a resumption or a new login. */
    boolean resent;

    /** Whether the server was killed before it had to be durable. */
    boolean exposedToKill;

    SentMessage(Kind kind, ModelSession sender, ModelAccount recipient, String to, int number, String id) {
        this.kind = kind;
        this.sender = sender;
        this.recipient = recipient;
        this.to = to;
        this.number = number;
        this.id = id;
        this.xml = kind.stanza(to, id);
        this.sentAt = System.nanoTime();
    }

    /** Whether the server has to know it: it was worked off, and no kill came in between. */
    boolean isCertain() {
        return processedAt != Long.MAX_VALUE && !exposedToKill;
    }

    @Override
    public String toString() {
        return "#" + number + " " + kind + " " + sender + " -> " + to + " (" + id + ")"
                + (isCertain() ? "" : ", perhaps not processed") + (acknowledged ? ", acknowledged" : "")
                + (resent ? ", sent again" : "");
    }
}
