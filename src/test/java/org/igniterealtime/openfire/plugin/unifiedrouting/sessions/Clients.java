package org.igniterealtime.openfire.plugin.unifiedrouting.sessions;

import static org.igniterealtime.openfire.testclient.Stanzas.iq;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.igniterealtime.openfire.testclient.RawClient;
import org.igniterealtime.openfire.testclient.SmState;
import org.igniterealtime.openfire.testserver.OpenfireServer;
import org.igniterealtime.openfire.testserver.ServerOptions;

/** Connects the clients of one sequence, and watches their sessions from outside. Used by one thread. */
final class Clients implements AutoCloseable {

    private static final String HOST = "127.0.0.1";
    private static final Duration GONE_LIMIT = Duration.ofSeconds(20);
    private static final Duration ANSWER = Duration.ofMillis(30);

    private final OpenfireServer server;
    private final String watcher;
    private RawClient watching;
    private int logins;

    /** @param watcher an account of no other use, to which nobody writes */
    Clients(OpenfireServer server, String watcher) {
        this.server = server;
        this.watcher = watcher;
    }

    RawClient login(String user, String resource) {
        RawClient client = RawClient.connect(HOST, server.xmppPort(), server.domain());
        try {
            return client.login(user, ServerOptions.PASSWORD, resource);
        } catch (AssertionError | RuntimeException e) {
            client.reset();
            throw e;
        }
    }

    /** Authenticated, and neither bound nor resumed. */
    RawClient authenticated(String user) {
        return RawClient.connect(HOST, server.xmppPort(), server.domain()).authenticate(user, ServerOptions.PASSWORD);
    }

    /** Resumes, or throws an {@link AssertionError} with the server's answer. */
    RawClient resume(String user, SmState state) {
        return RawClient.resume(HOST, server.xmppPort(), server.domain(), user, ServerOptions.PASSWORD, state);
    }

    /** After the server was killed. */
    void forgetWatcher() {
        watching = null;
    }

    /**
     * Waits until a session whose connection has ended is gone, and what it had not acknowledged is routed again: the
     * server answers for an address that nobody has.
     */
    void awaitGone(String fullJid) {
        if (watching == null) {
            watching = login(watcher, "watch" + ++logins);
        }
        long deadline = System.nanoTime() + GONE_LIMIT.toNanos();
        while (!isGone(fullJid)) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError(fullJid + " is still there " + GONE_LIMIT + " after its connection ended");
            }
        }
    }

    private boolean isGone(String fullJid) {
        String id = watching.nextId();
        watching.send("<iq type='get' id='" + id + "' to='" + fullJid + "'><ping xmlns='urn:xmpp:ping'/></iq>");
        watching.sync();
        if (!watching.take(iq(id)).isEmpty()) {
            return true;
        }
        try {
            TimeUnit.MILLISECONDS.sleep(ANSWER.toMillis());
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return !watching.take(iq(id)).isEmpty();
    }

    @Override
    public void close() {
        if (watching != null) {
            watching.close();
        }
    }
}
