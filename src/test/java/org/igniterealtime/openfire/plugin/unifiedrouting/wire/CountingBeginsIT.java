package org.igniterealtime.openfire.plugin.unifiedrouting.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.igniterealtime.openfire.plugin.unifiedrouting.wire.OfflineAccounts.chat;
import static org.igniterealtime.openfire.testclient.Stanzas.message;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.dom4j.Element;
import org.igniterealtime.openfire.testclient.RawClient;
import org.igniterealtime.openfire.testserver.OpenfireExtension;
import org.igniterealtime.openfire.testserver.ServerOptions;
import org.igniterealtime.openfire.testserver.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A client enables XEP-0198 while messages are being written to it. Both sides have to count the same: else what it has
 * received comes again, or does not come at all, when it resumes.
 */
class CountingBeginsIT {

    private static final int SESSIONS = 120;

    /** To one session: a server that has just started takes its time. */
    private static final int MOST = 300;

    private static final long PAUSE_NANOS = 50_000;

    @RegisterExtension
    static final OpenfireExtension openfire = OpenfireExtension.on(TestDatabase.HSQLDB);

    @Test
    void bothSidesCountTheSame() throws Exception {
        RawClient alice = openfire.client("alice", "orchard").presence();
        ExecutorService others = Executors.newSingleThreadExecutor();
        try {
            for (int i = 0; i < SESSIONS; i++) {
                RawClient bob = openfire.client("bob", "phone" + i);
                AtomicBoolean enough = new AtomicBoolean();
                String text = i + "-";
                Future<Integer> sending = others.submit(() -> send(alice, bob.jid(), text, enough));
                List<Element> received = new ArrayList<>(List.of(bob.await(message())));
                bob.enableStreamManagement(true);
                enough.set(true);
                int sent = sending.get();
                bob.sync();
                received.addAll(bob.take(message()));
                bob.drop();
                RawClient again = RawClient.resume(
                        "127.0.0.1",
                        openfire.server().xmppPort(),
                        openfire.server().domain(),
                        "bob",
                        ServerOptions.PASSWORD,
                        bob.state());
                received.addAll(again.takeAfterSync(message()));
                assertThat(received.stream().map(one -> one.elementText("body")))
                        .as("session " + i)
                        .doesNotHaveDuplicates()
                        .hasSize(sent);
                again.close();
            }
        } finally {
            others.shutdownNow();
        }
    }

    private static int send(RawClient client, String to, String text, AtomicBoolean enough) {
        int sent = 0;
        while (!enough.get() && sent < MOST) {
            client.send(chat(to, text + sent++));
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        client.sync();
        return sent;
    }
}
