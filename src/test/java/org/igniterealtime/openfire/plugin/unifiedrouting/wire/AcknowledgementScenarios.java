package org.igniterealtime.openfire.plugin.unifiedrouting.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.igniterealtime.openfire.testclient.Stanzas.named;
import static org.igniterealtime.openfire.testclient.Stanzas.stanzaId;
import static org.igniterealtime.openfire.testclient.Stanzas.withBody;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.dom4j.Element;
import org.igniterealtime.openfire.testclient.MamQuery;
import org.igniterealtime.openfire.testclient.MamResult;
import org.igniterealtime.openfire.testclient.RawClient;
import org.igniterealtime.openfire.testclient.Received;
import org.igniterealtime.openfire.testserver.HeldCommits;
import org.igniterealtime.openfire.testserver.OpenfireExtension;
import org.junit.jupiter.api.Test;

/**
 * A message does not wait for its commit; what tells its sender that the server has it (XEP-0198) does, and so does whoever
 * reads the archive.
 */
abstract class AcknowledgementScenarios {

    private static final String SM = "urn:xmpp:sm:3";
    private static final Predicate<Element> ACKNOWLEDGEMENT = named("a", SM);

    abstract OpenfireExtension openfire();

    @Test
    void acknowledgementWaitsForTheCommitAndTheMessageDoesNot() {
        RawClient alice = openfire().client("alice", "orchard").enableStreamManagement(false);
        RawClient carol = openfire().client("carol", "street");
        RawClient bob = openfire().client("bob", "phone").presence();
        try (HeldCommits held = openfire().server().holdCommits()) {
            send(alice, "first");
            alice.send("<r xmlns='" + SM + "'/>");
            send(alice, "behind the request");
            alice.send("<r xmlns='" + SM + "'/>");
            assertThat(stanzaId(bob.await(withBody("first")), "bob@localhost")).isNotNull();
            bob.await(withBody("behind the request"));
            // Others go on.
            send(carol, "one");
            bob.await(withBody("one"));
            send(carol, "two");
            bob.await(withBody("two"));

            alice.sync();
            assertThat(acknowledged(alice)).isEmpty();
        }
        await().untilAsserted(() -> assertThat(acknowledged(alice)).hasSize(2));
        assertThat(acknowledged(alice)).containsExactly("1", "2");
    }

    private static List<String> acknowledged(RawClient client) {
        return client.nonzas().stream()
                .map(Received::element)
                .filter(ACKNOWLEDGEMENT)
                .map(answer -> answer.attributeValue("h"))
                .toList();
    }

    @Test
    void whoGotAMessageFindsItInTheArchive() throws Exception {
        RawClient alice = openfire().client("alice", "orchard");
        RawClient bob = openfire().client("bob", "phone").presence();
        RawClient reader = openfire().client("bob", "reader");
        CompletableFuture<String> newest;
        String mid;
        try (HeldCommits held = openfire().server().holdCommits()) {
            send(alice, "to be found");
            mid = stanzaId(bob.await(withBody("to be found")), "bob@localhost");
            newest = CompletableFuture.supplyAsync(() -> MamQuery.by(reader).max(1).before("").send().results().stream()
                    .map(MamResult::id)
                    .findFirst()
                    .orElse(null));
            // The query is on its way, and its answer must not come before the commit.
            RawClient carol = openfire().client("carol", "street");
            send(carol, "meanwhile");
            bob.await(withBody("meanwhile"));
            assertThat(newest).isNotDone();
        }
        assertThat(newest.get(10, TimeUnit.SECONDS)).isNotNull();
        await().untilAsserted(() -> assertThat(MamQuery.by(reader).all(50))
                .extracting(MamResult::id)
                .contains(mid));
    }

    private static void send(RawClient client, String text) {
        client.send("<message to='bob@localhost' type='chat'><body>" + text + "</body></message>");
    }
}
