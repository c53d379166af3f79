package org.igniterealtime.openfire.plugin.unifiedrouting.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.igniterealtime.openfire.plugin.unifiedrouting.wire.SubscriptionScenarios.SUBSCRIBE;
import static org.igniterealtime.openfire.plugin.unifiedrouting.wire.SubscriptionScenarios.assertResult;
import static org.igniterealtime.openfire.testclient.Stanzas.body;
import static org.igniterealtime.openfire.testclient.Stanzas.child;
import static org.igniterealtime.openfire.testclient.Stanzas.message;
import static org.igniterealtime.openfire.testclient.Stanzas.stanzaId;
import static org.igniterealtime.openfire.testclient.Stanzas.withBody;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.dom4j.Element;
import org.igniterealtime.openfire.testclient.MamPage;
import org.igniterealtime.openfire.testclient.MamQuery;
import org.igniterealtime.openfire.testclient.RawClient;
import org.igniterealtime.openfire.testclient.Received;
import org.igniterealtime.openfire.testserver.OpenfireExtension;
import org.igniterealtime.openfire.testserver.TestDatabase;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What users see after a weekend: a client that reads its archive is the only one of its account, twenty messages were sent
 * while it was away, and it logs in. Each message comes once, whatever the client asks first.
 */
class LoginWithoutDuplicatesIT {

    private static final int MESSAGES = 20;
    private static final List<String> TEXTS =
            IntStream.rangeClosed(1, MESSAGES).mapToObj(i -> "message " + i).toList();

    @RegisterExtension
    static final OpenfireExtension openfire = OpenfireExtension.on(TestDatabase.HSQLDB)
            .with(options -> {
                for (String scenario : List.of("query", "subscribe", "presence", "twice", "live")) {
                    for (Account account : Account.values()) {
                        options = options.withAccount(account.called(scenario), "secret");
                    }
                }
                return options;
            });

    /** Whether the server has seen this client before. */
    enum Account {
        /** No session has ever asked for the archive. */
        NEW,
        /** Queried before the weekend. */
        KNOWN_BY_QUERY,
        /** Subscribed before the weekend. */
        KNOWN_BY_SUBSCRIPTION;

        String called(String scenario) {
            return scenario + ordinal();
        }
    }

    @ParameterizedTest
    @EnumSource
    void queryBeforePresence(Account kind) {
        RawClient client = awayWithTwentyMessages(kind, "query");

        MamPage page = MamQuery.by(client).max(2 * MESSAGES).send();
        client.presence();

        assertThat(page.bodies()).isEqualTo(TEXTS);
        client.assertNoMore(message());
        nothingIsLeftForALaterSession(kind, "query", client);
    }

    @ParameterizedTest
    @EnumSource
    void subscriptionBeforePresence(Account kind) {
        RawClient client = awayWithTwentyMessages(kind, "subscribe");

        assertResult(client.iq("set", SUBSCRIBE));
        client.presence();
        client.assertNoMore(message());

        assertThat(MamQuery.by(client).max(2 * MESSAGES).send().bodies()).isEqualTo(TEXTS);
        client.assertNoMore(message());
        nothingIsLeftForALaterSession(kind, "subscribe", client);
    }

    @ParameterizedTest
    @EnumSource
    void presenceBeforeQuery(Account kind) {
        RawClient client = awayWithTwentyMessages(kind, "presence");

        List<Element> flood = allAfterTheLastOne(client.presence());

        assertThat(flood).extracting(stanza -> body(stanza)).isEqualTo(TEXTS);
        assertThat(flood)
                .allSatisfy(stanza -> assertThat(
                                child(stanza, "delay", "urn:xmpp:delay").attributeValue("from"))
                        .isEqualTo("localhost"));
        List<String> mids =
                flood.stream().map(stanza -> stanzaId(stanza, client.bareJid())).toList();
        assertThat(mids).doesNotContainNull().doesNotHaveDuplicates();
        MamPage after = MamQuery.by(client).after(mids.get(MESSAGES - 1)).send();
        assertThat(after.results()).isEmpty();
        assertThat(after.complete()).isTrue();
        // A client that asks for everything recognises what it has.
        assertThat(MamQuery.by(client).max(2 * MESSAGES).send().ids()).isEqualTo(mids);
        nothingIsLeftForALaterSession(kind, "presence", client);
    }

    /** Presence twice, as clients do that set their status text after logging in. */
    @ParameterizedTest
    @EnumSource
    void secondPresenceFloodsNothing(Account kind) {
        RawClient client = awayWithTwentyMessages(kind, "twice");

        List<Element> flood =
                allAfterTheLastOne(client.presence().unavailable().presence(3).presence(5));

        assertThat(flood).extracting(stanza -> body(stanza)).isEqualTo(TEXTS);
    }

    /** A live message comes once too: raw, and not once more with the page that holds it. */
    @ParameterizedTest
    @EnumSource
    void liveMessageAfterTheQueryIsTheOnlyOneAfterItsPage(Account kind) {
        RawClient client = awayWithTwentyMessages(kind, "live");
        MamPage page = MamQuery.by(client).max(2 * MESSAGES).send();
        client.presence();
        RawClient sender = openfire.client("alice", "monday");

        sender.send("<message to='" + client.bareJid() + "' type='chat'><body>live</body></message>");

        String mid = stanzaId(client.await(withBody("live")), client.bareJid());
        assertThat(MamQuery.by(client).after(page.last()).send().ids()).containsExactly(mid);
        client.assertNoMore(message());
    }

    /** All messages that the client has received when the last one of the twenty has come, and what came with it. */
    private static List<Element> allAfterTheLastOne(RawClient client) {
        client.await(withBody(TEXTS.get(MESSAGES - 1)));
        client.sync();
        return client.received().stream()
                .map(Received::element)
                .filter(message())
                .toList();
    }

    /** Returns the client, logged in again, and having asked for nothing yet. */
    private RawClient awayWithTwentyMessages(Account kind, String scenario) {
        String account = kind.called(scenario);
        switch (kind) {
            case NEW -> {
                // never seen
            }
            case KNOWN_BY_QUERY -> {
                RawClient friday = openfire.client(account, "friday");
                MamQuery.by(friday).send();
                end(friday.presence());
            }
            case KNOWN_BY_SUBSCRIPTION -> {
                RawClient friday = openfire.client(account, "friday");
                assertResult(friday.iq("set", SUBSCRIBE));
                end(friday.presence());
            }
        }
        RawClient sender = openfire.client("alice", "weekend").enableStreamManagement(false);
        sender.send(TEXTS.stream()
                .map(text -> "<message to='" + account + "@localhost' type='chat' id='" + text.replace(' ', '-')
                        + "'><body>" + text + "</body></message>")
                .toArray(String[]::new));
        sender.awaitAcked();
        return openfire.client(account, "monday");
    }

    /** The server is done with the session when it tells the account's other one that it is gone. */
    private static void end(RawClient client) {
        RawClient witness =
                openfire.client(client.bareJid().split("@")[0], "witness").presence(-1);
        client.close();
        witness.await(stanza -> stanza.getName().equals("presence")
                && "unavailable".equals(stanza.attributeValue("type"))
                && client.jid().equals(stanza.attributeValue("from")));
        witness.close();
    }

    private static void nothingIsLeftForALaterSession(Account kind, String scenario, RawClient client) {
        end(client);
        RawClient later = openfire.client(kind.called(scenario), "tuesday").presence();
        assertThat(Stream.concat(later.takeAfterSync(message()).stream(), later.takeAfterSync(message()).stream()))
                .isEmpty();
    }
}
