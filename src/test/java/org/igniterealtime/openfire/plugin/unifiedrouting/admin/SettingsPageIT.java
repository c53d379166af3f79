package org.igniterealtime.openfire.plugin.unifiedrouting.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.igniterealtime.openfire.testclient.Stanzas.errorCondition;
import static org.igniterealtime.openfire.testclient.Stanzas.withBody;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.dom4j.Element;
import org.igniterealtime.openfire.testclient.RawClient;
import org.igniterealtime.openfire.testserver.DatabaseAccess;
import org.igniterealtime.openfire.testserver.OpenfireExtension;
import org.igniterealtime.openfire.testserver.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** An administrator sets limits in the console, as the server's own one shows it. */
class SettingsPageIT {

    private static final String PAGE = "unifiedrouting-settings.jsp";
    private static final String PREFIX = "plugin.unifiedrouting.";

    @RegisterExtension
    static final OpenfireExtension openfire = OpenfireExtension.on(TestDatabase.POSTGRESQL)
            .with(options -> options.withAdminPort(0))
            .with(PREFIX + "offline.user-limit.max", "lots")
            .with(options -> options.withAccount("away", "secret"));

    private ConsoleClient console;

    @BeforeEach
    void enter() {
        console = new ConsoleClient(openfire.server());
    }

    @Test
    void aLimitIsInForceWhenItIsSavedAndItIsKnownWhoDidIt() throws SQLException {
        RawClient alice = openfire.client("alice", "home");
        String form = console.get(PAGE);
        assertThat(form).contains(text("title"), "name=\"offline.pair-limit\"", "value=\"100\"");

        String next = console.submit(PAGE, form, Map.of("offline.pair-limit", "1"));

        assertThat(next).contains(text("saved")).contains("value=\"1\"");
        assertThat(console.get(PAGE)).doesNotContain(text("saved"));
        alice.send("<message to='away@localhost' type='chat' id='one'><body>one</body></message>");
        alice.sync();
        alice.send("<message to='away@localhost' type='chat' id='two'><body>two</body></message>");
        Element refused = alice.await(stanza -> "two".equals(stanza.attributeValue("id")));
        assertThat(errorCondition(refused)).isEqualTo("service-unavailable");
        RawClient away = openfire.client("away", "phone").presence();
        away.await(withBody("one"));
        assertThat(stored("offline.pair-limit")).containsExactly("1");
        assertThat(rows("SELECT username || ' ' || details FROM ofSecurityAuditLog WHERE summary LIKE '%Unified%'"))
                .contains("admin " + PREFIX + "offline.pair-limit: (default) -> 1");

        console.submit(PAGE, next, Map.of("offline.pair-limit", ""));
        assertThat(stored("offline.pair-limit")).isEmpty();
    }

    @Test
    void aFormFromElsewhereChangesNothing() throws SQLException {
        console.get(PAGE);

        console.post(PAGE, Map.of("offline.enabled", "false"));
        console.post(PAGE, Map.of("offline.enabled", "false", "unifiedrouting.token", "guess"));
        String strange = new ConsoleClient(openfire.server()).get(PAGE);
        console.submit(PAGE, strange, Map.of("offline.enabled", "false"));

        assertThat(stored("offline.enabled")).isEmpty();
        assertThat(console.get(PAGE)).doesNotContain(text("saved"));
    }

    @Test
    void pagesThatWereOpenedBesideEachOtherBothSave() throws SQLException {
        String page = console.get(PAGE);
        console.get(PAGE);
        console.get("unifiedrouting-status.jsp");
        String theSame = console.submit(PAGE, page, Map.of("mam.max-page", "nine"));
        assertThat(theSame).contains(text("mistakes"), "value=\"nine\"", "id=\"mam.max-page-mistake\"");
        assertThat(stored("mam.max-page")).isEmpty();

        assertThat(console.submit(PAGE, theSame, Map.of("mam.max-page", "99"))).contains(text("saved"));
        assertThat(stored("mam.max-page")).containsExactly("99");
    }

    @Test
    void whatDeletesIsSavedAfterItWasAgreedTo() throws SQLException {
        String asking = console.submit(PAGE, console.get(PAGE), Map.of("archive.age", "3000"));
        assertThat(asking).contains(text("deletes.agree"), "value=\"3000\"");
        assertThat(stored("archive.age")).isEmpty();

        String other = console.submit(PAGE, asking, Map.of("archive.age", "3", SettingsPage.AGREED, agreement(asking)));
        assertThat(other).contains(text("deletes.agree"));
        assertThat(stored("archive.age")).isEmpty();
        String saved =
                console.submit(PAGE, asking, Map.of("archive.age", "3000", SettingsPage.AGREED, agreement(asking)));

        assertThat(saved).contains(text("saved")).doesNotContain(text("deletes.agree"));
        assertThat(stored("archive.age")).containsExactly("3000");
    }

    @Test
    void aMistakeInAPropertyIsShownOnBothPages() {
        assertThat(console.get(PAGE))
                .contains("\u201clots\u201d is not a number from 0 to 1000000. In force is: 10000");
        assertThat(console.get("unifiedrouting-status.jsp")).contains(PREFIX + "offline.user-limit.max");
    }

    @Test
    void whatSomebodyElseHasChangedMeanwhileStays() throws SQLException {
        ConsoleClient another = new ConsoleClient(openfire.server());
        String mine = console.get(PAGE);
        another.submitAll(PAGE, another.get(PAGE), Map.of("mam.account-age", "33", "archive.quota-reaction", "error"));

        console.submitAll(PAGE, mine, Map.of("carbons.to-subscribed", "false"));

        assertThat(stored("mam.account-age")).containsExactly("33");
        assertThat(stored("archive.quota-reaction")).containsExactly("error");
        assertThat(stored("carbons.to-subscribed")).containsExactly("false");
        assertThat(stored("offline.user-limit.max")).containsExactly("lots");
    }

    private static String agreement(String html) {
        Matcher box = Pattern.compile("name=\"" + SettingsPage.AGREED + "\" value=\"([^\"]+)\"")
                .matcher(html);
        assertThat(box.find()).isTrue();
        return box.group(1).replace("&gt;", ">");
    }

    private static String text(String key) {
        return ConsoleTexts.of("unifiedrouting.settings." + key);
    }

    private static List<String> stored(String key) throws SQLException {
        return rows("SELECT propValue FROM ofProperty WHERE name = '" + PREFIX + key + "'");
    }

    private static List<String> rows(String sql) throws SQLException {
        DatabaseAccess database = openfire.server().database();
        try (Connection connection = DriverManager.getConnection(database.url(), database.user(), database.password());
                ResultSet rows = connection.createStatement().executeQuery(sql)) {
            List<String> texts = new ArrayList<>();
            while (rows.next()) {
                texts.add(rows.getString(1));
            }
            return texts;
        }
    }
}
