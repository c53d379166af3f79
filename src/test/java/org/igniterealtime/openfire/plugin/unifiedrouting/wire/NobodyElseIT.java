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
import static org.igniterealtime.openfire.testclient.Stanzas.iq;
import static org.igniterealtime.openfire.testclient.Stanzas.isCarbon;
import static org.igniterealtime.openfire.testclient.Stanzas.isSubscriptionNotification;
import static org.igniterealtime.openfire.testclient.Stanzas.message;
import static org.igniterealtime.openfire.testclient.Stanzas.withBody;

import java.util.ArrayList;
import java.util.List;
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
    private static final String TRIM = "<trim xmlns='urn:xmpp:mamtrim:0'/>";
    private static final String NEVER_SAID =
            "<forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client' from='alice@localhost/x'"
                    + " to='fooled@localhost' type='chat'><body>never said</body></message></forwarded>";
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
                for (String user : List.of("bo", "bobb", "bobby", "doomed", "left", "fooled", "named", "plain")) {
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

    /** COMPAT(4.2): Openfire believes the sender that a component names. It asks for nothing in a session's name all the same. */
    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({
        "set," + SUBSCRIBE,
        "set," + ENABLE,
        "get," + PREFIX,
        "set," + TRIM,
        "set,<query xmlns='urn:xmpp:mam:2'/>",
        "set,<prefs xmlns='urn:xmpp:mam:2' default='never'><always/><never/></prefs>"
    })
    void componentsAskForNothingInTheNameOfASession(String type, String request) {
        RawClient named = openfire.client("named", "phone");
        say("named@localhost", "before " + request.substring(1, 5));
        int before = MamQuery.by(named).all(50).size();
        try (ComponentClient component = component()) {
            component.send("<iq type='" + type + "' id='spoof' from='" + named.jid() + "' to='named@localhost'>"
                    + request + "</iq>");
            // The answer is for whom the component has named.
            assertThat(errorCondition(named.await(iq("spoof")))).isEqualTo("forbidden");
            say("named@localhost", "after " + request.substring(1, 5));
            assertThat(MamQuery.by(named).all(50)).hasSize(before + 1);
            named.assertNoMore(message());
            component.iq("get", COMPONENT, "localhost", "<ping xmlns='urn:xmpp:ping'/>");
            assertThat(component.received()).doesNotContain("spoof", "forwarded");
        }
    }

    @Test
    void componentsDoNotUnsubscribeASession() {
        RawClient named = openfire.client("named", "phone");
        assertResult(named.iq("set", SUBSCRIBE));
        try (ComponentClient component = component()) {
            component.send("<iq type='set' id='spoof' from='" + named.jid() + "' to='named@localhost'>" + UNSUBSCRIBE
                    + "</iq>");
            assertThat(errorCondition(named.await(iq("spoof")))).isEqualTo("forbidden");
        }
        say("named@localhost", "subscribed as before");
        named.await(isSubscriptionNotification().and(forwarding(withBody("subscribed as before"))));
    }

    /** What a session's other connection, or nobody's, brings is its own: a client that resumes goes on. */
    @Test
    void clientsAskOverEachOfTheirConnections() {
        RawClient named = openfire.client("named", "tablet").enableStreamManagement(true);
        named.drop();
        RawClient again = RawClient.resume(
                LoopbackPorts.HOST, openfire.server().xmppPort(), "localhost", "named", "secret", named.state());
        assertResult(again.iq("set", SUBSCRIBE));
        assertResult(again.iq("set", "named@localhost", UNSUBSCRIBE));
    }

    /** COMPAT(4.2): what a component says in a session's name is a message to its recipient, and nothing that its account has sent. */
    @Test
    void componentsAddNothingToWhatASessionHasSent() {
        RawClient named = openfire.client("named", "desk");
        RawClient spy = openfire.client("named", "spy");
        assertResult(spy.iq("set", ENABLE));
        RawClient plain = openfire.client("plain", "phone").presence();
        try (ComponentClient component = component()) {
            component.send("<message from='" + named.jid() + "' to='plain@localhost' type='chat' id='forged'>"
                    + "<body>never said</body></message>");
            plain.await(message().and(withBody("never said")));
        }
        assertThat(MamQuery.by(named).with("plain@localhost").all(50)).isEmpty();
        spy.assertNoMore(message());
        named.assertNoMore(message());
    }

    /** COMPAT(4.2): a component can name the account itself as sender, as the server does in what it makes for it. */
    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "<mamsub xmlns='urn:xmpp:mam:sub:0'><message-id xmlns='urn:xmpp:mid:0' id='f1'/>%s</mamsub>",
                "<received xmlns='urn:xmpp:carbons:2'>%s</received>",
                "<sent xmlns='urn:xmpp:carbons:2'>%s</sent>",
            })
    void componentsMakeNoWrappers(String wrapper) {
        RawClient named = openfire.client("named", "phone").presence();
        try (ComponentClient component = component()) {
            component.send("<message from='named@localhost' to='" + named.jid() + "'>"
                    + String.format(wrapper, NEVER_SAID) + "</message>");
            component.iq("get", COMPONENT, "localhost", "<ping xmlns='urn:xmpp:ping'/>");
        }
        named.assertNoMore(forwarding(withBody("never said")));
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
        for (String from : List.of("fooled@localhost", fooled.jid(), "carol@localhost")) {
            carol.send("<message from='" + from + "' to='fooled@localhost' type='chat'><body>" + text + "</body>"
                    + String.format(wrapper, NEVER_SAID) + "</message>");
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

    /** Openfire closes sessions that are available, and keeps those that can be resumed. */
    @Test
    void theNextAccountOfANameSharesNothingWithSessionsOfTheOneBefore() {
        RawClient owner = openfire.client("doomed", "phone");
        List<RawClient> before = new ArrayList<>();
        for (String request : List.of(SUBSCRIBE, ENABLE)) {
            for (boolean isResumable : List.of(false, true)) {
                RawClient hidden = openfire.client("doomed", request.substring(1, 4) + isResumable);
                if (isResumable) {
                    hidden.enableStreamManagement(true);
                }
                assertResult(hidden.iq("set", request));
                before.add(hidden);
            }
        }
        RawClient away = openfire.client("doomed", "away").enableStreamManagement(true);
        assertResult(away.iq("set", ENABLE));
        away.holdAcks(true);
        away.drop();
        say("doomed@localhost", "for the one before");

        assertResult(owner.iq("set", "<query xmlns='jabber:iq:register'><remove/></query>"));
        register("doomed");

        before.forEach(session -> session.awaitEnd());
        RawClient next = openfire.client("doomed", "next");
        assertResult(next.iq("set", ENABLE));
        say("doomed@localhost", "for the next one");
        next.await(message().and(withBody("for the next one")));
        next.send("<message to='alice@localhost' type='chat'><body>by the next one</body></message>");
        next.await(message().and(withBody("by the next one")));
        assertThat(MamQuery.by(next).all(50)).hasSize(2);
        openfire.server().endDetachedSessions();
        next.assertNoMore(message());
        for (RawClient session : before) {
            assertThat(session.received())
                    .noneMatch(received -> received.element().asXML().contains("the next one"));
        }
        try (RawClient revenant =
                RawClient.connect(LoopbackPorts.HOST, openfire.server().xmppPort(), "localhost")) {
            assertThat(revenant.authenticate("doomed", "secret")
                            .tryResume(away.state())
                            .getName())
                    .isEqualTo("failed");
        }
    }

    @Test
    void sessionsEndWithTheirAccount() {
        RawClient owner = openfire.client("left", "phone");
        RawClient other = openfire.client("left", "tablet");
        assertResult(owner.iq("set", "<query xmlns='jabber:iq:register'><remove/></query>"));
        owner.awaitEnd();
        other.awaitEnd();
    }

    private static void register(String account) {
        try (RawClient nobody =
                RawClient.connect(LoopbackPorts.HOST, openfire.server().xmppPort(), "localhost")) {
            assertResult(nobody.iq(
                    "set",
                    "<query xmlns='jabber:iq:register'><username>" + account
                            + "</username><password>secret</password></query>"));
        }
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

    /** COMPAT(4.2): a component may name a sender of any domain. What it is answered does not come back to it. */
    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({
        "set," + SUBSCRIBE,
        "set," + TRIM,
        "set,<query xmlns='urn:xmpp:mam:2'/>",
        "set,<prefs xmlns='urn:xmpp:mam:2' default='never'><always/><never/></prefs>"
    })
    void anotherDomainChangesNothing(String type, String request) {
        RawClient named = openfire.client("named", "phone");
        say("named@localhost", "before " + request.substring(1, 5));
        int before = MamQuery.by(named).all(50).size();
        try (ComponentClient component = component()) {
            for (String from : List.of("named@remote.invalid", "named@remote.invalid/phone", "remote.invalid")) {
                component.send("<iq type='" + type + "' id='r1' from='" + from + "' to='named@localhost'>" + request
                        + "</iq>");
            }
            component.iq("get", COMPONENT, "localhost", "<ping xmlns='urn:xmpp:ping'/>");
        }
        say("named@localhost", "after " + request.substring(1, 5));
        assertThat(MamQuery.by(named).all(50)).hasSize(before + 1);
        named.assertNoMore(message());
    }

    @Test
    void anotherDomainIsNotServed() {
        RawClient carol = openfire.client("carol", "street");
        assertThat(carol.iq("set", "bob@remote.invalid", SUBSCRIBE).attributeValue("type"))
                .isEqualTo("error");
    }
}
