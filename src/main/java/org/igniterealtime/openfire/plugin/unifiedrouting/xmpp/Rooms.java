package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import org.xmpp.packet.JID;

/** The multi-user chat services of this server (XEP-0045). Thread-safe. */
@FunctionalInterface
public interface Rooms {

    /** Whether an address is that of a room of this server, or of an occupant in one. */
    boolean isRoom(JID address);
}
