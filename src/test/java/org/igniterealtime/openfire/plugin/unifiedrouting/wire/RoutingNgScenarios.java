package org.igniterealtime.openfire.plugin.unifiedrouting.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.igniterealtime.openfire.plugin.unifiedrouting.wire.OfflineAccounts.chat;
import static org.igniterealtime.openfire.plugin.unifiedrouting.wire.OfflineAccounts.delay;
import static org.igniterealtime.openfire.plugin.unifiedrouting.wire.SubscriptionScenarios.SUBSCRIBE;
import static org.igniterealtime.openfire.plugin.unifiedrouting.wire.SubscriptionScenarios.assertResult;
import static org.igniterealtime.openfire.plugin.unifiedrouting.wire.SubscriptionScenarios.awaitArchived;
import static org.igniterealtime.openfire.plugin.unifiedrouting.wire.SubscriptionScenarios.last;
import static org.igniterealtime.openfire.testclient.Stanzas.body;
import static org.igniterealtime.openfire.testclient.Stanzas.errorCondition;
import static org.igniterealtime.openfire.testclient.Stanzas.forwardedMessage;
import static org.igniterealtime.openfire.testclient.Stanzas.forwarding;
import static org.igniterealtime.openfire.testclient.Stanzas.from;
import static org.igniterealtime.openfire.testclient.Stanzas.isCarbon;
import static org.igniterealtime.openfire.testclient.Stanzas.isSubscriptionNotification;
import static org.igniterealtime.openfire.testclient.Stanzas.message;
import static org.igniterealtime.openfire.testclient.Stanzas.notifiedMid;
import static org.igniterealtime.openfire.testclient.Stanzas.ofType;
import static org.igniterealtime.openfire.testclient.Stanzas.plainMessage;
import static org.igniterealtime.openfire.testclient.Stanzas.stanzaId;
import static org.igniterealtime.openfire.testclient.Stanzas.withBody;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.dom4j.Element;
import org.igniterealtime.openfire.testclient.MamQuery;
import org.igniterealtime.openfire.testclient.MamResult;
import org.igniterealtime.openfire.testclient.RawClient;
import org.igniterealtime.openfire.testserver.OpenfireExtension;
import org.junit.jupiter.api.Test;

/** Routing-ng sessions (XEP-0409), PROTOCOL section 4 and ROUTING-RULES sections 3, 4 and 6. */
abstract class RoutingNgScenarios {

    static final String ENABLE = "<enable xmlns='urn:xmpp:im-ng:0'/>";
    private static final String ENABLE_CARBONS = "<enable xmlns='urn:xmpp:carbons:2'/>";
    private static final String DISABLE_CARBONS = "<disable xmlns='urn:xmpp:carbons:2'/>";
    private static final String PRIVATE = "<private xmlns='urn:xmpp:carbons:2'/>";
    private static final String NO_COPY = "<no-copy xmlns='urn:xmpp:hints'/>";
    private static final String NO_STORE = "<no-store xmlns='urn:xmpp:hints'/>";
    private static final String OFFLINE_ONLY = "<no-permanent-store xmlns='urn:xmpp:hints'/>";
    private static final String IM_NG = "<im-ng xmlns='urn:xmpp:im-ng:0'/>";

    abstract OpenfireExtension openfire();

    /** Each test has a recipient of its own, so that none meets another's messages. */
    static OpenfireExtension withAccounts(OpenfireExtension openfire) {
        return openfire.with("xmpp.auth.anonymous", "true")
                .with("plugin.unifiedrouting.offline.pair-limit", "3")
                .with(options -> {
                    for (int i = 0; i < 30; i++) {
                        options = options.withAccount(account(i), "secret");
                    }
                    return options;
                });
    }

    static String account(int number) {
        return "ng" + number;
    }

    private static String jid(int number) {
        return account(number) + "@localhost";
    }

    RawClient ng(int account, String resource) {
        RawClient client = openfire().client(account(account), resource);
        assertResult(client.iq("set", ENABLE));
        return client;
    }

    private RawClient plain(int account, String resource) {
        return openfire().client(account(account), resource);
    }

    private RawClient alice() {
        return openfire().client("alice", "orchard").presence();
    }

    private static void send(RawClient client, String... stanzas) {
        client.send(stanzas);
        client.sync();
    }

    private static String chatWith(String to, String body, String payload) {
        return "<message to='" + to + "' type='chat' id='" + body.replace(' ', '-') + "'><body>" + body + "</body>"
                + payload + "</message>";
    }

    private static String normal(String to, String body) {
        return "<message to='" + to + "' id='" + body.replace(' ', '-') + "'><body>" + body + "</body></message>";
    }

    /** Just these have come, in this order, raw. */
    private static void assertRaw(RawClient client, String... bodies) {
        List<Element> all = messages(client, bodies.length);
        assertThat(all).allMatch(plainMessage());
        assertThat(all).extracting(one -> body(one)).containsExactly(bodies);
    }

    /** All that have come, and at least so many: to a session that is being flooded they come when that is over. */
    private static List<Element> messages(RawClient client, int least) {
        List<Element> all = new ArrayList<>();
        for (int i = 0; i < least; i++) {
            all.add(client.await(message()));
        }
        all.addAll(client.takeAfterSync(message()));
        return all;
    }

    @Test
    void everyRoutingNgSessionGetsABareJidMessageOnceWhateverItsPresence() {
        RawClient hidden = ng(0, "hidden");
        RawClient negative = ng(0, "negative").presence(-1);
        RawClient highest = ng(0, "highest").presence(10);
        RawClient laptop = plain(0, "laptop").presence(0);
        RawClient tablet = plain(0, "tablet").presence(-1);
        RawClient alice = alice();

        send(alice, chat(jid(0), "to all"));

        String mid = last(hidden).id();
        for (RawClient one : List.of(hidden, negative, highest, laptop)) {
            Element routed = one.await(plainMessage());
            assertThat(body(routed)).isEqualTo("to all");
            assertThat(stanzaId(routed, jid(0))).isEqualTo(mid);
            assertThat(routed.attributeValue("to")).isEqualTo(jid(0));
            one.take(message().and(forwarding(withBody("to all"))));
            one.assertNoMore(message());
        }
        tablet.assertNoMore(message());
        alice.assertNoMore(message());
    }

    @Test
    void messageToAnotherResourceIsForAllUnlessItsSenderSaysOtherwise() {
        RawClient phone = ng(1, "phone");
        RawClient desk = ng(1, "desk").presence(-5);
        RawClient laptop = plain(1, "laptop").presence(0);
        RawClient other = plain(1, "other").presence(9);
        RawClient alice = alice();

        send(
                alice,
                chat(laptop.jid(), "legacy"),
                normal(laptop.jid(), "normal"),
                chatWith(laptop.jid(), "private", PRIVATE),
                chatWith(laptop.jid(), "no copy", NO_COPY),
                chatWith(laptop.jid(), "this client", IM_NG),
                chatWith(laptop.jid(), "not kept", NO_STORE),
                chat(phone.jid(), "to phone"),
                chatWith(phone.jid(), "phone alone", IM_NG));

        assertRaw(phone, "legacy", "normal", "to phone", "phone alone");
        assertRaw(desk, "legacy", "normal", "to phone");
        assertRaw(laptop, "legacy", "normal", "private", "no copy", "this client", "not kept");
        assertRaw(other);
        alice.assertNoMore(message());
    }

    @Test
    void headlinesAndTransientMessagesToTheBareJidComeToo() {
        RawClient phone = ng(2, "phone");
        RawClient desk = ng(2, "desk").presence(3);
        RawClient laptop = plain(2, "laptop").presence(0);
        RawClient alice = alice();

        send(
                alice,
                "<message to='" + jid(2) + "' type='headline'><body>news</body></message>",
                chatWith(jid(2), "off the record", NO_STORE));

        for (RawClient one : List.of(phone, desk, laptop)) {
            assertRaw(one, "news", "off the record");
        }
        alice.assertNoMore(message());
    }

    @Test
    void sentMessagesAreReflectedToAllWithTheSendersOwnId() {
        RawClient phone = ng(3, "phone");
        RawClient desk = ng(3, "desk").presence();
        RawClient laptop = plain(3, "laptop").presence();
        RawClient bob = openfire().client("bob", "reader").presence();

        send(phone, "<message to='bob@localhost' type='chat' id='r1'><body>from phone</body></message>");
        String first = last(desk).id();
        send(laptop, "<message to='bob@localhost/reader' type='chat' id='r2'><body>from laptop</body></message>");
        desk.take(message().and(forwarding(withBody("from phone"))));
        String second = last(desk).id();
        desk.take(message().and(forwarding(withBody("from laptop"))));

        for (RawClient one : List.of(phone, desk)) {
            Element reflected = one.await(plainMessage());
            assertThat(body(reflected)).isEqualTo("from phone");
            assertThat(reflected.attributeValue("from")).isEqualTo(phone.jid());
            assertThat(reflected.attributeValue("to")).isEqualTo("bob@localhost");
            assertThat(reflected.attributeValue("id")).isEqualTo("r1");
            assertThat(stanzaId(reflected, jid(3))).isEqualTo(first);
            assertThat(stanzaId(reflected, "bob@localhost")).isNull();
            Element other = one.await(plainMessage());
            assertThat(body(other)).isEqualTo("from laptop");
            assertThat(stanzaId(other, jid(3))).isEqualTo(second);
            one.assertNoMore(message());
        }
        laptop.assertNoMore(message());
        Element received = bob.await(withBody("from phone"));
        assertThat(stanzaId(received, jid(3))).isNull();
        assertThat(stanzaId(received, "bob@localhost")).isNotNull().isNotEqualTo(first);
    }

    @Test
    void onlyWhatIsForAllIsReflected() {
        RawClient phone = ng(4, "phone");
        RawClient bob = openfire().client("bob", "addressed").presence();

        send(
                phone,
                chatWith("bob@localhost", "transient", NO_STORE),
                chatWith("elsewhere.example", "remote", NO_STORE),
                chatWith(bob.jid(), "one client", IM_NG),
                chatWith(bob.jid(), "private", PRIVATE),
                chatWith(bob.jid(), "kept by nobody", NO_STORE),
                "<message to='" + bob.jid() + "' type='error' id='e'><body>error</body></message>",
                "<message to='nowhere@conference.localhost' type='groupchat' id='g'><body>all</body></message>",
                "<message to='bob@localhost' type='chat' id='s'><composing xmlns='http://jabber.org/protocol/chatstates'/></message>");

        List<Element> reflected = phone.take(plainMessage().and(from(phone.jid())));
        assertThat(reflected).extracting(one -> one.attributeValue("id")).containsExactly("transient", "remote", "s");
        assertThat(reflected).allMatch(one -> stanzaId(one, jid(4)) == null);
    }

    @Test
    void messageToOneselfArrivesOnceInEachSession() {
        RawClient phone = ng(5, "phone");
        RawClient desk = ng(5, "desk").presence();
        RawClient carbons = plain(5, "laptop").presence();
        assertResult(carbons.iq("set", ENABLE_CARBONS));

        send(phone, chat(jid(5), "note"), chatWith(jid(5), "fleeting", NO_STORE));
        send(phone, chat(desk.jid(), "to my desk"));

        for (RawClient one : List.of(phone, desk)) {
            assertRaw(one, "note", "fleeting", "to my desk");
        }
        carbons.await(plainMessage().and(withBody("note")));
        carbons.await(plainMessage().and(withBody("fleeting")));
        carbons.await(isCarbon());
        carbons.assertNoMore(message());
        assertThat(MamQuery.by(phone).all(10)).hasSize(2);
    }

    @Test
    void carbonsAndRoutingNgExcludeEachOther() {
        RawClient phone = plain(6, "phone").presence(1);
        RawClient laptop = plain(6, "laptop").presence(0);
        assertResult(phone.iq("set", ENABLE_CARBONS));
        assertResult(phone.iq("set", ENABLE));
        RawClient alice = alice();
        send(alice, chat(laptop.jid(), "to laptop"));
        send(laptop, chat("alice@localhost", "answer"));

        assertRaw(phone, "to laptop", "answer");
        Element answer = phone.iq("set", ENABLE_CARBONS);
        assertThat(errorCondition(answer)).isEqualTo("not-allowed");
        assertResult(phone.iq("set", DISABLE_CARBONS));
        assertResult(laptop.iq("set", ENABLE_CARBONS));
    }

    @Test
    void enablingIsIdempotentAndIsAnnounced() {
        RawClient phone = ng(7, "phone");
        assertResult(phone.iq("set", ENABLE));
        assertResult(phone.iq("set", "localhost", ENABLE));
        assertThat(errorCondition(phone.iq("set", "<disable xmlns='urn:xmpp:im-ng:0'/>")))
                .isEqualTo("feature-not-implemented");
        assertThat(errorCondition(phone.iq("get", ENABLE))).isEqualTo("bad-request");
        assertThat(errorCondition(phone.iq("set", "bob@localhost", ENABLE))).isEqualTo("forbidden");
        assertThat(errorCondition(openfire().anonymousClient().iq("set", ENABLE)))
                .isEqualTo("not-allowed");
        assertThat(WhoMayAskIT.features(phone, "localhost")).contains("urn:xmpp:im-ng:0");

        send(alice(), chat(jid(7), "once"));
        assertRaw(phone, "once");
    }

    @Test
    void messageForOneClientThatIsGoneFailsAndComesToNobodyElse() {
        RawClient phone = ng(8, "phone").presence(5);
        RawClient laptop = plain(8, "laptop").presence(0);
        RawClient alice = alice();

        send(alice, chatWith(jid(8) + "/gone", "for one", IM_NG));

        Element error = alice.await(ofType("error"));
        assertThat(errorCondition(error)).isEqualTo("service-unavailable");
        assertThat(error.attributeValue("id")).isEqualTo("for-one");
        phone.assertNoMore(message());
        laptop.assertNoMore(message());
    }

    @Test
    void whatARoutingNgSessionTookIsNotDeliveredLater() {
        RawClient phone = ng(9, "phone");
        RawClient alice = alice();
        send(alice, chat(jid(9), "taken"), chat(jid(9) + "/gone", "for the person"));
        assertRaw(phone, "taken", "for the person");
        phone.close();
        alice.assertNoMore(message());

        RawClient laptop = plain(9, "laptop").presence();
        send(alice, chat(jid(9), "live"));
        // It may have to wait for the end of an offline delivery that has nothing to give.
        assertThat(body(laptop.await(plainMessage()))).isEqualTo("live");
        laptop.assertNoMore(message());
    }

    @Test
    void whatItHasNotAcknowledgedGoesBackAndComesToNobodyTwice() {
        RawClient dying = ng(10, "dying").enableStreamManagement(false);
        RawClient phone = ng(10, "phone").enableStreamManagement(false);
        RawClient alice = alice();
        dying.holdAcks(true);
        send(alice, chat(jid(10), "kept"), chatWith(jid(10), "fleeting", NO_STORE));
        phone.await(withBody("kept"));
        phone.await(withBody("fleeting"));
        // It comes later, and is given nothing of what the others hold; nor of what comes back from one of them.
        RawClient laptop = plain(10, "laptop").presence();
        dying.drop();
        awaitEnd(dying, 10);
        send(alice, chat(jid(10), "live"));
        assertRaw(phone, "live");
        assertRaw(laptop, "live");
        alice.assertNoMore(message());
    }

    @Test
    void whatTheOnlySessionHasNotAcknowledgedComesToTheNext() {
        RawClient phone = ng(11, "phone").enableStreamManagement(false);
        RawClient alice = alice();
        phone.holdAcks(true);
        send(alice, chat(jid(11), "unacknowledged"));
        phone.await(withBody("unacknowledged"));
        phone.drop();
        awaitEnd(phone, 11);

        RawClient laptop = plain(11, "laptop");
        laptop.send("<presence/>");
        Element again = laptop.await(withBody("unacknowledged"));
        assertThat(delay(again)).isNotNull();
        assertThat(stanzaId(again, jid(11))).isEqualTo(last(laptop).id());
        alice.assertNoMore(message());
    }

    /** A session is gone when its address can be bound again and serves. */
    private void awaitEnd(RawClient client, int account) {
        openfire().clientAgain(account(account), client.jid().split("/")[1]).close();
    }

    @Test
    void reflectionThatNobodyAcknowledgedIsNotSentAgain() {
        RawClient phone = ng(12, "phone").enableStreamManagement(false);
        RawClient bob = openfire().client("bob", "patient").presence(50);
        phone.holdAcks(true);
        send(phone, chat("bob@localhost", "said once"), chatWith("bob@localhost", "fleeting once", NO_STORE));
        phone.await(withBody("said once"));
        phone.await(withBody("fleeting once"));
        phone.drop();
        awaitEnd(phone, 12);

        send(alice(), chat("bob@localhost", "marker"));
        assertRaw(bob, "said once", "fleeting once", "marker");
        assertThat(MamQuery.by(bob).with(jid(12)).all(10)).hasSize(1);
    }

    @Test
    void routingNgSessionIsNotFlooded() {
        RawClient alice = alice();
        send(alice, chat(jid(13), "kept"), chatWith(jid(13), "hidden", OFFLINE_ONLY));

        RawClient phone = ng(13, "phone");
        Element hidden = phone.await(plainMessage());
        assertThat(body(hidden)).isEqualTo("hidden");
        assertThat(delay(hidden)).isNotNull();
        phone.presence(1);
        send(alice, chat(jid(13), "live"));
        assertThat(body(phone.await(plainMessage()))).isEqualTo("live");
        phone.assertNoMore(message());

        RawClient laptop = plain(13, "laptop");
        laptop.send("<presence/>");
        assertThat(body(laptop.await(plainMessage()))).isEqualTo("kept");
        laptop.assertNoMore(message());
    }

    @Test
    void modeSurvivesResumption() {
        RawClient phone = ng(14, "phone").enableStreamManagement(true);
        RawClient alice = alice();
        phone.drop();
        send(alice, chat(jid(14), "while away"));
        RawClient resumed = RawClient.resume(
                "127.0.0.1", openfire().server().xmppPort(), "localhost", account(14), "secret", phone.state());
        send(alice, chat(jid(14), "back again"));

        assertThat(body(resumed.await(plainMessage()))).isEqualTo("while away");
        assertThat(body(resumed.await(plainMessage()))).isEqualTo("back again");
        assertThat(errorCondition(resumed.iq("set", ENABLE_CARBONS))).isEqualTo("not-allowed");
        resumed.assertNoMore(message());
        resumed.close();
    }

    @Test
    void modeEndsWithItsSession() {
        RawClient first = ng(15, "phone");
        first.close();
        RawClient second = openfire().clientAgain(account(15), "phone");
        RawClient laptop = plain(15, "laptop").presence();
        send(alice(), chat(jid(15), "to laptop"));
        assertRaw(laptop, "to laptop");
        second.assertNoMore(message());
    }

    @Test
    void subscribedRoutingNgSessionGetsBoth() {
        RawClient phone = ng(16, "phone");
        assertResult(phone.iq("set", SUBSCRIBE));
        RawClient alice = alice();

        send(alice, chat(jid(16), "received"));
        send(phone, chat("alice@localhost", "sent"));

        for (String text : List.of("received", "sent")) {
            Element notification = phone.await(isSubscriptionNotification().and(forwarding(withBody(text))));
            Element raw = phone.await(plainMessage().and(withBody(text)));
            assertThat(stanzaId(raw, jid(16))).isEqualTo(notifiedMid(notification));
        }
        phone.assertNoMore(message());
    }

    @Test
    void errorThatConcernsTheArchiveComesToAllRoutingNgSessions() {
        RawClient phone = ng(17, "phone");
        RawClient laptop = plain(17, "laptop").presence();
        RawClient other = plain(17, "other").presence();
        RawClient bob = openfire().client("bob", "refuser").presence();
        send(laptop, chat(bob.jid(), "refused"));
        bob.await(withBody("refused"));
        phone.await(withBody("refused"));
        awaitArchived(laptop, "refused");
        laptop.take(message());

        send(
                bob,
                "<message to='" + laptop.jid() + "' type='error' id='refused'><error type='cancel'>"
                        + "<not-acceptable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>",
                "<message to='" + laptop.jid() + "' type='error' id='never'><error type='cancel'>"
                        + "<not-acceptable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>");

        assertThat(phone.await(ofType("error")).attributeValue("id")).isEqualTo("refused");
        phone.assertNoMore(message());
        assertThat(laptop.takeAfterSync(message()))
                .extracting(one -> one.attributeValue("id"))
                .containsExactly("refused", "never");
        other.assertNoMore(message());
    }

    @Test
    void blockedSenderReachesNobody() {
        RawClient phone = ng(18, "phone");
        phone.iq(
                "set",
                "<query xmlns='jabber:iq:privacy'><list name='block'><item type='jid' value='carol@localhost'"
                        + " action='deny' order='1'/><item action='allow' order='2'/></list></query>");
        Element listed = phone.iq("set", "<query xmlns='jabber:iq:privacy'><default name='block'/></query>");
        assertThat(listed.attributeValue("type")).isEqualTo("result");
        RawClient laptop = plain(18, "laptop").presence();
        RawClient carol = openfire().client("carol", "street").presence();

        send(carol, chat(jid(18), "blocked"), chat(laptop.jid(), "blocked too"), chat(phone.jid(), "and here"));
        // What the account itself says to her is refused, and not reflected.
        send(phone, chat("carol@localhost", "refused"));

        assertThat(phone.takeAfterSync(message())).allMatch(ofType("error"));
        // COMPAT(5.x): the server's error for the sender goes to who has blocked him.
        assertThat(laptop.takeAfterSync(message())).allMatch(ofType("error"));
        carol.assertNoMore(plainMessage().and(withBody("refused")));
    }

    @Test
    void copiesAndReflectionsComeInTheOrderOfTheArchive() {
        RawClient phone = ng(19, "phone");
        RawClient laptop = plain(19, "laptop").presence();
        RawClient alice = alice();
        int count = 100;
        IntStream.range(0, count).forEach(i -> alice.send(chat(jid(19), "in " + i)));
        alice.sync();
        IntStream.range(0, count).forEach(i -> laptop.send(chat("alice@localhost", "out " + i)));
        laptop.sync();
        alice.sync();

        phone.sync();
        List<String> seen = phone.take(plainMessage()).stream()
                .map(one -> stanzaId(one, jid(19)))
                .toList();
        List<String> archived =
                MamQuery.by(phone).all(50).stream().map(MamResult::id).toList();
        assertThat(seen).isEqualTo(archived).hasSize(2 * count);
    }

    @Test
    void carbonsOfOtherSessionsFollowTheSameRules() {
        RawClient phone = ng(20, "phone");
        RawClient laptop = plain(20, "laptop").presence(0);
        RawClient tablet = plain(20, "tablet").presence(0);
        RawClient away = plain(20, "away").presence(-1);
        assertResult(tablet.iq("set", ENABLE_CARBONS));
        assertResult(away.iq("set", ENABLE_CARBONS));
        RawClient alice = alice();

        send(alice, normal(laptop.jid(), "normal"), chatWith(laptop.jid(), "alone", NO_COPY));
        send(laptop, normal("alice@localhost", "reply"));

        for (RawClient one : List.of(tablet, away)) {
            List<Element> carbons = messages(one, 2);
            assertThat(carbons).allMatch(isCarbon());
            assertThat(carbons)
                    .extracting(carbon -> body(forwardedMessage(carbon)))
                    .containsExactly("normal", "reply");
            assertThat(carbons).allMatch(carbon -> stanzaId(forwardedMessage(carbon), jid(20)) != null);
            assertThat(carbons).allMatch(carbon -> stanzaId(forwardedMessage(carbon), "alice@localhost") == null);
        }
        assertRaw(laptop, "normal", "alone");
        assertRaw(phone, "normal", "reply");
    }

    @Test
    void deadRoutingNgSessionKeepsNobodyWaiting() {
        RawClient dead = ng(21, "dead").enableStreamManagement(true);
        RawClient phone = ng(21, "phone");
        RawClient alice = alice();
        dead.drop();
        IntStream.range(0, 500).forEach(i -> alice.send(chat(jid(21), "m " + i)));
        alice.sync();
        assertThat(messages(phone, 500)).hasSize(500);
    }

    @Test
    void whatARoutingNgSessionHoldsIsUnderNoLimit() {
        RawClient phone = ng(22, "phone").enableStreamManagement(false);
        RawClient alice = alice();
        phone.holdAcks(true);
        IntStream.range(0, 6).forEach(i -> alice.send(chat(jid(22), "m " + i)));
        alice.sync();
        assertThat(messages(phone, 6)).hasSize(6);
        alice.assertNoMore(message());
        assertThat(MamQuery.by(phone).all(10)).hasSize(6);
    }

    @Test
    void errorForASessionWithoutPresenceComesToTheOthersAndIsArchived() {
        RawClient sending = ng(23, "sending");
        RawClient other = ng(23, "other");
        // Nobody there reads its archive, and its limit is 3.
        IntStream.range(0, 4).forEach(i -> sending.send(chat(jid(24), "m " + i)));
        sending.sync();
        for (RawClient one : List.of(sending, other)) {
            Element error = one.await(ofType("error"));
            assertThat(errorCondition(error)).isEqualTo("service-unavailable");
            assertThat(error.attributeValue("id")).isEqualTo("m-3");
            assertThat(one.takeAfterSync(message())).noneMatch(ofType("error"));
        }
        assertThat(MamQuery.by(other).all(10)).hasSize(5);
    }
}
