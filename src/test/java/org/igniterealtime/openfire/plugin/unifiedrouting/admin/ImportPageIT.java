package org.igniterealtime.openfire.plugin.unifiedrouting.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.igniterealtime.openfire.testclient.Stanzas.body;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.igniterealtime.openfire.testclient.MamQuery;
import org.igniterealtime.openfire.testclient.RawClient;
import org.igniterealtime.openfire.testserver.DatabaseAccess;
import org.igniterealtime.openfire.testserver.OpenfireExtension;
import org.igniterealtime.openfire.testserver.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** An administrator brings the monitoring plugin's archive along, and his users find it. */
class ImportPageIT {

    private static final String PAGE = "unifiedrouting-import.jsp";
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @RegisterExtension
    static final OpenfireExtension openfire =
            OpenfireExtension.on(TestDatabase.POSTGRESQL).with(options -> options.withAdminPort(0));

    @Test
    void historyIsFoundByItsOwnersOnce() throws SQLException {
        ConsoleClient console = new ConsoleClient(openfire.server());
        assertThat(console.get(PAGE)).contains(text("state.not-begun"));
        start(console);
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(console.get(PAGE)).contains(text("state.nothing-to-import")));
        makeArchive();

        console.post(PAGE, Map.of(ImportPage.ACTION, ImportPage.START));
        assertThat(console.get(PAGE)).as("without the form's token").contains(text("state.nothing-to-import"));

        start(console);
        awaitDone(console);
        assertThat(cell(console, "seen")).isEqualTo("4");
        assertThat(cell(console, "imported")).isEqualTo("3");
        assertThat(cell(console, "entries")).isEqualTo("5");
        assertThat(cell(console, "not-local")).isEqualTo("1");
        assertThat(archive("alice")).containsExactly("from long ago", "and back", "to somebody elsewhere");
        assertThat(archive("bob")).containsExactly("from long ago", "and back");

        start(console);
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(cell(console, "already-there")).isEqualTo("3"));
        awaitDone(console);
        assertThat(archive("alice")).hasSize(3);
    }

    private static void start(ConsoleClient console) {
        console.submit(PAGE, console.get(PAGE), Map.of());
    }

    private static void awaitDone(ConsoleClient console) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(cell(console, "state")).isEqualTo(text("state.done")));
    }

    private static String cell(ConsoleClient console, String id) {
        String html = console.get(PAGE);
        int row = html.indexOf("<tr id=\"" + id + "\">");
        assertThat(row).as(html).isNotNegative();
        int cell = html.indexOf("<td>", row) + 4;
        return html.substring(cell, html.indexOf("</td>", cell));
    }

    private static List<String> archive(String user) {
        RawClient owner = openfire.client(user, "reader");
        return MamQuery.by(owner).all(50).stream()
                .map(result -> body(result.message()))
                .toList();
    }

    private static String text(String key) {
        return ConsoleTexts.of("unifiedrouting.import." + key);
    }

    private static void makeArchive() throws SQLException {
        DatabaseAccess database = openfire.server().database();
        try (Connection connection = DriverManager.getConnection(database.url(), database.user(), database.password());
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE ofConversation (conversationID BIGINT PRIMARY KEY, room VARCHAR(1024))");
            statement.execute("CREATE TABLE ofMessageArchive (messageID BIGINT, conversationID BIGINT NOT NULL,"
                    + " fromJID VARCHAR(1024) NOT NULL, fromJIDResource VARCHAR(255), toJID VARCHAR(1024) NOT NULL,"
                    + " toJIDResource VARCHAR(255), sentDate BIGINT NOT NULL, stanza TEXT, body TEXT)");
            statement.execute("INSERT INTO ofConversation VALUES (1, NULL)");
            statement.execute("INSERT INTO ofMessageArchive VALUES"
                    + " (1, 1, 'alice@localhost', 'home', 'bob@localhost', NULL, 1500000000000, NULL, 'from long ago'),"
                    + " (2, 1, 'bob@localhost', 'x', 'alice@localhost', NULL, 1500000001000, NULL, 'and back'),"
                    + " (3, 1, 'alice@localhost', 'home', 'eve@elsewhere.example', NULL, 1500000002000, NULL,"
                    + " 'to somebody elsewhere'),"
                    + " (4, 1, 'eve@elsewhere.example', 'x', 'gone@localhost', NULL, 1500000003000, NULL, 'lost')");
        }
    }
}
