package org.igniterealtime.openfire.plugin.unifiedrouting.crash;

import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.igniterealtime.openfire.testclient.RawClient;

/**
 * A client that sends as fast as its window allows, asks for acknowledgements all the time, and after a crash sends again
 * what was not acknowledged, from the same address. Used by one thread at a time.
 */
final class LoadSender {

    private static final int MOST_IN_ONE_WRITE = 6;
    private static final String REQUEST = "<r xmlns='urn:xmpp:sm:3'/>";

    /**
     * A message.
     *
     * @param id of the stanza; the number at its end counts what this sender has sent
     * @param recipient user name
     */
    record Sent(String id, String recipient, String xml) {}

    final String user;
    private final List<String> recipients;
    private final Random random;
    private final int window;

    /** All in order of first sending. */
    private final List<Sent> sent = new ArrayList<>();

    /** How many of these, from the first one on, were acknowledged. What follows is sent again. */
    private volatile int acknowledged;

    private RawClient client;
    private int acknowledgedBefore;

    LoadSender(String user, List<String> recipients, long seed) {
        this.user = user;
        this.recipients = recipients;
        random = new Random(seed);
        window = 1 + random.nextInt(60);
    }

    int window() {
        return window;
    }

    List<Sent> sent() {
        return sent;
    }

    int acknowledged() {
        return acknowledged;
    }

    /** Takes a new connection, with stream management, and sends again what is not acknowledged. */
    void connected(RawClient newClient) {
        client = newClient;
        acknowledgedBefore = acknowledged;
        sent.subList(acknowledged, sent.size()).forEach(message -> client.send(message.xml, REQUEST));
    }

    /** Sends until the connection breaks. */
    void sendUntilKilled() {
        try {
            while (!client.hasEnded()) {
                int unacknowledged = client.unackedSent().size();
                acknowledged = sent.size() - unacknowledged;
                if (unacknowledged < window) {
                    send(Math.min(window - unacknowledged, 1 + random.nextInt(MOST_IN_ONE_WRITE)));
                } else {
                    LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(200));
                }
            }
        } catch (UncheckedIOException e) {
            // The server was killed, which is what is waited for.
        }
        client.awaitEnd(); // what the server wrote before it died has been read then
        acknowledged = sent.size() - client.unackedSent().size();
    }

    private void send(int count) {
        List<String> elements = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String id = user + "-" + (sent.size() + 1);
            String recipient = recipients.get(random.nextInt(recipients.size()));
            String xml = "<message type='chat' to='" + recipient + "@localhost' id='" + id + "'><body>" + id
                    + "</body></message>";
            sent.add(new Sent(id, recipient, xml));
            elements.add(xml);
            if (random.nextBoolean() || i == count - 1) {
                elements.add(REQUEST);
            }
        }
        client.send(elements.toArray(String[]::new));
    }

    /** Waits until all is acknowledged, and closes the connection. */
    void finish() {
        client.awaitAcked();
        acknowledged = sent.size();
        client.close();
    }

    /** How many were acknowledged over the present connection. */
    int acknowledgedNow() {
        return acknowledged - acknowledgedBefore;
    }
}
