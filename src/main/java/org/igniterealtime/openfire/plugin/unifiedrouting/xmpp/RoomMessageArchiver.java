package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import java.util.Optional;
import org.jivesoftware.openfire.interceptor.PacketInterceptor;
import org.jivesoftware.openfire.interceptor.PacketRejectedException;
import org.jivesoftware.openfire.session.Session;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xmpp.packet.JID;
import org.xmpp.packet.Message;
import org.xmpp.packet.Packet;

/**
 * COMPAT(4.2): the rooms of this server hand private messages to their occupants' sessions directly, past all
 * interceptors of incoming messages. They are archived here, on their way out. The object that passes here may be on its
 * way to others too, so a copy of it gets the stanza-id and takes its place. Thread-safe.
 */
public final class RoomMessageArchiver implements PacketInterceptor {

    private static final Logger Log = LoggerFactory.getLogger(RoomMessageArchiver.class);

    private final Rooms rooms;
    private final Accounts accounts;
    private final Archivist archivist;

    public RoomMessageArchiver(Rooms rooms, Accounts accounts, Archivist archivist) {
        this.rooms = rooms;
        this.accounts = accounts;
        this.archivist = archivist;
    }

    @Override
    public void interceptPacket(Packet packet, Session session, boolean incoming, boolean processed)
            throws PacketRejectedException {
        if (incoming || processed || !(packet instanceof Message message)) {
            return;
        }
        Message stamped = null;
        try {
            stamped = isFromOccupant(message) ? stamped(message) : null;
        } catch (RuntimeException e) {
            Log.error("Archiving a room's message failed unexpectedly.", e);
        }
        if (stamped != null) {
            session.process(stamped);
            throw new PacketRejectedException();
        }
    }

    private boolean isFromOccupant(Message message) {
        JID from = sender(message);
        return from != null
                && from.getResource() != null
                && !from.getDomain().equals(accounts.domain())
                && message.getTo() != null
                && !StanzaType.is(message, "groupchat")
                && rooms.isRoom(from);
    }

    /** Null if there is none: Openfire answers what is sent to no address from there. */
    private static JID sender(Message message) {
        try {
            return message.getFrom();
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** Null if it passes as it is: not archived, or archived when it came in. */
    private Message stamped(Message message) {
        Optional<String> recipient = accounts.accountOf(message.getTo());
        if (recipient.isEmpty()
                || StanzaIds.find(message.getElement(), message.getTo()).isPresent()) {
            return null;
        }
        Message copy = message.createCopy();
        archivist.archive(new Archivist.Job(copy, recipient, Optional.empty(), Optional.empty()));
        return StanzaIds.find(copy.getElement(), copy.getTo()).isPresent() ? copy : null;
    }
}
