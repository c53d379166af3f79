package org.igniterealtime.openfire.plugin.unifiedrouting.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.igniterealtime.openfire.testclient.Stanzas.body;
import static org.igniterealtime.openfire.testclient.Stanzas.child;
import static org.igniterealtime.openfire.testclient.Stanzas.forwardedMessage;
import static org.igniterealtime.openfire.testclient.Stanzas.forwarding;
import static org.igniterealtime.openfire.testclient.Stanzas.isSubscriptionNotification;
import static org.igniterealtime.openfire.testclient.Stanzas.message;
import static org.igniterealtime.openfire.testclient.Stanzas.notifiedMid;
import static org.igniterealtime.openfire.testclient.Stanzas.plainMessage;
import static org.igniterealtime.openfire.testclient.Stanzas.stanzaId;
import static org.igniterealtime.openfire.testclient.Stanzas.withBody;

import java.util.List;
import java.util.stream.IntStream;
import org.dom4j.Element;
import org.igniterealtime.openfire.testclient.MamQuery;
import org.igniterealtime.openfire.testclient.MamResult;
import org.igniterealtime.openfire.testclient.RawClient;
import org.igniterealtime.openfire.testserver.OpenfireExtension;
import org.junit.jupiter.api.Test;

/** Subscriptions to the archive, PROTOCOL section 2: the path of a message from its sender to subscribed sessions. */
abstract class SubscriptionScenarios {

    static final String SUBSCRIBE = "<subscribe xmlns='urn:xmpp:mam:sub:0'/>";
    static final String UNSUBSCRIBE = "<unsubscribe xmlns='urn:xmpp:mam:sub:0'/>";

    abstract OpenfireExtension openfire();

    /** Most tests have a recipient of their own, so that none meets another's messages. */
    static OpenfireExtension withAccounts(OpenfireExtension openfire) {
        return openfire.with(options -> {
            for (String account : List.of("oneself", "orderly", "undecided", "leaver", "resumer", "secretive")) {
                options = options.withAccount(account, "secret");
            }
            return options;
        });
    }

    @Test
    void everySubscribedSessionIsNotifiedOnceUnderTheMidOfTheArchive() {
        RawClient alice = openfire().client("alice", "orchard").presence();
        RawClient phone = openfire().client("bob", "phone").presence(5);
        RawClient desk = openfire().client("bob", "desk").presence(-1);
        RawClient carol = openfire().client("carol", "street").presence();
        assertResult(phone.iq("set", SUBSCRIBE));
        assertResult(desk.iq("set", SUBSCRIBE));
        assertResult(carol.iq("set", SUBSCRIBE));

        alice.send("<message to='bob@localhost' type='chat' id='m1'><body>What man art thou</body></message>");

        Element routed = phone.await(plainMessage().and(withBody("What man art thou")));
        String mid = stanzaId(routed, "bob@localhost");
        assertThat(mid).isNotNull();
        for (RawClient bob : List.of(phone, desk)) {
            Element notification = bob.await(isSubscriptionNotification());
            assertThat(notifiedMid(notification)).isEqualTo(mid);
            assertThat(notification.attributeValue("from")).isEqualTo("bob@localhost");
            assertThat(notification.attributeValue("to")).isEqualTo(bob.jid());
            assertThat(notification.attributeValue("type", "normal")).isEqualTo("normal");
            Element forwarded = forwardedMessage(notification);
            assertThat(body(forwarded)).isEqualTo("What man art thou");
            assertThat(forwarded.attributeValue("from")).isEqualTo(alice.jid());
            assertThat(forwarded.attributeValue("to")).isEqualTo("bob@localhost");
            assertThat(forwarded.attributeValue("id")).isEqualTo("m1");
            assertThat(stanzaId(forwarded, "bob@localhost")).isEqualTo(mid);
            assertThat(child(forwarded.getParent(), "delay", "urn:xmpp:delay").attributeValue("stamp"))
                    .isNotNull();
        }

        MamResult bobs = last(phone);
        assertThat(bobs.id()).isEqualTo(mid);
        assertThat(body(bobs.message())).isEqualTo("What man art thou");
        MamResult alices = last(alice);
        assertThat(body(alices.message())).isEqualTo("What man art thou");
        assertThat(alices.id()).isNotEqualTo(mid);
        assertThat(stanzaId(alices.message(), "alice@localhost")).isEqualTo(alices.id());
        assertThat(stanzaId(alices.message(), "bob@localhost")).isNull();

        for (RawClient other : List.of(alice, phone, desk, carol)) {
            other.assertNoMore(message());
        }
        assertThat(MamQuery.by(carol).with("alice@localhost").send().results()).isEmpty();
    }

    @Test
    void senderIsNotifiedOfWhatItSent() {
        RawClient alice = openfire().client("alice", "orchard");
        assertResult(alice.iq("set", SUBSCRIBE));

        alice.send("<message to='bob@localhost' type='chat' id='m2'><body>before presence</body></message>");

        Element notification = alice.await(isSubscriptionNotification());
        assertThat(body(forwardedMessage(notification))).isEqualTo("before presence");
        assertThat(last(alice).id()).isEqualTo(notifiedMid(notification));
        alice.assertNoMore(message());
    }

    @Test
    void messageToOneselfIsOneEntry() {
        RawClient alice = openfire().client("oneself", "orchard").presence();
        assertResult(alice.iq("set", SUBSCRIBE));

        alice.send("<message to='oneself@localhost' type='chat'><body>note to self</body></message>");

        Element notification = alice.await(isSubscriptionNotification());
        Element routed = alice.await(plainMessage().and(withBody("note to self")));
        assertThat(stanzaId(routed, "oneself@localhost")).isEqualTo(notifiedMid(notification));
        alice.assertNoMore(message());
        assertThat(MamQuery.by(alice).with("oneself@localhost").all(20))
                .filteredOn(result -> "note to self".equals(body(result.message())))
                .hasSize(1);
    }

    @Test
    void notificationsComeInTheOrderOfTheArchive() {
        RawClient alice = openfire().client("alice", "orchard");
        RawClient carol = openfire().client("carol", "street");
        RawClient bob = openfire().client("orderly", "phone");
        assertResult(bob.iq("set", SUBSCRIBE));

        IntStream.range(0, 100)
                .forEach(i -> (i % 2 == 0 ? alice : carol)
                        .send("<message to='orderly@localhost' type='chat'><body>order " + i + "</body></message>"));

        List<String> notified = IntStream.range(0, 100)
                .mapToObj(i -> notifiedMid(bob.await(isSubscriptionNotification())))
                .toList();
        List<String> archived = MamQuery.by(bob).all(30).stream()
                .filter(result -> String.valueOf(body(result.message())).startsWith("order "))
                .map(MamResult::id)
                .toList();
        assertThat(notified).isEqualTo(archived).doesNotHaveDuplicates();
    }

    @Test
    void subscribingAndUnsubscribingAreIdempotent() {
        RawClient alice = openfire().client("alice", "orchard");
        RawClient bob = openfire().client("undecided", "phone");
        assertResult(bob.iq("set", UNSUBSCRIBE));
        assertResult(bob.iq("set", SUBSCRIBE));
        assertResult(bob.iq("set", SUBSCRIBE));

        alice.send("<message to='undecided@localhost' type='chat'><body>once</body></message>");
        bob.await(isSubscriptionNotification().and(forwarding(withBody("once"))));
        bob.assertNoMore(message());

        assertResult(bob.iq("set", UNSUBSCRIBE));
        assertResult(bob.iq("set", UNSUBSCRIBE));
        alice.send("<message to='undecided@localhost' type='chat'><body>not any more</body></message>");
        awaitArchived(alice, "not any more");
        bob.assertNoMore(message());
    }

    @Test
    void subscriptionEndsWithItsSession() {
        RawClient alice = openfire().client("alice", "orchard");
        RawClient first = openfire().client("leaver", "phone");
        assertResult(first.iq("set", SUBSCRIBE));
        first.close();

        RawClient second = openfire().clientAgain("leaver", "phone");
        assertThat(second.jid()).isEqualTo(first.jid());
        alice.send("<message to='leaver@localhost/phone' type='chat'><body>anybody there</body></message>");

        awaitArchived(alice, "anybody there");
        second.assertNoMore(isSubscriptionNotification());
    }

    @Test
    void subscriptionSurvivesResumption() {
        RawClient alice = openfire().client("alice", "orchard");
        RawClient bob = openfire().client("resumer", "phone").enableStreamManagement(true);
        assertResult(bob.iq("set", SUBSCRIBE));
        bob.drop();
        alice.send("<message to='resumer@localhost' type='chat'><body>while away</body></message>");
        awaitArchived(alice, "while away");

        RawClient resumed = RawClient.resume(
                "127.0.0.1", openfire().server().xmppPort(), "localhost", "resumer", "secret", bob.state());
        alice.send("<message to='resumer@localhost' type='chat'><body>back again</body></message>");

        resumed.await(isSubscriptionNotification().and(forwarding(withBody("while away"))));
        resumed.await(isSubscriptionNotification().and(forwarding(withBody("back again"))));
        resumed.assertNoMore(isSubscriptionNotification());
        resumed.close();
    }

    @Test
    void whatIsNotToBeStoredIsNotNotified() {
        RawClient alice = openfire().client("alice", "orchard");
        RawClient bob = openfire().client("secretive", "phone").presence();
        assertResult(bob.iq("set", SUBSCRIBE));

        alice.send("<message to='secretive@localhost' type='chat'><body>off the record</body>"
                + "<no-store xmlns='urn:xmpp:hints'/></message>");

        Element routed = bob.await(plainMessage().and(withBody("off the record")));
        assertThat(stanzaId(routed, "secretive@localhost")).isNull();
        bob.assertNoMore(message());
        assertThat(MamQuery.by(bob).all(50)).noneMatch(result -> "off the record".equals(body(result.message())));
    }

    static void assertResult(Element answer) {
        assertThat(answer.attributeValue("type")).as(answer.asXML()).isEqualTo("result");
        assertThat(answer.elements()).isEmpty();
    }

    static MamResult last(RawClient client) {
        return MamQuery.by(client).before("").max(1).send().results().get(0);
    }

    /** What the sender's archive shows is committed, and the notifications for it are under way before the next one. */
    static void awaitArchived(RawClient sender, String text) {
        sender.sync();
        assertThat(body(last(sender).message())).isEqualTo(text);
    }
}
