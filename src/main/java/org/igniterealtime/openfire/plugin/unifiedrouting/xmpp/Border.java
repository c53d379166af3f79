package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import org.dom4j.Element;
import org.dom4j.QName;
import org.igniterealtime.openfire.plugin.unifiedrouting.rules.LegacyBorder;
import org.igniterealtime.openfire.plugin.unifiedrouting.rules.PayloadKind;
import org.jivesoftware.openfire.interceptor.PacketInterceptor;
import org.jivesoftware.openfire.session.Session;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xmpp.packet.JID;
import org.xmpp.packet.Message;
import org.xmpp.packet.Packet;

/**
 * Tells other domains what a message for one client alone is, in words that servers and clients without XEP-0409 know.
 * Other messages leave as they are. Thread-safe.
 */
public final class Border implements PacketInterceptor {

    private static final Logger Log = LoggerFactory.getLogger(Border.class);
    private static final QName IM_NG = QName.get("im-ng", Namespaces.IM_NG);

    private final Accounts accounts;
    private final Judge judge;

    public Border(Accounts accounts, Judge judge) {
        this.accounts = accounts;
        this.judge = judge;
    }

    @Override
    public void interceptPacket(Packet packet, Session session, boolean incoming, boolean processed) {
        if (!incoming || processed || !(packet instanceof Message message)) {
            return;
        }
        try {
            if (message.getElement().element(IM_NG) != null && isFromHere(message)) {
                LegacyBorder.additions(judge.judge(message).facts()).forEach(kind -> add(message.getElement(), kind));
            }
        } catch (RuntimeException e) {
            Log.error("A message to '{}' leaves without its hints.", message.getTo(), e);
        }
    }

    private boolean isFromHere(Message message) {
        JID from = message.getFrom();
        return from != null && message.getTo() != null && accounts.domain().equals(from.getDomain());
    }

    private static void add(Element message, PayloadKind kind) {
        switch (kind) {
            case NO_STORE -> message.addElement("no-store", Namespaces.HINTS);
            case NO_COPY -> message.addElement("no-copy", Namespaces.HINTS);
            case PRIVATE -> message.addElement("private", Namespaces.CARBONS);
            default -> throw new IllegalArgumentException(kind.name());
        }
    }
}
