package org.igniterealtime.openfire.plugin.unifiedrouting.subscription;

/**
 * Where a subscribed session's notifications go. Thread-safe.
 *
 * @param <E> an entry of the archive, made ready to be shown
 */
public interface Outlet<E> {

    /** How it is with a session. */
    enum Room {
        /** It can be given more. */
        OPEN,
        /** It has not acknowledged, or read, enough of what it got, or is detached. */
        LATER,
        /** It has ended. */
        GONE
    }

    Room room(SessionKey session);

    /** Gives a session a notification. Never throws. */
    void notify(SessionKey session, E entry);
}
