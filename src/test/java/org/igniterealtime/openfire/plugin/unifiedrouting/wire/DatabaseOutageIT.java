package org.igniterealtime.openfire.plugin.unifiedrouting.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.igniterealtime.openfire.plugin.unifiedrouting.wire.OfflineAccounts.chat;
import static org.igniterealtime.openfire.plugin.unifiedrouting.wire.OfflineAccounts.fresh;
import static org.igniterealtime.openfire.plugin.unifiedrouting.wire.OfflineAccounts.next;
import static org.igniterealtime.openfire.plugin.unifiedrouting.wire.SubscriptionScenarios.SUBSCRIBE;
import static org.igniterealtime.openfire.plugin.unifiedrouting.wire.SubscriptionScenarios.assertResult;
import static org.igniterealtime.openfire.testclient.Stanzas.body;
import static org.igniterealtime.openfire.testclient.Stanzas.child;
import static org.igniterealtime.openfire.testclient.Stanzas.errorCondition;
import static org.igniterealtime.openfire.testclient.Stanzas.forwarding;
import static org.igniterealtime.openfire.testclient.Stanzas.iq;
import static org.igniterealtime.openfire.testclient.Stanzas.isSubscriptionNotification;
import static org.igniterealtime.openfire.testclient.Stanzas.message;
import static org.igniterealtime.openfire.testclient.Stanzas.ofType;
import static org.igniterealtime.openfire.testclient.Stanzas.stanzaId;
import static org.igniterealtime.openfire.testclient.Stanzas.withBody;

import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.dom4j.Element;
import org.igniterealtime.openfire.plugin.unifiedrouting.wire.OfflineAccounts.Kind;
import org.igniterealtime.openfire.testclient.MamQuery;
import org.igniterealtime.openfire.testclient.RawClient;
import org.igniterealtime.openfire.testserver.DatabaseOutage;
import org.igniterealtime.openfire.testserver.OpenfireExtension;
import org.igniterealtime.openfire.testserver.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** ROUTING-RULES section 5, last line: the database is down, and back again without anybody's help. */
class DatabaseOutageIT {

    /** More than a session may leave unacknowledged. */
    private static final int FILLING = 1_500;

    private static final Duration RECOVERY = Duration.ofSeconds(30);
    private static final String METADATA = "<metadata xmlns='urn:xmpp:mam:2'/>";
    private static final String PREFERENCES = "<prefs xmlns='urn:xmpp:mam:2'/>";
    private static final String TRIM = "<trim xmlns='urn:xmpp:mamtrim:0'/>";

    @RegisterExtension
    static final OpenfireExtension openfire = OfflineAccounts.in(OpenfireExtension.on(TestDatabase.POSTGRESQL));

    private static Element error(RawClient client, String id) {
        Element error = client.await(ofType("error"), RECOVERY);
        assertThat(error.attributeValue("id")).isEqualTo(id);
        assertThat(errorCondition(error)).isEqualTo("internal-server-error");
        assertThat(child(error, "error", "jabber:client").attributeValue("type"))
                .isEqualTo("wait");
        return error;
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void messageReachesWhoIsThereAndWhoIsNotIsSpokenFor(Kind kind) {
        String here = fresh(openfire, kind, 0);
        String away = fresh(openfire, kind, 1);
        RawClient phone = openfire.client(here, "phone").presence();
        RawClient alice = openfire.client("alice", "orchard").presence();
        // Openfire knows this account by heart; the other one it has to look for.
        alice.send(chat(away + "@localhost", "before"));
        alice.sync();

        try (DatabaseOutage outage = openfire.server().breakDatabase()) {
            alice.send(chat(here + "@localhost", "to somebody"));
            assertThat(stanzaId(phone.await(withBody("to somebody"), RECOVERY), here + "@localhost"))
                    .as("whatever is found by an id is in the archive")
                    .isNull();
            alice.send(chat(away + "@localhost", "to nobody"));
            Element error = error(alice, "to-nobody");
            assertThat(error.attributeValue("from")).isEqualTo(away + "@localhost");
            assertThat(body(error)).isEqualTo("to nobody");
            alice.send(chat(away + "@localhost", "not kept anyway")
                    .replace("</message>", "<no-store xmlns='urn:xmpp:hints'/></message>"));
            assertThat(errorCondition(alice.await(ofType("error")))).isEqualTo("service-unavailable");
            assertThat(errorCondition(phone.iq("set", "<query xmlns='urn:xmpp:mam:2'/>")))
                    .isEqualTo("internal-server-error");
            alice.assertNoMore(message());
        }

        awaitRecovery(alice, here, phone);
        alice.send(chat(away + "@localhost", "after"));
        alice.sync();
        RawClient back = openfire.client(away, "back");
        back.send("<presence/>");
        assertThat(next(back, 2)).containsExactly("before", "after");
        back.assertNoMore(message());
        alice.assertNoMore(message());
        assertThat(MamQuery.by(back).all(10)).hasSize(2);
    }

    /** A message that Openfire cannot tell whom it is for is not kept by anybody either. */
    @ParameterizedTest
    @EnumSource(Kind.class)
    void firstMessageOfAnOutageToAnAccountThatIsNotCachedIsAnsweredToo(Kind kind) {
        String away = fresh(openfire, kind, 2);
        RawClient alice = openfire.client("alice", "orchard")
                .enableStreamManagement(false)
                .presence();
        RawClient bob = openfire.client("bob", "phone").presence();
        String unknown = kind == Kind.PLAIN ? away : "nobody";
        // All that is known of alice is in memory; of the recipient nothing is.
        alice.send(chat("bob@localhost", "before"));
        bob.await(withBody("before"));

        try (DatabaseOutage outage = openfire.server().breakDatabase()) {
            alice.send(chat(unknown + "@localhost", "first"));
            error(alice, "first");
            alice.assertNoMore(message());
        }

        awaitRecovery(alice, "bob", bob);
        // Nobody can say now that this account is there; nor could before.
        alice.send(chat("nobody@localhost", "who"));
        alice.sync();
        alice.assertNoMore(message());
    }

    /** PROTOCOL section 2.1 and its first table. A subscription that is made waits. */
    @Test
    void catchUpsAreToldAndSubscriptionsGoOn() {
        String here = fresh(openfire, Kind.MAM, 5);
        RawClient alice = openfire.client("alice", "orchard").enableStreamManagement(false);
        for (int i = 1; i <= FILLING; i++) {
            alice.send(chat(here + "@localhost", Integer.toString(i)));
        }
        alice.awaitAcked();
        RawClient subscribed = openfire.client(here, "subscribed");
        assertResult(subscribed.iq("set", SUBSCRIBE));
        RawClient asking = openfire.client(here, "asking");
        String known = MamQuery.by(asking).max(1).send().results().get(0).id();
        String request = "<subscribe xmlns='urn:xmpp:mam:sub:0'><set xmlns='http://jabber.org/protocol/rsm'><after>"
                + known + "</after></set></subscribe>";
        RawClient slow = openfire.client(here, "slow").enableStreamManagement(false);
        slow.holdAcks(true);
        slow.send("<iq type='set' id='under-way'>" + request + "</iq>");
        slow.await(isSubscriptionNotification());

        try (DatabaseOutage outage = openfire.server().breakDatabase()) {
            assertUnavailable(asking.iq("set", request));
            assertUnavailable(asking.iq("set", SUBSCRIBE));
            assertUnavailable(asking.iq("set", request.replace(known, "no-such-id")));
            slow.holdAcks(false);
            assertUnavailable(slow.await(iq("under-way"), RECOVERY));
        }

        RawClient phone = openfire.client(here, "phone").presence();
        awaitRecovery(openfire.client("alice", "street").presence(), here, phone);
        asking.take(message());
        slow.take(message());
        alice.send(chat(here + "@localhost", "after"));
        subscribed.await(isSubscriptionNotification().and(forwarding(withBody("after"))), RECOVERY);
        for (RawClient failed : List.of(asking, slow)) {
            failed.assertNoMore(message());
        }
        assertThat(asking.iq("set", request).attributeValue("type")).isEqualTo("result");
        assertThat(asking.take(isSubscriptionNotification()).size()).isGreaterThanOrEqualTo(FILLING);
    }

    /** PROTOCOL, first table: never an empty result. */
    @Test
    void requestsAboutAnArchiveAreRefusedUntilTheDatabaseIsBack() {
        String owner = fresh(openfire, Kind.PLAIN, 3);
        RawClient alice = openfire.client("alice", "orchard").presence();
        RawClient phone = openfire.client(owner, "phone").presence();
        RawClient unasked = openfire.client(fresh(openfire, Kind.PLAIN, 4), "phone");
        alice.send(chat(owner + "@localhost", "before"));
        phone.await(withBody("before"));
        // Messages are routed before they are committed; whoever asks for his archive waits for that.
        assertThat(child(phone.iq("get", METADATA), "metadata", "urn:xmpp:mam:2")
                        .elements())
                .hasSize(2);
        String chosen = "<prefs xmlns='urn:xmpp:mam:2' default='roster'><always/><never/></prefs>";

        try (DatabaseOutage outage = openfire.server().breakDatabase()) {
            assertUnavailable(phone.iq("get", METADATA));
            // Those of the other one are known: he has just got a message.
            assertUnavailable(unasked.iq("get", PREFERENCES));
            for (String request : List.of(chosen, TRIM)) {
                assertUnavailable(phone.iq("set", request));
            }
        }

        awaitRecovery(alice, owner, phone);
        Element metadata = child(phone.iq("get", METADATA), "metadata", "urn:xmpp:mam:2");
        assertThat(metadata.elements())
                .extracting(Element::getName)
                .as("nothing was trimmed")
                .containsExactly("start", "end");
        assertThat(MamQuery.by(phone).all(50))
                .extracting(result -> body(result.message()))
                .startsWith("before");
        assertThat(defaultOf(phone)).as("nothing was chosen").isEqualTo("always");
        assertThat(defaultOf(unasked)).isEqualTo("always");
        assertThat(phone.iq("set", chosen).attributeValue("type")).isEqualTo("result");
        assertThat(defaultOf(phone)).isEqualTo("roster");
        assertThat(phone.iq("set", TRIM).attributeValue("type")).isEqualTo("result");
        assertThat(MamQuery.by(phone).all(50)).isEmpty();
    }

    private static String defaultOf(RawClient client) {
        return child(client.iq("get", PREFERENCES), "prefs", "urn:xmpp:mam:2").attributeValue("default");
    }

    private static void assertUnavailable(Element answer) {
        assertThat(errorCondition(answer)).as(answer.asXML()).isEqualTo("internal-server-error");
        assertThat(child(answer, "error", "jabber:client").attributeValue("type"))
                .isEqualTo("wait");
    }

    private static void awaitRecovery(RawClient alice, String account, RawClient phone) {
        Awaitility.await().atMost(RECOVERY).until(() -> {
            alice.send(chat(account + "@localhost", "probe"));
            return stanzaId(phone.await(withBody("probe"), RECOVERY), account + "@localhost") != null;
        });
        phone.take(message());
        alice.take(message());
    }
}
