package org.igniterealtime.openfire.plugin.unifiedrouting.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.igniterealtime.openfire.testclient.Stanzas.child;
import static org.igniterealtime.openfire.testclient.Stanzas.errorCondition;
import static org.igniterealtime.openfire.testclient.Stanzas.plainMessage;
import static org.igniterealtime.openfire.testclient.Stanzas.stanzaId;
import static org.igniterealtime.openfire.testclient.Stanzas.withBody;

import java.util.ArrayList;
import java.util.List;
import org.dom4j.Element;
import org.igniterealtime.openfire.testclient.MamQuery;
import org.igniterealtime.openfire.testclient.MamResult;
import org.igniterealtime.openfire.testclient.RawClient;
import org.igniterealtime.openfire.testserver.OpenfireExtension;
import org.junit.jupiter.api.Test;

/** PROTOCOL section 3: predicting the id of a sent message. */
abstract class MessageIdScenarios {

    private static final String GET_PREFIX = "<prefix xmlns='urn:xmpp:mid:0'/>";

    abstract OpenfireExtension openfire();

    static OpenfireExtension withAccounts(OpenfireExtension openfire) {
        // An error for one too many would be in the archive of its author as well.
        return openfire.with("plugin.unifiedrouting.offline.pair-limit", "0")
                .with(options -> options.withAccount("prophet", "secret")
                        .withAccount("forger", "secret")
                        .withAccount("noter", "secret")
                        .withAccount("resumer", "secret"));
    }

    private static String prefixOf(RawClient client) {
        return child(client.iq("get", GET_PREFIX), "prefix", "urn:xmpp:mid:0").getText();
    }

    private static List<String> archive(RawClient client) {
        return MamQuery.by(client).all(250).stream().map(MamResult::id).toList();
    }

    @Test
    void aThousandPredictedIdsAreFound() {
        RawClient sender = openfire().client("prophet", "phone").enableStreamManagement(false);
        String prefix = prefixOf(sender);
        assertThat(prefix).hasSizeGreaterThanOrEqualTo(22).matches("[\\x21-\\x7e]+");
        assertThat(prefixOf(sender)).isEqualTo(prefix);
        List<String> predicted = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            sender.send("<message to='bob@localhost' type='chat' id='p" + i + "'><body>" + i + "</body></message>");
            predicted.add(prefix + ".p" + i);
            if (i % 100 == 99) {
                sender.awaitAcked();
            }
        }
        assertThat(archive(sender)).isEqualTo(predicted);
        RawClient other = openfire().client("prophet", "desk");
        assertThat(prefixOf(other)).isNotEqualTo(prefix);
        assertThat(MamQuery.by(other)
                        .ids(predicted.get(17), predicted.get(999))
                        .send()
                        .results())
                .hasSize(2);
    }

    @Test
    void theRecipientSeesNothingOfIt() {
        RawClient sender = openfire().client("alice", "orchard");
        RawClient bob = openfire().client("bob", "phone").presence();
        String prefix = prefixOf(sender);
        sender.send("<message to='bob@localhost' type='chat' id='secret-1'><body>hello</body></message>");
        Element routed = bob.await(plainMessage().and(withBody("hello")));
        assertThat(routed.asXML()).doesNotContain(prefix);
        assertThat(stanzaId(routed, "bob@localhost")).isNotNull().doesNotContain("secret-1");
    }

    @Test
    void hostileAndUsedIdsGetRandomOnes() {
        RawClient sender = openfire().client("forger", "phone").enableStreamManagement(false);
        String prefix = prefixOf(sender);
        List<String> ids = List.of(
                "ok", "ok", "x".repeat(64), "x".repeat(65), "a b", "tab&#9;bed", "&#252;mlaut", "&#128512;", "", "..");
        for (String id : ids) {
            sender.send("<message to='bob@localhost' type='chat' id='" + id + "'><body>x</body></message>");
        }
        sender.send("<message to='bob@localhost' type='chat'><body>none</body></message>");
        sender.send("<message to='bob@localhost' type='chat' id='unkept'><composing"
                + " xmlns='http://jabber.org/protocol/chatstates'/></message>");
        sender.send("<message to='bob@localhost' type='chat' id='unkept'><body>kept</body></message>");
        sender.awaitAcked();
        List<String> archived = archive(sender);
        assertThat(archived).hasSize(ids.size() + 2).doesNotHaveDuplicates();
        assertThat(archived)
                .filteredOn(mid -> mid.startsWith(prefix))
                .containsExactly(prefix + ".ok", prefix + "." + "x".repeat(64), prefix + "...", prefix + ".unkept");
    }

    @Test
    void aMessageToOneselfHasThePredictedId() {
        RawClient sender = openfire().client("noter", "phone").presence();
        String prefix = prefixOf(sender);
        sender.send("<message to='noter@localhost' type='chat' id='n1'><body>note</body></message>");
        Element routed = sender.await(plainMessage().and(withBody("note")));
        assertThat(stanzaId(routed, "noter@localhost")).isEqualTo(prefix + ".n1");
        assertThat(archive(sender)).containsExactly(prefix + ".n1");
    }

    @Test
    void thePrefixSurvivesAResumption() {
        RawClient sender = openfire().client("resumer", "phone").enableStreamManagement(true);
        String prefix = prefixOf(sender);
        sender.send("<message to='bob@localhost' type='chat' id='1'><body>one</body></message>");
        sender.awaitAcked();
        sender.drop();
        RawClient resumed = RawClient.resume(
                "127.0.0.1", openfire().server().xmppPort(), "localhost", "resumer", "secret", sender.state());
        assertThat(prefixOf(resumed)).isEqualTo(prefix);
        resumed.send("<message to='bob@localhost' type='chat' id='2'><body>two</body></message>");
        resumed.awaitAcked();
        assertThat(archive(resumed)).containsExactly(prefix + ".1", prefix + ".2");
        resumed.close();
    }

    @Test
    void nobodyElseMayAsk() {
        RawClient alice = openfire().client("alice", "street");
        assertThat(errorCondition(alice.iq("get", "bob@localhost", GET_PREFIX))).isEqualTo("forbidden");
        assertThat(errorCondition(alice.iq("set", GET_PREFIX))).isEqualTo("bad-request");
        assertThat(errorCondition(alice.iq("get", "<suffix xmlns='urn:xmpp:mid:0'/>")))
                .isEqualTo("feature-not-implemented");
    }
}
