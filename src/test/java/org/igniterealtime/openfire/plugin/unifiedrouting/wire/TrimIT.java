package org.igniterealtime.openfire.plugin.unifiedrouting.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.igniterealtime.openfire.plugin.unifiedrouting.wire.SubscriptionScenarios.assertResult;
import static org.igniterealtime.openfire.testclient.Stanzas.body;
import static org.igniterealtime.openfire.testclient.Stanzas.child;
import static org.igniterealtime.openfire.testclient.Stanzas.errorCondition;
import static org.igniterealtime.openfire.testclient.Stanzas.iq;
import static org.igniterealtime.openfire.testclient.Stanzas.withBody;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.dom4j.Element;
import org.igniterealtime.openfire.testclient.MamQuery;
import org.igniterealtime.openfire.testclient.RawClient;
import org.igniterealtime.openfire.testserver.HeldCommits;
import org.igniterealtime.openfire.testserver.OpenfireExtension;
import org.igniterealtime.openfire.testserver.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** PROTOCOL section 5, trimming by the owner: while it takes its time. */
class TrimIT {

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final String TRIM = "<trim xmlns='urn:xmpp:mamtrim:0'/>";
    private static final String LEFT = "Unified Routing has left the server";
    private static final String READY = "Unified Routing ready";

    @RegisterExtension
    static final OpenfireExtension openfire = OpenfireExtension.on(TestDatabase.POSTGRESQL)
            .with("plugin.unifiedrouting.offline.pair-limit", "0")
            .with(options -> {
                for (String account : List.of("trimmer", "impatient", "leaving")) {
                    options = options.withAccount(account, "secret");
                }
                return options;
            });

    /** Whoever holds the account's lock keeps the trim waiting, and nobody else. */
    @Test
    void theStreamGoesOnAndWhatComesMeanwhileStays() {
        RawClient alice = openfire.client("alice", "home");
        RawClient trimmer = openfire.client("trimmer", "phone").presence();
        say(alice, "trimmer", "before");
        trimmer.await(withBody("before"));
        // A trim waits on the stream for what its owner was sent before, as all that reads an archive does.
        assertThat(archive(trimmer)).containsExactly("before");

        try (HeldCommits held = openfire.server().holdCommits()) {
            trimmer.send("<iq type='set' id='trim'>" + TRIM + "</iq>");
            trimmer.sync();
            assertThat(trimmer.take(iq("trim"))).isEmpty();
            alice.send("<message to='trimmer@localhost' type='chat'><body>meanwhile</body></message>");
            trimmer.await(withBody("meanwhile"));
            assertThat(trimmer.take(iq("trim"))).isEmpty();
        }

        assertResult(trimmer.await(iq("trim")));
        alice.sync();
        assertThat(archive(trimmer)).containsExactly("meanwhile");
    }

    @Test
    void aSecondOneAtTheSameTimeIsRefused() {
        RawClient impatient = openfire.client("impatient", "phone");
        RawClient another = openfire.client("impatient", "tablet");
        RawClient bob = openfire.client("bob", "phone");
        say(openfire.client("alice", "home"), "impatient", "before");
        assertThat(archive(another)).containsExactly("before");

        try (HeldCommits held = openfire.server().holdCommits()) {
            impatient.send("<iq type='set' id='trim'>" + TRIM + "</iq>");
            impatient.sync();
            Element refusal = another.iq("set", TRIM);
            assertThat(errorCondition(refusal)).isEqualTo("resource-constraint");
            assertThat(child(refusal, "error", "jabber:client").attributeValue("type"))
                    .isEqualTo("wait");
            bob.send("<iq type='set' id='bobs'>" + TRIM + "</iq>");
            bob.sync();
        }

        assertResult(impatient.await(iq("trim")));
        assertResult(bob.await(iq("bobs")));
        assertThat(archive(another)).isEmpty();
        assertResult(another.iq("set", TRIM));
    }

    /** What it has begun stays done; it says that it has not finished, and can be asked for again. */
    @Test
    void aPluginThatLeavesAnswers() throws IOException {
        RawClient alice = openfire.client("alice", "home");
        RawClient leaving = openfire.client("leaving", "phone");
        List<String> sent =
                IntStream.range(0, 1_600).mapToObj(i -> "message " + i).toList();
        sent.forEach(
                text -> alice.send("<message to='leaving@localhost' type='chat'><body>" + text + "</body></message>"));
        alice.sync();
        assertThat(MamQuery.by(leaving).max(0).send().count()).isEqualTo(sent.size());
        int left = logged(LEFT);
        int ready = logged(READY);

        try (HeldCommits held = openfire.server().holdCommits()) {
            leaving.send("<iq type='set' id='trim'>" + TRIM + "</iq>");
            leaving.sync();
            Files.move(jar(), aside());
            // Who unloads it waits for what it has begun.
            new Thread(openfire.server()::lookForPlugins).start();
            await().atMost(PATIENCE)
                    .until(() -> errorCondition(leaving.iq("get", "<trim xmlns='urn:xmpp:mamtrim:0'/>"))
                            .equals("service-unavailable"));
        }

        Element answer = leaving.await(iq("trim"), PATIENCE);
        await().atMost(PATIENCE).until(() -> logged(LEFT) > left);
        Files.move(aside(), jar());
        openfire.server().lookForPlugins();
        await().atMost(PATIENCE).until(() -> logged(READY) > ready);
        List<String> rest = archive(leaving);
        assertThat(rest).isEqualTo(sent.subList(sent.size() - rest.size(), sent.size()));
        assertThat(MamQuery.by(leaving).max(0).send().count()).isEqualTo(rest.size());
        if (rest.isEmpty()) {
            assertResult(answer);
        } else {
            assertThat(errorCondition(answer)).isEqualTo("internal-server-error");
        }
        assertResult(leaving.iq("set", TRIM));
        assertThat(archive(leaving)).isEmpty();
    }

    private static void say(RawClient sender, String to, String text) {
        sender.send("<message to='" + to + "@localhost' type='chat'><body>" + text + "</body></message>");
        sender.sync();
    }

    private static List<String> archive(RawClient owner) {
        return MamQuery.by(owner).all(250).stream()
                .map(result -> body(result.message()))
                .toList();
    }

    private static Path jar() {
        return openfire.server().home().resolve("plugins/unifiedrouting.jar");
    }

    private static Path aside() {
        return openfire.server().home().resolve("unifiedrouting.jar.aside");
    }

    private static int logged(String text) throws IOException {
        return Files.readString(openfire.server().logFile()).split(text, -1).length - 1;
    }
}
