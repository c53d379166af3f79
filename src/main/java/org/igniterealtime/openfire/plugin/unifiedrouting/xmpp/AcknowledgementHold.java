package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import org.jivesoftware.openfire.session.LocalSession;

/**
 * Whether what the server tells a client about how far it has got (XEP-0198) is held back until all that was handed to the
 * archive's writer before is settled. If it is, a message need not wait for its commit before it is routed.
 */
@FunctionalInterface
public interface AcknowledgementHold {

    /**
     * To be asked after the message was handed to the writer, on the thread that brought it: then nothing is acknowledged
     * that was handed over after somebody had looked whether all is settled.
     *
     * @param session the one whose message this thread is routing
     */
    boolean covers(LocalSession session);
}
