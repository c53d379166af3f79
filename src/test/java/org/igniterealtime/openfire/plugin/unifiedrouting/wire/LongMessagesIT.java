package org.igniterealtime.openfire.plugin.unifiedrouting.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.igniterealtime.openfire.plugin.unifiedrouting.wire.SubscriptionScenarios.assertResult;
import static org.igniterealtime.openfire.testclient.Stanzas.body;
import static org.igniterealtime.openfire.testclient.Stanzas.forwardedMessage;
import static org.igniterealtime.openfire.testclient.Stanzas.iq;
import static org.igniterealtime.openfire.testclient.Stanzas.isSubscriptionNotification;
import static org.igniterealtime.openfire.testclient.Stanzas.plainMessage;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.igniterealtime.openfire.testclient.MamPage;
import org.igniterealtime.openfire.testclient.MamQuery;
import org.igniterealtime.openfire.testclient.MamResult;
import org.igniterealtime.openfire.testclient.RawClient;
import org.igniterealtime.openfire.testserver.OpenfireExtension;
import org.igniterealtime.openfire.testserver.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Archives of many megabytes in few messages: neither their pages nor their notifications may be as long as all of it. */
class LongMessagesIT {

    /** Openfire ends a connection that has 5,242,880 bytes to write; what is above 12 MB no socket's buffers hide. */
    /** How long they may take on a busy machine, which the client shares. */
    private static final Duration TWENTY_MEGABYTES = Duration.ofSeconds(30);

    private static final int MESSAGES = 50;

    private static final int LENGTH = 400_000;

    private static final String CATCH_UP = "<subscribe xmlns='urn:xmpp:mam:sub:0'>"
            + "<set xmlns='http://jabber.org/protocol/rsm'><after/></set></subscribe>";

    @RegisterExtension
    static final OpenfireExtension openfire = OpenfireExtension.on(TestDatabase.HSQLDB)
            .with("plugin.unifiedrouting.offline.pair-limit", "0")
            .with(options -> options.withAccount("longwinded", "secret")
                    .withAccount("reader", "secret")
                    .withAccount("collector", "secret"));

    private static void fill(String account, int messages) {
        RawClient alice = openfire.client("alice", "orchard");
        alice.enableStreamManagement(false);
        for (int i = 1; i <= messages; i++) {
            alice.send(message(account, i));
        }
        alice.awaitAcked();
    }

    private static String message(String account, int number) {
        return "<message to='" + account + "@localhost' type='chat'><body>" + number + '-' + "x".repeat(LENGTH)
                + "</body></message>";
    }

    private static List<String> numbers(int to) {
        return IntStream.rangeClosed(1, to).mapToObj(Integer::toString).toList();
    }

    private static String number(String body) {
        assertThat(body.length()).isGreaterThan(LENGTH);
        return body.substring(0, body.indexOf('-'));
    }

    /** XEP-0059 §2.1: the server may give fewer than are asked for. */
    @Test
    void aPageOfLongMessagesIsShortAndSaysThatMoreFollow() {
        fill("reader", 9);
        RawClient bob = openfire.client("reader", "phone");
        MamPage page = MamQuery.by(bob).max(250).send();
        assertThat(page.results()).hasSize(2);
        assertThat(page.complete()).isFalse();
        assertThat(page.count()).isEqualTo(9);
        List<MamResult> all = MamQuery.by(bob).all(250);
        assertThat(all.stream().map(result -> number(body(result.message())))).isEqualTo(numbers(9));
        MamPage last = MamQuery.by(bob).max(250).before("").flipPage().send();
        assertThat(last.results().stream().map(result -> number(body(result.message()))))
                .containsExactly("9", "8");
        assertThat(last.last()).isEqualTo(last.results().get(0).id());
    }

    /** XEP-0013: a page of what is undelivered is one long message alone. */
    @Test
    void whatIsUndeliveredIsFetchedWhole() {
        fill("collector", 5);
        RawClient bob = openfire.client("collector", "phone");
        assertResult(bob.iq("get", "<offline xmlns='http://jabber.org/protocol/offline'><fetch/></offline>"));
        assertThat(bob.take(plainMessage()).stream().map(message -> number(body(message))))
                .isEqualTo(numbers(5));
    }

    /** Without stream management: only what its socket takes says how far it is. */
    @Test
    void whoDoesNotReadStaysConnectedWhileCatchingUpAndSlowsNobodyDown() throws InterruptedException {
        fill("longwinded", MESSAGES);
        RawClient slow = openfire.client("longwinded", "slow");
        RawClient other = openfire.client("longwinded", "other");
        slow.stopReading(true);
        slow.send("<iq type='set' id='catch-up'>" + CATCH_UP + "</iq>");
        other.send("<iq type='set' id='of-the-other'>" + CATCH_UP + "</iq>");
        assertResult(other.await(iq("of-the-other"), TWENTY_MEGABYTES));
        assertThat(other.take(isSubscriptionNotification())).hasSize(MESSAGES);
        // As long as that took, and some more, nothing has happened to the slow one.
        TimeUnit.SECONDS.sleep(1);
        RawClient alice = openfire.client("alice", "street");
        alice.send(message("longwinded", MESSAGES + 1));
        assertThat(number(body(forwardedMessage(other.await(isSubscriptionNotification())))))
                .isEqualTo("51");

        slow.stopReading(false);
        List<String> told = new ArrayList<>();
        while (told.size() <= MESSAGES) {
            told.add(number(body(forwardedMessage(slow.await(isSubscriptionNotification())))));
        }
        assertThat(told).isEqualTo(numbers(MESSAGES + 1));
        assertResult(slow.await(iq("catch-up")));
    }
}
