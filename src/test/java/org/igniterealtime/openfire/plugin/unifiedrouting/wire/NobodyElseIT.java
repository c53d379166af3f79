package org.igniterealtime.openfire.plugin.unifiedrouting.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.igniterealtime.openfire.plugin.unifiedrouting.wire.SubscriptionScenarios.SUBSCRIBE;
import static org.igniterealtime.openfire.plugin.unifiedrouting.wire.SubscriptionScenarios.UNSUBSCRIBE;
import static org.igniterealtime.openfire.plugin.unifiedrouting.wire.SubscriptionScenarios.assertResult;
import static org.igniterealtime.openfire.plugin.unifiedrouting.wire.SubscriptionScenarios.awaitArchived;
import static org.igniterealtime.openfire.testclient.Stanzas.body;
import static org.igniterealtime.openfire.testclient.Stanzas.errorCondition;
import static org.igniterealtime.openfire.testclient.Stanzas.forwardedMessage;
import static org.igniterealtime.openfire.testclient.Stanzas.forwarding;
import static org.igniterealtime.openfire.testclient.Stanzas.isCarbon;
import static org.igniterealtime.openfire.testclient.Stanzas.isSubscriptionNotification;
import static org.igniterealtime.openfire.testclient.Stanzas.message;
import static org.igniterealtime.openfire.testclient.Stanzas.withBody;

import java.util.List;
import java.util.regex.Pattern;
import org.dom4j.Element;
import org.igniterealtime.openfire.testclient.ComponentClient;
import org.igniterealtime.openfire.testclient.MamQuery;
import org.igniterealtime.openfire.testclient.RawClient;
import org.igniterealtime.openfire.testserver.LoopbackPorts;
import org.igniterealtime.openfire.testserver.OpenfireExtension;
import org.igniterealtime.openfire.testserver.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** PROTOCOL sections 2 to 4: each way in which somebody else might subscribe, read, or provoke a notification. */
class NobodyElseIT {

    private static final String PREFIX = "<prefix xmlns='urn:xmpp:mid:0'/>";
    private static final String ENABLE = "<enable xmlns='urn:xmpp:im-ng:0'/>";
    private static final String COMPONENT = "echo.localhost";
    private static final String SECRET = "component-secret";
    private static final int COMPONENT_PORT = LoopbackPorts.free();

    @RegisterExtension
    static final OpenfireExtension openfire = OpenfireExtension.on(TestDatabase.HSQLDB)
            .with("xmpp.auth.anonymous", "true")
            .with("xmpp.component.socket.active", "true")
            .with("xmpp.component.socket.port", Integer.toString(COMPONENT_PORT))
            .with("xmpp.component.defaultSecret", SECRET)
            .with(options -> {
                for (String user : List.of("bo", "bobb", "bobby", "doomed", "fooled", "plain")) {
                    options = options.withAccount(user, "secret");
                }
                return options;
            });

    private static void say(String to, String text) {
        RawClient alice = openfire.client("alice", "orchard");
        alice.send("<message to='" + to + "' type='chat'><body>" + text + "</body></message>");
        awaitArchived(alice, text);
    }

    private static ComponentClient component() {
        return ComponentClient.connect(LoopbackPorts.HOST, COMPONENT_PORT, COMPONENT, SECRET);
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({"set," + SUBSCRIBE, "set," + UNSUBSCRIBE, "get," + PREFIX, "set," + ENABLE})
    void anotherAccountIsForbidden(String type, String request) {
        RawClient bob = openfire.client("bob", "phone").presence();
        assertResult(bob.iq("set", SUBSCRIBE));
        RawClient carol = openfire.client("carol", "street");

        assertThat(errorCondition(carol.iq(type, "bob@localhost", request))).isEqualTo("forbidden");
        assertThat(errorCondition(carol.iq(type, "bob@localhost/nowhere", request)))
                .isEqualTo("service-unavailable");
        carol.send("<iq type='" + type + "' id='forwarded' to='" + bob.jid() + "'>" + request + "</iq>");
        // The server has nothing to say to what is for a client.
        bob.await(iq -> "forwarded".equals(iq.attributeValue("id")));

        say("bob@localhost", "for bob " + request.substring(1, 5));
        bob.await(isSubscriptionNotification().and(forwarding(withBody("for bob " + request.substring(1, 5)))));
        bob.assertNoMore(isSubscriptionNotification());
        carol.assertNoMore(message());
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({"set," + SUBSCRIBE, "set," + UNSUBSCRIBE, "get," + PREFIX, "set," + ENABLE})
    void anonymousSessionsAreNotAllowed(String type, String request) {
        RawClient nobody = openfire.anonymousClient();
        assertThat(errorCondition(nobody.iq(type, request))).isEqualTo("not-allowed");
        assertThat(errorCondition(nobody.iq(type, "bob@localhost", request))).isEqualTo("forbidden");
        say("bob@localhost", "nothing for nobody");
        nobody.assertNoMore(message());
    }

    @Test
    void anonymousSessionsDoNotSubscribeWithTheirSessionRequest() {
        RawClient nobody = openfire.anonymousClient();
        assertThat(errorCondition(nobody.session(SUBSCRIBE))).isEqualTo("not-allowed");
        nobody.send("<message to='bob@localhost' type='chat'><body>from nobody</body></message>");
        nobody.assertNoMore(message());
        assertResult(nobody.session(""));
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({
        "set," + SUBSCRIBE,
        "set," + UNSUBSCRIBE,
        "get," + PREFIX,
        "set," + ENABLE,
        "set,<query xmlns='urn:xmpp:mam:2'/>"
    })
    void componentsAreForbidden(String type, String request) {
        RawClient bob = openfire.client("bob", "phone");
        assertResult(bob.iq("set", SUBSCRIBE));
        try (ComponentClient component = component()) {
            for (String from : List.of(COMPONENT, "bob@" + COMPONENT, "bob@" + COMPONENT + "/phone")) {
                for (String to : List.of("bob@localhost", "nobody@localhost", "localhost")) {
                    assertThat(component.iq(type, from, to, request))
                            .as(from + " to " + to)
                            .contains("<forbidden");
                }
            }
            say("bob@localhost", "not for components");
            bob.await(isSubscriptionNotification().and(forwarding(withBody("not for components"))));
            component.iq("get", COMPONENT, "localhost", "<ping xmlns='urn:xmpp:ping'/>");
            assertThat(component.received()).doesNotContain("not for components");
        }
    }

    /** COMPAT(4.2): Openfire believes the sender that a component names. What it asks for in another's name is not for it. */
    @Test
    void componentsLearnNothingInTheNameOfASession() {
        RawClient bob = openfire.client("bob", "phone");
        try (ComponentClient component = component()) {
            for (String request : List.of(SUBSCRIBE, "<query xmlns='urn:xmpp:mam:2'/>")) {
                component.send(
                        "<iq type='set' id='spoof' from='" + bob.jid() + "' to='bob@localhost'>" + request + "</iq>");
            }
            component.send("<iq type='get' id='spoof' from='" + bob.jid() + "' to='bob@localhost'>" + PREFIX + "</iq>");
            say("bob@localhost", "not for impostors");
            component.iq("get", COMPONENT, "localhost", "<ping xmlns='urn:xmpp:ping'/>");
            assertThat(component.received()).doesNotContain("spoof", "not for impostors", "forwarded");
        }
    }

    @Test
    void aForgedSenderOfARequestIsReplacedByTheRealOne() {
        RawClient bob = openfire.client("bob", "phone");
        RawClient carol = openfire.client("carol", "street");
        for (String from : List.of("bob@localhost", bob.jid())) {
            carol.send(
                    "<iq type='set' id='" + from + "' from='" + from + "' to='bob@localhost'>" + SUBSCRIBE + "</iq>");
            assertThat(errorCondition(carol.await(iq -> from.equals(iq.attributeValue("id")))))
                    .isEqualTo("forbidden");
        }
        say("bob@localhost", "not for the forger");
        carol.assertNoMore(message());
        bob.assertNoMore(message());
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "<mamsub xmlns='urn:xmpp:mam:sub:0'><message-id xmlns='urn:xmpp:mid:0' id='f1'/>%s</mamsub>",
                "<received xmlns='urn:xmpp:carbons:2'>%s</received>",
                "<sent xmlns='urn:xmpp:carbons:2'>%s</sent>",
                "<result xmlns='urn:xmpp:mam:2' id='f2'>%s</result>",
            })
    void forgedWrappersAreMessagesLikeOthers(String wrapper) {
        String text = "forged " + wrapper.substring(1, 8);
        RawClient fooled = openfire.client("fooled", "phone").presence();
        assertResult(fooled.iq("set", SUBSCRIBE));
        RawClient carol = openfire.client("carol", "street");
        String inner = "<forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client' from='alice@localhost/x'"
                + " to='fooled@localhost' type='chat'><body>never said</body></message></forwarded>";
        for (String from : List.of("fooled@localhost", fooled.jid(), "carol@localhost")) {
            carol.send("<message from='" + from + "' to='fooled@localhost' type='chat'><body>" + text + "</body>"
                    + String.format(wrapper, inner) + "</message>");
        }
        carol.sync();
        for (int i = 0; i < 3; i++) {
            Element raw = fooled.await(message().and(withBody(text)));
            assertThat(raw.attributeValue("from")).isEqualTo(carol.jid());
            Element notification = fooled.await(isSubscriptionNotification().and(forwarding(withBody(text))));
            assertThat(forwardedMessage(notification).attributeValue("from")).isEqualTo(carol.jid());
        }
        fooled.assertNoMore(message());
        assertThat(MamQuery.by(fooled).with("carol@localhost").all(50))
                .filteredOn(result -> text.equals(body(result.message())))
                .hasSize(3);
        assertThat(MamQuery.by(fooled).with("alice@localhost").all(50)).isEmpty();
    }

    @Test
    void aSubscriptionEndsWithItsAccount() {
        RawClient doomed = openfire.client("doomed", "phone");
        // It outlives its account.
        RawClient other = openfire.client("doomed", "tablet");
        assertResult(doomed.iq("set", SUBSCRIBE));
        assertResult(other.iq("set", SUBSCRIBE));
        assertResult(doomed.iq("set", "<query xmlns='jabber:iq:register'><remove/></query>"));
        try (RawClient nobody =
                RawClient.connect(LoopbackPorts.HOST, openfire.server().xmppPort(), "localhost")) {
            assertResult(
                    nobody.iq(
                            "set",
                            "<query xmlns='jabber:iq:register'><username>doomed</username><password>secret</password></query>"));
        }
        say("doomed@localhost", "for the next one");
        assertThat(other.received())
                .noneMatch(received -> isSubscriptionNotification().test(received.element()));
    }

    @Test
    void similarNamesAreOtherAccounts() {
        List<RawClient> others = List.of(
                openfire.client("bo", "phone"), openfire.client("bobb", "phone"), openfire.client("bobby", "phone"));
        RawClient bob = openfire.client("bob", "phone");
        others.forEach(other -> assertResult(other.iq("set", SUBSCRIBE)));
        assertResult(bob.iq("set", SUBSCRIBE));
        say("BOB@localhost/bobby", "for bob alone");
        bob.await(isSubscriptionNotification().and(forwarding(withBody("for bob alone"))));
        others.forEach(other -> other.assertNoMore(message().or(isCarbon())));
    }

    @Test
    void anotherDomainIsNotServed() {
        RawClient carol = openfire.client("carol", "street");
        Element answer = carol.iq("set", "bob@remote.invalid", SUBSCRIBE);
        assertThat(answer.attributeValue("type")).isEqualTo("error");
        try (ComponentClient component = component()) {
            component.send(
                    "<iq type='set' id='r1' from='bob@remote.invalid/x' to='bob@localhost'>" + SUBSCRIBE + "</iq>");
            component.iq("get", COMPONENT, "localhost", "<ping xmlns='urn:xmpp:ping'/>");
            assertThat(component.received()).doesNotContainPattern(Pattern.compile("id=.r1.[^>]*type=.result"));
        }
    }
}
