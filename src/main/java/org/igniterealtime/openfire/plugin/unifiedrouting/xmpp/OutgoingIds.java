package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import static org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.ServerWrapper.FORWARDED;
import static org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.ServerWrapper.MESSAGE;
import static org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.ServerWrapper.SENT;

import java.util.List;
import org.dom4j.Element;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Direction;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.NewEntry;
import org.jivesoftware.openfire.interceptor.PacketInterceptor;
import org.jivesoftware.openfire.interceptor.PacketRejectedException;
import org.jivesoftware.openfire.session.ClientSession;
import org.jivesoftware.openfire.session.Session;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xmpp.packet.JID;
import org.xmpp.packet.Message;
import org.xmpp.packet.Packet;

/**
 * Nobody is shown the MID that a message has in somebody else's archive (XEP-0313 §5.1.1). Openfire would: it makes errors
 * and the copies for the sender's other sessions (XEP-0280) from the message as it is routed, with the recipient's
 * stanza-id in it. What leaves towards a session with such an id, however deep inside, is replaced by a copy without it;
 * the copy of a sent message gets the sender's own id. Thread-safe.
 */
public final class OutgoingIds implements PacketInterceptor {

    private static final Logger Log = LoggerFactory.getLogger(OutgoingIds.class);

    private final Accounts accounts;
    private final Sessions sessions;

    /** What is archived of the message that this thread routes. Openfire makes its copies on the same thread. */
    private final ThreadLocal<List<NewEntry>> routed = new ThreadLocal<>();

    public OutgoingIds(Accounts accounts, Sessions sessions) {
        this.accounts = accounts;
        this.sessions = sessions;
    }

    /** Told which message is routed next on this thread, and under which ids it is archived. */
    void remember(List<NewEntry> entries) {
        routed.set(entries);
    }

    @Override
    public void interceptPacket(Packet packet, Session session, boolean incoming, boolean processed)
            throws PacketRejectedException {
        if (!(packet instanceof Message message)) {
            return;
        }
        if (incoming) {
            if (processed) {
                // Not removed: to remove a thread's value costs more than to look for it.
                routed.set(null);
            }
        } else if (!processed) {
            Message replacement = null;
            try {
                replacement = replacementFor(message, session);
            } catch (RuntimeException e) {
                Log.error("Checking the stanza-ids of an outgoing message failed.", e);
            }
            if (replacement != null) {
                replace(session, replacement);
                throw new PacketRejectedException();
            }
        }
    }

    /** What it replaces has passed the session's privacy lists, or had no need to. */
    private void replace(Session session, Message replacement) {
        if (session instanceof ClientSession client) {
            sessions.tell(client, replacement);
        } else {
            session.process(replacement);
        }
    }

    /** Null if the message may go as it is. */
    private Message replacementFor(Message message, Session session) {
        String receiver =
                session.getAddress() == null ? "" : session.getAddress().toBareJID();
        Element copied = copiedMessage(message.getElement());
        NewEntry own = copied == null ? null : ownEntry(copied, session.getAddress());
        boolean lacksOwnId =
                own != null && StanzaIds.find(copied, session.getAddress()).isEmpty();
        if (!lacksOwnId && !StanzaIds.hasForeign(message.getElement(), accounts.domain(), receiver)) {
            return null;
        }
        Message replacement = message.createCopy();
        StanzaIds.stripForeign(replacement.getElement(), accounts.domain(), receiver);
        if (lacksOwnId) {
            StanzaIds.add(
                    copiedMessage(replacement.getElement()),
                    session.getAddress(),
                    own.mid().value(),
                    true);
        }
        return replacement;
    }

    private static Element copiedMessage(Element wrapper) {
        Element sent = wrapper.element(SENT);
        Element forwarded = sent == null ? null : sent.element(FORWARDED);
        return forwarded == null ? null : forwarded.element(MESSAGE);
    }

    /** The sender's entry for a message that is being routed; null if there is none. */
    private NewEntry ownEntry(Element copied, JID sender) {
        List<NewEntry> entries = routed.get();
        String to = copied.attributeValue("to");
        if (entries == null || sender == null || to == null) {
            return null;
        }
        String recipients = StanzaIds.find(copied, new JID(to)).orElse(null);
        if (recipients != null
                && entries.stream().noneMatch(entry -> entry.mid().value().equals(recipients))) {
            return null;
        }
        return entries.stream()
                .filter(entry -> entry.direction() == Direction.SENT
                        && entry.owner().equals(sender.getNode())
                        && entry.peer().toString().equals(to))
                .findFirst()
                .orElse(null);
    }
}
