package org.igniterealtime.openfire.plugin.unifiedrouting.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.igniterealtime.openfire.plugin.unifiedrouting.wire.OfflineAccounts.chat;
import static org.igniterealtime.openfire.plugin.unifiedrouting.wire.OfflineAccounts.delay;
import static org.igniterealtime.openfire.plugin.unifiedrouting.wire.OfflineAccounts.fresh;
import static org.igniterealtime.openfire.plugin.unifiedrouting.wire.OfflineAccounts.next;
import static org.igniterealtime.openfire.plugin.unifiedrouting.wire.SubscriptionScenarios.SUBSCRIBE;
import static org.igniterealtime.openfire.plugin.unifiedrouting.wire.SubscriptionScenarios.assertResult;
import static org.igniterealtime.openfire.testclient.Stanzas.body;
import static org.igniterealtime.openfire.testclient.Stanzas.forwardedMessage;
import static org.igniterealtime.openfire.testclient.Stanzas.iq;
import static org.igniterealtime.openfire.testclient.Stanzas.isSubscriptionNotification;
import static org.igniterealtime.openfire.testclient.Stanzas.message;
import static org.igniterealtime.openfire.testclient.Stanzas.plainMessage;
import static org.igniterealtime.openfire.testclient.Stanzas.stanzaId;
import static org.igniterealtime.openfire.testclient.Stanzas.withBody;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.dom4j.Element;
import org.igniterealtime.openfire.plugin.unifiedrouting.wire.OfflineAccounts.Kind;
import org.igniterealtime.openfire.testclient.MamQuery;
import org.igniterealtime.openfire.testclient.MamResult;
import org.igniterealtime.openfire.testclient.RawClient;
import org.igniterealtime.openfire.testserver.OpenfireExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** ROUTING-RULES section 6, the cursor, sentence by sentence. */
abstract class OfflineDeliveryScenarios {

    abstract OpenfireExtension openfire();

    private RawClient alice() {
        return openfire().client("alice", "orchard");
    }

    /** Sends, and waits until the server has routed it. */
    private static void send(RawClient client, String... stanzas) {
        client.send(stanzas);
        client.send("<iq type='get' id='routed' to='localhost'><ping xmlns='urn:xmpp:ping'/></iq>");
        client.await(iq("routed"), Duration.ofMinutes(1));
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void presenceBringsTheOfflineSetInOrderEachOnceWithItsTimeAndItsId(Kind kind) {
        String bob = fresh(openfire(), kind, 0);
        RawClient alice = alice();
        Instant before = Instant.now();
        send(
                alice,
                IntStream.range(0, 250)
                        .mapToObj(i -> chat(bob + "@localhost", "m " + i))
                        .toArray(String[]::new));

        RawClient phone = openfire().client(bob, "phone");
        phone.send("<presence/>");

        for (int i = 0; i < 250; i++) {
            Element message = phone.await(plainMessage());
            assertThat(body(message)).isEqualTo("m " + i);
            assertThat(message.attributeValue("from")).isEqualTo(alice.jid());
            assertThat(stanzaId(message, bob + "@localhost")).isNotNull();
            assertThat(delay(message).attributeValue("from")).isEqualTo("localhost");
            assertThat(Instant.parse(delay(message).attributeValue("stamp")))
                    .isBetween(before.minusSeconds(1), Instant.now());
        }
        phone.assertNoMore(message());
        alice.assertNoMore(message());
        // What was taken is not given again.
        RawClient desk = openfire().client(bob, "desk").presence();
        desk.assertNoMore(message());
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void presenceFirstIsFloodedAndFindsTheSameIdsInTheArchive(Kind kind) {
        String bob = fresh(openfire(), kind, 1);
        send(alice(), chat(bob + "@localhost", "one"), chat(bob + "@localhost", "two"));

        RawClient phone = openfire().client(bob, "phone").presence();
        String first = stanzaId(phone.await(withBody("one")), bob + "@localhost");
        String second = stanzaId(phone.await(withBody("two")), bob + "@localhost");

        assertThat(MamQuery.by(phone).all(10)).extracting(MamResult::id).containsExactly(first, second);
        assertThat(MamQuery.by(phone).after(second).send().results()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void queryFirstIsNotFloodedAndNobodyElseEither(Kind kind) {
        String bob = fresh(openfire(), kind, 2);
        send(alice(), chat(bob + "@localhost", "one"), chat(bob + "@localhost", "two"));

        RawClient phone = openfire().client(bob, "phone");
        assertThat(MamQuery.by(phone).all(10)).hasSize(2);
        phone.presence();
        RawClient desk = openfire().client(bob, "desk").presence();

        phone.assertNoMore(message());
        desk.assertNoMore(message());
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void pagesFetchedBackwardsCountTogetherWhenTheyReachTheCursor(Kind kind) {
        String bob = fresh(openfire(), kind, 3);
        send(
                alice(),
                IntStream.range(0, 6)
                        .mapToObj(i -> chat(bob + "@localhost", "m " + i))
                        .toArray(String[]::new));

        RawClient phone = openfire().client(bob, "phone");
        List<MamResult> last = MamQuery.by(phone).before("").max(2).send().results();
        List<MamResult> middle =
                MamQuery.by(phone).before(last.get(0).id()).max(2).send().results();
        // There is a gap still: whoever comes gets everything.
        MamQuery.by(phone).before(middle.get(0).id()).max(2).send();
        RawClient desk = openfire().client(bob, "desk").presence();
        desk.assertNoMore(message());
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void pageThatLeavesAGapMovesNothing(Kind kind) {
        String bob = fresh(openfire(), kind, 4);
        send(
                alice(),
                IntStream.range(0, 4)
                        .mapToObj(i -> chat(bob + "@localhost", "m " + i))
                        .toArray(String[]::new));

        RawClient phone = openfire().client(bob, "phone");
        assertThat(MamQuery.by(phone).before("").max(2).send().results()).hasSize(2);
        MamQuery.by(phone).with("alice@localhost").all(10);
        MamQuery.by(phone).max(0).send();

        RawClient desk = openfire().client(bob, "desk");
        desk.send("<presence/>");
        assertThat(next(desk, 4)).containsExactly("m 0", "m 1", "m 2", "m 3");
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void subscribingPassesOverTheArchive(Kind kind) {
        String bob = fresh(openfire(), kind, 5);
        RawClient alice = alice();
        send(alice, chat(bob + "@localhost", "before"));

        RawClient phone = openfire().client(bob, "phone");
        assertResult(phone.iq("set", SUBSCRIBE));
        phone.presence();
        RawClient desk = openfire().client(bob, "desk").presence();
        phone.assertNoMore(message());
        desk.assertNoMore(message());

        // A subscribed session takes a message by its notification.
        desk.close();
        phone.unavailable();
        send(alice, chat(bob + "@localhost", "after"));
        assertThat(body(forwardedMessage(phone.await(isSubscriptionNotification()))))
                .isEqualTo("after");
        openfire().client(bob, "desk").presence().assertNoMore(message());
        alice.assertNoMore(message());
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void whatIsNotInTheArchiveIsGivenToTheFirstSessionOfAnyKind(Kind kind) {
        String bob = fresh(openfire(), kind, 6);
        send(
                alice(),
                "<message to='" + bob + "@localhost' type='chat'><body>secret</body>"
                        + "<no-permanent-store xmlns='urn:xmpp:hints'/></message>");

        RawClient phone = openfire().client(bob, "phone");
        assertThat(MamQuery.by(phone).all(10)).isEmpty();
        assertResult(phone.iq("set", SUBSCRIBE));
        Element secret = phone.await(withBody("secret"));
        assertThat(delay(secret)).isNotNull();

        phone.presence();
        Awaitility.await().untilAsserted(() -> {
            RawClient desk = openfire().client(bob, "desk").presence();
            desk.assertNoMore(message());
            desk.close();
        });
        assertThat(MamQuery.by(phone).all(10)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void liveMessagesComeBehindTheFlood(Kind kind) {
        String bob = fresh(openfire(), kind, 7);
        RawClient alice = alice();
        RawClient carol = openfire().client("carol", "street");
        send(
                alice,
                IntStream.range(0, 400)
                        .mapToObj(i -> chat(bob + "@localhost", "m " + i))
                        .toArray(String[]::new));

        RawClient phone = openfire().client(bob, "phone");
        phone.send("<presence/>");
        assertThat(next(phone)).isEqualTo("m 0");
        carol.send(chat(phone.jid(), "to the client"), chat(bob + "@localhost", "to the account"));

        assertThat(next(phone, 399))
                .containsExactlyElementsOf(
                        IntStream.range(1, 400).mapToObj(i -> "m " + i).toList());
        assertThat(next(phone, 2)).containsExactly("to the client", "to the account");
        phone.assertNoMore(message());
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void negativePriorityWaitsUntilItIsNotNegative(Kind kind) {
        String bob = fresh(openfire(), kind, 8);
        send(alice(), chat(bob + "@localhost", "waiting"));
        RawClient phone = openfire().client(bob, "phone").presence(-1);
        phone.assertNoMore(message());

        phone.send("<presence><priority>0</priority></presence>");

        assertThat(next(phone)).isEqualTo("waiting");
        phone.unavailable();
        phone.presence();
        phone.assertNoMore(message());
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void unavailableSessionGetsTheNextFloodWhenItIsBack(Kind kind) {
        String bob = fresh(openfire(), kind, 9);
        RawClient alice = alice();
        RawClient phone = openfire().client(bob, "phone").presence();
        phone.unavailable();
        send(alice, chat(bob + "@localhost", "in between"));

        phone.send("<presence/>");

        assertThat(next(phone)).isEqualTo("in between");
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void severalSessionsThatStartAtOnceGetEachMessageOnceInAll(Kind kind) {
        String bob = fresh(openfire(), kind, 10);
        send(
                alice(),
                IntStream.range(0, 300)
                        .mapToObj(i -> chat(bob + "@localhost", "m " + i))
                        .toArray(String[]::new));
        List<RawClient> clients = IntStream.range(0, 3)
                .mapToObj(i -> openfire().client(bob, "r" + i))
                .toList();

        clients.parallelStream().forEach(client -> client.send("<presence/>"));

        List<String> all = new ArrayList<>();
        Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> {
            clients.forEach(client -> client.take(plainMessage()).forEach(message -> all.add(body(message))));
            return all.size() >= 300;
        });
        assertThat(all).doesNotHaveDuplicates().hasSize(300);
        clients.forEach(client -> client.assertNoMore(message()));
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void whatWasNotAcknowledgedComesToTheNextSession(Kind kind) {
        String bob = fresh(openfire(), kind, 11);
        RawClient alice = alice();
        send(alice, chat(bob + "@localhost", "flooded"));
        RawClient lost = openfire().client(bob, "tunnel").enableStreamManagement(false);
        lost.holdAcks(true);
        lost.presence();
        String flooded = stanzaId(lost.await(withBody("flooded")), bob + "@localhost");
        send(alice, chat(bob + "@localhost", "live"));
        String live = stanzaId(lost.await(withBody("live")), bob + "@localhost");
        lost.drop();

        RawClient phone = openfire().client(bob, "phone").presence();

        assertThat(stanzaId(phone.await(withBody("flooded")), bob + "@localhost"))
                .isEqualTo(flooded);
        assertThat(stanzaId(phone.await(withBody("live")), bob + "@localhost")).isEqualTo(live);
        phone.assertNoMore(message());
        assertThat(MamQuery.by(phone).all(10)).extracting(MamResult::id).containsExactly(flooded, live);
        alice.assertNoMore(message());
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void whatWasAcknowledgedDoesNotComeAgain(Kind kind) {
        String bob = fresh(openfire(), kind, 12);
        RawClient alice = alice();
        RawClient phone =
                openfire().client(bob, "phone").enableStreamManagement(false).presence();
        send(alice, chat(bob + "@localhost", "acknowledged"));
        phone.await(withBody("acknowledged"));
        phone.sendAck();
        phone.holdAcks(true);
        send(alice, chat(bob + "@localhost", "not acknowledged"));
        phone.await(withBody("not acknowledged"));
        phone.drop();

        RawClient desk = openfire().client(bob, "desk").presence();

        assertThat(next(desk)).isEqualTo("not acknowledged");
        desk.assertNoMore(message());
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void resumedSessionGetsItsOwnAndNobodyElseDoes(Kind kind) {
        String bob = fresh(openfire(), kind, 13);
        RawClient alice = alice();
        RawClient phone =
                openfire().client(bob, "phone").enableStreamManagement(true).presence();
        phone.drop();
        send(alice, chat(bob + "@localhost", "while away"));

        RawClient again = RawClient.resume(
                "127.0.0.1", openfire().server().xmppPort(), "localhost", bob, "secret", phone.state());
        assertThat(next(again)).isEqualTo("while away");
        again.sendAck();
        again.sync();
        RawClient desk = openfire().client(bob, "desk").presence();
        desk.assertNoMore(message());
        again.close();
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void clientThatDiesInTheMiddleOfItsFloodLeavesTheRest(Kind kind) {
        String bob = fresh(openfire(), kind, 14);
        int many = 3_000;
        String filler = "x".repeat(1_000);
        RawClient alice = alice();
        send(
                alice,
                IntStream.range(0, many)
                        .mapToObj(i ->
                                chat(bob + "@localhost", "m " + i).replace("</body>", "</body><f>" + filler + "</f>"))
                        .toArray(String[]::new));
        RawClient dying = openfire().client(bob, "dying");
        dying.send("<presence/>");
        dying.await(withBody("m 0"), Duration.ofSeconds(20));
        dying.reset();

        RawClient phone = openfire().client(bob, "phone");
        phone.send("<presence/>");
        phone.await(withBody("m " + (many - 1)), Duration.ofSeconds(30));
        List<String> rest = phone.received().stream()
                .map(received -> body(received.element()))
                .filter(text -> text != null)
                .toList();
        assertThat(rest).doesNotHaveDuplicates();
        int first = Integer.parseInt(rest.get(0).substring(2));
        assertThat(rest)
                .containsExactlyElementsOf(
                        IntStream.range(first, many).mapToObj(i -> "m " + i).toList());
    }

    @Test
    void manyMessagesComeInOrderToAClientThatAcknowledges() {
        String bob = fresh(openfire(), Kind.PLAIN, 15);
        // More than may be unacknowledged at a time.
        int many = Integer.getInteger("offline.rows", 4_000);
        for (int sender = 0; sender < 2; sender++) {
            RawClient alice = openfire().client("alice", "s" + sender);
            int offset = sender * many / 2;
            send(
                    alice,
                    IntStream.range(offset, offset + many / 2)
                            .mapToObj(i -> chat(bob + "@localhost", "m " + i))
                            .toArray(String[]::new));
        }
        RawClient phone = openfire().client(bob, "phone").enableStreamManagement(true);
        phone.send("<presence/>");
        phone.await(withBody("m " + (many - 1)), Duration.ofSeconds(60));
        List<String> all = phone.received().stream()
                .map(received -> body(received.element()))
                .filter(text -> text != null)
                .toList();
        assertThat(all)
                .containsExactlyElementsOf(
                        IntStream.range(0, many).mapToObj(i -> "m " + i).toList());
        phone.close();
    }

    @Test
    void killedServerLosesNothing() {
        RawClient alice = alice().enableStreamManagement(false);
        for (Kind kind : Kind.values()) {
            String bob = fresh(openfire(), kind, 16);
            alice.send(chat(bob + "@localhost", "kept one"), chat(bob + "@localhost", "kept two"));
        }
        // An acknowledgement means that the database has it.
        alice.awaitAcked();
        openfire().server().kill();
        openfire().server().startAgain();

        for (Kind kind : Kind.values()) {
            RawClient phone = openfire().client(OfflineAccounts.name(kind, 16), "phone");
            phone.send("<presence/>");
            assertThat(next(phone, 2)).as("%s", kind).containsExactly("kept one", "kept two");
        }
    }
}
