package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import java.util.Collection;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Mid;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.StoreUnavailable;
import org.igniterealtime.openfire.plugin.unifiedrouting.subscription.SessionKey;
import org.jivesoftware.openfire.session.ClientSession;
import org.xmpp.packet.Message;

/**
 * Whoever keeps the books of offline sets, for those who show them to their owners (XEP-0013). Methods that return
 * nothing have done it when they return. Thread-safe.
 */
public interface OfflineBooks {

    /**
     * Brings what is known of an account's offline set into the database.
     *
     * @throws StoreUnavailable if that fails
     */
    void settle(String owner);

    /**
     * Takes messages out of an account's offline set.
     *
     * @throws StoreUnavailable if that fails; then all are still in it
     */
    void remove(String owner, Collection<Mid> mids);

    /** A session looks after the account's offline messages itself. It is not flooded, others are. */
    void floodStopped(SessionKey session);

    /** Sends a session a message that it has asked to see. By that it does not take it. */
    void show(ClientSession session, Message message);
}
