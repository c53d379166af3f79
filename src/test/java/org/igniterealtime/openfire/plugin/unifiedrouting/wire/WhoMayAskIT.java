package org.igniterealtime.openfire.plugin.unifiedrouting.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.igniterealtime.openfire.plugin.unifiedrouting.wire.SubscriptionScenarios.SUBSCRIBE;
import static org.igniterealtime.openfire.plugin.unifiedrouting.wire.SubscriptionScenarios.UNSUBSCRIBE;
import static org.igniterealtime.openfire.testclient.Stanzas.child;
import static org.igniterealtime.openfire.testclient.Stanzas.errorCondition;
import static org.igniterealtime.openfire.testclient.Stanzas.isArchiveResult;
import static org.igniterealtime.openfire.testclient.Stanzas.message;

import java.util.List;
import org.dom4j.Element;
import org.igniterealtime.openfire.testclient.RawClient;
import org.igniterealtime.openfire.testserver.OpenfireExtension;
import org.igniterealtime.openfire.testserver.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** PROTOCOL, first table: who may ask for what, and what everybody else is told. Section 1: what is announced. */
class WhoMayAskIT {

    private static final String QUERY = "<query xmlns='urn:xmpp:mam:2'/>";
    private static final String LIMIT = "<msgoffline xmlns='msgoffline' limit='5'/>";
    private static final String PURGE = "<offline xmlns='http://jabber.org/protocol/offline'><purge/></offline>";

    @RegisterExtension
    static final OpenfireExtension openfire =
            OpenfireExtension.on(TestDatabase.HSQLDB).with("xmpp.auth.anonymous", "true");

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {SUBSCRIBE, UNSUBSCRIBE, QUERY, LIMIT, PURGE})
    void strangersAreForbiddenWhetherTheAccountExistsOrNot(String request) {
        RawClient alice = openfire.client("alice", "orchard");
        for (String to : List.of("bob@localhost", "nobody@localhost")) {
            Element answer = alice.iq("set", to, request);
            assertThat(errorCondition(answer)).as(to).isEqualTo("forbidden");
            assertThat(child(answer, "error", "jabber:client").attributeValue("type"))
                    .isEqualTo("auth");
        }
        alice.assertNoMore(isArchiveResult());
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"bob@localhost", "nobody@localhost"})
    void strangersFindNoOfflineMessages(String to) {
        RawClient alice = openfire.client("alice", "orchard");
        for (String namespace :
                List.of("http://jabber.org/protocol/disco#info", "http://jabber.org/protocol/disco#items")) {
            Element answer =
                    alice.iq("get", to, "<query xmlns='" + namespace + "' node='http://jabber.org/protocol/offline'/>");
            boolean isOpenfire42 = openfire.server().options().openfireHome().isEmpty();
            if (isOpenfire42 || to.startsWith("bob")) {
                // COMPAT(5.x): for accounts that do not exist Openfire has an empty result of its own.
                assertThat(answer.attributeValue("type")).as(namespace).isEqualTo("error");
            }
            assertThat(child(answer, "query", namespace).elements())
                    .as(namespace)
                    .isEmpty();
        }
    }

    @Test
    void strangerGetsNoNotifications() {
        RawClient carol = openfire.client("carol", "street");
        carol.iq("set", "bob@localhost", SUBSCRIBE);
        RawClient alice = openfire.client("alice", "orchard");
        alice.send("<message to='bob@localhost' type='chat'><body>private</body></message>");
        alice.sync();
        carol.assertNoMore(message());
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {SUBSCRIBE, UNSUBSCRIBE, QUERY, LIMIT, PURGE})
    void anonymousSessionsAreNotAllowed(String request) {
        RawClient anonymous = openfire.anonymousClient();
        Element answer = anonymous.iq("set", request);
        assertThat(errorCondition(answer)).isEqualTo("not-allowed");
        assertThat(child(answer, "error", "jabber:client").attributeValue("type"))
                .isEqualTo("cancel");
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "get|<subscribe xmlns='urn:xmpp:mam:sub:0'/>|bad-request",
                "get|<unsubscribe xmlns='urn:xmpp:mam:sub:0'/>|bad-request",
                "set|<resubscribe xmlns='urn:xmpp:mam:sub:0'/>|feature-not-implemented",
                "get|<list xmlns='urn:xmpp:mam:sub:0'/>|feature-not-implemented",
                "set|<erase xmlns='urn:xmpp:mam:2'/>|feature-not-implemented",
                "set|<limit xmlns='msgoffline' limit='5'/>|feature-not-implemented",
                // Accounts may not set a limit unless the administrator says so.
                "set|<msgoffline xmlns='msgoffline' limit='5'/>|feature-not-implemented",
                "set|<msgoffline xmlns='msgoffline' limit='many'/>|feature-not-implemented",
                "get|<msgoffline xmlns='msgoffline'/>|feature-not-implemented",
                "get|<offlines xmlns='http://jabber.org/protocol/offline'/>|feature-not-implemented",
            })
    void malformedRequestsGetTheDocumentedError(String type, String request, String condition) {
        RawClient alice = openfire.client("alice", "orchard");
        assertThat(errorCondition(alice.iq(type, request))).isEqualTo(condition);
    }

    @ParameterizedTest(name = "to={0}")
    @ValueSource(strings = {"alice@localhost", "localhost"})
    void ownBareJidAndServerMayBeAddressed(String to) {
        RawClient alice = openfire.client("alice", "orchard");
        assertThat(alice.iq("set", to, SUBSCRIBE).attributeValue("type")).isEqualTo("result");
    }

    @Test
    void answersToNobodysRequestAreIgnored() {
        RawClient alice = openfire.client("alice", "orchard");
        alice.send("<iq type='result' id='x1' to='localhost'>" + SUBSCRIBE + "</iq>");
        alice.send("<message to='alice@localhost' type='chat'><body>still unsubscribed</body></message>");
        alice.assertNoMore(message());
    }

    @Test
    void featuresAreAnnouncedByServerAndAccount() {
        RawClient alice = openfire.client("alice", "orchard");
        assertThat(features(alice, "localhost"))
                .contains("urn:xmpp:mam:sub:0", "msgoffline", "http://jabber.org/protocol/offline")
                .doesNotHaveDuplicates();
        assertThat(features(alice, "alice@localhost"))
                .contains("urn:xmpp:mam:2", "urn:xmpp:mam:sub:0", "urn:xmpp:sid:0");
    }

    static List<String> features(RawClient client, String jid) {
        Element answer = client.iq("get", jid, "<query xmlns='http://jabber.org/protocol/disco#info'/>");
        return child(answer, "query", "http://jabber.org/protocol/disco#info").elements("feature").stream()
                .map(feature -> feature.attributeValue("var"))
                .toList();
    }
}
