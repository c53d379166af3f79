package org.igniterealtime.openfire.plugin.unifiedrouting.openfire.compat;

import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Redelivery;

/**
 * COMPAT(5.x): a stanza that meets a closed connection to another server is routed once more, through all interceptors,
 * with nothing in it that tells. Who routes it does. Openfire 4.2 returns an error instead.
 */
public final class ServerRedelivery implements Redelivery {

    private static final String ROUTER = "org.jivesoftware.openfire.session.LocalOutgoingServerSession";

    @Override
    public boolean isUnderWay() {
        return StackWalker.getInstance()
                .walk(frames -> frames.anyMatch(frame -> frame.getClassName().startsWith(ROUTER)));
    }
}
