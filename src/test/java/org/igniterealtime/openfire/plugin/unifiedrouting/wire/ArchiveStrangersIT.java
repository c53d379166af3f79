package org.igniterealtime.openfire.plugin.unifiedrouting.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.igniterealtime.openfire.testclient.Stanzas.child;
import static org.igniterealtime.openfire.testclient.Stanzas.errorCondition;
import static org.igniterealtime.openfire.testclient.Stanzas.parse;

import java.util.List;
import org.dom4j.Element;
import org.igniterealtime.openfire.testclient.ComponentClient;
import org.igniterealtime.openfire.testclient.MamQuery;
import org.igniterealtime.openfire.testclient.RawClient;
import org.igniterealtime.openfire.testclient.RemoteServer;
import org.igniterealtime.openfire.testserver.LoopbackPorts;
import org.igniterealtime.openfire.testserver.OpenfireExtension;
import org.igniterealtime.openfire.testserver.TestDatabase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * PROTOCOL, first table, for what concerns an archive: nobody else learns or changes anything, nor whether there is such an
 * account.
 */
class ArchiveStrangersIT {

    private static final String CHOSEN =
            "<prefs xmlns='urn:xmpp:mam:2' default='always'><always/><never><jid>tybalt@capulet.example</jid></never></prefs>";
    private static final String PREFERENCES = "<prefs xmlns='urn:xmpp:mam:2'/>";

    private static final String COMPONENT = "gateway.localhost";
    private static final String SECRET = "component secret";
    private static final int COMPONENT_PORT = LoopbackPorts.free();
    private static final String ELSEWHERE = "mantua.example";
    private static final int SERVER_PORT = LoopbackPorts.free();
    private static final int REMOTE_PORT = LoopbackPorts.free();

    @RegisterExtension
    static final OpenfireExtension openfire = OpenfireExtension.on(TestDatabase.HSQLDB)
            .with("xmpp.component.socket.active", "true")
            .with("xmpp.component.socket.port", Integer.toString(COMPONENT_PORT))
            .with("xmpp.component.defaultSecret", SECRET)
            .with("xmpp.server.socket.active", "true")
            .with("xmpp.server.socket.port", Integer.toString(SERVER_PORT))
            .with("xmpp.server.tls.enabled", "false")
            .with("dnsutil.dnsOverride", "{" + ELSEWHERE + "," + LoopbackPorts.HOST + ":" + REMOTE_PORT + "}");

    private RawClient bob;

    @BeforeEach
    void bobHasAnArchive() {
        bob = openfire.client("bob", "phone");
        assertThat(bob.iq("set", CHOSEN).attributeValue("type")).isEqualTo("result");
        bob.send("<message to='carol@localhost' type='chat'><body>secret</body></message>");
        bob.sync();
    }

    @AfterEach
    void nothingHasChanged() {
        assertThat(MamQuery.by(bob).all(50)).isNotEmpty();
        Element preferences = child(bob.iq("get", PREFERENCES), "prefs", "urn:xmpp:mam:2");
        assertThat(preferences.attributeValue("default")).isEqualTo("always");
        assertThat(preferences.getStringValue()).contains("tybalt@capulet.example");
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({
        "get, <prefs xmlns='urn:xmpp:mam:2'/>",
        "set, <prefs xmlns='urn:xmpp:mam:2' default='never'><always/><never/></prefs>",
        "get, <metadata xmlns='urn:xmpp:mam:2'/>",
        "get, <query xmlns='urn:xmpp:mam:2'/>",
        "set, <trim xmlns='urn:xmpp:mamtrim:0'/>",
        "set, <trim xmlns='urn:xmpp:mamtrim:0'><id>unknown</id></trim>",
    })
    void isForbidden(String type, String request) {
        RawClient alice = openfire.client("alice", "orchard");
        try (ComponentClient component =
                        ComponentClient.connect(LoopbackPorts.HOST, COMPONENT_PORT, COMPONENT, SECRET);
                RemoteServer remote = new RemoteServer(ELSEWHERE, REMOTE_PORT);
                RemoteServer.Line line = remote.connect(LoopbackPorts.HOST, SERVER_PORT, "localhost")) {
            for (String to : List.of("bob@localhost", "nobody@localhost")) {
                assertForbidden(alice.iq(type, to, request), "another account");
                assertForbidden(component.iq(type, COMPONENT, to, request), "a component");
                assertForbidden(component.iq(type, "user@" + COMPONENT + "/x", to, request), "its user");
                assertForbidden(
                        remote.iq(line, type, "mercutio@" + ELSEWHERE + "/street", to, request), "a remote account");
                assertForbidden(remote.iq(line, type, ELSEWHERE, to, request), "another server");
            }
        }
    }

    private static void assertForbidden(String answer, String who) {
        assertForbidden(parse(answer.replaceFirst("<iq ", "<iq xmlns='jabber:client' ")), who);
    }

    private static void assertForbidden(Element answer, String who) {
        assertThat(errorCondition(answer)).as(who).isEqualTo("forbidden");
        assertThat(answer.asXML())
                .as(who)
                .doesNotContain("tybalt")
                .doesNotContain("<start")
                .doesNotContain("jabber:x:data");
        assertThat(answer.element("error").attributeValue("type")).as(who).isEqualTo("auth");
    }
}
