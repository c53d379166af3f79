package org.igniterealtime.openfire.plugin.unifiedrouting.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.igniterealtime.openfire.testclient.Stanzas.body;
import static org.igniterealtime.openfire.testclient.Stanzas.child;
import static org.igniterealtime.openfire.testclient.Stanzas.errorCondition;
import static org.igniterealtime.openfire.testclient.Stanzas.message;
import static org.igniterealtime.openfire.testclient.Stanzas.stanzaId;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.dom4j.Element;
import org.igniterealtime.openfire.testclient.MamQuery;
import org.igniterealtime.openfire.testclient.MamResult;
import org.igniterealtime.openfire.testclient.RawClient;
import org.igniterealtime.openfire.testserver.OpenfireExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** XEP-0013 on the offline set. Each test has an account of its own; nobody sends presence unless it matters. */
abstract class OfflineRetrievalScenarios {

    private static final String OFFLINE = "http://jabber.org/protocol/offline";
    private static final String INFO = "http://jabber.org/protocol/disco#info";
    private static final String ITEMS = "http://jabber.org/protocol/disco#items";

    abstract OpenfireExtension openfire();

    static OpenfireExtension withAccounts(OpenfireExtension openfire) {
        return openfire.with(options -> {
            for (String account : List.of(
                    "counter",
                    "header",
                    "viewer",
                    "remover",
                    "fetcher",
                    "purger",
                    "stranger",
                    "many",
                    "several",
                    "wrong",
                    "empty")) {
                options = options.withAccount(account, "secret");
            }
            // What is sent to one account here is more than the normal limits.
            return options.withProperty("plugin.unifiedrouting.offline.pair-limit", "0")
                    .withProperty("xmpp.offline.quota", "100000000");
        });
    }

    // 2.2 The number of messages

    @Test
    void theNumberIsThatOfTheOfflineSet() {
        RawClient client = openfire().client("counter", "phone");
        assertThat(number(client)).isEqualTo(0);
        send("counter", 3);
        Element info = info(client);
        assertThat(number(client)).isEqualTo(3);
        Element identity = child(info, "identity", INFO);
        assertThat(identity.attributeValue("category")).isEqualTo("automation");
        assertThat(identity.attributeValue("type")).isEqualTo("message-list");
        assertThat(info.elements("feature"))
                .anySatisfy(feature -> assertThat(feature.attributeValue("var")).isEqualTo(OFFLINE));
        assertThat(number(openfire().client("counter", "laptop")))
                .as("for each session")
                .isEqualTo(3);
    }

    // 2.3 Headers

    @Test
    void headersNameSenderAndNodeInTheOrderOfTheMessages() {
        RawClient alice = openfire().client("alice", "home");
        RawClient bob = openfire().client("bob", "work");
        for (int i = 0; i < 5; i++) {
            say(i % 2 == 0 ? alice : bob, "header", "message " + i);
        }
        RawClient client = openfire().client("header", "phone");
        List<Element> headers = headers(client);
        assertThat(headers).hasSize(5);
        assertThat(headers.stream().map(header -> header.attributeValue("name")))
                .containsExactly(alice.jid(), bob.jid(), alice.jid(), bob.jid(), alice.jid());
        assertThat(headers)
                .allSatisfy(header -> assertThat(header.attributeValue("jid")).isEqualTo("header@localhost"));
        List<String> nodes = nodes(client);
        assertThat(nodes).isSorted().doesNotHaveDuplicates();
        assertThat(nodes(client)).as("asked again").isEqualTo(nodes);
        assertThat(fetch(client).stream().map(OfflineRetrievalScenarios::node)).containsExactlyElementsOf(nodes);
    }

    @Test
    void whereNothingIsThereTheListIsEmpty() {
        RawClient client = openfire().client("empty", "phone");
        assertThat(headers(client)).isEmpty();
        assertThat(fetch(client)).isEmpty();
        assertThat(client.iq("set", offline("<purge/>")).attributeValue("type")).isEqualTo("result");
    }

    // 2.4 Viewing

    @Test
    void whatIsViewedComesWithItsNodeItsTimeAndItsIdAndStays() {
        send("viewer", 4);
        RawClient client = openfire().client("viewer", "phone");
        List<String> nodes = nodes(client);

        Element answer = client.iq("get", offline(item("view", nodes.get(2)) + item("view", nodes.get(0))));

        assertThat(answer.attributeValue("type")).isEqualTo("result");
        List<Element> viewed = client.take(message());
        assertThat(viewed.stream().map(each -> body(each))).containsExactly("message 2", "message 0");
        assertThat(node(viewed.get(0))).isEqualTo(nodes.get(2));
        Element delay = child(viewed.get(0), "delay", "urn:xmpp:delay");
        assertThat(delay.attributeValue("from")).isEqualTo("localhost");
        assertThat(viewed.get(0).attributeValue("type")).isEqualTo("chat");
        assertThat(stanzaId(viewed.get(0), "viewer@localhost"))
                .isEqualTo(MamQuery.by(client)
                        .with("alice@localhost")
                        .all(10)
                        .get(2)
                        .id());
        assertThat(nodes(client)).as("to see a message does not take it").isEqualTo(nodes);
        client.sync();
        assertThat(number(openfire().client("viewer", "laptop"))).isEqualTo(4);
    }

    @Test
    void manyAreViewedAndRemovedByTheirNodesAllOrNone() {
        List<String> sent = send("several", 120);
        RawClient client = openfire().client("several", "phone");
        List<String> nodes = nodes(client);

        assertThat(errorCondition(
                        client.iq("get", offline(items("view", nodes) + item("view", "1764000000000-000000-x")))))
                .isEqualTo("item-not-found");
        assertThat(errorCondition(
                        client.iq("set", offline(items("remove", nodes) + item("remove", "1764000000000-000000-x")))))
                .isEqualTo("item-not-found");
        client.assertNoMore(message());
        assertThat(number(client)).isEqualTo(120);

        List<String> backwards = reversed(nodes);
        client.iq("get", offline(items("view", backwards)));
        List<Element> viewed = client.take(message());
        assertThat(viewed.stream().map(each -> body(each))).containsExactlyElementsOf(reversed(sent));
        assertThat(viewed.stream().map(each -> node(each))).containsExactlyElementsOf(backwards);

        client.iq("set", offline(items("remove", nodes.subList(0, 119))));
        assertThat(fetch(client).stream().map(each -> body(each))).containsExactly("message 119");
    }

    private static List<String> reversed(List<String> texts) {
        List<String> reversed = new ArrayList<>(texts);
        Collections.reverse(reversed);
        return reversed;
    }

    // 2.5 Removing

    @Test
    void whatIsRemovedIsGoneAndTheRestKeepsItsOrder() {
        send("remover", 5);
        RawClient client = openfire().client("remover", "phone");
        List<String> nodes = nodes(client);

        Element answer = client.iq("set", offline(item("remove", nodes.get(1)) + item("remove", nodes.get(3))));

        assertThat(answer.attributeValue("type")).isEqualTo("result");
        assertThat(number(client)).isEqualTo(3);
        assertThat(fetch(client).stream().map(each -> body(each)))
                .containsExactly("message 0", "message 2", "message 4");
        assertThat(errorCondition(client.iq("set", offline(item("remove", nodes.get(1))))))
                .isEqualTo("item-not-found");
        assertThat(errorCondition(client.iq("get", offline(item("view", nodes.get(1))))))
                .isEqualTo("item-not-found");
        assertThat(archive(client)).as("the archive keeps it").hasSize(5);

        assertThat(errorCondition(client.iq("set", offline(item("remove", nodes.get(0)) + item("remove", "nonsense")))))
                .isEqualTo("item-not-found");
        assertThat(number(client)).as("all or none").isEqualTo(3);
    }

    // 2.6 Fetching, 2.7 Purging

    @Test
    void everythingIsFetchedInOrderAndStays() {
        List<String> sent = send("fetcher", 12);
        RawClient client = openfire().client("fetcher", "phone");
        assertThat(fetch(client).stream().map(each -> body(each))).containsExactlyElementsOf(sent);
        assertThat(fetch(client).stream().map(each -> body(each))).containsExactlyElementsOf(sent);
        assertThat(number(client)).isEqualTo(12);
        // Sessions that look themselves are not flooded.
        client.presence();
        client.assertNoMore(message());
        assertThat(number(client)).isEqualTo(12);
    }

    @Test
    void everythingIsPurgedOnce() {
        send("purger", 7);
        RawClient client = openfire().client("purger", "phone");
        assertThat(client.iq("set", offline("<purge/>")).attributeValue("type")).isEqualTo("result");
        assertThat(number(client)).isZero();
        assertThat(archive(client)).hasSize(7);
        RawClient other = openfire().client("purger", "laptop").presence();
        other.assertNoMore(message());

        // A session that is closing may still be written to.
        other.unavailable();
        client.close();
        other.close();
        RawClient again = openfire().client("purger", "tablet");
        say(openfire().client("alice", "home"), "purger", "one more");
        assertThat(fetch(again).stream().map(each -> body(each))).containsExactly("one more");
    }

    @Test
    void moreThanAPageIsReadAndRemoved() {
        List<String> sent = send("many", 1234);
        RawClient client = openfire().client("many", "phone");
        assertThat(number(client)).isEqualTo(1234);
        assertThat(nodes(client)).hasSize(1234).isSorted();
        assertThat(fetch(client).stream().map(each -> body(each))).containsExactlyElementsOf(sent);
        client.iq("set", offline("<purge/>"));
        assertThat(number(client)).isZero();
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "get||bad-request",
                "set||bad-request",
                "get|<purge/>|bad-request",
                "set|<fetch/>|bad-request",
                "get|<item action='remove' node='1764000000000-000000-x'/>|bad-request",
                "set|<item action='view' node='1764000000000-000000-x'/>|bad-request",
                "get|<item action='view'/>|bad-request",
                "get|<item node='1764000000000-000000-x'/>|bad-request",
                "get|<fetch/><item action='view' node='1764000000000-000000-x'/>|bad-request",
                "get|<item action='view' node='1764000000000-000000-x'/>|item-not-found",
                "get|<item action='view' node='2003-02-27T22:49:17.008Z'/>|item-not-found",
                "set|<item action='remove' node=''/>|item-not-found",
            })
    void whatMakesNoSenseIsRefused(String type, String content, String condition) {
        RawClient client = openfire().client("wrong", "phone");
        assertThat(errorCondition(client.iq(type, offline(content == null ? "" : content))))
                .isEqualTo(condition);
    }

    private List<String> send(String account, int messages) {
        RawClient alice = openfire().client("alice", "home");
        List<String> bodies =
                IntStream.range(0, messages).mapToObj(i -> "message " + i).toList();
        for (int i = 0; i < messages; i++) {
            alice.send(
                    "<message to='" + account + "@localhost' type='chat'><body>" + bodies.get(i) + "</body></message>");
            if (i % 50 == 49) {
                // A slow disk commits them one by one.
                alice.sync();
            }
        }
        alice.sync();
        return bodies;
    }

    private static void say(RawClient sender, String account, String text) {
        sender.send("<message to='" + account + "@localhost' type='chat'><body>" + text + "</body></message>");
        sender.sync();
    }

    private static String offline(String content) {
        return "<offline xmlns='" + OFFLINE + "'>" + content + "</offline>";
    }

    private static String item(String action, String node) {
        return "<item action='" + action + "' node='" + node + "'/>";
    }

    private static String items(String action, List<String> nodes) {
        return nodes.stream().map(node -> item(action, node)).collect(Collectors.joining());
    }

    private static String node(Element shown) {
        return child(child(shown, "offline", OFFLINE), "item", OFFLINE).attributeValue("node");
    }

    private static Element info(RawClient client) {
        Element answer = client.iq("get", "<query xmlns='" + INFO + "' node='" + OFFLINE + "'/>");
        assertThat(answer.attributeValue("type")).as(answer.asXML()).isEqualTo("result");
        return child(answer, "query", INFO);
    }

    private static int number(RawClient client) {
        Element form = child(info(client), "x", "jabber:x:data");
        return form.elements("field").stream()
                .filter(field -> "number_of_messages".equals(field.attributeValue("var")))
                .map(field -> Integer.parseInt(field.elementText("value")))
                .findFirst()
                .orElseThrow();
    }

    private static List<Element> headers(RawClient client) {
        Element answer = client.iq("get", "<query xmlns='" + ITEMS + "' node='" + OFFLINE + "'/>");
        assertThat(answer.attributeValue("type")).as(answer.asXML()).isEqualTo("result");
        return child(answer, "query", ITEMS).elements("item");
    }

    private static List<String> nodes(RawClient client) {
        return headers(client).stream()
                .map(header -> header.attributeValue("node"))
                .toList();
    }

    private static List<Element> fetch(RawClient client) {
        client.take(message());
        Element answer = client.iq("get", offline("<fetch/>"));
        assertThat(answer.attributeValue("type")).as(answer.asXML()).isEqualTo("result");
        return client.take(message());
    }

    /** A query with a filter, which passes over nothing that is undelivered. */
    private static List<String> archive(RawClient client) {
        return MamQuery.by(client).with("alice@localhost").all(250).stream()
                .map(MamResult::message)
                .map(message -> body(message))
                .toList();
    }
}
