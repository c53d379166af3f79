package org.igniterealtime.openfire.plugin.unifiedrouting.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.igniterealtime.openfire.plugin.unifiedrouting.wire.OfflineAccounts.chat;
import static org.igniterealtime.openfire.testclient.Stanzas.message;
import static org.igniterealtime.openfire.testclient.Stanzas.withBody;

import org.igniterealtime.openfire.testclient.RawClient;
import org.igniterealtime.openfire.testclient.SmState;
import org.igniterealtime.openfire.testserver.OpenfireExtension;
import org.igniterealtime.openfire.testserver.ServerOptions;
import org.igniterealtime.openfire.testserver.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Sessions that go on over another connection (XEP-0198 §5) while the server does not know yet that they have lost theirs. */
class ResumptionIT {

    @RegisterExtension
    static final OpenfireExtension openfire = OpenfireExtension.on(TestDatabase.HSQLDB);

    private static RawClient connect() {
        return RawClient.connect(
                "127.0.0.1", openfire.server().xmppPort(), openfire.server().domain());
    }

    private static RawClient resume(String account, SmState state) {
        RawClient client = connect().authenticate(account, ServerOptions.PASSWORD);
        assertThat(client.tryResume(state).getName()).isEqualTo("resumed");
        return client;
    }

    @Test
    void aSessionThatIsStillConnectedGoesOnAndCanGoOnAgain() {
        RawClient alice = openfire.client("alice", "orchard").presence();
        RawClient bob =
                openfire.client("bob", "phone").enableStreamManagement(true).presence();
        for (int i = 0; i < 10; i++) {
            RawClient next = resume("bob", bob.state());
            assertThat(next.isServed()).as("resumption " + i).isTrue();
            bob.awaitEnd();
            alice.send(chat(next.jid(), "message " + i));
            next.await(withBody("message " + i));
            next.assertNoMore(message());
            bob = next;
        }
        bob.drop();
        alice.send(chat(bob.jid(), "while away"));
        alice.sync();
        RawClient last = resume("bob", bob.state());
        last.await(withBody("while away"));
        last.assertNoMore(message());
        assertThat(last.isServed()).isTrue();
        last.close();
    }

    /** The server would stop counting, and nobody could resume the session. */
    @Test
    void whoAsksForStreamManagementOnceMoreKeepsIt() {
        RawClient alice = openfire.client("alice", "street").presence();
        RawClient bob =
                openfire.client("bob", "watch").enableStreamManagement(true).presence();
        alice.send(chat(bob.jid(), "first"));
        bob.await(withBody("first"));
        for (String element :
                new String[] {"<enable xmlns='urn:xmpp:sm:3'/>", "<resume xmlns='urn:xmpp:sm:3' previd='x' h='0'/>"}) {
            bob.send(element);
            assertThat(bob.awaitNonza(answer -> answer.getName().equals("failed"))
                            .element("unexpected-request"))
                    .isNotNull();
        }
        alice.send(chat(bob.jid(), "second"));
        bob.await(withBody("second"));
        assertThat(bob.requestAck()).isPositive();
        bob.drop();
        alice.send(chat(bob.jid(), "third"));
        alice.sync();
        RawClient again = resume("bob", bob.state());
        again.await(withBody("third"));
        again.assertNoMore(message());
        again.close();
    }

    /** Whoever has seen a stream begin knows its id. */
    @Test
    void nobodyElseTakesAConnectionAway() {
        RawClient bob = openfire.client("bob", "tablet").enableStreamManagement(true);
        SmState state = bob.state();
        RawClient stranger = connect();
        assertThat(stranger.tryResume(state).getName()).isEqualTo("failed");
        stranger.close();
        RawClient other = connect().authenticate("alice", ServerOptions.PASSWORD);
        assertThat(other.tryResume(state).getName()).isEqualTo("failed");
        other.close();

        assertThat(bob.isServed()).isTrue();
        assertThat(bob.hasEnded()).isFalse();
        resume("bob", bob.state()).close();
    }
}
