package org.igniterealtime.openfire.plugin.unifiedrouting.convergence;

import static org.igniterealtime.openfire.testclient.Stanzas.child;
import static org.igniterealtime.openfire.testclient.Stanzas.errorCondition;
import static org.igniterealtime.openfire.testclient.Stanzas.iq;

import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.dom4j.Element;
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
    private static final String RSM = "http://jabber.org/protocol/rsm";
    private static final String UNSUBSCRIBE = "<unsubscribe xmlns='urn:xmpp:mam:sub:0'/>";
    private static final int SMALLEST_PAGE = 5;
    private static final int LARGEST_PAGE = 60;
    private static final int MOST_PAUSE_MILLIS = 12;
    private static final int MOST_STALL_MILLIS = 60;

    private final OpenfireServer server;
    private final String user;
    private final Kind kind;
    private final String name;
    private final Random random;
    private final History history;
    private final SentMessages sent = new SentMessages();
    private final StringBuffer done = new StringBuffer();
    private RawClient client;
    private SmState detached;
    private boolean subscribed;
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

    SentMessages sent() {
        return sent;
    }

    /** The address of its present or last session; null before the first. Any thread may ask. */
    String jid() {
        return jid;
    }

    String transcript() {
        return done.toString();
    }

    /**
     * Does one thing or another, so many times.
     *
     * @param burst a subscribed client does not read while it lasts, before everything else
     */
    void play(int steps, List<String> contacts, Optional<Burst> burst) throws InterruptedException {
        if (burst.isPresent()) {
            stallDuring(burst.get());
        }
        for (int i = 0; i < steps; i++) {
            step(contacts);
            TimeUnit.MILLISECONDS.sleep(random.nextInt(MOST_PAUSE_MILLIS));
        }
    }

    private void step(List<String> contacts) throws InterruptedException {
        listen();
        done.append(" @").append(history.size());
        if (detached != null) {
            if (random.nextInt(3) > 0) {
                resume();
            } else {
                connect(false);
            }
        } else if (client == null) {
            connect(random.nextInt(4) == 0);
        } else {
            switch (random.nextInt(12)) {
                case 0 -> leave();
                case 1 -> lose(false);
                case 2 -> lose(true);
                case 3 -> presence();
                case 4 -> stall();
                case 5, 6 -> changeSubscription(contacts);
                default -> send(contacts);
            }
        }
    }

    /** @param impatient whether the connection breaks while the session catches up */
    private void connect(boolean impatient) {
        detached = null;
        sent.lost();
        sent.sessionBegins();
        seen = 0;
        client = RawClient.connect(HOST, server.xmppPort(), server.domain())
                .authenticate(user, ServerOptions.PASSWORD)
                .bind(name + "-" + ++sessions);
        jid = client.jid();
        done.append(" connect");
        boolean asksWithSession = kind == Kind.SUBSCRIBED && random.nextInt(3) == 0;
        if (!asksWithSession) {
            requireResult(client.session(""));
        }
        if (random.nextInt(4) > 0) {
            client.enableStreamManagement(true);
            done.append("+sm");
        }
        switch (kind) {
            case CARBONS -> client.iq("set", "<enable xmlns='urn:xmpp:carbons:2'/>");
            case SUBSCRIBED -> subscribe(asksWithSession, impatient);
            case ROUTING_NG -> catchUp(impatient);
        }
        if (client != null && random.nextInt(3) > 0) {
            presence();
        }
    }

    private String subscription(int max) {
        return "<subscribe xmlns='urn:xmpp:mam:sub:0'><set xmlns='" + RSM + "'><after>" + history.last() + "</after>"
                + (max == 0 ? "" : "<max>" + max + "</max>") + "</set></subscribe>";
    }

    /** @param withSession whether it asks in the request for a session, which is still to be made */
    private void subscribe(boolean withSession, boolean impatient) {
        int max = random.nextInt(3) == 0 ? pageSize() : 0;
        done.append("+subscribe").append(withSession ? "-session" : "").append(max == 0 ? "" : "-max" + max);
        if (impatient && max == 0 && !withSession) {
            client.send("<iq type='set' id='impatient'>" + subscription(0) + "</iq>");
            done.append("+impatient");
            cut(random.nextBoolean());
            return;
        }
        Element answer = withSession ? client.session(subscription(max)) : client.iq("set", subscription(max));
        while (hasMore(answer)) {
            if (impatient) {
                done.append("+impatient");
                cut(random.nextBoolean());
                return;
            }
            answer = client.iq("set", subscription(max));
        }
        subscribed = true;
    }

    private int pageSize() {
        return SMALLEST_PAGE + random.nextInt(LARGEST_PAGE - SMALLEST_PAGE + 1);
    }

    /** What the server says it has told last must be that. */
    private boolean hasMore(Element answer) {
        listen();
        requireResult(answer);
        Element set = child(answer, "set", RSM);
        if (set != null && !history.last().equals(set.elementText("last"))) {
            throw new AssertionError(name + " was told up to '" + history.last() + "': " + answer.asXML());
        }
        return set != null;
    }

    private void requireResult(Element answer) {
        if (!"result".equals(answer.attributeValue("type"))) {
            throw new AssertionError(name + " with a history up to '" + history.last() + "': " + answer.asXML());
        }
    }

    /** What comes while it is not subscribed it learns when it is again. */
    private void changeSubscription(List<String> contacts) {
        if (kind != Kind.SUBSCRIBED) {
            send(contacts);
        } else if (!subscribed) {
            subscribe(false, false);
        } else {
            requireResult(client.iq("set", UNSUBSCRIBE));
            subscribed = false;
            done.append(" unsubscribe");
            listen();
            if (random.nextBoolean()) {
                catchUpInVain();
            }
        }
    }

    /** Whether the catch-up comes to its end before it is taken back is up to the server; that it says which is not. */
    private void catchUpInVain() {
        client.send(
                "<iq type='set' id='vain'>" + subscription(0) + "</iq>",
                "<iq type='set' id='back'>" + UNSUBSCRIBE + "</iq>");
        Element answer = client.await(iq("vain"));
        if (!"conflict".equals(errorCondition(answer))) {
            requireResult(answer);
        }
        requireResult(client.await(iq("back")));
        done.append(" vain-").append(answer.attributeValue("type"));
        listen();
    }

    private void catchUp(boolean impatient) {
        history.catchesUp();
        client.iq("set", "<enable xmlns='urn:xmpp:im-ng:0'/>");
        String last = history.last();
        int max = pageSize();
        while (true) {
            MamQuery query = MamQuery.by(client).max(max);
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
        sent.sent(id);
        attempt(() ->
                client.send("<message to='" + to + "' type='chat' id='" + id + "'><body>" + id + "</body></message>"));
    }

    /** The server goes on meanwhile, and the socket fills up. */
    private void stall() throws InterruptedException {
        done.append(" stall");
        client.stopReading(true);
        TimeUnit.MILLISECONDS.sleep(random.nextInt(MOST_STALL_MILLIS));
        client.stopReading(false);
    }

    private void stallDuring(Burst burst) throws InterruptedException {
        connect(false);
        done.append(" stall-long");
        client.stopReading(true);
        burst.expect();
        burst.awaitArchived();
        client.stopReading(false);
    }

    /** What a client sends before it closes its stream is processed before that. */
    private void leave() {
        done.append(" leave");
        client.close();
        sent.allArrived();
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
        if (state.previd() != null) {
            sent.acknowledgedBut(state.unackedSent());
        }
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
            sent.acknowledgedBut(next.unackedSent());
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
            int twice = history.twice().size();
            for (; seen < received.size(); seen++) {
                history.came(received.get(seen).element());
            }
            done.append(history.twice().size() > twice ? " TWICE!" : "");
        }
    }

    /** Sees to it that it is connected and has caught up. */
    void finish() {
        if (detached != null) {
            resume();
        }
        if (client == null) {
            connect(false);
        } else if (kind == Kind.SUBSCRIBED && !subscribed) {
            subscribe(false, false);
        }
        client.sync();
        sent.allArrived();
        listen();
    }

    void close() {
        if (client != null) {
            client.close();
        }
    }
}
