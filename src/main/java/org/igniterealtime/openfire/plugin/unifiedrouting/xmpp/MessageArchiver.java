package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import java.util.Optional;
import org.igniterealtime.openfire.plugin.unifiedrouting.subscription.SessionKey;
import org.jivesoftware.openfire.interceptor.PacketInterceptor;
import org.jivesoftware.openfire.session.ClientSession;
import org.jivesoftware.openfire.session.LocalSession;
import org.jivesoftware.openfire.session.Session;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xmpp.packet.JID;
import org.xmpp.packet.Message;
import org.xmpp.packet.Packet;

/**
 * The last interceptor that an incoming message meets: judges it, and archives it for its recipient and its sender
 * before it is routed. What other plugins reject does not come this far and is not archived. The thread that brought
 * the message waits until it is committed, so that a stream management acknowledgement (XEP-0198) means "archived".
 *
 * <p>Whatever fails here, the message goes on: it is then delivered without a stanza-id. Thread-safe.
 */
public final class MessageArchiver implements PacketInterceptor {

    private static final Logger Log = LoggerFactory.getLogger(MessageArchiver.class);

    private final Accounts accounts;
    private final Archivist archivist;
    private final Resent resent;
    private final Redelivery redelivery;

    public MessageArchiver(Accounts accounts, Archivist archivist, Resent resent, Redelivery redelivery) {
        this.accounts = accounts;
        this.archivist = archivist;
        this.resent = resent;
        this.redelivery = redelivery;
    }

    @Override
    public void interceptPacket(Packet packet, Session session, boolean incoming, boolean processed) {
        if (!incoming || processed || !(packet instanceof Message message)) {
            return;
        }
        try {
            archive(message, session);
        } catch (RuntimeException e) {
            // Openfire would log the whole stanza.
            Log.error("Archiving a message from '{}' failed unexpectedly.", message.getFrom(), e);
        }
    }

    private void archive(Message message, Session session) {
        JID from = message.getFrom();
        JID to = message.getTo();
        if (from == null || to == null || ServerWrapper.isOne(message)) {
            return;
        }
        Optional<String> recipient = accounts.accountOf(to);
        Optional<String> sender = isAnonymous(session) ? Optional.empty() : accounts.accountOf(from);
        if (recipient.isEmpty() && sender.isEmpty()) {
            return;
        }
        if (recipient.isPresent() && StanzaIds.find(message.getElement(), to).isPresent()) {
            // Only what is in the archive already keeps such an id; see StanzaIdGuard.
            return;
        }
        if (recipient.isEmpty() && redelivery.isUnderWay()) {
            return;
        }
        if (sender.isPresent() && session instanceof LocalSession local) {
            archiveSent(message, local, recipient, sender);
        } else {
            archivist.archive(message, recipient, sender);
        }
    }

    private static boolean isAnonymous(Session session) {
        return session instanceof ClientSession client && client.isAnonymousUser();
    }

    private void archiveSent(
            Message message, LocalSession session, Optional<String> recipient, Optional<String> sender) {
        SessionKey key =
                new SessionKey(session.getAddress(), session.getStreamID().getID());
        try (Passage passage = resent.enter(key, session.getConnection())) {
            Optional<Fingerprint> again = resent.recognise(message, passage);
            if (again.isEmpty()) {
                archivist.archive(message, recipient, sender);
            } else if (recipient.isPresent()) {
                resent.midFor(recipient.get(), message, again.get()).ifPresent(mid -> Archivist.stamp(message, mid));
            }
        }
    }
}
