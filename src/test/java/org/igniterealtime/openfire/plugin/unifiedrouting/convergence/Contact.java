package org.igniterealtime.openfire.plugin.unifiedrouting.convergence;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.igniterealtime.openfire.testclient.RawClient;
import org.igniterealtime.openfire.testserver.OpenfireServer;
import org.igniterealtime.openfire.testserver.ServerOptions;

/** Somebody who writes to the account all the time. Used by one thread. */
final class Contact {

    private static final int MOST_PAUSE_MILLIS = 15;
    private static final int BURST_LENGTH = 1_000;

    private final String user;
    private final Random random;
    private final RawClient client;
    private final SentMessages kept = new SentMessages();
    private int messages;

    Contact(OpenfireServer server, String user, long seed) {
        this.user = user;
        this.random = new Random(seed * 17 + user.hashCode());
        client = RawClient.connect("127.0.0.1", server.xmppPort(), server.domain());
        client.login(user, ServerOptions.PASSWORD, "desk");
        client.enableStreamManagement(false).presence();
        kept.sessionBegins();
    }

    /** What the account's archive must hold. */
    SentMessages kept() {
        return kept;
    }

    /** @param burst comes when half of the others are on their way, if at all */
    void play(int count, Optional<Burst> burst, String account, List<Device> devices) throws InterruptedException {
        for (int i = 0; i < count; i++) {
            if (i == count / 2 && burst.isPresent()) {
                send(burst.get(), account);
            }
            send(account, devices.get(random.nextInt(devices.size())).jid());
            TimeUnit.MILLISECONDS.sleep(random.nextInt(MOST_PAUSE_MILLIS));
        }
        client.awaitAcked();
        kept.allArrived();
    }

    private void send(Burst burst, String account) throws InterruptedException {
        burst.awaitExpected();
        List<String> stanzas = new ArrayList<>();
        for (int i = 0; i < burst.messages(); i++) {
            String id = nextId();
            kept.sent(id);
            stanzas.add(stanza(account, "chat", id, "<body>" + id + " " + ".".repeat(BURST_LENGTH) + "</body>"));
        }
        client.send(stanzas.toArray(String[]::new));
        client.awaitAcked();
        burst.archived();
    }

    private String nextId() {
        return user + "-" + ++messages;
    }

    private void send(String account, String fullJid) {
        String id = nextId();
        String body = "<body>" + id + "</body>";
        boolean isToOne = fullJid != null && random.nextInt(3) == 0;
        String to = isToOne ? fullJid : account;
        int choice = random.nextInt(12);
        switch (choice) {
            case 0 -> message(to, "normal", id, body, true);
            case 1 -> message(to, "chat", id, "<received xmlns='urn:xmpp:receipts' id='x" + id + "'/>", true);
            case 2 -> message(account, "headline", id, body, false);
            case 3 -> message(to, "chat", id, body + "<no-store xmlns='urn:xmpp:hints'/>", false);
            case 4 -> message(to, "chat", id, "<composing xmlns='http://jabber.org/protocol/chatstates'/>", false);
            case 5 ->
                message(to, "chat", id, body + "<replace xmlns='urn:xmpp:message-correct:0' id='y" + id + "'/>", true);
            default -> message(to, "chat", id, body, true);
        }
    }

    private void message(String to, String type, String id, String payload, boolean isKept) {
        if (isKept) {
            kept.sent(id);
        }
        client.send(stanza(to, type, id, payload));
    }

    private static String stanza(String to, String type, String id, String payload) {
        return "<message to='" + to + "' type='" + type + "' id='" + id + "'>" + payload + "</message>";
    }

    void close() {
        client.close();
    }
}
