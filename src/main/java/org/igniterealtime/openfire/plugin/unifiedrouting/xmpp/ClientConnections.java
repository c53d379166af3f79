package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import java.util.List;
import org.jivesoftware.openfire.session.LocalClientSession;
import org.xmpp.packet.Message;

/** What Openfire knows of a client's connection and lets nobody ask. Thread-safe. */
public interface ClientConnections {

    /** What was written to a client and is not acknowledged, or waits to be written because the client is inactive. */
    record Unacknowledged(List<Message> messages, int stanzas) {}

    /** Copies that Openfire goes on using: to be read only. */
    Unacknowledged unacknowledged(LocalClientSession session);

    /** Whether this thread is routing once more what a session leaves unacknowledged. */
    boolean isRoutedAgain(LocalClientSession session);

    /** Forgets what was not acknowledged, so that Openfire does not route it as well. */
    void forgetUnacknowledged(LocalClientSession session);

    /** Whether acknowledgements are counted (XEP-0198). */
    boolean countsAcknowledgements(LocalClientSession session);

    /** Whether Openfire holds stanzas back from this client, because it is inactive (XEP-0352). */
    boolean holdsBack(LocalClientSession session);

    /** Whether what is written now goes to a socket. */
    boolean isConnected(LocalClientSession session);

    /** Whether the session waits for its client to resume it. */
    boolean isDetached(LocalClientSession session);

    /** How many bytes wait to be written to the socket; 0 if that is not known. */
    long unwrittenBytes(LocalClientSession session);
}
