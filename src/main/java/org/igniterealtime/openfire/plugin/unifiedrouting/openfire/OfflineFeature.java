package org.igniterealtime.openfire.plugin.unifiedrouting.openfire;

import java.util.Iterator;
import java.util.function.BooleanSupplier;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Namespaces;
import org.jivesoftware.openfire.XMPPServer;

/**
 * The announcement that messages are kept for whoever is offline (XEP-0160 §4): as long as that is true of this plugin, and
 * again as Openfire would have it when the plugin leaves. Openfire itself announces it when it starts, and never looks again.
 */
final class OfflineFeature {

    private final XMPPServer server;
    private final BooleanSupplier isKept;

    OfflineFeature(XMPPServer server, BooleanSupplier isKept) {
        this.server = server;
        this.isKept = isKept;
    }

    /** To be called when the setting may have changed. The server's features are a set: nothing is announced twice. */
    synchronized void announce() {
        announce(isKept.getAsBoolean());
    }

    synchronized void leave() {
        boolean isOpenfires = false;
        for (Iterator<String> features = server.getOfflineMessageStrategy().getFeatures(); features.hasNext(); ) {
            isOpenfires |= Namespaces.MSGOFFLINE.equals(features.next());
        }
        announce(isOpenfires);
    }

    private void announce(boolean kept) {
        if (kept) {
            server.getIQDiscoInfoHandler().addServerFeature(Namespaces.MSGOFFLINE);
        } else {
            server.getIQDiscoInfoHandler().removeServerFeature(Namespaces.MSGOFFLINE);
        }
    }
}
