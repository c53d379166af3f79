package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import java.util.Optional;
import org.jivesoftware.openfire.privacy.PrivacyList;
import org.jivesoftware.openfire.session.ClientSession;
import org.jivesoftware.openfire.session.Session;
import org.xmpp.packet.Message;

/** What accounts do not want to receive or send (XEP-0016, XEP-0191). Thread-safe. */
public interface BlockLists {

    /** Whether the account's default list keeps this message, which is addressed to it, away. */
    boolean blocksIncoming(String account, Message message);

    /** Whether the account's default list keeps it from sending this message. */
    boolean blocksOutgoing(String account, Message message);

    /**
     * As {@link #blocksOutgoing(String, Message)}, for a session that may have another list active (XEP-0016 §2.4).
     *
     * @param bringing the session that sends it; empty if it is not on this node
     */
    default boolean blocksOutgoing(String account, Message message, Optional<? extends Session> bringing) {
        PrivacyList active = bringing.filter(ClientSession.class::isInstance)
                .map(session -> ((ClientSession) session).getActiveList())
                .orElse(null);
        return active == null ? blocksOutgoing(account, message) : active.shouldBlockPacket(turnedRound(message));
    }

    /** Openfire asks whether who sends would take the message from its recipient (XEP-0016 §2.3). */
    static Message turnedRound(Message message) {
        Message reversed = message.createCopy();
        reversed.setFrom(message.getTo());
        reversed.setTo(message.getFrom());
        return reversed;
    }
}
