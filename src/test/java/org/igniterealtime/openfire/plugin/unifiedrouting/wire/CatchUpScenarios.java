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

import java.time.Duration;
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
                    "deserted",
                    "curious",
                    "stranger",
                    "nothing",
                    "kept",
                    "flooded",
                    "uncopied")) {
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

    /** Section 2.1: no subscription is made; one that was made before is not touched. */
    @Test
    void anotherAccountsEntryIsNotFoundAndASubscriptionThatIsMadeGoesOn() {
        List<MamResult> strangers = archiveOf("stranger", 2);
        archiveOf("curious", 2);
        RawClient bob = openfire().client("curious", "phone");
        String foreign = subscribeAfter(strangers.get(0).id(), "");
        assertThat(errorCondition(bob.iq("set", foreign))).isEqualTo("item-not-found");
        send("curious", 3, 3);
        bob.assertNoMore(message());

        assertResult(bob.iq("set", SUBSCRIBE));
        for (String mid : List.of(strangers.get(0).id(), "no-such-id")) {
            assertThat(errorCondition(bob.iq("set", subscribeAfter(mid, "")))).isEqualTo("item-not-found");
        }
        send("curious", 4, 4);
        assertThat(bodies(List.of(bob.await(isSubscriptionNotification())))).containsExactly("4");
        bob.assertNoMore(message());
    }

    /** Where nothing follows, the request has reached the end. */
    @Test
    void catchUpOfNothingSaysWhetherThereIsMore() {
        List<MamResult> archive = archiveOf("nothing", 2);
        RawClient bob = openfire().client("nothing", "phone");
        Element answer = bob.iq("set", subscribeAfter(archive.get(0).id(), "<max>0</max>"));
        assertThat(answer.attributeValue("type")).isEqualTo("result");
        assertThat(child(answer, "set", RSM).elements()).isEmpty();
        send("nothing", 3, 3);
        bob.assertNoMore(message());

        String last = SubscriptionScenarios.last(bob).id();
        bob.take(message());
        assertResult(bob.iq("set", subscribeAfter(last, "<max>0</max>")));
        send("nothing", 4, 4);
        assertThat(bodies(List.of(bob.await(isSubscriptionNotification())))).containsExactly("4");
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

    private RawClient bound(String account, String resource) {
        return RawClient.connect("127.0.0.1", openfire().server().xmppPort(), "localhost")
                .authenticate(account, "secret")
                .bind(resource);
    }

    /** PROTOCOL 2.2: it inhibits offline delivery to this session, and moves the cursor. */
    @Test
    void sessionRequestKeepsTheWholeOfflineSetAway() {
        send("kept", 1, 3);
        RawClient bob = bound("kept", "phone");
        try {
            assertResult(bob.session(SUBSCRIBE));
            bob.presence().assertNoMore(message());
        } finally {
            bob.close();
        }
        RawClient later = openfire().client("kept", "desk").presence();
        later.assertNoMore(message());
        send("kept", 4, 4);
        assertThat(body(later.await(plainMessage()))).isEqualTo("4");
        later.assertNoMore(message());
    }

    /** PROTOCOL 2.2: a plain session that became available earlier still gets its set to the end, a later one what came after. */
    @Test
    void sessionRequestTakesNothingFromAFloodThatHasBegun() {
        int undelivered = 2_500;
        send("flooded", 1, undelivered);
        RawClient early = openfire().client("flooded", "desk").enableStreamManagement(true);
        early.holdAcks(true);
        early.send("<presence/>");
        List<String> delivered = new ArrayList<>();
        delivered.add(body(early.await(plainMessage())));
        RawClient bob = bound("flooded", "phone");
        try {
            assertResult(bob.session(SUBSCRIBE));
            early.sync();
            early.take(plainMessage()).forEach(message -> delivered.add(body(message)));
            assertThat(delivered).as("the flood waits for acknowledgements").hasSizeLessThan(undelivered);
            early.holdAcks(false);
            while (delivered.size() < undelivered) {
                delivered.add(body(early.await(plainMessage())));
            }
            assertThat(delivered).isEqualTo(numbers(1, undelivered));
            early.assertNoMore(message());
            bob.assertNoMore(message());
        } finally {
            bob.close();
        }
        early.close();

        send("flooded", undelivered + 1, undelivered + 1);
        RawClient late = openfire().client("flooded", "tablet").presence();
        assertThat(body(late.await(plainMessage()))).isEqualTo(Integer.toString(undelivered + 1));
        late.assertNoMore(message());
    }

    /** Section 2: notifications are never archived, stored offline, or copied. */
    @Test
    void notificationsAreForTheirSessionAlone() {
        RawClient bob = openfire().client("uncopied", "phone");
        assertResult(bob.iq("set", SUBSCRIBE));
        RawClient copied = openfire().client("uncopied", "desk").presence();
        assertResult(copied.iq("set", "<enable xmlns='urn:xmpp:carbons:2'/>"));
        RawClient both = openfire().client("uncopied", "tablet").presence();
        assertResult(both.iq("set", "<enable xmlns='urn:xmpp:carbons:2'/>"));
        assertResult(both.iq("set", SUBSCRIBE));
        RawClient everything = openfire().client("uncopied", "watch");
        assertResult(everything.iq("set", "<enable xmlns='urn:xmpp:im-ng:0'/>"));
        send("uncopied", 1, 2);

        for (RawClient subscribed : List.of(bob, both)) {
            for (String text : List.of("1", "2")) {
                subscribed.await(isSubscriptionNotification().and(forwarding(withBody(text))));
            }
        }
        for (RawClient live : List.of(copied, both, everything)) {
            assertThat(live.takeAfterSync(plainMessage()))
                    .extracting(message -> body(message))
                    .containsExactly("1", "2");
        }
        for (RawClient client : List.of(bob, copied, both, everything)) {
            client.assertNoMore(message());
        }
        assertThat(MamQuery.by(bob).all(10)).hasSize(2);
        List.of(bob, copied, both, everything).forEach(RawClient::close);
        openfire().client("uncopied", "pager").presence().assertNoMore(message());
    }

    private void send(String account, int from, int to) {
        RawClient alice = openfire().client("alice", "balcony");
        // These may be the first messages of a server: 1,200 take it seconds then.
        alice.setPatience(Duration.ofSeconds(30));
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
        // Else the answer would be one of the thousand that it may leave unacknowledged.
        slow.sendAck();
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
