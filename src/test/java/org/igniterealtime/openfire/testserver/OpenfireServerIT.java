package org.igniterealtime.openfire.testserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.igniterealtime.openfire.testclient.RawClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The harness itself, without the plugin unless a test is about it. */
class OpenfireServerIT {
    private static final ServerOptions BARE = ServerOptions.defaults().withPluginJar(Optional.empty());

    /** On the other databases there is nothing of the server's own that could stand in the way. */
    @Test
    void killedServerStartsAgainWithItsAccountsOnTheSamePort() {
        try (OpenfireServer server = OpenfireServer.start(BARE)) {
            int port = server.xmppPort();
            logIn(server);
            server.kill();
            assertThat(server.isAlive()).isFalse();

            server.startAgain();

            assertThat(server.xmppPort()).isEqualTo(port);
            logIn(server);
            server.stop();
            server.deleteHome();
        }
    }

    @Test
    void serverReplacesDatabaseConnectionsThatBroke() {
        try (OpenfireServer server = OpenfireServer.start(BARE.withDatabase(TestDatabase.POSTGRESQL))) {
            logIn(server);
            SharedPostgres.get().disconnectAll(server.database());
            await().untilAsserted(() -> logIn(server));
            server.stop();
            server.deleteHome();
        }
    }

    @Test
    void acknowledgedCommitsOfPostgresAreOnDisk() throws SQLException {
        DatabaseAccess database = SharedPostgres.get().createDatabase();
        try (Connection connection = DriverManager.getConnection(database.url(), database.user(), "");
                Statement statement = connection.createStatement()) {
            for (String setting : List.of("fsync", "synchronous_commit", "full_page_writes")) {
                try (ResultSet value = statement.executeQuery("SHOW " + setting)) {
                    value.next();
                    assertThat(value.getString(1)).as(setting).isEqualTo("on");
                }
            }
        } finally {
            database.drop().run();
        }
    }

    @Test
    void acknowledgedCommitsOfMariaDbAreOnDisk() throws SQLException {
        DatabaseAccess database = SharedMariaDb.get().createDatabase();
        try (Connection connection = DriverManager.getConnection(database.url(), database.user(), "");
                Statement statement = connection.createStatement();
                ResultSet value =
                        statement.executeQuery("SELECT @@innodb_flush_log_at_trx_commit, @@innodb_flush_method")) {
            value.next();
            assertThat(value.getString(1)).isEqualTo("1");
            assertThat(value.getString(2)).isNotEqualTo("nosync");
        } finally {
            database.drop().run();
        }
    }

    @Test
    void stoppedServerHasShutDownInOrder() {
        OpenfireServer server = OpenfireServer.start(BARE);
        server.stop();
        assertThat(server.logTail(20)).anyMatch(line -> line.contains("Server halted"));
        assertThat(server.home().resolve("embedded-db/openfire.lck")).doesNotExist();
        server.deleteHome();
    }

    @Test
    void takenPortIsSaidAtOnce() throws IOException {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            ServerOptions options = BARE.withXmppPort(other.getLocalPort());
            assertThatThrownBy(() -> OpenfireServer.start(options))
                    .isInstanceOf(ServerStartException.class)
                    .hasMessage("XMPP port " + other.getLocalPort() + " on 127.0.0.1 is taken by another process");
        }
    }

    @Test
    void pluginThatCannotBeLoadedFailsTheStartWithTheLog(@TempDir Path temp) throws IOException {
        ServerOptions options = BARE.withHome(temp.resolve("home"))
                .withOpenfireHome(Optional.empty())
                .withPluginJar(Optional.of(brokenPlugin(temp)));
        assertThatThrownBy(() -> OpenfireServer.start(options))
                .isInstanceOf(ServerStartException.class)
                .hasMessageStartingWith("server failed: Openfire did not load the plugin broken")
                .hasMessageContaining("no.such.Plugin");
    }

    private static Path brokenPlugin(Path directory) throws IOException {
        Path jar = directory.resolve("broken.jar");
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
            out.putNextEntry(new JarEntry("plugin.xml"));
            out.write("<plugin><class>no.such.Plugin</class><name>Broken</name><version>1.0</version></plugin>"
                    .getBytes());
        }
        return jar;
    }

    private static void logIn(OpenfireServer server) {
        for (String user : List.of("alice", "bob")) {
            RawClient.connect("127.0.0.1", server.xmppPort(), server.domain())
                    .login(user, ServerOptions.PASSWORD, "test")
                    .close();
        }
    }
}
