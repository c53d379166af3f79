package org.igniterealtime.openfire.plugin.unifiedrouting.openfire;

import java.io.File;
import java.util.Optional;
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

    private final SecurityLog securityLog = SecurityLog.ofOpenfire();
    private final SettingsAdministration settings = new SettingsAdministration(this::isDatabaseReachable, securityLog);
    private Wiring wiring;
    private RuntimeException failure;

    @Override
    public synchronized void initializePlugin(PluginManager manager, File pluginDirectory) {
        failure = null;
        try {
            wiring = Wiring.start(XMPPServer.getInstance());
            Log.info("Unified Routing ready: it archives messages and answers for the archives.");
        } catch (StoreUnavailable e) {
            failure = e;
            Log.error(
                    "Unified Routing cannot start: its database tables are missing or cannot be reached."
                            + " Messages are routed as without the plugin.",
                    e);
        } catch (RuntimeException e) {
            failure = e;
            Log.error("Unified Routing cannot start. Messages are routed as without the plugin.", e);
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

    /** The plugin as the server has loaded it, for its own pages; empty while it is being unloaded. */
    public static Optional<UnifiedRoutingPlugin> loaded() {
        return XMPPServer.getInstance().getPluginManager().getPlugins().stream()
                .filter(UnifiedRoutingPlugin.class::isInstance)
                .map(UnifiedRoutingPlugin.class::cast)
                .findFirst();
    }

    /** What an administrator wants to know of it now. */
    public StatusView status() {
        String version = getClass().getPackage().getImplementationVersion();
        // COMPAT(5.x): asks the PluginManager, which calls this plugin while it holds its own lock.
        StatusView.State state = running()
                .<StatusView.State>map(Wiring::status)
                .orElseGet(() -> new StatusView.NotRunning(failure().map(Throwable::getMessage)));
        return new StatusView(version, state, settings.mistaken());
    }

    /** For who changes them. A plugin that could not start has settings, too. */
    public SettingsAdministration settings() {
        return settings;
    }

    /** For who brings another archive along; empty if the plugin does not work. */
    public Optional<ImportAdministration> monitoringImport() {
        return running().map(wiring -> wiring.monitoringImport(securityLog));
    }

    private boolean isDatabaseReachable() {
        return running()
                .map(Wiring::isDatabaseReachable)
                .orElseGet(() ->
                        failure().filter(StoreUnavailable.class::isInstance).isEmpty());
    }

    private synchronized Optional<Wiring> running() {
        return Optional.ofNullable(wiring);
    }

    private synchronized Optional<RuntimeException> failure() {
        return Optional.ofNullable(failure);
    }
}
