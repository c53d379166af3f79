package org.igniterealtime.openfire.plugin.unifiedrouting.convergence;

import static org.igniterealtime.openfire.testclient.Stanzas.child;
import static org.igniterealtime.openfire.testclient.Stanzas.from;
import static org.igniterealtime.openfire.testclient.Stanzas.iq;
import static org.igniterealtime.openfire.testclient.Stanzas.isArchiveResult;
import static org.igniterealtime.openfire.testclient.Stanzas.isSubscriptionNotification;
import static org.igniterealtime.openfire.testclient.Stanzas.notifiedMid;
import static org.igniterealtime.openfire.testclient.Stanzas.plainMessage;
import static org.igniterealtime.openfire.testclient.Stanzas.stanzaId;
import static org.igniterealtime.openfire.testclient.Stanzas.withAttribute;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.dom4j.Element;
import org.igniterealtime.openfire.testclient.MamPage;
import org.igniterealtime.openfire.testclient.MamQuery;
import org.igniterealtime.openfire.testclient.RawClient;
import org.igniterealtime.openfire.testclient.Received;
import org.igniterealtime.openfire.testserver.OpenfireServer;
import org.igniterealtime.openfire.testserver.ServerOptions;

/**
 * A client that opens one session after the other, and leaves each one when it has been told of something live. Used by one
 * thread.
 */
final class SessionStart {

    private static final String RSM = "http://jabber.org/protocol/rsm";
    private static final String END =
            "<query xmlns='urn:xmpp:mam:2'><set xmlns='" + RSM + "'><max>1</max><before/></set></query>";
    private static final int MOST_LIVE = 4;
    private static final int MOST_OWN = 3;
    private static final int MOST_AGAIN = 30;
    private static final int LARGEST_PAGE = 200;
    private static final int MOST_PAGES = 500;
    private static final AtomicInteger RESOURCES = new AtomicInteger();

    private final OpenfireServer server;
    private final String user;
    private final StartKind kind;
    private final List<String> accounts;
    private final Random random;
    private List<String> known = List.of();
    private int starts;

    /** @param accounts whom a routing-ng session writes to, itself among them */
    SessionStart(OpenfireServer server, String user, StartKind kind, List<String> accounts, Random random) {
        this.accounts = accounts;
        this.server = server;
        this.user = user;
        this.kind = kind;
        this.random = random;
    }

    StartRecord play() {
        RawClient client = RawClient.connect("127.0.0.1", server.xmppPort(), server.domain());
        // To catch up with what pours in faster than a busy machine tells it takes a while.
        client.setPatience(Duration.ofSeconds(40));
        try {
            client.authenticate(user, ServerOptions.PASSWORD).bind("start" + RESOURCES.incrementAndGet());
            starts++;
            return switch (kind) {
                case AFTER_LAST -> {
                    client.session("");
                    yield subscribe(client, last(), Integer.MAX_VALUE);
                }
                case PAGED -> {
                    client.session("");
                    yield subscribe(client, oneOfTheLast(), LARGEST_PAGE / 2 + random.nextInt(LARGEST_PAGE / 2));
                }
                case SESSION_REQUEST -> starts % 2 == 0 ? requestSession(client, last()) : requestSession(client);
                case ROUTING_NG -> {
                    client.session("");
                    yield enableRoutingNg(client, last());
                }
            };
        } finally {
            client.close();
        }
    }

    private String last() {
        return known.isEmpty() ? "" : known.get(known.size() - 1);
    }

    private String oneOfTheLast() {
        return known.isEmpty() ? "" : known.get(known.size() - 1 - random.nextInt(Math.min(known.size(), MOST_AGAIN)));
    }

    private static String subscription(String behind, int max) {
        return "<subscribe xmlns='urn:xmpp:mam:sub:0'><set xmlns='" + RSM + "'><after>" + behind + "</after>"
                + (max == Integer.MAX_VALUE ? "" : "<max>" + max + "</max>") + "</set></subscribe>";
    }

    private StartRecord subscribe(RawClient client, String behind, int max) {
        String from = behind;
        for (int page = 0; page < MOST_PAGES; page++) {
            Element answer = result(client.iq("set", subscription(from, max)));
            Element more = child(answer, "set", RSM);
            if (more == null) {
                return subscribed(client, behind, null, null);
            }
            from = more.elementText("last");
        }
        throw new AssertionError(client.jid() + " does not reach the end by pages of " + max);
    }

    private StartRecord requestSession(RawClient client, String behind) {
        result(client.session(subscription(behind, Integer.MAX_VALUE)));
        return subscribed(client, behind, null, null);
    }

    /** The three go together, so that as little as possible enters the archive between the request and the looks at its end. */
    private StartRecord requestSession(RawClient client) {
        client.send(
                "<iq type='set' id='before'>" + END + "</iq>",
                "<iq type='set' id='session'><session xmlns='urn:ietf:params:xml:ns:xmpp-session'>"
                        + "<subscribe xmlns='urn:xmpp:mam:sub:0'/></session></iq>",
                "<iq type='set' id='after'>" + END + "</iq>");
        String before = end(result(client.await(iq("before"))));
        result(client.await(iq("session")));
        String after = end(result(client.await(iq("after"))));
        return subscribed(client, null, before, after);
    }

    private static String end(Element answer) {
        return child(child(answer, "fin", "urn:xmpp:mam:2"), "set", RSM).elementText("last");
    }

    private StartRecord subscribed(RawClient client, String behind, String endBefore, String endAfter) {
        leave(client, isSubscriptionNotification());
        List<String> told = client.received().stream()
                .map(Received::element)
                .filter(isSubscriptionNotification())
                .map(notification -> notifiedMid(notification))
                .toList();
        known = told.isEmpty() ? known : told;
        return new StartRecord(kind + " " + client.jid(), user, behind, endBefore, endAfter, null, told);
    }

    private StartRecord enableRoutingNg(RawClient client, String behind) {
        result(client.iq("set", "<enable xmlns='urn:xmpp:im-ng:0'/>"));
        List<String> own = new ArrayList<>();
        write(client, own);
        String from = behind;
        boolean complete = false;
        while (!complete) {
            MamQuery query = MamQuery.by(client).max(LARGEST_PAGE);
            MamPage page = (from.isEmpty() ? query : query.after(from)).send();
            from = page.last() == null ? from : page.last();
            complete = page.complete();
            write(client, own);
        }
        leave(client, plainMessage());
        requireOnce(client, own);
        List<Element> received =
                client.received().stream().map(Received::element).toList();
        List<String> queried = received.stream()
                .filter(isArchiveResult())
                .map(result -> child(result, "result", "urn:xmpp:mam:2").attributeValue("id"))
                .toList();
        List<String> told = received.stream()
                .filter(plainMessage())
                .map(message -> stanzaId(message, client.bareJid()))
                .filter(Objects::nonNull)
                .toList();
        known = told;
        return new StartRecord(kind + " " + client.jid(), user, behind, null, null, queried, told);
    }

    /** What it writes comes back to it as archived, or as received if it writes to itself (section 4). */
    private void write(RawClient client, List<String> own) {
        for (int i = random.nextInt(MOST_OWN + 1); i > 0; i--) {
            String id = client.nextId();
            own.add(id);
            client.send("<message to='" + accounts.get(random.nextInt(accounts.size())) + "@" + server.domain()
                    + "' type='chat' id='" + id + "'><body>" + id + "</body></message>");
        }
    }

    private static void requireOnce(RawClient client, List<String> own) {
        for (String id : own) {
            long times = client.received().stream()
                    .map(Received::element)
                    .filter(plainMessage().and(from(client.jid())).and(withAttribute("id", id)))
                    .filter(message -> stanzaId(message, client.bareJid()) != null)
                    .count();
            if (times != 1) {
                throw new AssertionError(client.jid() + " got its message " + id + " " + times + " times");
            }
        }
    }

    /** The marker: something that came when everything before was over. */
    private void leave(RawClient client, Predicate<Element> live) {
        client.take(live);
        for (int i = random.nextInt(MOST_LIVE); i >= 0; i--) {
            client.await(live);
        }
        client.sync();
        client.close();
    }

    private static Element result(Element answer) {
        if (!"result".equals(answer.attributeValue("type"))) {
            throw new AssertionError(answer.asXML());
        }
        return answer;
    }
}
