package org.igniterealtime.openfire.plugin.unifiedrouting.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import org.igniterealtime.openfire.testserver.OpenfireServer;
import org.igniterealtime.openfire.testserver.ServerOptions;
import org.igniterealtime.openfire.testserver.SharedPostgres;
import org.igniterealtime.openfire.testserver.TestDatabase;

/** A server to be measured, with the accounts of some pairs of clients. Nothing is left of it when it is closed. */
final class BenchServer implements AutoCloseable {

    private final OpenfireServer server;

    private BenchServer(OpenfireServer server) {
        this.server = server;
    }

    /** With the plugin. */
    static BenchServer withPlugin(TestDatabase database, int pairs) {
        return start(pluginOptions(database, pairs));
    }

    /** The same server without the plugin. */
    static BenchServer bare(TestDatabase database, int pairs) {
        return start(pluginOptions(database, pairs).withPluginJar(Optional.empty()));
    }

    static BenchServer start(ServerOptions options) {
        return new BenchServer(OpenfireServer.start(options));
    }

    /** What {@link #withPlugin} starts. */
    static ServerOptions pluginOptions(TestDatabase database, int pairs) {
        ServerOptions options = ServerOptions.defaults().withDatabase(database);
        if (options.pluginJar().isEmpty()) {
            throw new IllegalStateException("No plugin: set " + ServerOptions.PLUGIN_JAR);
        }
        for (int i = 1; i <= pairs; i++) {
            options = options.withAccount(Pair.account(i, 'a'), ServerOptions.PASSWORD)
                    .withAccount(Pair.account(i, 'b'), ServerOptions.PASSWORD);
        }
        return options;
    }

    OpenfireServer openfire() {
        return server;
    }

    TestDatabase database() {
        return server.options().database();
    }

    CpuMeters meters() {
        return new CpuMeters(
                CpuMeter.of(server.process()),
                database() == TestDatabase.POSTGRESQL
                        ? CpuMeter.ofTree(SharedPostgres.get().postmaster())
                        : CpuMeter.none());
    }

    /** Copies its log to where results go: something has gone wrong. */
    void keepLog(String name) throws IOException {
        Path directory = Files.createDirectories(BenchOptions.outputDirectory());
        Files.copy(server.logFile(), directory.resolve(name + ".log"), StandardCopyOption.REPLACE_EXISTING);
    }

    @Override
    public void close() {
        server.close();
        server.deleteHome();
    }
}
