package org.igniterealtime.openfire.plugin.unifiedrouting.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.igniterealtime.openfire.plugin.unifiedrouting.wire.OfflineAccounts.chat;
import static org.igniterealtime.openfire.plugin.unifiedrouting.wire.OfflineAccounts.fresh;
import static org.igniterealtime.openfire.plugin.unifiedrouting.wire.OfflineAccounts.next;
import static org.igniterealtime.openfire.testclient.Stanzas.body;
import static org.igniterealtime.openfire.testclient.Stanzas.errorCondition;
import static org.igniterealtime.openfire.testclient.Stanzas.message;
import static org.igniterealtime.openfire.testclient.Stanzas.ofType;
import static org.igniterealtime.openfire.testclient.Stanzas.stanzaId;
import static org.igniterealtime.openfire.testclient.Stanzas.withBody;

import java.util.List;
import java.util.stream.IntStream;
import org.dom4j.Element;
import org.igniterealtime.openfire.plugin.unifiedrouting.wire.OfflineAccounts.Kind;
import org.igniterealtime.openfire.testclient.MamQuery;
import org.igniterealtime.openfire.testclient.RawClient;
import org.igniterealtime.openfire.testserver.OpenfireExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** ROUTING-RULES section 5, line by line: nobody can receive it now, and what the sender gets. The limit is 3. */
abstract class UnreceivedScenarios {

    private static final String PRIVATE = "<private xmlns='urn:xmpp:carbons:2'/>";
    private static final String NO_STORE = "<no-store xmlns='urn:xmpp:hints'/>";
    private static final String OFFLINE_ONLY = "<no-permanent-store xmlns='urn:xmpp:hints'/>";

    abstract OpenfireExtension openfire();

    private RawClient alice() {
        return openfire().client("alice", "orchard").presence();
    }

    private static void send(RawClient client, String... stanzas) {
        client.send(stanzas);
        client.sync();
    }

    private static Element error(RawClient client, String id, String condition) {
        Element error = client.await(ofType("error"));
        assertThat(error.attributeValue("id")).isEqualTo(id);
        assertThat(errorCondition(error)).isEqualTo(condition);
        return error;
    }

    private RawClient arrives(String account) {
        RawClient client = openfire().client(account, "arrived");
        client.send("<presence/>");
        client.sync();
        return client;
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void normalMessageToAResourceThatIsGoneReachesThePerson(Kind kind) {
        String bob = fresh(openfire(), kind, 20);
        RawClient phone = openfire().client(bob, "phone").presence(0);
        RawClient alice = alice();

        send(
                alice,
                "<message to='" + bob + "@localhost/gone' id='n1'><body>normal</body></message>",
                chat(bob + "@localhost/gone", "chat"),
                "<message to='" + bob
                        + "@localhost/gone' id='r1'><received xmlns='urn:xmpp:receipts' id='x'/></message>");

        assertThat(next(phone, 2)).containsExactly("normal", "chat");
        phone.await(message());
        alice.assertNoMore(message());
        assertThat(MamQuery.by(phone).all(10)).hasSize(3);
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void storedMessageIsAnsweredWithNothing(Kind kind) {
        String bob = fresh(openfire(), kind, 21);
        RawClient alice = alice();

        send(
                alice,
                chat(bob + "@localhost", "chat"),
                "<message to='" + bob + "@localhost/gone' id='n1'><body>normal</body></message>",
                "<message to='" + bob + "@localhost' id='r1'><received xmlns='urn:xmpp:receipts' id='x'/></message>");

        alice.assertNoMore(message());
        RawClient phone = arrives(bob);
        assertThat(next(phone, 2)).containsExactly("chat", "normal");
        assertThat(phone.await(message()).attributeValue("id")).isEqualTo("r1");
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void overItsLimitAMamAccountArchivesAndAnotherOneRefuses(Kind kind) {
        String bob = fresh(openfire(), kind, 22);
        RawClient alice = alice();
        send(
                alice,
                IntStream.range(0, 4)
                        .mapToObj(i -> chat(bob + "@localhost", "m " + i))
                        .toArray(String[]::new));

        if (kind == Kind.PLAIN) {
            Element error = error(alice, "m-3", "service-unavailable");
            assertThat(error.attributeValue("from")).isEqualTo(bob + "@localhost");
            assertThat(body(error)).isEqualTo("m 3");
            assertThat(stanzaId(error, bob + "@localhost")).isNull();
        }
        // Another sender has room of its own.
        RawClient carol = openfire().client("carol", "street").presence();
        send(carol, chat(bob + "@localhost", "from carol"));
        alice.assertNoMore(message());
        carol.assertNoMore(message());

        RawClient phone = arrives(bob);
        assertThat(next(phone, 4)).containsExactly("m 0", "m 1", "m 2", "from carol");
        phone.assertNoMore(message());
        assertThat(MamQuery.by(phone).with("alice@localhost").all(10)).hasSize(kind == Kind.MAM ? 4 : 3);
        // What was taken counts no more.
        phone.close();
        send(alice, chat(bob + "@localhost", "again"));
        assertThat(next(arrives(bob))).isEqualTo("again");
        alice.assertNoMore(message());
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void receiptOverTheLimitIsAnsweredWithSilence(Kind kind) {
        String bob = fresh(openfire(), kind, 23);
        RawClient alice = alice();
        send(
                alice,
                IntStream.range(0, 3)
                        .mapToObj(i -> chat(bob + "@localhost", "m " + i))
                        .toArray(String[]::new));
        send(
                alice,
                "<message to='" + bob + "@localhost' id='r1'><received xmlns='urn:xmpp:receipts' id='x'/></message>");
        alice.assertNoMore(message());
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void offlineOnlyIsKeptUpToTheLimitWhoeverReads(Kind kind) {
        String bob = fresh(openfire(), kind, 24);
        RawClient alice = alice();
        send(
                alice,
                IntStream.range(0, 4)
                        .mapToObj(i ->
                                chat(bob + "@localhost", "m " + i).replace("</message>", OFFLINE_ONLY + "</message>"))
                        .toArray(String[]::new));
        error(alice, "m-3", "service-unavailable");
        RawClient phone = arrives(bob);
        assertThat(next(phone, 3)).containsExactly("m 0", "m 1", "m 2");
        phone.assertNoMore(message());
        assertThat(MamQuery.by(phone).all(10)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void messageForOneClientThatIsGoneWaitsAndReachesNoOtherLiveOne(Kind kind) {
        String bob = fresh(openfire(), kind, 25);
        RawClient desk = openfire().client(bob, "desk").presence(5);
        RawClient alice = alice();
        send(alice, chat(bob + "@localhost/gone", "private").replace("</message>", PRIVATE + "</message>"));

        desk.assertNoMore(message());
        alice.assertNoMore(message());
        RawClient gone = openfire().client(bob, "gone");
        gone.send("<presence/>");
        assertThat(next(gone)).isEqualTo("private");
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void whatNobodyKeepsIsAnsweredWithAnError(Kind kind) {
        String bob = fresh(openfire(), kind, 26);
        RawClient alice = alice();

        send(alice, chat(bob + "@localhost", "unkept").replace("</message>", NO_STORE + "</message>"));
        // An error is archived, and what it repeats with it.
        assertThat(error(alice, "unkept", "service-unavailable").element("body"))
                .isNull();
        send(alice, chat(bob + "@localhost/gone", "gone").replace("</message>", NO_STORE + "</message>"));
        error(alice, "gone", "service-unavailable");
        send(
                alice,
                chat(bob + "@localhost/gone", "one")
                        .replace("</message>", "<im-ng xmlns='urn:xmpp:im-ng:0'/></message>"));
        error(alice, "one", "service-unavailable");
        send(alice, "<message to='" + bob + "@localhost' type='groupchat' id='g1'><body>room</body></message>");
        error(alice, "g1", "service-unavailable");

        arrives(bob).assertNoMore(message());
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void signalsHeadlinesAndErrorsAreAnsweredWithSilence(Kind kind) {
        String bob = fresh(openfire(), kind, 27);
        RawClient alice = alice();
        send(
                alice,
                "<message to='" + bob
                        + "@localhost' type='chat'><composing xmlns='http://jabber.org/protocol/chatstates'/></message>",
                "<message to='" + bob + "@localhost' type='headline'><body>news</body></message>",
                "<message to='" + bob + "@localhost/gone' type='headline'><body>news</body></message>",
                "<message to='" + bob + "@localhost' type='error'><body>e</body>"
                        + "<error type='cancel'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>");
        alice.assertNoMore(message());
        arrives(bob).assertNoMore(message());
    }

    @Test
    void signalForAResourceThatIsGoneIsNotGivenToAnother() {
        String bob = fresh(openfire(), Kind.PLAIN, 28);
        RawClient phone = openfire().client(bob, "phone").presence(5);
        send(
                alice(),
                "<message to='" + bob
                        + "@localhost/gone' type='chat'><composing xmlns='http://jabber.org/protocol/chatstates'/></message>");
        phone.assertNoMore(message());
    }

    @Test
    void unknownAccountAnswersAsOneThatIsOffline() {
        RawClient alice = alice();
        send(alice, chat("nobody@localhost", "hello"));
        alice.assertNoMore(message());
        send(alice, chat("nobody@localhost", "unkept").replace("</message>", NO_STORE + "</message>"));
        error(alice, "unkept", "service-unavailable");
    }

    @Test
    void messageToOneselfIsNoOfflineMessage() {
        String bob = fresh(openfire(), Kind.PLAIN, 29);
        RawClient only = openfire().client(bob, "only");
        send(only, chat(bob + "@localhost", "note"));
        only.assertNoMore(ofType("error"));
        only.close();
        RawClient later = arrives(bob);
        later.assertNoMore(message());
        assertThat(MamQuery.by(later).all(10)).hasSize(1);
    }

    @Test
    void sessionWithPriorityZeroReceivesEverything() {
        // On 4.2 Openfire calls the offline code although this one is there.
        String bob = fresh(openfire(), Kind.PLAIN, 30);
        RawClient phone = openfire().client(bob, "phone").presence(0);
        RawClient alice = alice();
        send(alice, chat(bob + "@localhost/gone", "one"), chat(bob + "@localhost", "two"));
        assertThat(next(phone, 2)).isEqualTo(List.of("one", "two"));
        phone.assertNoMore(withBody("one"));
        alice.assertNoMore(message());
    }
}
