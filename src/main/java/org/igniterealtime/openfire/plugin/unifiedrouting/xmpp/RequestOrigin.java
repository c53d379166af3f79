package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import java.util.Set;
import org.dom4j.Element;
import org.jivesoftware.openfire.interceptor.PacketInterceptor;
import org.jivesoftware.openfire.interceptor.PacketRejectedException;
import org.jivesoftware.openfire.session.ClientSession;
import org.jivesoftware.openfire.session.Session;
import org.xmpp.packet.IQ;
import org.xmpp.packet.Packet;

/**
 * Only a session asks in its own name. COMPAT(4.2): Openfire believes the sender that an external component names (XEP-0114),
 * so that a component could change what an account's sessions are subscribed to. Thread-safe.
 */
public final class RequestOrigin implements PacketInterceptor {

    private static final Set<String> OURS = Set.of(
            Namespaces.MAM_SUB,
            Namespaces.MID,
            Namespaces.IM_NG,
            Namespaces.MAM,
            Namespaces.MAM_TRIM,
            Namespaces.SESSION,
            Namespaces.MSGOFFLINE,
            Namespaces.OFFLINE);

    private final Accounts accounts;

    public RequestOrigin(Accounts accounts) {
        this.accounts = accounts;
    }

    @Override
    public void interceptPacket(Packet packet, Session session, boolean incoming, boolean processed)
            throws PacketRejectedException {
        if (!incoming || processed || !(packet instanceof IQ request) || session == null) {
            return;
        }
        Element child = request.getChildElement();
        if (child != null
                && OURS.contains(child.getNamespaceURI())
                && !(session instanceof ClientSession)
                && request.getFrom() != null
                && request.getFrom().getDomain().equals(accounts.domain())) {
            throw new PacketRejectedException();
        }
    }
}
