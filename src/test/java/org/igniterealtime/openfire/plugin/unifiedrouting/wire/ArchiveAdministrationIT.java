package org.igniterealtime.openfire.plugin.unifiedrouting.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.igniterealtime.openfire.testclient.Stanzas.child;
import static org.igniterealtime.openfire.testclient.Stanzas.errorCondition;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import org.dom4j.Element;
import org.igniterealtime.openfire.testclient.MamQuery;
import org.igniterealtime.openfire.testclient.MamResult;
import org.igniterealtime.openfire.testclient.RawClient;
import org.igniterealtime.openfire.testclient.Stanzas;
import org.igniterealtime.openfire.testserver.OpenfireExtension;
import org.igniterealtime.openfire.testserver.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What becomes of archives when accounts are deleted, and what administrators do with them by XEP-0050. */
class ArchiveAdministrationIT {

    private static final String COMMANDS = "http://jabber.org/protocol/commands";

    @RegisterExtension
    static final OpenfireExtension openfire = OpenfireExtension.on(TestDatabase.HSQLDB)
            .with("admin.authorizedJIDs", "carol@localhost")
            .with("plugin.unifiedrouting.offline.pair-limit", "0")
            .with(options -> {
                for (String account : List.of("leaver", "exported", "trimmed", "talker")) {
                    options = options.withAccount(account, "secret");
                }
                return options;
            });

    @Test
    void anAccountThatIsCreatedAgainSeesNothingOfItsPredecessor() {
        RawClient alice = openfire.client("alice", "home");
        RawClient leaver = openfire.client("leaver", "phone");
        say(alice, "leaver@localhost", "for the first one");
        leaver.iq("set", "<prefs xmlns='urn:xmpp:mam:2' default='never'><always/><never/></prefs>");
        assertThat(archive(leaver)).containsExactly("for the first one");

        leaver.send("<iq type='set' id='bye'><query xmlns='jabber:iq:register'><remove/></query></iq>");
        leaver.await(Stanzas.iq("bye"));
        say(alice, "leaver@localhost", "for nobody");
        createByCommand(openfire.client("carol", "console"), "leaver@localhost");

        RawClient again = openfire.client("leaver", "laptop");
        assertThat(archive(again)).isEmpty();
        Element preferences = again.iq("get", "<prefs xmlns='urn:xmpp:mam:2'/>");
        assertThat(child(preferences, "prefs", "urn:xmpp:mam:2").attributeValue("default"))
                .isEqualTo("always");
        say(alice, "leaver@localhost", "for the second one");
        assertThat(archive(again)).containsExactly("for the second one");
        assertThat(archive(alice)).as("the other side keeps its own").contains("for the first one");
    }

    @Test
    void onlyAdministratorsMay() {
        RawClient alice = openfire.client("alice", "home");
        for (String command : List.of("export-archive", "trim-archive", "delete-conversation", "purge-archives")) {
            Element answer = alice.iq(
                    "set",
                    "localhost",
                    "<command xmlns='" + COMMANDS + "' node='unifiedrouting#" + command + "' action='execute'/>");
            assertThat(errorCondition(answer)).as(command).isEqualTo("forbidden");
        }
    }

    @Test
    void anArchiveIsExportedToAFileThatOnlyTheServerReads() throws IOException {
        RawClient alice = openfire.client("alice", "home");
        for (int i = 0; i < 300; i++) {
            alice.send("<message to='exported@localhost' type='chat'><body>&lt;" + i
                    + "> \u00fc\ud83d\ude00</body></message>");
        }
        alice.sync();
        RawClient carol = openfire.client("carol", "console");

        String note = run(carol, "export-archive", field("account", "exported@localhost"));

        assertThat(note).startsWith("300 messages are in ").endsWith("; 0 could not be exported.");
        Path file = Path.of(note.substring("300 messages are in ".length(), note.lastIndexOf(';')));
        assertThat(file).exists();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        Element data = Stanzas.parse(Files.readString(file).replaceFirst("<\\?xml.*?\\?>", ""));
        assertThat(data.getNamespaceURI()).isEqualTo("urn:xmpp:pie:0");
        Element host = data.element("host");
        assertThat(host.attributeValue("jid")).isEqualTo("localhost");
        assertThat(host.element("user").attributeValue("name")).isEqualTo("exported");
        List<Element> results =
                child(host.element("user"), "archive", "urn:xmpp:pie:0#mam").elements();
        List<MamResult> asked =
                MamQuery.by(openfire.client("exported", "phone")).all(100);
        assertThat(results).hasSize(300);
        assertThat(results)
                .extracting(result -> result.attributeValue("id"))
                .isEqualTo(asked.stream().map(MamResult::id).toList());
        assertThat(Stanzas.body(
                        child(child(results.get(7), "forwarded", "urn:xmpp:forward:0"), "message", "jabber:client")))
                .isEqualTo("<7> \u00fc\ud83d\ude00");
        Files.delete(file);
    }

    @Test
    void aConversationIsDeletedFromOneArchive() {
        RawClient talker = openfire.client("talker", "phone");
        say(talker, "alice@localhost", "to alice");
        say(talker, "bob@localhost", "to bob");
        RawClient carol = openfire.client("carol", "console");

        String note = run(
                carol, "delete-conversation", field("account", "talker@localhost"), field("peer", "alice@localhost"));

        assertThat(note).isEqualTo("1 messages are deleted.");
        assertThat(archive(talker)).containsExactly("to bob");
        assertThat(archive(openfire.client("alice", "home"))).contains("to alice");
    }

    @Test
    void oldMessagesAreDeletedAndWrongAnswersExplained() {
        say(openfire.client("alice", "home"), "trimmed@localhost", "old");
        RawClient carol = openfire.client("carol", "console");
        assertThat(run(carol, "trim-archive", field("account", "trimmed@localhost"), field("before", "yesterday")))
                .isEqualTo("'yesterday' is not a date and time such as 2026-01-31T00:00:00Z.");
        assertThat(run(
                        carol,
                        "trim-archive",
                        field("account", "trimmed@elsewhere.example"),
                        field("before", "2000-01-01T00:00:00Z")))
                .isEqualTo("'trimmed@elsewhere.example' is not an account of this server");
        assertThat(run(
                        carol,
                        "trim-archive",
                        field("account", "trimmed@localhost"),
                        field("before", "2000-01-01T00:00:00Z")))
                .isEqualTo("0 messages are deleted.");
        assertThat(run(
                        carol,
                        "trim-archive",
                        field("account", "trimmed@localhost"),
                        field("before", "2999-01-01T00:00:00Z")))
                .isEqualTo("1 messages are deleted.");
        assertThat(run(carol, "purge-archives")).contains("0 of them are deleted now");
        assertThat(run(carol, "purge-archives", field("forced", "false"))).contains("0 of them are deleted now");
        assertThat(run(carol, "purge-archives", field("forced", "maybe")))
                .isEqualTo("'maybe' is neither true nor false.");
        assertThat(run(carol, "export-archive", field("account", "trimed@localhost")))
                .isEqualTo("'trimed@localhost' has no archive.");
    }

    private static void createByCommand(RawClient administrator, String account) {
        execute(
                administrator,
                "http://jabber.org/protocol/admin#add-user",
                field("accountjid", account),
                field("password", "secret"),
                field("password-verify", "secret"));
    }

    private static String run(RawClient administrator, String command, String... fields) {
        return child(execute(administrator, "unifiedrouting#" + command, fields), "note", COMMANDS)
                .getText();
    }

    private static Element execute(RawClient administrator, String node, String... fields) {
        Element form = child(
                administrator.iq(
                        "set", "localhost", "<command xmlns='" + COMMANDS + "' node='" + node + "' action='execute'/>"),
                "command",
                COMMANDS);
        Element answer = administrator.iq(
                "set",
                "localhost",
                "<command xmlns='" + COMMANDS + "' node='" + node + "' action='complete' sessionid='"
                        + form.attributeValue("sessionid") + "'><x xmlns='jabber:x:data' type='submit'>"
                        + String.join("", Arrays.asList(fields)) + "</x></command>");
        Element done = child(answer, "command", COMMANDS);
        assertThat(done.attributeValue("status")).isEqualTo("completed");
        return done;
    }

    private static String field(String name, String value) {
        return "<field var='" + name + "'><value>" + value + "</value></field>";
    }

    private static void say(RawClient sender, String to, String text) {
        sender.send("<message to='" + to + "' type='chat'><body>" + text + "</body></message>");
        sender.sync();
    }

    private static List<String> archive(RawClient owner) {
        return MamQuery.by(owner).all(100).stream()
                .map(result -> Stanzas.body(result.message()))
                .toList();
    }
}
