package org.igniterealtime.openfire.testserver;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.awaitility.Awaitility;
import org.igniterealtime.openfire.testclient.RawClient;
import org.jivesoftware.smack.AbstractXMPPConnection;
import org.jivesoftware.smack.ConnectionConfiguration.SecurityMode;
import org.jivesoftware.smack.tcp.XMPPTCPConnection;
import org.jivesoftware.smack.tcp.XMPPTCPConnectionConfiguration;

/** The clients that one test opened, closed in reverse order at its end. */
final class TestClients implements AutoCloseable {
    private static final int SMACK_REPLY_MILLIS = 3_000;

    // The server does not always send its closing stream tag, for which Smack waits this long.
    private static final int SMACK_CLOSE_MILLIS = 200;

    /** Held, so that the level stays: Smack logs that wait with a stack trace. */
    private static final Logger SMACK_LOG = Logger.getLogger(AbstractXMPPConnection.class.getName());

    static {
        SMACK_LOG.setLevel(Level.WARNING);
    }

    private final OpenfireServer server;
    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private final Map<String, Integer> uses = new ConcurrentHashMap<>();

    TestClients(OpenfireServer server) {
        this.server = server;
    }

    /**
     * A resource that was bound before gets a number: Openfire ends a session some time after its connection, and may
     * take the address away from a session that has bound it meanwhile.
     */
    RawClient raw(String user, String resource) {
        int use = uses.merge(user + '/' + resource, 1, Integer::sum);
        return rawWith(user, use == 1 ? resource : resource + '-' + use);
    }

    /** With exactly this resource, as soon as Openfire is done with its last session. */
    RawClient rawAgain(String user, String resource) {
        return Awaitility.await().ignoreExceptions().until(() -> rawWith(user, resource), RawClient::isServed);
    }

    private RawClient rawWith(String user, String resource) {
        return connect().login(user, password(user), resource);
    }

    RawClient anonymous() {
        return connect().loginAnonymously();
    }

    private synchronized RawClient connect() {
        RawClient client = RawClient.connect(LoopbackPorts.HOST, server.xmppPort(), server.domain());
        open.push(client::close);
        return client;
    }

    synchronized XMPPTCPConnection smack(String user, String resource) {
        try {
            XMPPTCPConnection connection = new XMPPTCPConnection(XMPPTCPConnectionConfiguration.builder()
                    .setHost(LoopbackPorts.HOST)
                    .setPort(server.xmppPort())
                    .setXmppDomain(server.domain())
                    .setSecurityMode(SecurityMode.disabled)
                    .setUsernameAndPassword(user, password(user))
                    .setResource(resource)
                    .build());
            connection.setReplyTimeout(SMACK_REPLY_MILLIS);
            open.push(() -> close(connection));
            connection.connect().login();
            return connection;
        } catch (Exception e) {
            throw new IllegalStateException("Smack could not log in as " + user, e);
        }
    }

    private static void close(XMPPTCPConnection connection) {
        connection.setReplyTimeout(SMACK_CLOSE_MILLIS);
        connection.disconnect();
    }

    private String password(String user) {
        String password = server.options().accounts().get(user);
        if (password == null) {
            throw new IllegalArgumentException("No account " + user);
        }
        return password;
    }

    /** A client that the test or the server has closed already is no failure. */
    @Override
    public synchronized void close() {
        while (!open.isEmpty()) {
            try {
                open.pop().close();
            } catch (Exception e) {
                System.out.println("Closing a client: " + e);
            }
        }
    }
}
