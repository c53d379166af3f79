package org.igniterealtime.openfire.plugin.unifiedrouting.schema;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import org.igniterealtime.openfire.testclient.MamQuery;
import org.igniterealtime.openfire.testclient.RawClient;
import org.igniterealtime.openfire.testserver.OpenfireServer;
import org.igniterealtime.openfire.testserver.ServerOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What Openfire itself does with {@code upgrade/<n>/} when an administrator puts a newer plugin in place of an older one. */
@Timeout(120)
class SchemaUpgradeIT {

    private static final int NEXT = 99;

    @Test
    void aNewerPluginFindsItsTablesUpgradedAndTheArchiveAsItWas(@TempDir Path directory) throws Exception {
        ServerOptions options = ServerOptions.defaults().withHome(directory.resolve("home"));
        Path newer = newerPlugin(options.pluginJar().orElseThrow(), directory.resolve("unifiedrouting.jar"));
        try (OpenfireServer server = OpenfireServer.start(options)) {
            send(server, "before");
            server.stop();
            Files.copy(newer, server.home().resolve("plugins/unifiedrouting.jar"), StandardCopyOption.REPLACE_EXISTING);
            server.startAgain();
            send(server, "after");
            try (RawClient bob = client(server, "bob")) {
                assertThat(MamQuery.by(bob).all(10)).hasSize(2);
            }
        }
        assertThat(select(options, "SELECT version FROM ofVersion WHERE name = 'unifiedrouting'"))
                .isEqualTo(NEXT);
        assertThat(select(options, "SELECT pinned FROM ofUnifiedMailbox WHERE username = 'bob'"))
                .isEqualTo(7);
    }

    private static void send(OpenfireServer server, String text) {
        try (RawClient alice = client(server, "alice").enableStreamManagement(false)) {
            alice.send("<message to='bob@localhost' type='chat'><body>" + text + "</body></message>");
            alice.awaitAcked();
        }
    }

    private static RawClient client(OpenfireServer server, String user) {
        return RawClient.connect("127.0.0.1", server.xmppPort(), server.domain())
                .login(user, ServerOptions.PASSWORD, "test");
    }

    private static int select(ServerOptions options, String sql) throws SQLException {
        Path files =
                options.home().orElseThrow().resolve("embedded-db/openfire").toAbsolutePath();
        try (Connection connection = DriverManager.getConnection("jdbc:hsqldb:file:" + files, "sa", "");
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            assertThat(row.next()).isTrue();
            int value = row.getInt(1);
            statement.execute("SHUTDOWN");
            return value;
        }
    }

    /** Versions between the two bring nothing: Openfire passes over them. */
    private static Path newerPlugin(Path jar, Path target) throws IOException {
        try (JarFile in = new JarFile(jar.toFile());
                JarOutputStream out = new JarOutputStream(Files.newOutputStream(target))) {
            for (JarEntry entry : in.stream().toList()) {
                byte[] content = in.getInputStream(entry).readAllBytes();
                if (entry.getName().equals("plugin.xml")) {
                    content = new String(content, StandardCharsets.UTF_8)
                            .replaceFirst("<databaseVersion>\\d+<", "<databaseVersion>" + NEXT + "<")
                            .getBytes(StandardCharsets.UTF_8);
                }
                write(out, entry.getName(), content);
            }
            String upgrade = "-- What the next version adds\nALTER TABLE ofUnifiedMailbox\n"
                    + "    ADD COLUMN pinned SMALLINT DEFAULT 7 NOT NULL;\n\n"
                    + "UPDATE ofVersion SET version = " + NEXT + " WHERE name = 'unifiedrouting';\n";
            write(
                    out,
                    "database/upgrade/" + NEXT + "/unifiedrouting_hsqldb.sql",
                    upgrade.getBytes(StandardCharsets.UTF_8));
        }
        return target;
    }

    private static void write(JarOutputStream out, String name, byte[] content) throws IOException {
        out.putNextEntry(new JarEntry(name));
        out.write(content);
        out.closeEntry();
    }
}
