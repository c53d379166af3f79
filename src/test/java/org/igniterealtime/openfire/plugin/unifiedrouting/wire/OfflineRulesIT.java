package org.igniterealtime.openfire.plugin.unifiedrouting.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.igniterealtime.openfire.plugin.unifiedrouting.wire.OfflineAccounts.chat;
import static org.igniterealtime.openfire.plugin.unifiedrouting.wire.OfflineAccounts.delay;
import static org.igniterealtime.openfire.plugin.unifiedrouting.wire.OfflineAccounts.fresh;
import static org.igniterealtime.openfire.plugin.unifiedrouting.wire.OfflineAccounts.next;
import static org.igniterealtime.openfire.plugin.unifiedrouting.wire.SubscriptionScenarios.SUBSCRIBE;
import static org.igniterealtime.openfire.plugin.unifiedrouting.wire.SubscriptionScenarios.assertResult;
import static org.igniterealtime.openfire.testclient.Stanzas.body;
import static org.igniterealtime.openfire.testclient.Stanzas.errorCondition;
import static org.igniterealtime.openfire.testclient.Stanzas.forwardedMessage;
import static org.igniterealtime.openfire.testclient.Stanzas.isSubscriptionNotification;
import static org.igniterealtime.openfire.testclient.Stanzas.message;
import static org.igniterealtime.openfire.testclient.Stanzas.ofType;
import static org.igniterealtime.openfire.testclient.Stanzas.plainMessage;
import static org.igniterealtime.openfire.testclient.Stanzas.stanzaId;
import static org.igniterealtime.openfire.testclient.Stanzas.withBody;

import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.dom4j.Element;
import org.igniterealtime.openfire.plugin.unifiedrouting.wire.OfflineAccounts.Kind;
import org.igniterealtime.openfire.testclient.MamQuery;
import org.igniterealtime.openfire.testclient.MamResult;
import org.igniterealtime.openfire.testclient.RawClient;
import org.igniterealtime.openfire.testserver.OpenfireExtension;
import org.igniterealtime.openfire.testserver.TestDatabase;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What ROUTING-RULES sections 5 and 6 say beside what {@link UnreceivedScenarios} and {@link OfflineDeliveryScenarios} show,
 * of accounts that read their archive and of accounts that do not.
 */
class OfflineRulesIT {

    private static final String NO_STORE = "<no-store xmlns='urn:xmpp:hints'/>";
    private static final String NO_PERMANENT_STORE = "<no-permanent-store xmlns='urn:xmpp:hints'/>";
    private static final String PRIVATE = "<private xmlns='urn:xmpp:carbons:2'/>";
    private static final String OMEMO =
            "<encrypted xmlns='eu.siacs.conversations.axolotl'><header sid='1'/><payload>AAAA</payload></encrypted>";

    @RegisterExtension
    static final OpenfireExtension openfire = OfflineAccounts.in(
            OpenfireExtension.on(TestDatabase.HSQLDB).with("plugin.unifiedrouting.offline.pair-limit", "0"));

    private static RawClient alice() {
        return openfire.client("alice", "orchard").presence();
    }

    private static void send(RawClient client, String... stanzas) {
        client.send(stanzas);
        client.sync();
    }

    private static String with(String stanza, String child) {
        return stanza.replace("</message>", child + "</message>");
    }

    private static void unavailable(RawClient client, String id) {
        Element error = client.await(ofType("error"));
        assertThat(error.attributeValue("id")).isEqualTo(id);
        assertThat(errorCondition(error)).isEqualTo("service-unavailable");
    }

    private static RawClient arrives(String account, String resource) {
        RawClient client = openfire.client(account, resource);
        client.send("<presence/>");
        client.sync();
        return client;
    }

    // Section 5.

    @ParameterizedTest
    @EnumSource(Kind.class)
    void subscribedSessionWithoutPresenceTakesWhatIsForAResourceThatIsGone(Kind kind) {
        String bob = fresh(openfire, kind, 0);
        RawClient phone = openfire.client(bob, "phone");
        assertResult(phone.iq("set", SUBSCRIBE));
        RawClient alice = alice();

        send(
                alice,
                chat(bob + "@localhost/gone", "chat"),
                "<message to='" + bob + "@localhost/gone' id='n'><body>normal</body></message>");

        assertThat(body(forwardedMessage(phone.await(isSubscriptionNotification()))))
                .isEqualTo("chat");
        assertThat(body(forwardedMessage(phone.await(isSubscriptionNotification()))))
                .isEqualTo("normal");
        alice.assertNoMore(message());
        arrives(bob, "desk").assertNoMore(message());
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void whatNobodyKeepsIsAnsweredWhateverItsType(Kind kind) {
        String bob = fresh(openfire, kind, 1);
        RawClient alice = alice();
        for (String to : List.of(bob + "@localhost", bob + "@localhost/gone")) {
            send(alice, "<message to='" + to + "' id='n'><body>normal</body>" + NO_STORE + "</message>");
            unavailable(alice, "n");
            send(alice, "<message to='" + to + "' type='chat' id='e'>" + OMEMO + NO_STORE + "</message>");
            unavailable(alice, "e");
        }
        alice.assertNoMore(message());
        arrives(bob, "desk").assertNoMore(message());
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void messageForOneLiveClientFailsWhereThatIsGoneAndReachesNoOther(Kind kind) {
        String bob = fresh(openfire, kind, 2);
        RawClient desk = openfire.client(bob, "desk").presence(5);
        RawClient alice = alice();
        send(alice, with(chat(bob + "@localhost/gone", "one"), "<im-ng xmlns='urn:xmpp:im-ng:0'/>"));
        unavailable(alice, "one");
        send(alice, with(chat(bob + "@localhost/gone", "unkept"), NO_STORE));
        unavailable(alice, "unkept");
        desk.assertNoMore(message());
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void signalsForAResourceThatIsGoneGoToNoOtherInSilence(Kind kind) {
        String bob = fresh(openfire, kind, 3);
        RawClient phone = openfire.client(bob, "phone").presence(5);
        RawClient alice = alice();
        String to = "<message to='" + bob + "@localhost/gone'";
        send(
                alice,
                to + " type='chat'><composing xmlns='http://jabber.org/protocol/chatstates'/></message>",
                to + " type='chat'><received xmlns='urn:xmpp:receipts' id='x'/>" + NO_STORE + "</message>",
                to + " type='headline'><body>news</body></message>",
                to + " type='error' id='e'><error type='cancel'>"
                        + "<item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>");
        phone.assertNoMore(message());
        alice.assertNoMore(message());
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void groupchatToAnAccountIsRefusedWhoeverIsThere(Kind kind) {
        String bob = fresh(openfire, kind, 4);
        RawClient phone = openfire.client(bob, "phone").presence();
        RawClient alice = alice();
        send(alice, "<message to='" + bob + "@localhost' type='groupchat' id='g'><body>room</body></message>");
        unavailable(alice, "g");
        phone.assertNoMore(message());
    }

    // Section 6.

    @ParameterizedTest
    @EnumSource(Kind.class)
    void floodThatHasBegunIsFinishedWhateverOthersHaveSeen(Kind kind) {
        String bob = fresh(openfire, kind, 5);
        int many = 400;
        send(
                alice(),
                IntStream.range(0, many)
                        .mapToObj(i -> chat(bob + "@localhost", "m " + i))
                        .toArray(String[]::new));
        RawClient desk = openfire.client(bob, "desk");
        RawClient phone = openfire.client(bob, "phone");
        phone.send("<presence/>");
        assertThat(next(phone)).isEqualTo("m 0");

        assertResult(desk.iq("set", SUBSCRIBE));
        assertThat(MamQuery.by(desk).all(250)).hasSize(many);

        assertThat(next(phone, many - 1))
                .containsExactlyElementsOf(
                        IntStream.range(1, many).mapToObj(i -> "m " + i).toList());
        phone.assertNoMore(message());
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void whatIsTakenWhileSomethingOlderIsUndeliveredDoesNotComeAgain(Kind kind) {
        String bob = fresh(openfire, kind, 6);
        RawClient alice = alice();
        RawClient desk = openfire.client(bob, "desk").presence();
        send(
                alice,
                with(chat(bob + "@localhost/gone", "older"), PRIVATE),
                chat(bob + "@localhost", "taken"),
                with(chat(bob + "@localhost/gone", "newer"), PRIVATE));
        assertThat(next(desk)).isEqualTo("taken");
        desk.assertNoMore(message());
        desk.close();

        RawClient phone = arrives(bob, "phone");
        assertThat(next(phone, 2)).containsExactly("older", "newer");
        phone.assertNoMore(message());
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void whatTurnsOutUndeliveredComesAgainWithoutWhatWasTakenAfterIt(Kind kind) {
        String bob = fresh(openfire, kind, 7);
        RawClient alice = alice();
        RawClient lost = openfire.client(bob, "tunnel").enableStreamManagement(false);
        lost.holdAcks(true);
        lost.presence(5);
        RawClient desk = openfire.client(bob, "desk").presence(0);
        send(alice, chat(lost.jid(), "unacknowledged"), chat(desk.jid(), "taken"));
        lost.await(withBody("unacknowledged"));
        assertThat(next(desk)).isEqualTo("taken");
        desk.close();
        lost.drop();

        RawClient phone = arrives(bob, "phone");
        assertThat(next(phone)).isEqualTo("unacknowledged");
        phone.assertNoMore(message());
        alice.assertNoMore(message());
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void pagesFetchedForwardsMoveTheCursorAsFarAsTheyGo(Kind kind) {
        String bob = fresh(openfire, kind, 8);
        send(
                alice(),
                IntStream.range(0, 6)
                        .mapToObj(i -> chat(bob + "@localhost", "m " + i))
                        .toArray(String[]::new));
        RawClient phone = openfire.client(bob, "phone");
        List<MamResult> first = MamQuery.by(phone).max(2).send().results();
        assertThat(MamQuery.by(phone).after(first.get(1).id()).max(2).send().results())
                .hasSize(2);

        RawClient desk = arrives(bob, "desk");
        assertThat(next(desk, 2)).containsExactly("m 4", "m 5");
        desk.assertNoMore(message());
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void metadataAndIdsMoveNothing(Kind kind) {
        String bob = fresh(openfire, kind, 9);
        RawClient alice = alice();
        RawClient early = openfire.client(bob, "early").presence();
        send(alice, chat(bob + "@localhost", "early"));
        early.await(withBody("early"));
        String mid = MamQuery.by(early).send().results().get(0).id();
        early.close();
        send(alice, chat(bob + "@localhost", "late"));

        RawClient phone = openfire.client(bob, "phone");
        assertThat(phone.iq("get", "<metadata xmlns='urn:xmpp:mam:2'/>").attributeValue("type"))
                .isEqualTo("result");
        MamQuery.by(phone).ids(mid).send();
        MamQuery.by(phone).end(Instant.now()).send();
        phone.send("<presence/>");

        assertThat(next(phone)).isEqualTo("late");
        phone.assertNoMore(message());
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void sessionThatReadsItsArchiveIsNotFloodedFromThenOn(Kind kind) {
        String bob = fresh(openfire, kind, 10);
        RawClient alice = alice();
        send(alice, chat(bob + "@localhost", "one"), chat(bob + "@localhost", "two"));
        RawClient phone = openfire.client(bob, "phone");
        assertThat(MamQuery.by(phone).before("").max(1).send().results()).hasSize(1);
        phone.presence();
        phone.unavailable();
        send(alice, chat(bob + "@localhost", "three"));
        phone.presence();
        phone.assertNoMore(message());

        RawClient subscribed = openfire.client(bob, "subscribed");
        assertResult(subscribed.iq("set", SUBSCRIBE));
        subscribed.presence();
        subscribed.unavailable();
        send(alice, chat(bob + "@localhost", "four"));
        subscribed.await(isSubscriptionNotification());
        subscribed.presence();
        subscribed.assertNoMore(plainMessage());
        alice.assertNoMore(message());
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void whatIsNotInTheArchiveReachesAReaderByItsPresenceAndNobodyAfterIt(Kind kind) {
        String bob = fresh(openfire, kind, 11);
        send(alice(), chat(bob + "@localhost", "kept"), with(chat(bob + "@localhost", "secret"), NO_PERMANENT_STORE));
        RawClient phone = openfire.client(bob, "phone");
        assertThat(MamQuery.by(phone).all(10)).hasSize(1);
        phone.send("<presence/>");

        Element secret = phone.await(withBody("secret"));
        assertThat(stanzaId(secret, bob + "@localhost"))
                .as("what has the account's id is in its archive")
                .isNull();
        assertThat(delay(secret).attributeValue("from")).isEqualTo("localhost");
        phone.assertNoMore(message());
        arrives(bob, "desk").assertNoMore(message());
        phone.close();
        arrives(bob, "tablet").assertNoMore(message());
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void whatIsNotInTheArchiveComesAgainUntilItIsTaken(Kind kind) {
        String bob = fresh(openfire, kind, 12);
        RawClient alice = alice();
        send(alice, with(chat(bob + "@localhost", "secret"), NO_PERMANENT_STORE));
        RawClient lost = openfire.client(bob, "tunnel").enableStreamManagement(false);
        lost.holdAcks(true);
        lost.presence();
        lost.await(withBody("secret"));
        send(alice, with(chat(bob + "@localhost", "live secret"), NO_PERMANENT_STORE));
        assertThat(stanzaId(lost.await(withBody("live secret")), bob + "@localhost"))
                .isNull();
        lost.drop();

        // It says what it has: without that, nobody can tell how much of a flood a closed connection had taken.
        RawClient phone =
                openfire.client(bob, "phone").enableStreamManagement(false).presence();
        assertThat(next(phone, 2)).containsExactly("secret", "live secret");
        phone.assertNoMore(message());
        phone.close();
        RawClient desk = arrives(bob, "desk");
        desk.assertNoMore(message());
        assertThat(MamQuery.by(desk).all(10)).isEmpty();
        alice.assertNoMore(message());
    }
}
