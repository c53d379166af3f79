package org.igniterealtime.openfire.plugin.unifiedrouting.convergence;

import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.igniterealtime.openfire.testclient.MamPage;
import org.igniterealtime.openfire.testclient.MamQuery;
import org.igniterealtime.openfire.testclient.RawClient;
import org.igniterealtime.openfire.testclient.Received;
import org.igniterealtime.openfire.testclient.SmState;
import org.igniterealtime.openfire.testserver.OpenfireServer;
import org.igniterealtime.openfire.testserver.ServerOptions;

/** One of the clients of the account, with a connection or without. Used by one thread. */
final class Device {

    enum Kind {
        CARBONS,
        SUBSCRIBED,
        ROUTING_NG;

        boolean readsArchive() {
            return this != CARBONS;
        }
    }

    private static final String HOST = "127.0.0.1";
    private static final int PAGE = 7;
    private static final int MOST_PAUSE_MILLIS = 12;

    private final OpenfireServer server;
    private final String user;
    private final Kind kind;
    private final String name;
    private final Random random;
    private final History history;
    private final StringBuffer done = new StringBuffer();
    private RawClient client;
    private SmState detached;
    private int seen;
    private int sessions;
    private int messages;
    private volatile String jid;

    Device(OpenfireServer server, String user, Kind kind, int number, long seed) {
        this.server = server;
        this.user = user;
        this.kind = kind;
        this.name = kind.name().toLowerCase(Locale.ROOT) + number;
        this.random = new Random(seed * 31 + kind.ordinal() * 7L + number);
        this.history = new History(user + "@" + server.domain(), kind == Kind.ROUTING_NG);
    }

    String name() {
        return name;
    }

    Kind kind() {
        return kind;
    }

    History history() {
        return history;
    }

    /** The address of its present or last session; null before the first. Any thread may ask. */
    String jid() {
        return jid;
    }

    String transcript() {
        return done.toString();
    }

    /** Does one thing or another, so many times. */
    void play(int steps, List<String> contacts) throws InterruptedException {
        for (int i = 0; i < steps; i++) {
            step(contacts);
            TimeUnit.MILLISECONDS.sleep(random.nextInt(MOST_PAUSE_MILLIS));
        }
    }

    private void step(List<String> contacts) {
        if (detached != null) {
            if (random.nextInt(3) > 0) {
                resume();
            } else {
                connect(false);
            }
        } else if (client == null) {
            connect(random.nextInt(4) == 0);
        } else {
            switch (random.nextInt(10)) {
                case 0 -> leave();
                case 1 -> lose(false);
                case 2 -> lose(true);
                case 3 -> presence();
                default -> send(contacts);
            }
        }
    }

    /** @param impatient whether the connection breaks while the session catches up */
    private void connect(boolean impatient) {
        detached = null;
        client = RawClient.connect(HOST, server.xmppPort(), server.domain());
        seen = 0;
        client.login(user, ServerOptions.PASSWORD, name + "-" + ++sessions);
        jid = client.jid();
        done.append(" connect");
        boolean managed = random.nextInt(4) > 0;
        if (managed) {
            client.enableStreamManagement(true);
            done.append("+sm");
        }
        switch (kind) {
            case CARBONS -> client.iq("set", "<enable xmlns='urn:xmpp:carbons:2'/>");
            case SUBSCRIBED -> subscribe(impatient);
            case ROUTING_NG -> catchUp(impatient);
        }
        if (client != null && random.nextInt(3) > 0) {
            presence();
        }
    }

    private void subscribe(boolean impatient) {
        String request = "<subscribe xmlns='urn:xmpp:mam:sub:0'><set xmlns='http://jabber.org/protocol/rsm'><after>"
                + history.last() + "</after></set></subscribe>";
        if (impatient) {
            client.send("<iq type='set' id='impatient'>" + request + "</iq>");
            done.append("+impatient");
            cut(random.nextBoolean());
            return;
        }
        String answer = client.iq("set", request).attributeValue("type");
        if (!"result".equals(answer)) {
            throw new AssertionError(name + " could not subscribe behind '" + history.last() + "': " + answer);
        }
    }

    private void catchUp(boolean impatient) {
        history.catchesUp();
        client.iq("set", "<enable xmlns='urn:xmpp:im-ng:0'/>");
        String last = history.last();
        while (true) {
            MamQuery query = MamQuery.by(client).max(PAGE);
            MamPage page = (last.isEmpty() ? query : query.after(last)).send();
            last = page.last() == null ? last : page.last();
            if (page.complete()) {
                break;
            }
            if (impatient) {
                done.append("+impatient");
                cut(random.nextBoolean());
                return;
            }
        }
        listen();
        history.caughtUp();
    }

    private void presence() {
        int priority = random.nextInt(4) - 1;
        done.append(" presence").append(priority);
        attempt(() -> client.send("<presence><priority>" + priority + "</priority></presence>"));
    }

    private void send(List<String> contacts) {
        String to =
                switch (random.nextInt(8)) {
                    case 0 -> user + "@" + server.domain();
                    case 1 -> "nobody@" + server.domain();
                    default -> contacts.get(random.nextInt(contacts.size())) + "@" + server.domain();
                };
        String id = name + "-m" + ++messages;
        done.append(" send");
        attempt(() ->
                client.send("<message to='" + to + "' type='chat' id='" + id + "'><body>" + id + "</body></message>"));
    }

    private void leave() {
        done.append(" leave");
        client.close();
        listen();
        client = null;
    }

    private void lose(boolean abruptly) {
        SmState state = cut(abruptly);
        detached = state.previd() == null ? null : state;
    }

    private SmState cut(boolean abruptly) {
        done.append(abruptly ? " reset" : " drop");
        if (abruptly) {
            client.reset();
        } else {
            client.drop();
        }
        listen();
        SmState state = client.state();
        client = null;
        return state;
    }

    private void resume() {
        done.append(" resume");
        RawClient next =
                RawClient.connect(HOST, server.xmppPort(), server.domain()).authenticate(user, ServerOptions.PASSWORD);
        SmState state = detached;
        detached = null;
        if (next.tryResume(state).getName().equals("resumed")) {
            client = next;
            seen = 0;
            client.resendUnacked();
        } else {
            done.append("-failed");
            next.close();
        }
    }

    private void attempt(Runnable sending) {
        try {
            sending.run();
        } catch (UncheckedIOException e) {
            throw new AssertionError(name + " was disconnected by the server", e);
        }
    }

    /** Notes what has come since the last time. */
    void listen() {
        if (client != null && kind.readsArchive()) {
            List<Received> received = client.received();
            for (; seen < received.size(); seen++) {
                history.came(received.get(seen).element());
            }
        }
    }

    /** Sees to it that it is connected and has caught up. */
    void finish() {
        if (detached != null) {
            resume();
        }
        if (client == null) {
            connect(false);
        }
        client.sync();
        listen();
    }

    void close() {
        if (client != null) {
            client.close();
        }
    }
}
