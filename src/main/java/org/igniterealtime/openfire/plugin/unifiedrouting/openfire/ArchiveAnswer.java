package org.igniterealtime.openfire.plugin.unifiedrouting.openfire;

import java.util.Optional;
import org.igniterealtime.openfire.plugin.unifiedrouting.openfire.compat.IQHandlerTable;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.ArchiveHandler;
import org.jivesoftware.openfire.XMPPServer;
import org.jivesoftware.openfire.container.Plugin;
import org.jivesoftware.openfire.container.PluginManager;
import org.jivesoftware.openfire.container.PluginMetadataHelper;
import org.jivesoftware.openfire.handler.IQHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who answers the queries of archives. Openfire keeps one handler for each namespace: the one that was added last, so
 * that another plugin with an archive, such as the monitoring plugin, can take the place of ours, and ours that of its.
 */
public sealed interface ArchiveAnswer {

    Logger Log = LoggerFactory.getLogger(ArchiveAnswer.class);

    /** This plugin. */
    record Ours() implements ArchiveAnswer {}

    /**
     * Somebody else.
     *
     * @param name the plugin's name, or the handler's class where it belongs to no plugin
     */
    record Another(String name) implements ArchiveAnswer {}

    /** Clients are told that there is no such service. */
    record Nobody() implements ArchiveAnswer {}

    /** This version of Openfire does not let us know. */
    record Unknown() implements ArchiveAnswer {}

    /**
     * @param ours the handler of this plugin
     */
    static ArchiveAnswer of(XMPPServer server, ArchiveHandler ours) {
        try {
            Optional<IQHandler> answering =
                    IQHandlerTable.find(server.getIQRouter(), ours.getInfo().getNamespace());
            if (answering.isEmpty()) {
                return new Nobody();
            }
            return answering.get() == ours
                    ? new Ours()
                    : new Another(nameOf(answering.get().getClass(), server.getPluginManager()));
        } catch (ReflectiveOperationException | RuntimeException e) {
            Log.debug("Openfire's IQ handlers cannot be read.", e);
            return new Unknown();
        }
    }

    private static String nameOf(Class<?> handler, PluginManager plugins) {
        for (Plugin plugin : plugins.getPlugins()) {
            if (plugins.getPluginClassloader(plugin) == handler.getClassLoader()) {
                return PluginMetadataHelper.getName(plugin);
            }
        }
        return handler.getName();
    }
}
