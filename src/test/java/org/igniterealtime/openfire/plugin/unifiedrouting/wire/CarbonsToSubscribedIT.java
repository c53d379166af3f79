package org.igniterealtime.openfire.plugin.unifiedrouting.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.igniterealtime.openfire.plugin.unifiedrouting.wire.OfflineAccounts.chat;
import static org.igniterealtime.openfire.plugin.unifiedrouting.wire.SubscriptionScenarios.SUBSCRIBE;
import static org.igniterealtime.openfire.plugin.unifiedrouting.wire.SubscriptionScenarios.assertResult;
import static org.igniterealtime.openfire.testclient.Stanzas.body;
import static org.igniterealtime.openfire.testclient.Stanzas.forwardedMessage;
import static org.igniterealtime.openfire.testclient.Stanzas.forwarding;
import static org.igniterealtime.openfire.testclient.Stanzas.isCarbon;
import static org.igniterealtime.openfire.testclient.Stanzas.isSubscriptionNotification;
import static org.igniterealtime.openfire.testclient.Stanzas.message;
import static org.igniterealtime.openfire.testclient.Stanzas.plainMessage;
import static org.igniterealtime.openfire.testclient.Stanzas.withBody;

import java.util.List;
import org.igniterealtime.openfire.testclient.RawClient;
import org.igniterealtime.openfire.testserver.OpenfireExtension;
import org.igniterealtime.openfire.testserver.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@code carbons.to-subscribed=false}: whoever is notified of everything gets no copies beside. */
class CarbonsToSubscribedIT {

    private static final String CARBONS = "<enable xmlns='urn:xmpp:carbons:2'/>";

    @RegisterExtension
    static final OpenfireExtension openfire =
            OpenfireExtension.on(TestDatabase.HSQLDB).with("plugin.unifiedrouting.carbons.to-subscribed", "false");

    @Test
    void subscribedSessionGetsNoCarbons() {
        RawClient subscribed = openfire.client("bob", "subscribed").presence(0);
        assertResult(subscribed.iq("set", CARBONS));
        assertResult(subscribed.iq("set", SUBSCRIBE));
        RawClient copied = openfire.client("bob", "copied").presence(0);
        assertResult(copied.iq("set", CARBONS));
        RawClient desk = openfire.client("bob", "desk").presence(5);
        RawClient alice = openfire.client("alice", "orchard").presence();

        alice.send(chat("bob@localhost", "to all"), chat(desk.jid(), "to desk"));
        alice.sync();
        desk.send(chat("alice@localhost", "answer"));
        desk.sync();

        for (String text : List.of("to all", "to desk", "answer")) {
            subscribed.await(isSubscriptionNotification().and(forwarding(withBody(text))));
        }
        subscribed.assertNoMore(message());
        assertThat(body(copied.await(plainMessage()))).isEqualTo("to all");
        assertThat(copied.takeAfterSync(isCarbon()))
                .extracting(carbon -> body(forwardedMessage(carbon)))
                .containsExactly("to desk", "answer");
        copied.assertNoMore(message());
        // What is addressed to it is no copy.
        alice.send(chat(subscribed.jid(), "to this one"));
        subscribed.await(plainMessage().and(withBody("to this one")));
    }
}
