package org.igniterealtime.openfire.plugin.unifiedrouting.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.igniterealtime.openfire.testclient.Stanzas.body;
import static org.igniterealtime.openfire.testclient.Stanzas.forwardedMessage;
import static org.igniterealtime.openfire.testclient.Stanzas.isSubscriptionNotification;
import static org.igniterealtime.openfire.testclient.Stanzas.plainMessage;

import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.dom4j.DocumentException;
import org.dom4j.Element;
import org.dom4j.io.SAXReader;
import org.igniterealtime.openfire.testclient.RawClient;
import org.igniterealtime.openfire.testserver.OpenfireExtension;
import org.igniterealtime.openfire.testserver.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Clients that come by BOSH (XEP-0124): what they have not fetched waits in the server, and there is no stream management. */
class BoshIT {

    private static final int MESSAGES = 30;
    private static final int LENGTH = 100_000;

    /** What may wait for a session, and a page more. */
    private static final int MOST = 640 * 1024;

    private static final int PORT = freePort();

    @RegisterExtension
    static final OpenfireExtension openfire = OpenfireExtension.on(TestDatabase.HSQLDB)
            .with("plugin.unifiedrouting.offline.pair-limit", "0")
            .with("httpbind.enabled", "true")
            .with("httpbind.port.plain", Integer.toString(PORT))
            .with("httpbind.port.secure", "-1")
            .with(options -> options.withAccount("reader", "secret").withAccount("idler", "secret"));

    private static int freePort() {
        try (ServerSocket any = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return any.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One request at a time; it comes back when there is something for the client, or after a second. */
    private static final class BoshClient {

        private final HttpClient http = HttpClient.newHttpClient();
        private long rid = 1_000;
        private String sid;
        private int longest;

        BoshClient(String account, String resource) {
            sid = exchange("to='localhost' wait='1' hold='1' ver='1.6' xml:lang='en' xmpp:version='1.0'", "")
                    .attributeValue("sid");
            String plain =
                    Base64.getEncoder().encodeToString(("\0" + account + "\0secret").getBytes(StandardCharsets.UTF_8));
            send("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>" + plain + "</auth>", "success");
            exchange("to='localhost' xmpp:restart='true'", "");
            send(
                    "<iq xmlns='jabber:client' type='set' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>"
                            + "<resource>" + resource + "</resource></bind></iq>",
                    "iq");
            send(
                    "<iq xmlns='jabber:client' type='set' id='session'>"
                            + "<session xmlns='urn:ietf:params:xml:ns:xmpp-session'/></iq>",
                    "iq");
        }

        /** Awaits an answer of that name. */
        private void send(String xml, String answer) {
            List<Element> got = send(xml);
            for (int polls = 0; got.stream().noneMatch(e -> e.getName().equals(answer)); polls++) {
                assertThat(polls).as("polls for <%s/>", answer).isLessThan(20);
                got = send("");
            }
        }

        /** XEP-0124 §14: the server ends the session. */
        void breakTheRules() {
            rid += 1_000;
            send("");
        }

        List<Element> send(String xml) {
            return exchange("", xml).elements();
        }

        private Element exchange(String attributes, String xml) {
            String body = "<body xmlns='http://jabber.org/protocol/httpbind' xmlns:xmpp='urn:xmpp:xbosh' rid='" + rid++
                    + "'" + (sid == null ? "" : " sid='" + sid + "'") + ' ' + attributes + '>' + xml + "</body>";
            try {
                HttpResponse<String> response = http.send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + PORT + "/http-bind/"))
                                .POST(HttpRequest.BodyPublishers.ofString(body))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
                longest = Math.max(longest, response.body().length());
                return new SAXReader().read(new StringReader(response.body())).getRootElement();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException | DocumentException e) {
                throw new AssertionError(e);
            }
        }
    }

    private static void fill(String account) {
        RawClient alice = openfire.client("alice", "orchard");
        alice.enableStreamManagement(false);
        for (int i = 1; i <= MESSAGES; i++) {
            alice.send("<message to='" + account + "@localhost' type='chat'><body>" + i + '-' + "x".repeat(LENGTH)
                    + "</body></message>");
        }
        alice.awaitAcked();
    }

    private static String number(Element message) {
        String text = body(message);
        return text.substring(0, text.indexOf('-'));
    }

    private static List<String> numbers() {
        return IntStream.rangeClosed(1, MESSAGES).mapToObj(Integer::toString).toList();
    }

    private static List<Element> all(List<Element> stanzas, Predicate<Element> which) {
        return stanzas.stream().filter(which).toList();
    }

    @Test
    void aLongArchiveDoesNotWaitInTheServerForAClientThatCatchesUp() throws InterruptedException {
        fill("reader");
        BoshClient bob = new BoshClient("reader", "browser");
        List<Element> got = new ArrayList<>(bob.send("<iq xmlns='jabber:client' type='set' id='catch-up'>"
                + "<subscribe xmlns='urn:xmpp:mam:sub:0'><set xmlns='http://jabber.org/protocol/rsm'><after/></set>"
                + "</subscribe></iq>"));
        // Time enough to write everything, if nothing kept the server from it.
        TimeUnit.SECONDS.sleep(2);
        for (int polls = 0;
                polls < 100 && all(got, e -> isAnswer(e, "catch-up")).isEmpty();
                polls++) {
            got.addAll(bob.send(""));
        }
        assertThat(all(got, isSubscriptionNotification()).stream().map(n -> number(forwardedMessage(n))))
                .isEqualTo(numbers());
        assertThat(got.get(got.size() - 1).attributeValue("type")).isEqualTo("result");
        assertThat(bob.longest).isLessThan(MOST);
    }

    private static boolean isAnswer(Element stanza, String id) {
        return stanza.getName().equals("iq") && id.equals(stanza.attributeValue("id"));
    }

    @Test
    void whatAClientThatIsFloodedHasNotFetchedIsDeliveredToTheNextOne() throws InterruptedException {
        fill("idler");
        BoshClient bob = new BoshClient("idler", "browser");
        List<Element> got = new ArrayList<>(bob.send("<presence xmlns='jabber:client'/>"));
        TimeUnit.SECONDS.sleep(2);
        while (all(got, plainMessage()).size() < 2) {
            got.addAll(bob.send(""));
        }
        List<String> fetched =
                all(got, plainMessage()).stream().map(BoshIT::number).toList();
        assertThat(bob.longest).isLessThan(MOST);
        assertThat(fetched).hasSizeLessThan(MESSAGES).isEqualTo(numbers().subList(0, fetched.size()));

        bob.breakTheRules();
        RawClient phone = openfire.client("idler", "phone").presence();
        List<String> delivered = new ArrayList<>();
        do {
            delivered.add(number(phone.await(plainMessage())));
        } while (!delivered.get(delivered.size() - 1).equals(Integer.toString(MESSAGES)));
        // What it fetched last may come again: nobody has seen yet that it did when its session ended.
        assertThat(delivered).hasSizeGreaterThanOrEqualTo(MESSAGES - fetched.size());
        assertThat(delivered).isEqualTo(numbers().subList(MESSAGES - delivered.size(), MESSAGES));
        phone.assertNoMore(plainMessage());
    }
}
