package org.igniterealtime.openfire.plugin.unifiedrouting.wire;

import static org.assertj.core.api.Assertions.assertThat;

import org.igniterealtime.openfire.testserver.OpenfireExtension;
import org.igniterealtime.openfire.testserver.ServerOptions;
import org.igniterealtime.openfire.testserver.TestDatabase;
import org.igniterealtime.smack.inttest.Configuration;
import org.igniterealtime.smack.inttest.SmackIntegrationTestFramework;
import org.igniterealtime.smack.inttest.SmackIntegrationTestFramework.TestRunResult;
import org.igniterealtime.smack.inttest.XmppConnectionDescriptor;
import org.igniterealtime.smack.inttest.XmppConnectionManager;
import org.jivesoftware.smack.tcp.XMPPTCPConnection;
import org.jivesoftware.smack.tcp.XMPPTCPConnectionConfiguration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What others expect of an archive: the tests of XEP-0313 that Smack is released with, run by Smack's own framework. */
class SmackMamTestsIT {
    private static final String LOOPBACK = "loopback";

    // With another default than `always` Smack 4.5.0-beta5 fails by itself: its MamPrefs takes jabber:client for MAM's
    // namespace as soon as preferences are to be changed.
    @RegisterExtension
    static final OpenfireExtension openfire = OpenfireExtension.on(TestDatabase.HSQLDB);

    @Test
    void allOfThemPass() throws Exception {
        XmppConnectionManager.addConnectionDescriptor(connectionToTheServer());
        TestRunResult result = new SmackIntegrationTestFramework(configuration()).run();

        assertThat(result.getFailedTests())
                .extracting(failed -> failed.concreteTest + ": " + failed.failureReason)
                .isEmpty();
        assertThat(result.getNotPossibleTests())
                .extracting(skipped -> skipped.concreteTest + ": " + skipped.testNotPossibleException.getMessage())
                .isEmpty();
        assertThat(result.getImpossibleTestClasses()).isEmpty();
        assertThat(result.getSuccessfulTests())
                .extracting(passed -> passed.concreteTest.getMethod().getName())
                .contains("mamTest", "mamPageTest");
    }

    /** A configuration has no port; a kind of connection may have one. */
    private static XmppConnectionDescriptor<?, ?, ?> connectionToTheServer() throws NoSuchMethodException {
        return XmppConnectionDescriptor.buildWith(
                        PromptlyClosed.class,
                        XMPPTCPConnectionConfiguration.class,
                        XMPPTCPConnectionConfiguration.Builder.class)
                .withNickname(LOOPBACK)
                .applyExtraConfiguration(connection -> connection
                        .setHost("127.0.0.1")
                        .setPort(openfire.server().xmppPort()))
                .build();
    }

    private static Configuration configuration() throws Exception {
        return Configuration.builder()
                .setService(openfire.server().domain())
                .setSecurityMode("disabled")
                .setDnsResolver(Configuration.DnsResolver.javax)
                .setDefaultConnection(LOOPBACK)
                .setUsernamesAndPassword(
                        "alice", ServerOptions.PASSWORD,
                        "bob", ServerOptions.PASSWORD,
                        "carol", ServerOptions.PASSWORD)
                .setReplyTimeout("10000")
                .addTestPackage("org.jivesoftware.smackx.mam")
                .build();
    }

    /** The server does not always send its closing stream tag, for which Smack waits as long as for a reply. */
    public static final class PromptlyClosed extends XMPPTCPConnection {
        public PromptlyClosed(XMPPTCPConnectionConfiguration configuration) {
            super(configuration);
        }

        @Override
        public void disconnect() {
            setReplyTimeout(200);
            super.disconnect();
        }
    }
}
