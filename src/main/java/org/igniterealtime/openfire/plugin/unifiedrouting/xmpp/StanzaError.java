package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import org.xmpp.packet.PacketError;

/** A request cannot be answered; the asker gets this error (RFC 6120 §8.3). */
final class StanzaError extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient PacketError error;

    StanzaError(PacketError.Condition condition) {
        this(condition, condition.getDefaultType(), null);
    }

    StanzaError(PacketError.Condition condition, String text) {
        this(condition, condition.getDefaultType(), text);
    }

    StanzaError(PacketError.Condition condition, PacketError.Type type, String text) {
        super(condition.toXMPP(), null, false, false);
        this.error = text == null ? new PacketError(condition, type) : new PacketError(condition, type, text, "en");
    }

    PacketError error() {
        return error;
    }
}
