package org.igniterealtime.openfire.plugin.unifiedrouting.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.igniterealtime.openfire.testclient.Stanzas.child;
import static org.igniterealtime.openfire.testclient.Stanzas.errorCondition;
import static org.igniterealtime.openfire.testclient.Stanzas.message;
import static org.igniterealtime.openfire.testclient.Stanzas.ofType;
import static org.igniterealtime.openfire.testclient.Stanzas.withAttribute;

import java.util.List;
import java.util.stream.IntStream;
import org.dom4j.Element;
import org.dom4j.QName;
import org.igniterealtime.openfire.plugin.unifiedrouting.wire.OfflineAccounts.Kind;
import org.igniterealtime.openfire.testclient.MamQuery;
import org.igniterealtime.openfire.testclient.RawClient;
import org.igniterealtime.openfire.testserver.OpenfireExtension;
import org.igniterealtime.openfire.testserver.TestDatabase;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** PROTOCOL section 6: accounts set their own offline limit, and what its senders get then (ROUTING-RULES section 5). */
class OfflineLimitIT {

    private static final String OMEMO =
            "<encrypted xmlns='eu.siacs.conversations.axolotl'><header sid='1'/><payload>AAAA</payload></encrypted>";
    private static final String INVITATION = "<x xmlns='jabber:x:conference' jid='hall@conference.localhost'/>";
    private static final String NO_PERMANENT_STORE = "<no-permanent-store xmlns='urn:xmpp:hints'/>";

    /** What is archived, and says nothing to anybody who would want to know that it failed. */
    private static final List<String> UNSAID = List.of(
            "<received xmlns='urn:xmpp:receipts' id='x'/>",
            "<displayed xmlns='urn:xmpp:chat-markers:0' id='x'/>",
            "<subject>nothing else</subject>",
            "<reactions xmlns='urn:xmpp:reactions:0' id='x'><reaction>!</reaction></reactions>");

    private static OpenfireExtension withOwnLimits() {
        return OfflineAccounts.in(OpenfireExtension.on(TestDatabase.HSQLDB))
                .with("plugin.unifiedrouting.offline.user-limit.enabled", "true");
    }

    /** The account sets its limit, and goes. */
    private static String limited(OpenfireExtension openfire, Kind kind, int number, String limit) {
        String name = OfflineAccounts.fresh(openfire, kind, number);
        RawClient client = openfire.client(name, "settings");
        assertThat(limit(set(client, limit))).isEqualTo(limit);
        client.close();
        return name;
    }

    private static String chat(String to, String id, String content) {
        return "<message to='" + to + "@localhost' type='chat' id='" + id + "'>" + content + "</message>";
    }

    private static String body(String text) {
        return "<body>" + text + "</body>";
    }

    private static void send(RawClient client, String stanza) {
        client.send(stanza);
        client.sync();
    }

    private static void refused(RawClient client, String from, String id) {
        Element error = client.await(ofType("error"));
        assertThat(error.attributeValue("id")).isEqualTo(id);
        assertThat(error.attributeValue("from")).isEqualTo(from + "@localhost");
        assertThat(errorCondition(error)).isEqualTo("service-unavailable");
        Element reason = child(error, "error", "jabber:client");
        assertThat(reason.attributeValue("type")).isEqualTo("cancel");
        assertThat(reason.elementText(QName.get("text", "urn:ietf:params:xml:ns:xmpp-stanzas")))
                .isNotBlank();
    }

    /** What is delivered to the first client that comes, and what it finds in the archive then. */
    private static void finds(OpenfireExtension openfire, String account, List<String> delivered, int archived) {
        RawClient phone = openfire.client(account, "phone").presence();
        for (String id : delivered) {
            assertThat(phone.await(message()).attributeValue("id")).isEqualTo(id);
        }
        phone.assertNoMore(message());
        assertThat(MamQuery.by(phone).all(50)).hasSize(archived);
        phone.close();
    }

    private static Element set(RawClient client, String limit) {
        return client.iq("set", "<msgoffline xmlns='msgoffline' limit='" + limit + "'/>");
    }

    private static String limit(RawClient client) {
        return limit(client.iq("get", "<msgoffline xmlns='msgoffline'/>"));
    }

    private static String limit(Element answer) {
        assertThat(answer.attributeValue("type")).as(answer.asXML()).isEqualTo("result");
        return child(answer, "msgoffline", "msgoffline").attributeValue("limit");
    }

    @Nested
    class UpToAMaximum {

        @RegisterExtension
        static final OpenfireExtension openfire = withOwnLimits();

        @Test
        void whoHasSetNothingHasTheAdministratorsLimit() {
            assertThat(limit(openfire.client("carol", "phone"))).isEqualTo("100");
        }

        @ParameterizedTest
        @ValueSource(strings = {"10", "0", "10000"})
        void theAnswerIsTheSameElementAndTheValueIsInForce(String value) {
            RawClient alice = openfire.client("alice", "phone");
            assertThat(limit(set(alice, value))).isEqualTo(value);
            assertThat(limit(alice)).isEqualTo(value);
            assertThat(limit(openfire.client("alice", "laptop"))).isEqualTo(value);
        }

        @ParameterizedTest(name = "{0}: {1}")
        @CsvSource({
            "-1, bad-request",
            "ten, bad-request",
            "'', bad-request",
            "' 5', bad-request",
            "+5, bad-request",
            "1.5, bad-request",
            "2147483648, bad-request",
            "99999999999999999999, bad-request",
            "False, bad-request",
            "10001, not-acceptable",
            "2147483647, not-acceptable",
            // No limit at all is more than any number.
            "false, not-acceptable",
        })
        void aValueThatIsRefusedLeavesTheStoredOne(String value, String condition) {
            RawClient bob = openfire.client("bob", "phone");
            assertThat(limit(set(bob, "7"))).isEqualTo("7");
            assertThat(errorCondition(set(bob, value))).isEqualTo(condition);
            assertThat(limit(bob)).isEqualTo("7");
        }

        @Test
        void aLimitMustBeThere() {
            RawClient bob = openfire.client("bob", "phone");
            set(bob, "8");
            assertThat(errorCondition(bob.iq("set", "<msgoffline xmlns='msgoffline'/>")))
                    .isEqualTo("bad-request");
            assertThat(limit(bob)).isEqualTo("8");
        }

        @Test
        void senderLearnsThatThereIsNoRoomOfWhatSaysSomething() {
            String bob = limited(openfire, Kind.PLAIN, 0, "1");
            RawClient alice = openfire.client("alice", "home").presence();
            send(alice, chat(bob, "kept", body("kept")));
            alice.assertNoMore(message());
            for (String content : List.of(body("over"), OMEMO, INVITATION)) {
                send(alice, chat(bob, "over", content));
                refused(alice, bob, "over");
                send(alice, "<message to='" + bob + "@localhost/gone' id='n'>" + content + "</message>");
                alice.await(ofType("error").and(withAttribute("id", "n")));
            }
            UNSAID.forEach(content -> send(alice, chat(bob, "unsaid", content)));
            alice.assertNoMore(message());
            finds(openfire, bob, List.of("kept"), 1);
        }

        @Test
        void whoReadsTheArchiveFindsEverythingThereAndItsSenderHearsNothing() {
            String bob = limited(openfire, Kind.MAM, 0, "1");
            RawClient alice = openfire.client("alice", "home").presence();
            send(alice, chat(bob, "kept", body("kept")));
            for (String content : List.of(body("over"), OMEMO, INVITATION)) {
                send(alice, chat(bob, "over", content));
            }
            UNSAID.forEach(content -> send(alice, chat(bob, "unsaid", content)));
            alice.assertNoMore(message());
            finds(openfire, bob, List.of("kept"), 4 + UNSAID.size());
        }

        @ParameterizedTest
        @EnumSource(Kind.class)
        void limitOfZeroKeepsNothingToBeDelivered(Kind kind) {
            String bob = limited(openfire, kind, 1, "0");
            RawClient alice = openfire.client("alice", "home").presence();
            send(alice, chat(bob, "first", body("first")));
            if (kind == Kind.PLAIN) {
                refused(alice, bob, "first");
            }
            send(alice, chat(bob, "once", body("once") + NO_PERMANENT_STORE));
            refused(alice, bob, "once");
            alice.assertNoMore(message());
            finds(openfire, bob, List.of(), kind == Kind.MAM ? 1 : 0);
        }

        @Test
        void theValueIsTheAccountsAndSurvivesARestart() {
            RawClient alice = openfire.client("alice", "phone");
            RawClient bob = openfire.client("bob", "phone");
            set(alice, "11");
            set(bob, "12");
            alice.close();
            bob.close();
            openfire.server().stop();
            openfire.server().startAgain();
            assertThat(limit(openfire.client("alice", "phone"))).isEqualTo("11");
            assertThat(limit(openfire.client("bob", "phone"))).isEqualTo("12");
        }
    }

    @Nested
    class WithoutAMaximum {

        @RegisterExtension
        static final OpenfireExtension openfire = withOwnLimits()
                .with("plugin.unifiedrouting.offline.user-limit.max", "0")
                .with("plugin.unifiedrouting.offline.pair-limit", "0")
                .with("plugin.unifiedrouting.offline.quota-exceeded", "drop");

        @Test
        void thereMayBeNoLimit() {
            RawClient alice = openfire.client("alice", "phone");
            assertThat(limit(alice)).as("the administrator's").isEqualTo("false");
            assertThat(limit(set(alice, "1000001"))).isEqualTo("1000001");
            assertThat(limit(alice)).isEqualTo("1000001");
            assertThat(limit(set(alice, "false"))).isEqualTo("false");
            assertThat(limit(alice)).isEqualTo("false");
            assertThat(errorCondition(set(alice, "none"))).isEqualTo("bad-request");
        }

        @ParameterizedTest
        @EnumSource(Kind.class)
        void whatIsOverTheLimitIsDroppedInSilence(Kind kind) {
            String bob = limited(openfire, kind, 0, "1");
            RawClient alice = openfire.client("alice", "home").presence();
            send(alice, chat(bob, "kept", body("kept")));
            for (String content : List.of(body("over"), OMEMO, INVITATION)) {
                send(alice, chat(bob, "over", content));
            }
            UNSAID.forEach(content -> send(alice, chat(bob, "unsaid", content)));
            send(alice, chat(bob, "once", body("once") + NO_PERMANENT_STORE));
            alice.assertNoMore(message());
            finds(openfire, bob, List.of("kept"), kind == Kind.MAM ? 4 + UNSAID.size() : 1);
        }

        @ParameterizedTest
        @EnumSource(Kind.class)
        void withoutALimitEverythingIsKept(Kind kind) {
            String bob = limited(openfire, kind, 1, "false");
            RawClient alice = openfire.client("alice", "home").presence();
            List<String> ids = IntStream.range(0, 150).mapToObj(i -> "m" + i).toList();
            alice.send(ids.stream().map(id -> chat(bob, id, body(id))).toArray(String[]::new));
            alice.sync();
            alice.assertNoMore(message());
            finds(openfire, bob, ids, 150);
        }
    }

    @Nested
    class WithoutOfflineStorage {

        @RegisterExtension
        static final OpenfireExtension openfire =
                withOwnLimits().with("plugin.unifiedrouting.offline.enabled", "false");

        @Test
        void thereIsNothingToLimitAndNothingIsAnnounced() {
            RawClient alice = openfire.client("alice", "phone");
            assertThat(errorCondition(set(alice, "5"))).isEqualTo("feature-not-implemented");
            assertThat(errorCondition(alice.iq("get", "<msgoffline xmlns='msgoffline'/>")))
                    .isEqualTo("feature-not-implemented");
            assertThat(WhoMayAskIT.features(alice, "localhost")).doesNotContain("msgoffline");
        }

        /** RFC 6121 §8.5.1: an answer that differed would tell who has an account. */
        @ParameterizedTest
        @ValueSource(strings = {"%s@localhost", "%s@localhost/phone"})
        void whoHasAnAccountIsNotToldByTheAnswer(String address) {
            String existing = OfflineAccounts.fresh(openfire, Kind.PLAIN, 1);
            RawClient alice = openfire.client("alice", "home").presence();
            for (String account : List.of(existing, "nobody")) {
                String to = "<message to='" + address.formatted(account) + "' type='chat' id='" + account + "'>";
                send(alice, to + body("said") + "</message>");
                unavailable(alice, account);
                UNSAID.forEach(content -> send(alice, to + content + "</message>"));
                alice.assertNoMore(message());
            }
        }

        /** RFC 6121 §8.5.2.2 without storage; archiving goes on. */
        @ParameterizedTest
        @EnumSource(Kind.class)
        void nothingIsDeliveredLaterAndWhoDoesNotReadTheArchiveIsSpokenFor(Kind kind) {
            String bob = OfflineAccounts.fresh(openfire, kind, 0);
            RawClient alice = openfire.client("alice", "home").presence();
            for (String content : List.of(body("said"), OMEMO, INVITATION)) {
                send(alice, chat(bob, "said", content));
                if (kind == Kind.PLAIN) {
                    unavailable(alice, "said");
                }
            }
            send(alice, "<message to='" + bob + "@localhost/gone' id='normal'>" + body("normal") + "</message>");
            if (kind == Kind.PLAIN) {
                unavailable(alice, "normal");
            }
            UNSAID.forEach(content -> send(alice, chat(bob, "unsaid", content)));
            send(alice, "<message to='" + bob + "@localhost' type='headline'><body>news</body></message>");
            alice.assertNoMore(message());
            send(alice, chat(bob, "once", body("once") + NO_PERMANENT_STORE));
            unavailable(alice, "once");
            send(alice, "<message to='" + bob + "@localhost' type='groupchat' id='g'><body>room</body></message>");
            unavailable(alice, "g");

            finds(openfire, bob, List.of(), 4 + UNSAID.size());
            RawClient phone = openfire.client(bob, "phone").presence();
            send(alice, chat(bob, "live", body("live")));
            assertThat(phone.await(message()).attributeValue("id")).isEqualTo("live");
            alice.assertNoMore(message());
        }

        private static void unavailable(RawClient client, String id) {
            Element error = client.await(ofType("error"));
            assertThat(error.attributeValue("id")).isEqualTo(id);
            assertThat(errorCondition(error)).isEqualTo("service-unavailable");
        }
    }
}
