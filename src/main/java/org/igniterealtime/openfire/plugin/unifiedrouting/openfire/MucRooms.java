package org.igniterealtime.openfire.plugin.unifiedrouting.openfire;

import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Rooms;
import org.jivesoftware.openfire.muc.MultiUserChatManager;
import org.xmpp.packet.JID;

/** Openfire's own chat services. */
final class MucRooms implements Rooms {

    private final String domain;
    private final MultiUserChatManager chats;

    MucRooms(String domain, MultiUserChatManager chats) {
        this.domain = domain;
        this.chats = chats;
    }

    @Override
    public boolean isRoom(JID address) {
        return address.getNode() != null
                && address.getDomain().endsWith('.' + domain)
                && chats.getMultiUserChatService(address) != null;
    }
}
