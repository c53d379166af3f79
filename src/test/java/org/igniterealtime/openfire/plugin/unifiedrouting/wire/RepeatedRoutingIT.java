package org.igniterealtime.openfire.plugin.unifiedrouting.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.igniterealtime.openfire.plugin.unifiedrouting.wire.SubscriptionScenarios.SUBSCRIBE;
import static org.igniterealtime.openfire.plugin.unifiedrouting.wire.SubscriptionScenarios.assertResult;
import static org.igniterealtime.openfire.testclient.Stanzas.body;
import static org.igniterealtime.openfire.testclient.Stanzas.child;
import static org.igniterealtime.openfire.testclient.Stanzas.forwardedMessage;
import static org.igniterealtime.openfire.testclient.Stanzas.iq;
import static org.igniterealtime.openfire.testclient.Stanzas.isArchiveResult;
import static org.igniterealtime.openfire.testclient.Stanzas.isCarbon;
import static org.igniterealtime.openfire.testclient.Stanzas.isSubscriptionNotification;
import static org.igniterealtime.openfire.testclient.Stanzas.message;
import static org.igniterealtime.openfire.testclient.Stanzas.plainMessage;
import static org.igniterealtime.openfire.testclient.Stanzas.stanzaId;
import static org.igniterealtime.openfire.testclient.Stanzas.withBody;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.dom4j.Element;
import org.igniterealtime.openfire.testclient.MamQuery;
import org.igniterealtime.openfire.testclient.MamResult;
import org.igniterealtime.openfire.testclient.RawClient;
import org.igniterealtime.openfire.testserver.OpenfireExtension;
import org.igniterealtime.openfire.testserver.TestDatabase;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Stanza-ids (XEP-0359), and messages that Openfire routes more than once. */
class RepeatedRoutingIT {

    @RegisterExtension
    static final OpenfireExtension openfire = OpenfireExtension.on(TestDatabase.HSQLDB)
            .with(options -> {
                for (String account : List.of(
                        "spoofed",
                        "rerouted",
                        "wrapped",
                        "copied",
                        "copier",
                        "forged",
                        "resender",
                        "hasty",
                        "target",
                        "roomy",
                        "chatty")) {
                    options = options.withAccount(account, "secret");
                }
                return options;
            });

    @Test
    void stanzaIdsOfLocalAccountsAreNotBelieved() {
        RawClient alice = openfire.client("alice", "orchard");
        RawClient recipient = openfire.client("spoofed", "phone").presence();

        alice.send("<message to='spoofed@localhost' type='chat'><body>spoof</body>"
                + "<stanza-id xmlns='urn:xmpp:sid:0' by='spoofed@localhost' id='mine'/>"
                + "<stanza-id xmlns='urn:xmpp:sid:0' by='alice@localhost' id='mine'/>"
                + "<stanza-id xmlns='urn:xmpp:sid:0' by='room@conference.example' id='theirs'/></message>");

        Element routed = recipient.await(withBody("spoof"));
        assertThat(stanzaId(routed, "spoofed@localhost")).isNotNull().isNotEqualTo("mine");
        assertThat(stanzaId(routed, "alice@localhost")).isNull();
        assertThat(stanzaId(routed, "room@conference.example")).isEqualTo("theirs");
    }

    @Test
    void unacknowledgedMessageKeepsItsMidAndIsNotArchivedAgain() {
        RawClient alice = openfire.client("alice", "orchard");
        RawClient lost = openfire.client("rerouted", "tunnel").presence().enableStreamManagement(false);
        lost.holdAcks(true);
        alice.send("<message to='rerouted@localhost' type='chat' id='u1'><body>unacknowledged</body></message>");
        String mid = stanzaId(lost.await(withBody("unacknowledged")), "rerouted@localhost");
        // There before the other one goes: who comes while Openfire puts messages back may get them at the next login
        // only.
        RawClient next = openfire.client("rerouted", "home").presence();
        lost.drop();

        Element again = next.await(withBody("unacknowledged"));
        assertThat(stanzaId(again, "rerouted@localhost")).isEqualTo(mid);
        assertThat(MamQuery.by(next).all(50)).extracting(MamResult::id).containsExactly(mid);
        assertThat(MamQuery.by(alice).with("rerouted@localhost").all(50)).hasSize(1);
    }

    @Test
    void forgedDelayAndForeignMidDoNotKeepAMessageOutOfTheArchive() {
        RawClient alice = openfire.client("alice", "orchard");
        RawClient carol = openfire.client("carol", "street");
        RawClient recipient = openfire.client("forged", "phone").presence();
        alice.send("<message to='forged@localhost' type='chat'><body>true</body></message>");
        String mid = stanzaId(recipient.await(withBody("true")), "forged@localhost");

        // Carol has learnt the MID of somebody else's message.
        carol.send("<message to='forged@localhost' type='chat'><body>untrue</body>"
                + "<delay xmlns='urn:xmpp:delay' from='localhost' stamp='2026-11-21T00:00:00Z'/>"
                + "<stanza-id xmlns='urn:xmpp:sid:0' by='forged@localhost' id='" + mid + "'/></message>");

        assertThat(stanzaId(recipient.await(withBody("untrue")), "forged@localhost"))
                .isNotNull()
                .isNotEqualTo(mid);
        assertThat(MamQuery.by(recipient).all(50))
                .extracting(result -> body(result.message()))
                .containsExactly("true", "untrue");
    }

    @Test
    void wrappersThatNobodyAcknowledgedDisappear() {
        RawClient alice = openfire.client("alice", "orchard");
        RawClient other = openfire.client("wrapped", "home").presence(1);
        RawClient lost = openfire.client("wrapped", "tunnel").presence(-1).enableStreamManagement(false);
        lost.holdAcks(true);
        assertResult(lost.iq("set", SUBSCRIBE));
        alice.send("<message to='wrapped@localhost' type='chat'><body>wrap me</body></message>");
        lost.await(isSubscriptionNotification());
        MamQuery.by(lost).send();
        other.await(plainMessage().and(withBody("wrap me")));
        lost.drop();

        // Openfire routes what was not acknowledged before it tells the account's others that the session is gone.
        other.await(stanza -> stanza.getName().equals("presence")
                && "unavailable".equals(stanza.attributeValue("type"))
                && lost.jid().equals(stanza.attributeValue("from")));
        other.sync();
        other.assertNoMore(isSubscriptionNotification().or(isArchiveResult()));
        assertThat(MamQuery.by(other).all(50))
                .extracting(result -> body(result.message()))
                .containsExactly("wrap me");
    }

    @Test
    void carbonOfASentMessageShowsTheSendersIdOnly() {
        RawClient recipient = openfire.client("copied", "phone").presence();
        RawClient sender = openfire.client("copier", "phone").presence();
        RawClient desk = openfire.client("copier", "desk").presence();
        desk.iq("set", "<enable xmlns='urn:xmpp:carbons:2'/>");

        sender.send("<message to='copied@localhost' type='chat' id='c1'><body>copy</body></message>");

        String recipientsMid = stanzaId(recipient.await(withBody("copy")), "copied@localhost");
        Element copy = forwardedMessage(desk.await(isCarbon()));
        assertThat(stanzaId(copy, "copied@localhost")).isNull();
        String sendersMid = MamQuery.by(sender).send().results().get(0).id();
        assertThat(stanzaId(copy, "copier@localhost")).isEqualTo(sendersMid).isNotEqualTo(recipientsMid);
        assertThat(child(copy, "body", "jabber:client").getText()).isEqualTo("copy");
        desk.assertNoMore(message());
    }

    @Test
    void messageSentAgainAfterAnUnresumedStreamIsDeliveredButNotArchivedAgain() {
        RawClient target = openfire.client("target", "phone").presence();
        RawClient first = openfire.client("resender", "laptop").enableStreamManagement(false);
        String stanza = "<message to='target@localhost' type='chat' id='again'><body>sent twice</body></message>";
        first.send(stanza);
        String mid = stanzaId(target.await(withBody("sent twice")), "target@localhost");
        first.drop();

        RawClient second = openfire.clientAgain("resender", "laptop");
        second.send(stanza);

        assertThat(stanzaId(target.await(withBody("sent twice")), "target@localhost"))
                .isEqualTo(mid);
        assertThat(MamQuery.by(target).all(50)).extracting(MamResult::id).containsExactly(mid);
        assertThat(MamQuery.by(second).all(50)).hasSize(1);

        // On the same connection the same words are a new message, and so are other words under the same id.
        second.send(stanza.replace("sent twice", "other words"));
        second.send("<message to='target@localhost' type='chat' id='ok'><body>ok</body></message>");
        second.send("<message to='target@localhost' type='chat' id='ok'><body>ok</body></message>");
        second.sync();
        assertThat(MamQuery.by(target).all(50))
                .extracting(result -> body(result.message()))
                .containsExactly("sent twice", "other words", "ok", "ok");
    }

    /** Openfire still works on what came over the old connection while the new one brings it again. */
    @RepeatedTest(3)
    void manyMessagesSentAgainAfterAResumptionAreArchivedOnce(RepetitionInfo repetition) {
        String run = "run" + repetition.getCurrentRepetition();
        RawClient first = openfire.client("hasty", "phone").enableStreamManagement(true);
        String[] stanzas = IntStream.range(0, 300)
                .mapToObj(i -> "<message to='bob@localhost' type='chat' id='" + run + "-" + i + "'><body>" + run + " "
                        + i + "</body></message>")
                .toArray(String[]::new);
        first.send(stanzas);
        first.drop();

        RawClient second = RawClient.resume(
                "127.0.0.1", openfire.server().xmppPort(), "localhost", "hasty", "secret", first.state());
        second.unackedSent().forEach(second::send);
        // Not by an acknowledgement: Openfire counts what it works off of the old connection as well.
        second.send("<iq type='get' id='" + run + "' to='localhost'><ping xmlns='urn:xmpp:ping'/></iq>");
        second.await(iq(run), Duration.ofMinutes(1));

        List<String> archived = MamQuery.by(openfire.client("hasty", "reader")).all(250).stream()
                // Openfire refuses what its offline store has no room for; these errors are archived as well.
                .filter(result -> "bob@localhost".equals(result.message().attributeValue("to")))
                .map(result -> body(result.message()))
                .filter(text -> text.startsWith(run))
                .toList();
        assertThat(archived).doesNotHaveDuplicates().hasSize(stanzas.length);
        second.close();
    }

    @Test
    void privateMessageOfARoomIsArchivedOnceForEachSide() {
        RawClient sender = openfire.client("chatty", "phone").presence();
        RawClient recipient = openfire.client("roomy", "phone").presence();
        join(sender, "talker");
        join(recipient, "listener");

        sender.send("<message to='hall@conference.localhost/listener' type='chat' id='pm1'><body>psst</body>"
                + "<x xmlns='http://jabber.org/protocol/muc#user'/></message>");

        Element routed = recipient.await(withBody("psst"));
        assertThat(routed.attributeValue("from")).isEqualTo("hall@conference.localhost/talker");
        String mid = stanzaId(routed, "roomy@localhost");
        List<MamResult> received = MamQuery.by(recipient).all(50);
        assertThat(received).extracting(MamResult::id).containsExactly(mid);
        assertThat(received.get(0).message().attributeValue("from")).isEqualTo("hall@conference.localhost/talker");
        List<MamResult> sent =
                MamQuery.by(sender).with("hall@conference.localhost/listener").all(50);
        assertThat(sent).extracting(result -> body(result.message())).containsExactly("psst");
        assertThat(stanzaId(sent.get(0).message(), "roomy@localhost")).isNull();
        recipient.assertNoMore(withBody("psst"));

        sender.send("<message to='hall@conference.localhost' type='groupchat'><body>hello all</body></message>");
        recipient.await(withBody("hello all"));
        assertThat(MamQuery.by(recipient).all(50)).hasSize(1);
        assertThat(MamQuery.by(sender).all(50)).hasSize(1);
    }

    private static void join(RawClient client, String nickname) {
        client.send("<presence to='hall@conference.localhost/" + nickname
                + "'><x xmlns='http://jabber.org/protocol/muc'/></presence>");
        client.await(stanza -> stanza.getName().equals("presence")
                && ("hall@conference.localhost/" + nickname).equals(stanza.attributeValue("from")));
        client.iq(
                "set",
                "hall@conference.localhost",
                "<query xmlns='http://jabber.org/protocol/muc#owner'><x xmlns='jabber:x:data' type='submit'/></query>");
        client.take(message());
    }
}
