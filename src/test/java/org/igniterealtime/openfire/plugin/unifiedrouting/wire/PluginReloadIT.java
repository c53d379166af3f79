package org.igniterealtime.openfire.plugin.unifiedrouting.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.igniterealtime.openfire.plugin.unifiedrouting.wire.OfflineAccounts.chat;
import static org.igniterealtime.openfire.testclient.Stanzas.body;
import static org.igniterealtime.openfire.testclient.Stanzas.child;
import static org.igniterealtime.openfire.testclient.Stanzas.errorCondition;
import static org.igniterealtime.openfire.testclient.Stanzas.forwardedMessage;
import static org.igniterealtime.openfire.testclient.Stanzas.iq;
import static org.igniterealtime.openfire.testclient.Stanzas.isSubscriptionNotification;
import static org.igniterealtime.openfire.testclient.Stanzas.message;
import static org.igniterealtime.openfire.testclient.Stanzas.notifiedMid;
import static org.igniterealtime.openfire.testclient.Stanzas.plainMessage;
import static org.igniterealtime.openfire.testclient.Stanzas.stanzaId;
import static org.igniterealtime.openfire.testclient.Stanzas.withBody;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.dom4j.Element;
import org.igniterealtime.openfire.plugin.unifiedrouting.wire.OfflineAccounts.Kind;
import org.igniterealtime.openfire.testclient.MamQuery;
import org.igniterealtime.openfire.testclient.MamResult;
import org.igniterealtime.openfire.testclient.RawClient;
import org.igniterealtime.openfire.testserver.OpenfireExtension;
import org.igniterealtime.openfire.testserver.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The plugin leaves a server, and comes back. */
class PluginReloadIT {

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final String LEFT = "Unified Routing has left the server";
    private static final String READY = "Unified Routing ready";
    private static final String NO_PERMANENT_STORE = "<no-permanent-store xmlns='urn:xmpp:hints'/>";

    @RegisterExtension
    static final OpenfireExtension openfire = OfflineAccounts.in(OpenfireExtension.on(TestDatabase.HSQLDB));

    @Test
    void whatCarriesAnIdIsInTheArchiveAndNothingIsLost() throws Exception {
        RawClient alice = openfire.client("alice", "orchard").enableStreamManagement(false);
        RawClient bob = openfire.client("bob", "phone").presence();
        RawClient subscribed = openfire.client("alice", "subscribed");
        subscribed.iq("set", "<subscribe xmlns='urn:xmpp:mam:sub:0'/>");
        String prefix = prefixOf(subscribed);
        subscribed.send("<message to='carol@localhost' type='chat' id='before'><body>Hello</body></message>");
        List<String> notified = new ArrayList<>();
        assertThat(midOf(subscribed, "Hello", notified)).isEqualTo(prefix + ".before");
        AtomicBoolean enough = new AtomicBoolean();
        List<String> sent = new ArrayList<>();
        Thread load = new Thread(() -> {
            while (!enough.get()) {
                for (int i = 0; i < 5; i++) {
                    sent.add("message " + sent.size());
                    alice.send("<message to='bob@localhost' type='chat' id='" + sent.size() + "'><body>"
                            + sent.get(sent.size() - 1) + "</body></message>");
                }
                alice.awaitAcked();
            }
        });
        load.start();

        leave();
        comeBack();
        enough.set(true);
        load.join();
        bob.sync();

        List<Element> received = bob.take(plainMessage());
        assertThat(received).extracting(message -> body(message)).isEqualTo(sent);
        List<String> stamped = received.stream()
                .map(message -> stanzaId(message, "bob@localhost"))
                .filter(mid -> mid != null)
                .toList();
        assertThat(stamped).isNotEmpty().hasSizeLessThan(sent.size());
        assertThat(MamQuery.by(bob).all(250)).extracting(MamResult::id).containsExactlyElementsOf(stamped);

        assertThat(prefixOf(subscribed)).isEqualTo(prefix);
        subscribed.send("<message to='carol@localhost' type='chat' id='before'><body>Again</body></message>");
        assertThat(midOf(subscribed, "Again", notified)).doesNotStartWith(prefix);
        subscribed.send("<message to='carol@localhost' type='chat' id='after'><body>Bye</body></message>");
        assertThat(midOf(subscribed, "Bye", notified)).isEqualTo(prefix + ".after");
        assertThat(MamQuery.by(subscribed).all(250)).extracting(MamResult::id).containsExactlyElementsOf(notified);
    }

    /** The id under which the session is notified of a message; those of all notifications up to that are noted. */
    private static String midOf(RawClient subscribed, String body, List<String> notified) {
        while (true) {
            Element notification = subscribed.await(isSubscriptionNotification());
            notified.add(notifiedMid(notification));
            if (body.equals(body(forwardedMessage(notification)))) {
                return notified.get(notified.size() - 1);
            }
        }
    }

    private static String prefixOf(RawClient client) {
        return child(client.iq("get", "<prefix xmlns='urn:xmpp:mid:0'/>"), "prefix", "urn:xmpp:mid:0")
                .getText();
    }

    /** Openfire keeps for the account what nobody acknowledged, and what nobody was there for. */
    @ParameterizedTest
    @EnumSource(Kind.class)
    void whatIsUndeliveredGoesAndComesBackUnderItsIds(Kind kind) throws Exception {
        String bob = OfflineAccounts.fresh(openfire, kind, 0);
        RawClient alice = openfire.client("alice", "orchard").presence();
        send(alice, chat(bob + "@localhost", "waits"));
        send(alice, chat(bob + "@localhost", "waits once").replace("</message>", NO_PERMANENT_STORE + "</message>"));

        leave();
        send(alice, chat(bob + "@localhost", "while it is away"));
        comeBack();

        RawClient phone = openfire.client(bob, "phone");
        phone.send("<presence/>");
        List<Element> delivered = List.of(
                phone.await(withBody("waits")),
                phone.await(withBody("waits once")),
                phone.await(withBody("while it is away")));
        phone.assertNoMore(message());
        assertThat(MamQuery.by(phone).all(10).stream().map(result -> body(result.message())))
                .startsWith("waits")
                .doesNotContain("waits once")
                .doesNotHaveDuplicates();
        assertThat(stanzaId(delivered.get(0), bob + "@localhost"))
                .isEqualTo(MamQuery.by(phone).send().results().get(0).id());
        alice.assertNoMore(message());
    }

    /** It enters the archive past the writer. */
    @Test
    void subscriberIsToldOfWhatOpenfireKeptMeanwhile() throws Exception {
        String bob = OfflineAccounts.fresh(openfire, Kind.PLAIN, 6);
        RawClient alice = openfire.client(OfflineAccounts.fresh(openfire, Kind.PLAIN, 7), "window")
                .presence();
        RawClient subscribed = openfire.client(bob, "subscribed");
        subscribed.iq("set", "<subscribe xmlns='urn:xmpp:mam:sub:0'/>");
        send(alice, chat(bob + "@localhost", "before"));
        List<String> notified = new ArrayList<>();
        midOf(subscribed, "before", notified);

        leave();
        send(alice, chat(bob + "@localhost", "while it is away"));
        comeBack();

        midOf(subscribed, "while it is away", notified);
        send(alice, chat(bob + "@localhost", "afterwards"));
        midOf(subscribed, "afterwards", notified);
        subscribed.assertNoMore(isSubscriptionNotification());
        assertThat(MamQuery.by(subscribed).all(10)).extracting(MamResult::id).containsExactlyElementsOf(notified);
    }

    /** Its subscription waits for it, and for the plugin. */
    @Test
    void subscriptionOfADetachedSessionGoesOnWhereItEnded() throws Exception {
        String bob = OfflineAccounts.fresh(openfire, Kind.PLAIN, 8);
        RawClient alice = openfire.client(OfflineAccounts.fresh(openfire, Kind.PLAIN, 9), "window")
                .presence();
        RawClient lost = openfire.client(bob, "tunnel").enableStreamManagement(true);
        lost.iq("set", "<subscribe xmlns='urn:xmpp:mam:sub:0'/>");
        String prefix = prefixOf(lost);
        send(alice, chat(bob + "@localhost", "before"));
        List<String> notified = new ArrayList<>();
        midOf(lost, "before", notified);
        lost.drop();
        send(alice, chat(bob + "@localhost", "detached"));

        leave();
        comeBack();
        send(alice, chat(bob + "@localhost", "still detached"));

        RawClient resumed =
                RawClient.resume("127.0.0.1", openfire.server().xmppPort(), "localhost", bob, "secret", lost.state());
        try {
            midOf(resumed, "still detached", notified);
            send(alice, chat(bob + "@localhost", "resumed"));
            midOf(resumed, "resumed", notified);
            resumed.assertNoMore(isSubscriptionNotification());
            assertThat(MamQuery.by(resumed).all(10))
                    .extracting(MamResult::id)
                    .hasSize(4)
                    .containsExactlyElementsOf(notified);
            assertThat(prefixOf(resumed)).isEqualTo(prefix);
        } finally {
            resumed.close();
        }
    }

    /** It is told so, and not subscribed when the plugin is back. */
    @Test
    void catchUpUnderWayIsToldThatThePluginLeaves() throws Exception {
        int messages = 1_500;
        String bob = OfflineAccounts.fresh(openfire, Kind.MAM, 6);
        RawClient alice = openfire.client(OfflineAccounts.fresh(openfire, Kind.PLAIN, 10), "window")
                .enableStreamManagement(false);
        for (int i = 0; i < messages; i++) {
            alice.send(chat(bob + "@localhost", "message " + i));
        }
        alice.awaitAcked();
        RawClient slow = openfire.client(bob, "slow").enableStreamManagement(true);
        slow.holdAcks(true);
        slow.send("<iq type='set' id='under-way'><subscribe xmlns='urn:xmpp:mam:sub:0'>"
                + "<set xmlns='http://jabber.org/protocol/rsm'><after/></set></subscribe></iq>");
        List<String> notified = new ArrayList<>();
        midOf(slow, "message 900", notified);

        leave();
        assertThat(errorCondition(slow.await(iq("under-way")))).isEqualTo("internal-server-error");
        slow.holdAcks(false);
        slow.take(isSubscriptionNotification()).forEach(notification -> notified.add(notifiedMid(notification)));
        comeBack();
        send(alice, chat(bob + "@localhost", "nobody hears"));
        slow.assertNoMore(message());

        Element answer = slow.iq(
                "set",
                "<subscribe xmlns='urn:xmpp:mam:sub:0'><set xmlns='http://jabber.org/protocol/rsm'><after>"
                        + notified.get(notified.size() - 1) + "</after></set></subscribe>");
        assertThat(answer.attributeValue("type")).isEqualTo("result");
        slow.take(isSubscriptionNotification()).forEach(notification -> notified.add(notifiedMid(notification)));
        assertThat(notified).hasSize(messages + 1);
        assertThat(MamQuery.by(slow).all(250)).extracting(MamResult::id).containsExactlyElementsOf(notified);
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void whatASessionHasNotAcknowledgedWhenThePluginComesBackIsStillItsOwn(Kind kind) throws Exception {
        String bob = OfflineAccounts.fresh(openfire, kind, 1);
        RawClient alice = openfire.client("alice", "orchard").presence();
        RawClient lost = openfire.client(bob, "tunnel").enableStreamManagement(false);
        lost.holdAcks(true);
        lost.presence();
        send(alice, chat(bob + "@localhost", "unacknowledged"));
        String mid = stanzaId(lost.await(withBody("unacknowledged")), bob + "@localhost");

        leave();
        comeBack();
        lost.assertNoMore(message());
        lost.drop();

        RawClient phone = openfire.client(bob, "phone").presence();
        assertThat(stanzaId(phone.await(withBody("unacknowledged")), bob + "@localhost"))
                .isEqualTo(mid);
        phone.assertNoMore(message());
        assertThat(MamQuery.by(phone).all(10)).extracting(MamResult::id).containsExactly(mid);
        openfire.client(bob, "desk").presence().assertNoMore(message());
        alice.assertNoMore(message());
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void sessionThatEndsWhileThePluginIsAwayLosesNothing(Kind kind) throws Exception {
        String bob = OfflineAccounts.fresh(openfire, kind, 2);
        RawClient alice = openfire.client("alice", "orchard").presence();
        RawClient lost = openfire.client(bob, "tunnel").enableStreamManagement(false);
        lost.holdAcks(true);
        lost.presence();
        send(alice, chat(bob + "@localhost", "unacknowledged"));
        String mid = stanzaId(lost.await(withBody("unacknowledged")), bob + "@localhost");

        leave();
        lost.drop();
        comeBack();

        RawClient phone = openfire.client(bob, "phone").presence();
        assertThat(stanzaId(phone.await(withBody("unacknowledged")), bob + "@localhost"))
                .isEqualTo(mid);
        phone.assertNoMore(message());
        assertThat(MamQuery.by(phone).all(10)).extracting(MamResult::id).containsExactly(mid);
        openfire.client(bob, "desk").presence().assertNoMore(message());
        alice.assertNoMore(message());
    }

    @Test
    void routingNgSessionIsOneWhenThePluginIsBack() throws Exception {
        RawClient sender = openfire.client(OfflineAccounts.fresh(openfire, Kind.PLAIN, 5), "street")
                .presence();
        RawClient phone = openfire.client("carol", "phone");
        phone.iq("set", "<enable xmlns='urn:xmpp:im-ng:0'/>");
        RawClient desk = openfire.client("carol", "desk").presence();

        leave();
        // Nobody is there to refuse it.
        phone.iq("set", "<enable xmlns='urn:xmpp:carbons:2'/>");
        comeBack();
        send(sender, chat(desk.jid(), "to desk"));

        desk.await(withBody("to desk"));
        phone.await(plainMessage().and(withBody("to desk")));
        phone.assertNoMore(message());
    }

    private static void send(RawClient client, String stanza) {
        client.send(stanza);
        client.sync();
    }

    private static Path jar() {
        return openfire.server().home().resolve("plugins/unifiedrouting.jar");
    }

    private static Path aside() {
        return openfire.server().home().resolve("unifiedrouting.jar.aside");
    }

    private static void leave() throws IOException {
        int before = logged(LEFT);
        Files.move(jar(), aside());
        openfire.server().lookForPlugins();
        await().atMost(PATIENCE).until(() -> logged(LEFT) > before);
    }

    private static void comeBack() throws IOException {
        int before = logged(READY);
        Files.move(aside(), jar());
        openfire.server().lookForPlugins();
        await().atMost(PATIENCE).until(() -> logged(READY) > before);
    }

    private static int logged(String text) throws IOException {
        return Files.readString(openfire.server().logFile()).split(text, -1).length - 1;
    }
}
