package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import org.jivesoftware.openfire.interceptor.PacketInterceptor;
import org.jivesoftware.openfire.interceptor.PacketRejectedException;
import org.jivesoftware.openfire.session.Session;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xmpp.packet.Message;
import org.xmpp.packet.Packet;

/**
 * The first interceptor that an incoming message meets: removes the stanza-ids that only this server may give, and lets
 * nothing through that nobody could read, that the server made for a session that is gone, or that looks as if it were the
 * server's own. Thread-safe.
 */
public final class StanzaIdGuard implements PacketInterceptor {

    private static final Logger Log = LoggerFactory.getLogger(StanzaIdGuard.class);

    private final ContentGuard content;
    private final Accounts accounts;
    private final Reroute reroute;

    public StanzaIdGuard(ContentGuard content, Accounts accounts, Reroute reroute) {
        this.content = content;
        this.accounts = accounts;
        this.reroute = reroute;
    }

    @Override
    public void interceptPacket(Packet packet, Session session, boolean incoming, boolean processed)
            throws PacketRejectedException {
        if (!incoming || processed || !(packet instanceof Message message)) {
            return;
        }
        content.check(message, session);
        boolean isForNobody = false;
        try {
            isForNobody = message instanceof SessionCopy
                    || ServerWrapper.isNeverRouted(message)
                    || ServerWrapper.isOne(message) && reroute.isDelayedByServer(message);
            StanzaType.removeUnknown(message);
            if (message.getTo() == null && message.getFrom() != null) {
                // COMPAT(4.2): RFC 6120 §8.1.1.1 wants the sender's bare JID here. Openfire 5 puts it in by itself.
                message.setTo(message.getFrom().asBareJID());
            }
            StanzaIds.strip(message.getElement(), accounts.domain(), reroute.isOne(message) ? message.getTo() : null);
        } catch (RuntimeException e) {
            Log.error("Checking the stanza-ids of a message failed.", e);
            // What could not be checked is not to be believed.
            StanzaIds.strip(message.getElement(), accounts.domain(), null);
        }
        if (isForNobody) {
            // Made for a session that ended before it acknowledged it, and Openfire would try it on other sessions; or
            // forged.
            throw new PacketRejectedException();
        }
    }
}
