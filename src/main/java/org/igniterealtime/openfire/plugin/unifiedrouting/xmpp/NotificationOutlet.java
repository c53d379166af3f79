package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import java.util.Optional;
import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;
import org.dom4j.DocumentException;
import org.igniterealtime.openfire.plugin.unifiedrouting.subscription.Outlet;
import org.igniterealtime.openfire.plugin.unifiedrouting.subscription.SessionKey;
import org.jivesoftware.openfire.session.ClientSession;
import org.jivesoftware.openfire.session.LocalClientSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends notifications to the sessions of clients. Thread-safe. */
public final class NotificationOutlet implements Outlet<Notification> {

    private static final Logger Log = LoggerFactory.getLogger(NotificationOutlet.class);

    /**
     * How many stanzas a session may leave unacknowledged (XEP-0198) before it has to wait. Openfire forgets all of them
     * at 10,000, and they are held in memory.
     */
    static final int MOST_UNACKNOWLEDGED = 1_000;

    /** How many bytes may wait for a session's socket before it has to wait: all that bounds one without XEP-0198. */
    static final long MOST_UNWRITTEN = 256 * 1024;

    private final Sessions sessions;
    private final ToIntFunction<ClientSession> unacknowledged;
    private final ToLongFunction<LocalClientSession> unwritten;
    private final UnreadableRows unreadable;

    /**
     * @param unacknowledged how many stanzas a session has been sent and has not acknowledged; 0 without stream management
     * @param unwritten how many bytes wait to be written to a session's socket
     * @param unreadable learns what could not be shown
     */
    public NotificationOutlet(
            Sessions sessions,
            ToIntFunction<ClientSession> unacknowledged,
            ToLongFunction<LocalClientSession> unwritten,
            UnreadableRows unreadable) {
        this.sessions = sessions;
        this.unacknowledged = unacknowledged;
        this.unwritten = unwritten;
        this.unreadable = unreadable;
    }

    @Override
    public Room room(SessionKey session) {
        Optional<ClientSession> open = sessions.find(session);
        if (open.isEmpty()) {
            return Room.GONE;
        }
        boolean isBehind = unacknowledged.applyAsInt(open.get()) >= MOST_UNACKNOWLEDGED
                || open.get() instanceof LocalClientSession local && takesNoMore(local);
        return isBehind ? Room.LATER : Room.OPEN;
    }

    /** What a detached session is written stays in memory until it comes back, and it has no socket that could be full. */
    private boolean takesNoMore(LocalClientSession session) {
        return session.isDetached() || unwritten.applyAsLong(session) > MOST_UNWRITTEN;
    }

    @Override
    public void notify(SessionKey session, Notification notification) {
        try {
            Optional<ClientSession> open = sessions.find(session);
            if (open.isPresent()) {
                sessions.tell(open.get(), notification.to(session.jid()));
            }
        } catch (DocumentException e) {
            unreadable.met(session.account(), notification.mid(), e);
        } catch (RuntimeException e) {
            Log.error("Message {} could not be notified to '{}'.", notification.mid(), session.jid(), e);
        }
    }
}
