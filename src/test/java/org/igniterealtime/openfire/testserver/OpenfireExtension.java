package org.igniterealtime.openfire.testserver;

import java.util.function.UnaryOperator;
import org.igniterealtime.openfire.testclient.RawClient;
import org.jivesoftware.smack.tcp.XMPPTCPConnection;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestWatcher;

/**
 * One server for a test class, with clients that are closed after each test:
 *
 * <pre>{@code
 * @RegisterExtension
 * static final OpenfireExtension openfire =
 *         OpenfireExtension.on(TestDatabase.HSQLDB).with("xmpp.auth.anonymous", "true");
 * }</pre>
 *
 * <p>A test that leaves the server dead does not spoil the next one: it is started again. What the server logged during a
 * failed test goes to {@code target/server-logs/<class>.<method>.log}, and the end of it to the test's output. The home is
 * deleted when all tests of the class have passed.
 */
public final class OpenfireExtension
        implements BeforeAllCallback,
                BeforeEachCallback,
                AfterEachCallback,
                AfterAllCallback,
                TestWatcher,
                ParameterResolver {

    private final ServerOptions options;
    private OpenfireServer server;
    private TestClients clients;
    private String owner;
    private long logMark;
    private boolean failed;

    private OpenfireExtension(ServerOptions options) {
        this.options = options;
    }

    /** A server with default options on that database. */
    public static OpenfireExtension on(TestDatabase database) {
        return new OpenfireExtension(ServerOptions.defaults().withDatabase(database));
    }

    /** The same with one more Openfire property. */
    public OpenfireExtension with(String property, String value) {
        return with(o -> o.withProperty(property, value));
    }

    /** The same with other options. */
    public OpenfireExtension with(UnaryOperator<ServerOptions> change) {
        return new OpenfireExtension(change.apply(options));
    }

    /** The running server. */
    public OpenfireServer server() {
        return server;
    }

    /**
     * A raw client, logged in with the account's password, no presence sent; closed after the test.
     *
     * @param resource gets a number if it was bound before, see {@link RawClient#jid}
     */
    public RawClient client(String user, String resource) {
        return clients.raw(user, resource);
    }

    /** As {@link #client}, for a resource that was bound before and whose session has ended or is about to. */
    public RawClient clientAgain(String user, String resource) {
        return clients.rawAgain(user, resource);
    }

    /** A raw client, logged in as nobody; closed after the test. Needs the property {@code xmpp.auth.anonymous}. */
    public RawClient anonymousClient() {
        return clients.anonymous();
    }

    /** A Smack connection, logged in and available; closed after the test. */
    public XMPPTCPConnection smack(String user, String resource) {
        return clients.smack(user, resource);
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        if (server == null) { // nested classes share it
            owner = context.getUniqueId();
            server = OpenfireServer.start(options);
            clients = new TestClients(server);
        }
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        logMark = server.log().end();
        if (!server.isAlive()) {
            server.startAgain();
        }
    }

    @Override
    public void afterEach(ExtensionContext context) {
        clients.close();
    }

    @Override
    public void testFailed(ExtensionContext context, Throwable cause) {
        failed = true;
        FailureLog.write(context, server.log().since(logMark));
    }

    @Override
    public void afterAll(ExtensionContext context) {
        if (server == null || !context.getUniqueId().equals(owner)) {
            return;
        }
        try {
            server.close();
        } finally {
            if (!failed) {
                server.deleteHome();
            }
            server = null;
        }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == OpenfireServer.class;
    }

    @Override
    public OpenfireServer resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return server;
    }
}
