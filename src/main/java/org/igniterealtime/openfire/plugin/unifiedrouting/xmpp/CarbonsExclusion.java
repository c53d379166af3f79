package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import org.dom4j.Element;
import org.jivesoftware.openfire.interceptor.PacketInterceptor;
import org.jivesoftware.openfire.interceptor.PacketRejectedException;
import org.jivesoftware.openfire.session.Session;
import org.xmpp.packet.IQ;
import org.xmpp.packet.Packet;

/**
 * A routing-ng session gets everything raw and cannot have carbons beside (XEP-0409 §5): Openfire answers a request that
 * an interceptor rejects with {@code not-allowed}. Thread-safe.
 */
public final class CarbonsExclusion implements PacketInterceptor {

    private final ClientStates states;

    public CarbonsExclusion(ClientStates states) {
        this.states = states;
    }

    @Override
    public void interceptPacket(Packet packet, Session session, boolean incoming, boolean processed)
            throws PacketRejectedException {
        if (incoming
                && !processed
                && packet instanceof IQ request
                && enablesCarbons(request)
                && states.of(session).filter(ClientState::isRoutingNg).isPresent()) {
            throw new PacketRejectedException();
        }
    }

    private static boolean enablesCarbons(IQ request) {
        Element child = request.getChildElement();
        return request.getType() == IQ.Type.set
                && child != null
                && child.getName().equals("enable")
                && child.getNamespaceURI().equals(Namespaces.CARBONS);
    }
}
