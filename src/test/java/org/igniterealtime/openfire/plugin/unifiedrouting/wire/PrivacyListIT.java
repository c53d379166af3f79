package org.igniterealtime.openfire.plugin.unifiedrouting.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.igniterealtime.openfire.plugin.unifiedrouting.wire.RoutingNgScenarios.ENABLE;
import static org.igniterealtime.openfire.plugin.unifiedrouting.wire.SubscriptionScenarios.SUBSCRIBE;
import static org.igniterealtime.openfire.plugin.unifiedrouting.wire.SubscriptionScenarios.assertResult;
import static org.igniterealtime.openfire.testclient.Stanzas.body;
import static org.igniterealtime.openfire.testclient.Stanzas.forwardedMessage;
import static org.igniterealtime.openfire.testclient.Stanzas.forwarding;
import static org.igniterealtime.openfire.testclient.Stanzas.isCarbon;
import static org.igniterealtime.openfire.testclient.Stanzas.isSubscriptionNotification;
import static org.igniterealtime.openfire.testclient.Stanzas.message;
import static org.igniterealtime.openfire.testclient.Stanzas.plainMessage;
import static org.igniterealtime.openfire.testclient.Stanzas.stanzaId;
import static org.igniterealtime.openfire.testclient.Stanzas.withBody;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.dom4j.Element;
import org.igniterealtime.openfire.testclient.MamQuery;
import org.igniterealtime.openfire.testclient.MamResult;
import org.igniterealtime.openfire.testclient.RawClient;
import org.igniterealtime.openfire.testserver.OpenfireExtension;
import org.igniterealtime.openfire.testserver.TestDatabase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Privacy lists (XEP-0016) that let in some and nobody else: here the others on this server, without whom not even a test could
 * ask it anything. The account itself is not among them for Openfire, and what its own server says to it comes from there.
 */
class PrivacyListIT {

    private static final String CARBONS = "<enable xmlns='urn:xmpp:carbons:2'/>";
    private static final String FROM_THE_START = "<subscribe xmlns='urn:xmpp:mam:sub:0'>"
            + "<set xmlns='http://jabber.org/protocol/rsm'><after/></set></subscribe>";

    @RegisterExtension
    static final OpenfireExtension openfire = OpenfireExtension.on(TestDatabase.HSQLDB)
            .with(options -> {
                for (String test : List.of("told", "shown", "reflected", "copied", "kept")) {
                    for (String kind : List.of("active", "default")) {
                        options = options.withAccount(test + "-" + kind, "secret");
                    }
                }
                return options;
            });

    private final RawClient alice = openfire.client("alice", "orchard").presence();

    /** Its session has the list in force, and so has each that comes later if the list is the default one. */
    private static RawClient reserved(String account, String resource, String kind) {
        RawClient client = openfire.client(account, resource);
        ask(
                client,
                "<query xmlns='jabber:iq:privacy'><list name='own'>"
                        + "<item type='jid' value='carol@localhost' action='deny' order='1'/>"
                        + "<item type='jid' value='localhost' action='allow' order='2'/>"
                        + "<item action='deny' order='3'/></list></query>");
        choose(client, kind);
        return client;
    }

    private static void choose(RawClient client, String kind) {
        ask(client, "<query xmlns='jabber:iq:privacy'><" + kind + " name='own'/></query>");
    }

    private static void ask(RawClient client, String request) {
        assertThat(client.iq("set", request).attributeValue("type")).isEqualTo("result");
    }

    private static RawClient another(String account, String resource, String kind) {
        RawClient client = openfire.client(account, resource);
        if (kind.equals("active")) {
            choose(client, kind);
        }
        return client;
    }

    private void say(String account, String text) {
        alice.send("<message to='" + account + "@localhost' type='chat'><body>" + text + "</body></message>");
        alice.sync();
    }

    private static void answer(RawClient client, String text) {
        client.send("<message to='alice@localhost' id='" + text + "'><body>" + text + "</body></message>");
        client.sync();
    }

    /** On Openfire 4.2 its error for what a list blocks may be blocked by the same list, and so on. */
    @AfterEach
    void nothingIsAnsweredWithAnError() throws IOException {
        alice.assertNoMore(message());
        boolean isUnbounded = Files.readString(openfire.server().logFile()).contains("StackOverflowError");
        assertThat(isUnbounded).isFalse();
    }

    private static List<String> bodies(List<Element> wrappers) {
        return wrappers.stream().map(one -> body(forwardedMessage(one))).toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"active", "default"})
    void subscribedSessionsAreToldEverything(String kind) {
        String account = "told-" + kind;
        RawClient phone = reserved(account, "phone", kind);
        assertResult(phone.iq("set", SUBSCRIBE));
        say(account, "in");
        phone.await(isSubscriptionNotification().and(forwarding(withBody("in"))));
        answer(phone, "out");
        phone.await(isSubscriptionNotification().and(forwarding(withBody("out"))));
        phone.assertNoMore(message());

        RawClient tablet = another(account, "tablet", kind);
        assertResult(tablet.iq("set", FROM_THE_START));
        assertThat(bodies(tablet.take(message()))).containsExactly("in", "out");
        alice.await(plainMessage().and(withBody("out")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"active", "default"})
    void archivesAreShown(String kind) {
        String account = "shown-" + kind;
        RawClient phone = reserved(account, "phone", kind);
        answer(phone, "out");
        say(account, "in");
        assertThat(MamQuery.by(phone).all(50))
                .extracting(MamResult::message)
                .extracting(one -> body(one))
                .containsExactly("out", "in");
        phone.assertNoMore(message());
        alice.await(plainMessage().and(withBody("out")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"active", "default"})
    void sentMessagesAreReflected(String kind) {
        String account = "reflected-" + kind;
        RawClient phone = reserved(account, "phone", kind);
        RawClient tablet = another(account, "tablet", kind);
        assertResult(phone.iq("set", ENABLE));
        assertResult(tablet.iq("set", ENABLE));

        answer(phone, "out");

        Element reflection = phone.await(plainMessage().and(withBody("out")));
        assertThat(stanzaId(tablet.await(plainMessage().and(withBody("out"))), account + "@localhost"))
                .isNotNull()
                .isEqualTo(stanzaId(reflection, account + "@localhost"));
        alice.await(plainMessage().and(withBody("out")));
        say(account, "in");
        phone.await(plainMessage().and(withBody("in")));
        phone.assertNoMore(message());
    }

    /** COMPAT(4.2): carbons that Openfire makes itself are blocked. Here none are: it copies chats only. */
    @ParameterizedTest
    @ValueSource(strings = {"active", "default"})
    void carbonsThatThePlanAddsArrive(String kind) {
        String account = "copied-" + kind;
        RawClient phone = reserved(account, "phone", kind).presence();
        RawClient tablet = another(account, "tablet", kind).presence(-1);
        assertResult(tablet.iq("set", CARBONS));

        answer(phone, "out");
        tablet.await(isCarbon().and(forwarding(withBody("out"))));
        say(account, "in");
        tablet.await(isCarbon().and(forwarding(withBody("in"))));
        tablet.assertNoMore(message());
        alice.await(plainMessage().and(withBody("out")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"active", "default"})
    void strangersAreKeptOutInEachShape(String kind) {
        String account = "kept-" + kind;
        RawClient phone = reserved(account, "phone", kind);
        RawClient tablet = another(account, "tablet", kind);
        assertResult(phone.iq("set", ENABLE));
        assertResult(tablet.iq("set", CARBONS));
        phone.presence();
        tablet.presence(-1);
        RawClient carol = openfire.client("carol", "street").presence();
        carol.send("<message to='" + account + "@localhost' type='chat'><body>let me in</body></message>");
        carol.sync();
        phone.assertNoMore(message());
        tablet.assertNoMore(message());
    }
}
