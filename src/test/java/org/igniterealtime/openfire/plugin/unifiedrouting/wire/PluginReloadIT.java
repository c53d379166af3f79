package org.igniterealtime.openfire.plugin.unifiedrouting.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.igniterealtime.openfire.testclient.Stanzas.body;
import static org.igniterealtime.openfire.testclient.Stanzas.child;
import static org.igniterealtime.openfire.testclient.Stanzas.forwardedMessage;
import static org.igniterealtime.openfire.testclient.Stanzas.isSubscriptionNotification;
import static org.igniterealtime.openfire.testclient.Stanzas.notifiedMid;
import static org.igniterealtime.openfire.testclient.Stanzas.plainMessage;
import static org.igniterealtime.openfire.testclient.Stanzas.stanzaId;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.dom4j.Element;
import org.igniterealtime.openfire.testclient.MamQuery;
import org.igniterealtime.openfire.testclient.MamResult;
import org.igniterealtime.openfire.testclient.RawClient;
import org.igniterealtime.openfire.testserver.OpenfireExtension;
import org.igniterealtime.openfire.testserver.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The plugin leaves a server under load, and comes back. Openfire looks into its plugins directory every 20 seconds. */
class PluginReloadIT {

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @RegisterExtension
    static final OpenfireExtension openfire = OpenfireExtension.on(TestDatabase.HSQLDB);

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
        Path jar = openfire.server().home().resolve("plugins/unifiedrouting.jar");
        Path aside = openfire.server().home().resolve("unifiedrouting.jar.aside");
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

        Files.move(jar, aside);
        await().atMost(PATIENCE).until(() -> logged("Unified Routing has left the server") == 1);
        Files.move(aside, jar);
        await().atMost(PATIENCE).until(() -> logged("Unified Routing ready") == 2);
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

    private static int logged(String text) throws IOException {
        return Files.readString(openfire.server().logFile()).split(text, -1).length - 1;
    }
}
