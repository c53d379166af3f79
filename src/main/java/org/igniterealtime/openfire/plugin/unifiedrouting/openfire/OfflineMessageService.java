package org.igniterealtime.openfire.plugin.unifiedrouting.openfire;

import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Namespaces;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.OfflineMessagesHandler;
import org.jivesoftware.openfire.XMPPServer;
import org.jivesoftware.openfire.handler.IQHandler;
import org.jivesoftware.openfire.handler.IQOfflineMessagesHandler;

/** Puts this plugin into the place of Openfire's own handler of XEP-0013, and that one back when the plugin leaves. */
final class OfflineMessageService {

    private final XMPPServer server;
    private final OfflineMessagesHandler handler;

    OfflineMessageService(XMPPServer server, OfflineMessagesHandler handler) {
        this.server = server;
        this.handler = handler;
    }

    void establish() {
        server.getIQRouter().addHandler(handler);
        server.getIQDiscoInfoHandler().setServerNodeInfoProvider(Namespaces.OFFLINE, handler);
        server.getIQDiscoItemsHandler().setServerNodeInfoProvider(Namespaces.OFFLINE, handler);
    }

    /** The router finds its own handler again by itself; service discovery has to be told. */
    void leave() {
        for (IQHandler own : server.getIQHandlers()) {
            if (own instanceof IQOfflineMessagesHandler openfires) {
                server.getIQDiscoInfoHandler().setServerNodeInfoProvider(Namespaces.OFFLINE, openfires);
                server.getIQDiscoItemsHandler().setServerNodeInfoProvider(Namespaces.OFFLINE, openfires);
            }
        }
        server.getIQRouter().removeHandler(handler);
    }
}
