package org.igniterealtime.openfire.testserver;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.jivesoftware.smack.tcp.XMPPTCPConnection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the extension gives to a test class. */
class OpenfireExtensionIT {
    @RegisterExtension
    static final OpenfireExtension openfire = OpenfireExtension.on(TestDatabase.HSQLDB)
            .with("xmpp.auth.anonymous", "true")
            .with(options -> options.withPluginJar(Optional.empty()));

    @Test
    void smackLogsInWithTheGivenResource() {
        XMPPTCPConnection alice = openfire.smack("alice", "phone");
        assertThat(alice.getUser().toString()).isEqualTo("alice@localhost/phone");
    }

    @Test
    void rawClientsLogInWithAnAccountAndWithout() {
        assertThat(openfire.client("bob", "desk")).isNotNull();
        assertThat(openfire.anonymousClient()).isNotNull();
    }

    @Test
    void serverThatATestLeavesDeadIsThereForTheNext(OpenfireServer server) {
        server.kill();
        openfire.beforeEach(null);
        assertThat(openfire.client("carol", "web")).isNotNull();
    }
}
