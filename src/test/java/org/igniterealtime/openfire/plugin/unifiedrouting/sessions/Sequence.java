package org.igniterealtime.openfire.plugin.unifiedrouting.sessions;

import static org.igniterealtime.openfire.testclient.Stanzas.forwardedMessage;
import static org.igniterealtime.openfire.testclient.Stanzas.isSubscriptionNotification;

import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.igniterealtime.openfire.plugin.unifiedrouting.sessions.ModelSession.Mode;
import org.igniterealtime.openfire.testclient.MamQuery;
import org.igniterealtime.openfire.testclient.MamResult;
import org.igniterealtime.openfire.testclient.RawClient;
import org.igniterealtime.openfire.testclient.SmState;
import org.igniterealtime.openfire.testserver.OpenfireServer;

/**
 * Plays one sequence: three accounts with two clients each, which do what a random number generator says. What it does is
 * given by the seed; how fast the server is about it is not. Used by one thread.
 *
 * <p>A client without acknowledgements loses what the server writes while the connection breaks, and no server can help
 * that. So nothing is under way to such a client when its connection ends, and nothing is sent to it until the server has
 * noticed. Clients with acknowledgements have no such protection.
 */
final class Sequence {

    private static final int STEPS = 45;
    private static final int MOST_AT_ONCE = 4;
    private static final long NOTIFICATION_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final long FLOOD_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long LEFTOVERS_MILLIS = 150;
    private static final int[] PRIORITIES = {0, 0, 0, 1, 5, -1, -1};

    /** A client: the place for one session after another with the same address. */
    private static final class Place {
        final ModelAccount account;
        final String resource;
        ModelSession session;
        SmState detached;

        Place(ModelAccount account, String resource) {
            this.account = account;
            this.resource = resource;
        }

        boolean isOnline() {
            return session != null && detached == null;
        }
    }

    /** Something that can be done now, and how often it is to be chosen beside the others. */
    private record Choice(int weight, Runnable step) {}

    private final long seed;
    private final Random random;
    private final KillPoint killPoint;
    private final Clients clients;
    private final Transcript transcript = new Transcript();
    private final List<ModelAccount> accounts = new ArrayList<>();
    private final List<Place> places = new ArrayList<>();
    private final Map<String, SentMessage> sent = new HashMap<>();
    private final List<Long> kills = new ArrayList<>();
    private int sessions;

    Sequence(long seed, OpenfireServer server, KillPoint killPoint) {
        this.seed = seed;
        this.killPoint = killPoint;
        random = new Random(seed);
        clients = new Clients(server, user(seed, "o"));
        for (String name : List.of("a", "b", "c")) {
            ModelAccount account = new ModelAccount(name, user(seed, name), server.domain());
            accounts.add(account);
            places.add(new Place(account, "phone"));
            places.add(new Place(account, "desk"));
        }
    }

    /** The accounts that the sequence of a seed uses. */
    static List<String> users(long seed) {
        return List.of(user(seed, "a"), user(seed, "b"), user(seed, "c"), user(seed, "o"));
    }

    private static String user(long seed, String name) {
        return "seq" + seed + name;
    }

    Transcript transcript() {
        return transcript;
    }

    /** Plays, and returns what was wrong: nothing if all is well. */
    List<String> play() {
        try (clients) {
            int killEvery = STEPS / (killPoint.kills() + 1);
            for (int i = 1; i <= STEPS; i++) {
                choose().step.run();
                if (i % killEvery == 0 && kills.size() < killPoint.kills()) {
                    kill();
                }
            }
            end();
            return new SequenceEnd(clients, transcript).drainAndCheck(accounts, sent.values(), kills);
        } finally {
            accounts.stream()
                    .flatMap(account -> account.sessions.stream())
                    .forEach(session -> session.connection().client.reset());
        }
    }

    private Choice choose() {
        List<Choice> choices = new ArrayList<>();
        for (Place place : places) {
            if (place.session == null) {
                choices.add(new Choice(6, () -> connect(place)));
            } else if (place.detached != null) {
                choices.add(new Choice(4, () -> resume(place)));
                choices.add(new Choice(2, () -> rebind(place)));
            } else {
                addOnline(place, choices);
            }
        }
        int number = random.nextInt(choices.stream().mapToInt(Choice::weight).sum());
        for (Choice choice : choices) {
            number -= choice.weight;
            if (number < 0) {
                return choice;
            }
        }
        throw new IllegalStateException();
    }

    private void addOnline(Place place, List<Choice> choices) {
        choices.add(new Choice(12, () -> send(place)));
        choices.add(new Choice(3, () -> presence(place)));
        choices.add(new Choice(2, () -> presenceWhileOthersSend(place)));
        choices.add(new Choice(1, () -> unavailable(place)));
        choices.add(new Choice(1, () -> subscribe(place)));
        choices.add(new Choice(1, () -> query(place)));
        choices.add(new Choice(1, () -> enableCarbons(place)));
        choices.add(new Choice(1, () -> leave(place)));
        choices.add(new Choice(2, () -> drop(place)));
        choices.add(new Choice(1, () -> reset(place)));
        if (place.session.mode != Mode.PLAIN) {
            choices.add(new Choice(2, () -> holdOrAcknowledge(place)));
        }
    }

    // Sessions

    private void connect(Place place) {
        open(place, Mode.values()[random.nextInt(Mode.values().length)]);
        switch (random.nextInt(6)) {
            case 0 -> subscribe(place);
            case 1 -> query(place);
            case 2 -> {
                // stays as it is
            }
            default -> presence(place);
        }
    }

    private void open(Place place, Mode mode) {
        awaitEarlierGone(place);
        ModelSession session = new ModelSession(place.account, place.resource, mode, ++sessions);
        transcript.step(session + " connects");
        opened(place, session, clients.login(place.account.user, place.resource));
    }

    private void opened(Place place, ModelSession session, RawClient client) {
        if (session.mode != Mode.PLAIN) {
            client.enableStreamManagement(session.mode == Mode.RESUMABLE);
        }
        session.connections.add(ModelConnection.first(session, client));
        place.account.sessions.add(session);
        place.session = session;
        place.detached = null;
    }

    /** Openfire may take the address away from a session that binds it while an earlier one ends. */
    private void awaitEarlierGone(Place place) {
        place.account.sessions.stream()
                .filter(earlier -> earlier.resource.equals(place.resource) && earlier.goneAt == Long.MAX_VALUE)
                .forEach(this::awaitGone);
    }

    /** Waits for those sessions that have ended, not for the one that is there or can be resumed. */
    private void awaitEnded(Place place) {
        place.account.sessions.stream()
                .filter(earlier -> earlier.resource.equals(place.resource)
                        && earlier != place.session
                        && earlier.goneAt == Long.MAX_VALUE)
                .forEach(this::awaitGone);
    }

    private void awaitGone(ModelSession session) {
        clients.awaitGone(session.jid());
        if (session.mode != Mode.PLAIN || !session.available) {
            // The server says so a moment before it routes again what was not acknowledged, and lets go of the address;
            // for
            // a session without presence it says so in any case.
            pause(LEFTOVERS_MILLIS);
        }
        session.goneAt = System.nanoTime();
    }

    private void presence(Place place) {
        int priority = PRIORITIES[random.nextInt(PRIORITIES.length)];
        transcript.step(place.session + " is available, priority " + priority);
        long sentAt = System.nanoTime();
        client(place).presence(priority);
        presented(place, sentAt);
        if (random.nextInt(4) > 0) {
            awaitOfflineDelivery(place.account);
        }
    }

    /** The moment in which offline delivery and live messages meet. */
    private void presenceWhileOthersSend(Place place) {
        int priority = PRIORITIES[random.nextInt(PRIORITIES.length)];
        transcript.step(place.session + " is available, priority " + priority + ", while others send to it");
        long sentAt = System.nanoTime();
        client(place).send("<presence><priority>" + priority + "</priority></presence>");
        for (Place other : online()) {
            if (other.account != place.account) {
                for (int i = random.nextInt(MOST_AT_ONCE); i > 0; i--) {
                    sendOne(other, place.account, random.nextBoolean() ? place : null);
                }
            }
        }
        client(place).sync();
        presented(place, sentAt);
    }

    private static void presented(Place place, long sentAt) {
        place.session.presences.add(new ModelSession.Presence(sentAt, System.nanoTime()));
        place.session.available = true;
    }

    /** Offline delivery goes on while the session does something else; often that is waited for. */
    private void awaitOfflineDelivery(ModelAccount account) {
        long deadline = System.nanoTime() + FLOOD_NANOS;
        while (System.nanoTime() < deadline) {
            if (new SequenceCheck(account, sent.values(), kills).everythingHasCome()) {
                account.quietAt.add(System.nanoTime());
                return;
            }
            pause(5);
        }
    }

    private void unavailable(Place place) {
        transcript.step(place.session + " is unavailable");
        long sentAt = System.nanoTime();
        client(place).unavailable();
        presented(place, sentAt);
        place.session.available = false;
    }

    private void subscribe(Place place) {
        transcript.step(place.session + " subscribes");
        place.session.subscribing.add(System.nanoTime());
        client(place).iq("set", "<subscribe xmlns='urn:xmpp:mam:sub:0'/>");
        long now = System.nanoTime();
        place.session.subscriptions.add(now);
        place.session.readsArchiveSince = Math.min(place.session.readsArchiveSince, now);
    }

    private void query(Place place) {
        transcript.step(place.session + " reads its archive");
        Set<String> ids = MamQuery.by(client(place)).all(1 + random.nextInt(50)).stream()
                .map(MamResult::message)
                .filter(message -> !"error".equals(message.attributeValue("type")))
                .map(message -> message.attributeValue("id"))
                .collect(Collectors.toSet());
        long now = System.nanoTime();
        place.account.readings.add(new ModelAccount.Reading(ids, now));
        place.session.readsArchiveSince = Math.min(place.session.readsArchiveSince, now);
    }

    private void enableCarbons(Place place) {
        transcript.step(place.session + " enables carbons");
        client(place).iq("set", "<enable xmlns='urn:xmpp:carbons:2'/>");
    }

    private void holdOrAcknowledge(Place place) {
        ModelConnection connection = place.session.connection();
        if (connection.holds()) {
            transcript.step(place.session + " acknowledges again");
            connection.acknowledge();
        } else if (random.nextInt(4) == 0) {
            transcript.step(place.session + " acknowledges");
            connection.acknowledge();
        } else {
            transcript.step(place.session + " acknowledges no more");
            connection.hold();
        }
    }

    // Messages

    private void send(Place place) {
        List<ModelAccount> others =
                accounts.stream().filter(account -> account != place.account).toList();
        ModelAccount recipient = others.get(random.nextInt(others.size()));
        int count = 1 + random.nextInt(MOST_AT_ONCE);
        boolean wait = random.nextInt(3) > 0;
        transcript.step(place.session + " sends " + count + (wait ? " and waits" : ""));
        for (int i = 0; i < count; i++) {
            List<Place> theirs =
                    places.stream().filter(other -> other.account == recipient).toList();
            sendOne(place, recipient, random.nextInt(5) < 2 ? theirs.get(random.nextInt(theirs.size())) : null);
        }
        if (wait) {
            confirm(place.session);
        }
    }

    /** @param resource null for the bare JID */
    private void sendOne(Place place, ModelAccount recipient, Place resource) {
        Kind kind = kind(resource != null);
        String to = resource == null ? recipient.jid : recipient.jid + "/" + resource.resource;
        int number = sent.size() + 1;
        SentMessage message = new SentMessage(kind, place.session, recipient, to, number, "s" + seed + "-" + number);
        sent.put(message.id, message);
        place.session.unconfirmed.add(message);
        transcript.note("#" + number + " " + kind + " from " + place.session + " to " + recipient.name
                + (resource == null ? "" : "/" + resource.resource));
        client(place).send(message.xml);
    }

    private Kind kind(boolean toFullJid) {
        List<Kind> kinds = new ArrayList<>();
        for (Kind kind : Kind.values()) {
            if (toFullJid || !kind.oneClient) {
                kinds.addAll(Collections.nCopies(kind.weight, kind));
            }
        }
        return kinds.get(random.nextInt(kinds.size()));
    }

    /** Waits until the server has worked off what the session has sent. */
    private void confirm(ModelSession session) {
        boolean acknowledged = session.mode != Mode.PLAIN && session.countIsReliable;
        if (acknowledged) {
            session.connection().client.awaitAcked();
        } else {
            session.connection().client.sync();
        }
        long now = System.nanoTime();
        for (SentMessage message : session.unconfirmed) {
            message.processedAt = now;
            message.acknowledged |= acknowledged;
        }
        session.unconfirmed.clear();
    }

    /** Nothing is under way to a session without acknowledgements when this returns. */
    private void settle(Place place) {
        boolean isLeftSomething = place.account.sessions.stream()
                .anyMatch(earlier -> earlier.goneAt == Long.MAX_VALUE
                        && places.stream().noneMatch(other -> other.session == earlier));
        places.stream().filter(other -> other.account == place.account).forEach(this::awaitEnded);
        online().forEach(other -> confirm(other.session));
        if (!place.session.subscriptions.isEmpty()) {
            awaitNotifications(place.session);
        }
        boolean mayGetWhatWasKept =
                !place.session.presences.isEmpty() || place.session.readsArchiveSince != Long.MAX_VALUE;
        if (mayGetWhatWasKept) {
            awaitOfflineDelivery(place.account);
        }
        if (isLeftSomething || mayGetWhatWasKept) {
            // What another session has left comes last; and the server sees by and by that it has written something.
            pause(LEFTOVERS_MILLIS);
        }
        client(place).sync();
    }

    /** Notifications follow the commit, which nobody on the wire waits for. */
    private void awaitNotifications(ModelSession session) {
        Set<String> expected = sent.values().stream()
                .filter(message -> message.kind.isArchived() && message.isCertain())
                .filter(message ->
                        message.recipient == session.account && message.sentAt > session.subscriptions.get(0))
                .map(message -> message.id)
                .collect(Collectors.toSet());
        long deadline = System.nanoTime() + NOTIFICATION_NANOS;
        while (System.nanoTime() < deadline) {
            Set<String> notified = session.connection().client.received().stream()
                    .filter(received -> isSubscriptionNotification().test(received.element()))
                    .map(received -> forwardedMessage(received.element()).attributeValue("id"))
                    .collect(Collectors.toSet());
            if (notified.containsAll(expected)) {
                return;
            }
            pause(5);
        }
    }

    // Ends

    private void leave(Place place) {
        ModelSession session = place.session;
        transcript.step(session + " closes its stream");
        if (session.mode == Mode.PLAIN) {
            settle(place);
        } else if (!session.connection().holds()) {
            confirm(session);
            session.connection().acknowledge();
        }
        client(place).close();
        ended(place, false);
    }

    private void drop(Place place) {
        transcript.step(place.session + " drops its connection");
        if (place.session.mode == Mode.PLAIN) {
            settle(place);
        }
        client(place).drop();
        ended(place, place.session.mode == Mode.RESUMABLE);
    }

    private void reset(Place place) {
        transcript.step(place.session + " resets its connection");
        if (place.session.mode == Mode.PLAIN) {
            settle(place);
        }
        client(place).reset();
        ended(place, place.session.mode == Mode.RESUMABLE);
    }

    private void ended(Place place, boolean detached) {
        ModelSession session = place.session;
        session.connection().ended();
        if (detached) {
            place.detached = client(place).state();
        } else {
            place.session = null;
            if (session.mode == Mode.PLAIN) {
                awaitGone(session);
            }
        }
    }

    private void resume(Place place) {
        ModelSession session = place.session;
        boolean forgetful = session.connection().holds() && random.nextBoolean();
        SmState state =
                forgetful ? place.detached.withHandled(session.connection().acknowledged()) : place.detached;
        transcript.step(
                session + " resumes" + (forgetful ? " as if it had not seen what it has not acknowledged" : ""));
        RawClient client;
        try {
            client = clients.resume(place.account.user, state);
        } catch (AssertionError e) {
            transcript.note("refused: " + firstLine(e));
            place.session = null;
            place.detached = null;
            awaitGone(session);
            return;
        }
        session.connection().resumedFrom(state.handled());
        session.connections.add(ModelConnection.resumed(session, client, state));
        place.detached = null;
        List<String> again = client.resendUnacked();
        session.countIsReliable &= again.isEmpty();
        session.unconfirmed.forEach(message -> message.resent |= again.contains(message.xml));
        confirm(session);
    }

    /** Binds the address of a detached session instead of resuming it. */
    private void rebind(Place place) {
        ModelSession replaced = place.session;
        ModelSession session = new ModelSession(
                place.account, place.resource, Mode.values()[random.nextInt(Mode.values().length)], ++sessions);
        transcript.step(session + " connects with the address of " + replaced + ", which is detached");
        replaced.replaced = true;
        RawClient client = clients.login(place.account.user, place.resource);
        replaced.goneAt = System.nanoTime();
        opened(place, session, client);
        if (random.nextInt(3) > 0) {
            presence(place);
        }
    }

    private static String firstLine(Throwable e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }

    private void kill() {
        transcript.step("the server is killed");
        killPoint.awaitAll();
        for (Place place : online()) {
            burst(place);
        }
        killPoint.awaitRestart();
        long now = System.nanoTime();
        kills.add(now);
        for (Place place : places) {
            if (place.session != null) {
                killed(place, now);
            }
        }
        clients.forgetWatcher();
        accounts.forEach(
                account -> account.sessions.forEach(session -> session.goneAt = Math.min(session.goneAt, now)));
        // Sent without acknowledgement: the server had not promised anything.
        sent.values().forEach(message -> message.exposedToKill |= !message.acknowledged);
        transcript.step("the server is back");
    }

    private void burst(Place place) {
        try {
            for (int i = random.nextInt(3 * MOST_AT_ONCE); i > 0; i--) {
                List<ModelAccount> others = accounts.stream()
                        .filter(account -> account != place.account)
                        .toList();
                sendOne(place, others.get(random.nextInt(others.size())), null);
                client(place).send("<r xmlns='urn:xmpp:sm:3'/>");
            }
        } catch (UncheckedIOException e) {
            transcript.note("killed meanwhile");
        }
    }

    private void killed(Place place, long now) {
        ModelSession session = place.session;
        if (place.isOnline()) {
            client(place).awaitEnd();
            session.connection().ended();
            List<String> unacknowledged = client(place).unackedSent();
            if (session.mode != Mode.PLAIN && session.countIsReliable) {
                session.unconfirmed.stream()
                        .filter(message -> !unacknowledged.contains(message.xml))
                        .forEach(message -> {
                            message.acknowledged = true;
                            message.processedAt = now;
                        });
            }
        }
        client(place).reset();
        place.session = null;
        place.detached = null;
    }

    /** All sessions end, one way or another. */
    private void end() {
        for (Place place : places) {
            if (place.detached != null) {
                resume(place);
            }
        }
        online().forEach(place -> confirm(place.session));
        for (Place place : online()) {
            if (place.session.mode == Mode.ACKED && random.nextBoolean()) {
                drop(place);
            } else {
                leave(place);
            }
        }
        places.forEach(this::awaitEarlierGone);
    }

    private List<Place> online() {
        return places.stream().filter(Place::isOnline).toList();
    }

    private static RawClient client(Place place) {
        return place.session.connection().client;
    }

    static void pause(long millis) {
        try {
            TimeUnit.MILLISECONDS.sleep(millis);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
