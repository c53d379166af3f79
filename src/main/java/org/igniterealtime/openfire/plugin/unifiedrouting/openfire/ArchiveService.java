package org.igniterealtime.openfire.plugin.unifiedrouting.openfire;

import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.ArchiveHandler;
import org.jivesoftware.openfire.XMPPServer;
import org.jivesoftware.openfire.container.Plugin;
import org.jivesoftware.openfire.container.PluginListener;

/**
 * Keeps this plugin the one that answers archive queries, while other plugins that do so too come and go: Openfire asks
 * whoever was added last, and takes whoever it asks away when any of them leaves.
 */
final class ArchiveService implements PluginListener {

    private final XMPPServer server;
    private final ArchiveHandler handler;

    ArchiveService(XMPPServer server, ArchiveHandler handler) {
        this.server = server;
        this.handler = handler;
    }

    synchronized void establish() {
        if (!(ArchiveAnswer.of(server, handler) instanceof ArchiveAnswer.Ours)) {
            server.getIQRouter().addHandler(handler);
        }
    }

    /** Leaves the namespace alone if somebody else answers. */
    synchronized void leave() {
        ArchiveAnswer answer = ArchiveAnswer.of(server, handler);
        if (answer instanceof ArchiveAnswer.Ours || answer instanceof ArchiveAnswer.Unknown) {
            server.getIQRouter().removeHandler(handler);
        }
    }

    @Override
    public void pluginCreated(String pluginName, Plugin plugin) {
        establish();
    }

    @Override
    public void pluginDestroyed(String pluginName, Plugin plugin) {
        establish();
    }
}
