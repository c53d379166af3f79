package org.igniterealtime.openfire.plugin.unifiedrouting.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.igniterealtime.openfire.testclient.Stanzas.body;
import static org.igniterealtime.openfire.testclient.Stanzas.child;
import static org.igniterealtime.openfire.testclient.Stanzas.iq;
import static org.igniterealtime.openfire.testclient.Stanzas.message;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import org.dom4j.Element;
import org.igniterealtime.openfire.testclient.MamQuery;
import org.igniterealtime.openfire.testclient.RawClient;
import org.igniterealtime.openfire.testserver.OpenfireServer;
import org.igniterealtime.openfire.testserver.ServerOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What Openfire's own offline store held comes along when the plugin comes, and goes back when it leaves. */
@Timeout(600)
class HandoverIT {

    private static final Duration LONG = Duration.ofMinutes(5);

    /** More than there may be when the server is killed twice; ten accounts have them. */
    private static final int ROWS = Integer.getInteger("handover.rows", 6_000);

    private static final String FETCH = "<offline xmlns='http://jabber.org/protocol/offline'><fetch/></offline>";

    @TempDir
    Path directory;

    private final Path plugin = ServerOptions.defaults().pluginJar().orElseThrow();
    private int logins;

    private ServerOptions withoutPlugin() {
        return ServerOptions.defaults()
                .withHome(directory.resolve("home"))
                .withPluginJar(Optional.empty())
                .withProperty("xmpp.offline.quota", "100000000")
                // What was taken over counts as undelivered.
                .withProperty("plugin.unifiedrouting.offline.pair-limit", "0");
    }

    @Test
    void messagesComeWithThePluginOnceAndGoBackWhenItIsDeleted() throws Exception {
        try (OpenfireServer server = OpenfireServer.start(withoutPlugin())) {
            List<String> sent = new ArrayList<>(say(server, 0, 120));
            Instant stored = Instant.now();

            install(server);
            sent.addAll(say(server, 120, 10));
            List<Element> offline = new ArrayList<>();
            try (RawClient bob = client(server, "bob")) {
                offline.addAll(fetch(bob));
                assertThat(bodies(offline)).containsExactlyElementsOf(sent);
                assertThat(Instant.parse(delay(offline.get(119)).attributeValue("stamp")))
                        .isBefore(stored.plusSeconds(1));
                assertThat(delay(offline.get(0)).attributeValue("from")).isEqualTo("localhost");
                assertThat(MamQuery.by(bob).with("alice@localhost").all(250))
                        .as("they are in the archive, too")
                        .hasSize(130);
            }

            restart(server);
            try (RawClient bob = client(server, "bob")) {
                assertThat(bodies(fetch(bob))).as("a restart moves nothing").containsExactlyElementsOf(sent);
            }
            assertThat(log(server)).doesNotContain("given to Openfire's offline store");

            long whileHere = Files.size(server.logFile());
            Files.delete(server.home().resolve("plugins/unifiedrouting.jar"));
            server.lookForPlugins();
            await().atMost(LONG).until(() -> logSince(server, whileHere).contains("has left the server"));
            assertThat(log(server)).contains("130 undelivered messages of 1 accounts were given");
            try (RawClient bob = client(server, "bob")) {
                bob.send("<presence/>");
                List<Element> flooded = new ArrayList<>();
                await().atMost(LONG).until(() -> {
                    flooded.addAll(bob.takeAfterSync(message()));
                    return flooded.size() >= 130;
                });
                assertThat(bodies(flooded)).containsExactlyElementsOf(sent);
                assertThat(flooded.stream().map(each -> delay(each).attributeValue("stamp")))
                        .containsExactlyElementsOf(offline.stream()
                                .map(each -> delay(each).attributeValue("stamp"))
                                .toList());
                bob.assertNoMore(message());
            }

            install(server);
            try (RawClient bob = client(server, "bob")) {
                assertThat(fetch(bob)).as("delivered once").isEmpty();
                assertThat(MamQuery.by(bob).with("alice@localhost").all(250)).hasSize(130);
            }
        }
    }

    @Test
    void killedInTheMiddleItGoesOnWhereItStood() throws Exception {
        int size = ROWS;
        try (OpenfireServer server = OpenfireServer.start(withoutPlugin())) {
            server.stop();
            fill(server.home(), size);
            putPlugin(server);
            for (int kill = 0; kill < 2; kill++) {
                server.startAgain();
                // What somebody comes for is taken over at once; the rest in the background, some seconds later.
                try (RawClient alice = RawClient.connect("127.0.0.1", server.xmppPort(), server.domain())
                        .authenticate("alice", ServerOptions.PASSWORD)
                        .bind("killed" + kill)) {
                    alice.send("<iq type='get' id='k'><query xmlns='jabber:iq:roster'/></iq>");
                    Thread.sleep(200L + 300L * kill);
                    server.kill();
                }
            }
            assertThat(count(server.home(), "SELECT COUNT(*) FROM ofOffline")).isPositive();
            server.startAgain();
            // Who comes before the rest is done waits for its own messages only, and finds them all.
            for (String account : List.of("alice", "bob", "carol")) {
                try (RawClient client = RawClient.connect("127.0.0.1", server.xmppPort(), server.domain())
                        .authenticate(account, ServerOptions.PASSWORD)
                        .bind("back")) {
                    client.send("<iq type='get' id='f'>" + FETCH + "</iq>");
                    client.await(iq("f"), LONG);
                    assertThat(bodies(client.take(message())))
                            .containsExactlyElementsOf(IntStream.range(0, size / 10)
                                    .mapToObj(i -> "old " + i)
                                    .toList());
                }
            }
            await().atMost(LONG)
                    .until(() -> log(server).contains("All that Openfire's offline store held was taken over"));
            server.stop();
            assertThat(count(server.home(), "SELECT COUNT(*) FROM ofOffline")).isZero();
            assertThat(count(server.home(), "SELECT COUNT(*) FROM ofUnifiedArchive"))
                    .isEqualTo(size);
            assertThat(count(server.home(), "SELECT COUNT(*) FROM ofUnifiedArchive WHERE eligible = 1"))
                    .isEqualTo(size);
        }
    }

    /** While the server runs, as administrators do. */
    private void install(OpenfireServer server) throws IOException {
        long before = Files.size(server.logFile());
        putPlugin(server);
        server.lookForPlugins();
        await().atMost(LONG).until(() -> logSince(server, before).contains("Unified Routing ready"));
    }

    private void putPlugin(OpenfireServer server) throws IOException {
        Files.copy(plugin, server.home().resolve("plugins/unifiedrouting.jar"));
    }

    private void restart(OpenfireServer server) throws IOException {
        server.stop();
        long before = Files.size(server.logFile());
        server.startAgain();
        await().atMost(LONG).until(() -> logSince(server, before).contains("Unified Routing ready"));
    }

    private static String log(OpenfireServer server) throws IOException {
        return Files.readString(server.logFile());
    }

    private static String logSince(OpenfireServer server, long before) throws IOException {
        byte[] all = Files.readAllBytes(server.logFile());
        return new String(all, (int) before, all.length - (int) before, StandardCharsets.UTF_8);
    }

    private RawClient client(OpenfireServer server, String user) {
        return RawClient.connect("127.0.0.1", server.xmppPort(), server.domain())
                .login(user, ServerOptions.PASSWORD, "test" + ++logins);
    }

    private List<String> say(OpenfireServer server, int from, int messages) {
        List<String> bodies = IntStream.range(from, from + messages)
                .mapToObj(i -> "message " + i)
                .toList();
        try (RawClient alice = client(server, "alice")) {
            for (String text : bodies) {
                alice.send("<message to='bob@localhost' type='chat'><body>" + text + "</body></message>");
                // Openfire delivers its offline messages in the order of their milliseconds.
                alice.sync();
            }
        }
        return bodies;
    }

    private static List<Element> fetch(RawClient client) {
        Element answer = client.iq("get", FETCH);
        assertThat(answer.attributeValue("type")).as(answer.asXML()).isEqualTo("result");
        return client.take(message());
    }

    private static List<String> bodies(List<Element> messages) {
        return messages.stream().map(each -> body(each)).toList();
    }

    private static Element delay(Element message) {
        return child(message, "delay", "urn:xmpp:delay");
    }

    /** Ten accounts, of which three can log in. */
    private static void fill(Path home, int size) throws SQLException {
        List<String> accounts = List.of("alice", "bob", "carol", "u3", "u4", "u5", "u6", "u7", "u8", "u9");
        try (Connection connection = open(home);
                Statement shutdown = connection.createStatement();
                PreparedStatement insert =
                        connection.prepareStatement("INSERT INTO ofOffline VALUES (?, ?, ?, ?, ?)")) {
            for (int i = 0; i < size; i++) {
                String account = accounts.get(i % accounts.size());
                String stanza = "<message from=\"dave@elsewhere.example/x\" to=\"" + account
                        + "@localhost\" type=\"chat\"><body>old " + i / accounts.size() + "</body></message>";
                insert.setString(1, account);
                insert.setLong(2, i + 1_000_000L);
                insert.setString(3, String.format(Locale.ROOT, "%015d", 1_600_000_000_000L + i));
                insert.setInt(4, stanza.length());
                insert.setString(5, stanza);
                insert.addBatch();
            }
            insert.executeBatch();
            shutdown.execute("SHUTDOWN");
        }
    }

    private static long count(Path home, String sql) throws SQLException {
        try (Connection connection = open(home);
                Statement statement = connection.createStatement()) {
            long count;
            try (var row = statement.executeQuery(sql)) {
                row.next();
                count = row.getLong(1);
            }
            statement.execute("SHUTDOWN");
            return count;
        }
    }

    private static Connection open(Path home) throws SQLException {
        return DriverManager.getConnection(
                "jdbc:hsqldb:file:" + home.resolve("embedded-db/openfire").toAbsolutePath(), "sa", "");
    }
}
