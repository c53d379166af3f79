package org.igniterealtime.openfire.plugin.unifiedrouting.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.igniterealtime.openfire.testclient.Stanzas.body;

import java.util.ArrayList;
import java.util.List;
import org.igniterealtime.openfire.testclient.MamQuery;
import org.igniterealtime.openfire.testclient.RawClient;
import org.igniterealtime.openfire.testserver.OpenfireExtension;
import org.junit.jupiter.api.Test;

/**
 * An acknowledgement (XEP-0198) means "archived": whatever happens to the server after it, the message is there when the
 * server is. The number of kills is set by {@code -Dcrash.rounds}.
 */
abstract class KilledServerScenarios {

    private static final int ROUNDS = Integer.getInteger("crash.rounds", 2);

    abstract OpenfireExtension openfire();

    @Test
    void acknowledgedMessageIsInBothArchivesAfterAKill() {
        List<String> acknowledged = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            String text = "round " + round;
            RawClient alice = openfire().client("alice", "orchard").enableStreamManagement(false);
            alice.send(
                    "<message to='bob@localhost' type='chat' id='r" + round + "'><body>" + text + "</body></message>");
            alice.awaitAcked();
            openfire().server().kill();
            acknowledged.add(text);
            alice.close();
            openfire().server().startAgain();
            assertThat(archiveOf("alice")).isEqualTo(acknowledged);
            assertThat(archiveOf("bob")).isEqualTo(acknowledged);
        }
    }

    private List<String> archiveOf(String account) {
        try (RawClient client = openfire().client(account, "archivist")) {
            return MamQuery.by(client).all(100).stream()
                    .map(result -> body(result.message()))
                    .toList();
        }
    }
}
