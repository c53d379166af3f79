package org.igniterealtime.openfire.plugin.unifiedrouting.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.igniterealtime.openfire.plugin.unifiedrouting.wire.SubscriptionScenarios.SUBSCRIBE;
import static org.igniterealtime.openfire.plugin.unifiedrouting.wire.SubscriptionScenarios.UNSUBSCRIBE;
import static org.igniterealtime.openfire.plugin.unifiedrouting.wire.SubscriptionScenarios.assertResult;
import static org.igniterealtime.openfire.testclient.Stanzas.body;
import static org.igniterealtime.openfire.testclient.Stanzas.child;
import static org.igniterealtime.openfire.testclient.Stanzas.errorCondition;
import static org.igniterealtime.openfire.testclient.Stanzas.forwardedMessage;
import static org.igniterealtime.openfire.testclient.Stanzas.forwarding;
import static org.igniterealtime.openfire.testclient.Stanzas.isSubscriptionNotification;
import static org.igniterealtime.openfire.testclient.Stanzas.message;
import static org.igniterealtime.openfire.testclient.Stanzas.notifiedMid;
import static org.igniterealtime.openfire.testclient.Stanzas.plainMessage;
import static org.igniterealtime.openfire.testclient.Stanzas.withBody;

import java.util.ArrayList;
import java.util.List;
import org.dom4j.Element;
import org.igniterealtime.openfire.testclient.MamQuery;
import org.igniterealtime.openfire.testclient.MamResult;
import org.igniterealtime.openfire.testclient.RawClient;
import org.igniterealtime.openfire.testserver.OpenfireExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** PROTOCOL sections 2.1 and 2.2: subscribing with catch-up, and while the session is established. */
abstract class CatchUpScenarios {

    private static final String RSM = "http://jabber.org/protocol/rsm";

    abstract OpenfireExtension openfire();

    static OpenfireExtension withAccounts(OpenfireExtension openfire) {
        // Nobody has used these archives before, so that they are limited to what they hold undelivered.
        return openfire.with("plugin.unifiedrouting.offline.pair-limit", "0").with(options -> {
            for (String account : List.of(
                    "behind",
                    "fresh",
                    "bounded",
                    "unknowing",
                    "racer",
                    "early",
                    "quitter",
                    "slow",
                    "again",
                    "asker",
                    "partly",
                    "deserted")) {
                options = options.withAccount(account, "secret");
            }
            return options;
        });
    }

    private static String subscribeAfter(String mid, String more) {
        return "<subscribe xmlns='urn:xmpp:mam:sub:0'><set xmlns='" + RSM + "'><after>" + mid + "</after>" + more
                + "</set></subscribe>";
    }

    private List<MamResult> archiveOf(String account, int messages) {
        RawClient alice = openfire().client("alice", "orchard");
        alice.enableStreamManagement(false);
        for (int i = 1; i <= messages; i++) {
            alice.send("<message to='" + account + "@localhost' type='chat'><body>" + i + "</body></message>");
        }
        alice.awaitAcked();
        RawClient reader = openfire().client(account, "reader");
        List<MamResult> archive = MamQuery.by(reader).all(100);
        reader.close();
        return archive;
    }

    private static List<String> bodies(List<Element> notifications) {
        return notifications.stream().map(n -> body(forwardedMessage(n))).toList();
    }

    private static List<String> numbers(int from, int to) {
        List<String> numbers = new ArrayList<>();
        for (int i = from; i <= to; i++) {
            numbers.add(Integer.toString(i));
        }
        return numbers;
    }

    @Test
    void catchUpTellsWhatIsBehindTheNamedEntryThenWhatComes() {
        List<MamResult> archive = archiveOf("behind", 130);
        RawClient bob = openfire().client("behind", "phone");

        Element answer = bob.iq("set", subscribeAfter(archive.get(9).id(), ""));

        assertResult(answer);
        List<Element> notified = bob.take(isSubscriptionNotification());
        assertThat(bodies(notified)).isEqualTo(numbers(11, 130));
        assertThat(notified.stream().map(n -> notifiedMid(n)))
                .containsExactlyElementsOf(
                        archive.subList(10, 130).stream().map(MamResult::id).toList());
        openfire()
                .client("alice", "street")
                .send("<message to='behind@localhost' type='chat'><body>live</body></message>");
        bob.await(isSubscriptionNotification().and(forwarding(withBody("live"))));
        bob.assertNoMore(message());
    }

    @Test
    void emptyAfterIsFromTheStart() {
        archiveOf("fresh", 3);
        RawClient bob = openfire().client("fresh", "phone");
        assertResult(bob.iq("set", subscribeAfter("", "")));
        assertThat(bodies(bob.take(isSubscriptionNotification()))).containsExactly("1", "2", "3");
    }

    @Test
    void boundedCatchUpSaysWhereItEndedAndSubscribesOnlyAtTheEnd() {
        List<MamResult> archive = archiveOf("bounded", 25);
        RawClient bob = openfire().client("bounded", "phone");

        Element first = bob.iq("set", subscribeAfter("", "<max>20</max>"));
        assertThat(child(first, "set", RSM).elementText("last"))
                .isEqualTo(archive.get(19).id());
        assertThat(bodies(bob.take(isSubscriptionNotification()))).isEqualTo(numbers(1, 20));
        RawClient alice = openfire().client("alice", "street");
        alice.enableStreamManagement(false);
        alice.send("<message to='bounded@localhost' type='chat'><body>26</body></message>");
        alice.awaitAcked();
        bob.assertNoMore(message());

        assertResult(bob.iq("set", subscribeAfter(archive.get(19).id(), "<max>20</max>")));
        assertThat(bodies(bob.take(isSubscriptionNotification()))).isEqualTo(numbers(21, 26));
        alice.send("<message to='bounded@localhost' type='chat'><body>27</body></message>");
        bob.await(isSubscriptionNotification().and(forwarding(withBody("27"))));
    }

    @Test
    void unknownAndTrimmedEntriesAreNotFoundAndSubscribeNobody() {
        List<MamResult> archive = archiveOf("unknowing", 3);
        RawClient bob = openfire().client("unknowing", "phone");
        bob.iq("set", "<trim xmlns='urn:xmpp:mamtrim:0'><id>" + archive.get(0).id() + "</id></trim>");
        for (String mid : List.of("no-such-id", archive.get(0).id(), "x".repeat(500))) {
            assertThat(errorCondition(bob.iq("set", subscribeAfter(mid, ""))))
                    .as(mid)
                    .isEqualTo("item-not-found");
        }
        RawClient alice = openfire().client("alice", "street");
        alice.enableStreamManagement(false);
        alice.send("<message to='unknowing@localhost' type='chat'><body>nobody hears</body></message>");
        alice.awaitAcked();
        bob.assertNoMore(message());
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "<set xmlns='http://jabber.org/protocol/rsm'><after/><max>-1</max></set>|bad-request",
                "<set xmlns='http://jabber.org/protocol/rsm'><after/><max>many</max></set>|bad-request",
                "<set xmlns='http://jabber.org/protocol/rsm'><max>5</max></set>|bad-request",
                "<set xmlns='http://jabber.org/protocol/rsm'><after/><index>5</index></set>|feature-not-implemented",
                "<set xmlns='http://jabber.org/protocol/rsm'><before/></set>|feature-not-implemented",
                "<from xmlns='urn:example:unknown'/>|feature-not-implemented",
            })
    void malformedCatchUpsGetTheDocumentedError(String child, String condition) {
        RawClient bob = openfire().client("asker", "phone");
        String request = "<subscribe xmlns='urn:xmpp:mam:sub:0'>" + child + "</subscribe>";
        assertThat(errorCondition(bob.iq("set", request))).isEqualTo(condition);
    }

    @Test
    void nothingIsMissedAndNothingComesTwiceWhileMessagesPourIn() {
        RawClient alice = openfire().client("alice", "orchard");
        Thread pouring = new Thread(() -> {
            for (int i = 1; i <= 1_000; i++) {
                alice.send("<message to='racer@localhost' type='chat'><body>" + i + "</body></message>");
            }
        });
        pouring.start();
        List<RawClient> clients = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            RawClient bob = openfire().client("racer", "r" + i);
            assertResult(bob.iq("set", subscribeAfter("", "")));
            clients.add(bob);
        }
        for (RawClient bob : clients) {
            List<String> got = new ArrayList<>();
            while (got.size() < 1_000) {
                got.add(body(forwardedMessage(bob.await(isSubscriptionNotification()))));
            }
            assertThat(got).isEqualTo(numbers(1, 1_000));
            bob.assertNoMore(isSubscriptionNotification());
        }
    }

    @Test
    void sessionRequestSubscribesBeforeAnyPresence() {
        List<MamResult> archive = archiveOf("early", 3);
        RawClient bob = RawClient.connect("127.0.0.1", openfire().server().xmppPort(), "localhost")
                .authenticate("early", "secret")
                .bind("phone");
        try {
            assertThat(bob.session(SUBSCRIBE).attributeValue("type")).isEqualTo("result");
            RawClient alice = openfire().client("alice", "street");
            alice.send("<message to='early@localhost' type='chat'><body>4</body></message>");
            bob.await(isSubscriptionNotification().and(forwarding(withBody("4"))));
            bob.assertNoMore(message());
        } finally {
            bob.close();
        }
        RawClient again = RawClient.connect("127.0.0.1", openfire().server().xmppPort(), "localhost")
                .authenticate("early", "secret")
                .bind("tablet");
        try {
            assertThat(again.session(subscribeAfter(archive.get(0).id(), "")).attributeValue("type"))
                    .isEqualTo("result");
            assertThat(bodies(again.take(isSubscriptionNotification()))).containsExactly("2", "3", "4");
            assertThat(errorCondition(again.session(subscribeAfter("no-such-id", ""))))
                    .isEqualTo("item-not-found");
        } finally {
            again.close();
        }
    }

    /** PROTOCOL 2.2: it inhibits offline delivery to this session. */
    @Test
    void sessionRequestForAPartOfTheHistoryKeepsTheOfflineSetAway() {
        send("partly", 1, 3);
        RawClient bob = RawClient.connect("127.0.0.1", openfire().server().xmppPort(), "localhost")
                .authenticate("partly", "secret")
                .bind("phone");
        try {
            assertThat(bob.session(subscribeAfter("", "<max>1</max>")).attributeValue("type"))
                    .isEqualTo("result");
            assertThat(bodies(bob.take(isSubscriptionNotification()))).containsExactly("1");
            bob.send("<presence/>");
            bob.sync();
            send("partly", 4, 4);
            bob.await(plainMessage().and(withBody("4")));
            bob.assertNoMore(message());
        } finally {
            bob.close();
        }
    }

    private void send(String account, int from, int to) {
        RawClient alice = openfire().client("alice", "balcony");
        alice.enableStreamManagement(false);
        for (int i = from; i <= to; i++) {
            alice.send("<message to='" + account + "@localhost' type='chat'><body>" + i + "</body></message>");
        }
        alice.awaitAcked();
        alice.close();
    }

    /** What it was notified of and has not acknowledged stays with it. */
    @Test
    void whatWhoeverUnsubscribesWasNotToldOfIsDelivered() {
        RawClient slow = openfire().client("deserted", "desk").enableStreamManagement(true);
        assertResult(slow.iq("set", SUBSCRIBE));
        slow.holdAcks(true);
        send("deserted", 1, 1_200);
        List<String> told = new ArrayList<>();
        while (told.size() < 1_000) {
            told.add(body(forwardedMessage(slow.await(isSubscriptionNotification()))));
        }
        assertResult(slow.iq("set", UNSUBSCRIBE));

        RawClient phone = openfire().client("deserted", "phone").presence();
        List<String> delivered = new ArrayList<>();
        do {
            delivered.add(body(phone.await(plainMessage())));
        } while (!delivered.get(delivered.size() - 1).equals("1200"));
        told.addAll(bodies(slow.takeAfterSync(isSubscriptionNotification())));
        assertThat(told).isEqualTo(numbers(1, told.size()));
        assertThat(delivered).isEqualTo(numbers(told.size() + 1, 1_200));
        phone.assertNoMore(message());
    }

    @Test
    void whoLeavesInTheMiddleHarmsNobody() {
        archiveOf("quitter", 300);
        for (int i = 0; i < 5; i++) {
            RawClient bob = openfire().client("quitter", "phone");
            bob.send("<iq type='set' id='c" + i + "'>" + subscribeAfter("", "") + "</iq>");
            bob.await(isSubscriptionNotification());
            bob.drop();
        }
        RawClient bob = openfire().client("quitter", "tablet");
        assertResult(bob.iq("set", subscribeAfter("", "")));
        assertThat(bodies(bob.take(isSubscriptionNotification()))).isEqualTo(numbers(1, 300));
        assertResult(bob.iq("set", UNSUBSCRIBE));
    }

    @Test
    void aClientThatDoesNotAcknowledgeIsToldTheRestWhenItDoes() {
        List<MamResult> archive = archiveOf("slow", 2);
        RawClient bob = openfire().client("slow", "phone").enableStreamManagement(true);
        assertResult(bob.iq("set", subscribeAfter(archive.get(1).id(), "")));
        bob.holdAcks(true);
        RawClient other = openfire().client("slow", "tablet");
        assertResult(other.iq("set", SUBSCRIBE));
        RawClient alice = openfire().client("alice", "street");
        for (int i = 3; i <= 1_602; i++) {
            alice.send("<message to='slow@localhost' type='chat'><body>" + i + "</body></message>");
        }
        List<String> others = new ArrayList<>();
        while (others.size() < 1_600) {
            others.add(body(forwardedMessage(other.await(isSubscriptionNotification()))));
        }
        assertThat(others).isEqualTo(numbers(3, 1_602));
        List<Element> first = bob.take(isSubscriptionNotification());
        assertThat(first.size()).isLessThan(1_200);
        bob.holdAcks(false);
        List<String> got = new ArrayList<>(bodies(first));
        while (got.size() < 1_600) {
            got.add(body(forwardedMessage(bob.await(isSubscriptionNotification()))));
        }
        assertThat(got).isEqualTo(numbers(3, 1_602));
        bob.assertNoMore(isSubscriptionNotification());
    }
}
