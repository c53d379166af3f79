package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import org.igniterealtime.openfire.plugin.unifiedrouting.offline.handover.Backlog;
import org.jivesoftware.openfire.interceptor.PacketInterceptor;
import org.jivesoftware.openfire.session.Session;
import org.xmpp.packet.JID;
import org.xmpp.packet.Message;
import org.xmpp.packet.Packet;

/**
 * Holds up whatever comes from or to an account until what Openfire's own offline store held of it is taken over: messages
 * come behind it, presence and requests meet it in the offline set. Thread-safe.
 */
public final class BacklogGate implements PacketInterceptor {

    private final Accounts accounts;
    private final Backlog backlog;

    public BacklogGate(Accounts accounts, Backlog backlog) {
        this.accounts = accounts;
        this.backlog = backlog;
    }

    @Override
    public void interceptPacket(Packet packet, Session session, boolean incoming, boolean processed) {
        if (!incoming || processed || backlog.isOver()) {
            return;
        }
        before(packet.getFrom());
        if (packet instanceof Message) {
            before(packet.getTo());
        }
    }

    private void before(JID address) {
        if (address != null && address.getNode() != null && accounts.domain().equals(address.getDomain())) {
            backlog.before(address.getNode());
        }
    }
}
