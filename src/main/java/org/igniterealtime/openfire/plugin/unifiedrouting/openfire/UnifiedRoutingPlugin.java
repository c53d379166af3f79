package org.igniterealtime.openfire.plugin.unifiedrouting.openfire;

import java.io.File;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.StoreUnavailable;
import org.jivesoftware.openfire.XMPPServer;
import org.jivesoftware.openfire.container.Plugin;
import org.jivesoftware.openfire.container.PluginManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What Openfire loads. Openfire starts a plugin even when the script that makes its tables failed; without them this one
 * refuses to touch any message, and says so.
 */
public final class UnifiedRoutingPlugin implements Plugin {

    private static final Logger Log = LoggerFactory.getLogger(UnifiedRoutingPlugin.class);

    private Wiring wiring;

    @Override
    public synchronized void initializePlugin(PluginManager manager, File pluginDirectory) {
        try {
            wiring = Wiring.start(XMPPServer.getInstance());
            Log.info("Unified Routing ready: it archives messages and answers for the archives.");
        } catch (StoreUnavailable e) {
            Log.error(
                    "Unified Routing cannot start: its database tables are missing or cannot be reached."
                            + " Messages are routed as without the plugin.",
                    e);
        }
    }

    @Override
    public synchronized void destroyPlugin() {
        if (wiring != null) {
            wiring.close();
            wiring = null;
            Log.info("Unified Routing has left the server.");
        }
    }
}
