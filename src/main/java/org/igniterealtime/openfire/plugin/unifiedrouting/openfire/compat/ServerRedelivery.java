package org.igniterealtime.openfire.plugin.unifiedrouting.openfire.compat;

import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Redelivery;

/**
 * COMPAT(5.x): a stanza that meets a closed connection to another server is routed once more, through all interceptors,
 * with nothing in it that tells. Who routes it does. Openfire 4.2 returns an error instead.
 */
public final class ServerRedelivery implements Redelivery {

    private static final String ROUTER = "org.jivesoftware.openfire.session.LocalOutgoingServerSession";

    private final boolean redelivers;

    /**
     * @param majorVersion of the server: 4, 5
     */
    public ServerRedelivery(int majorVersion) {
        this.redelivers = majorVersion >= 5;
    }

    @Override
    public boolean isUnderWay() {
        return redelivers
                && StackWalker.getInstance()
                        .walk(frames ->
                                frames.anyMatch(frame -> frame.getClassName().startsWith(ROUTER)));
    }
}
