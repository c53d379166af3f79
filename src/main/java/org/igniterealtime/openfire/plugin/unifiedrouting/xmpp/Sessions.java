package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import java.util.Optional;
import org.igniterealtime.openfire.plugin.unifiedrouting.subscription.SessionKey;
import org.jivesoftware.openfire.session.ClientSession;
import org.xmpp.packet.JID;
import org.xmpp.packet.Message;

/** The bound sessions of clients. Thread-safe. */
public interface Sessions {

    /** The session that has this full JID now. */
    Optional<ClientSession> find(JID fullJid);

    /** This very session, if it still is there. */
    default Optional<ClientSession> find(SessionKey key) {
        return find(key.jid()).filter(session -> keyOf(session).equals(key));
    }

    /**
     * Whether what this thread handles comes from somebody else than the session that it names as its sender. COMPAT(4.2): a
     * component may name anybody.
     *
     * @return false also if that cannot be told
     */
    default boolean isImpersonated(ClientSession session) {
        return false;
    }

    /**
     * Writes to an account's session what the account's own server says to it, in the account's name. No privacy list
     * (XEP-0016) has a say in that: one that lets in contacts only would keep it back, and Openfire answer it with an error.
     */
    default void tell(ClientSession session, Message message) {
        session.process(message);
    }

    /** What tells this session from earlier and later ones with its address. */
    static SessionKey keyOf(ClientSession session) {
        return new SessionKey(session.getAddress(), session.getStreamID().getID());
    }
}
