package org.igniterealtime.openfire.testclient;

import static org.igniterealtime.openfire.testclient.Stanzas.plainMessage;
import static org.igniterealtime.openfire.testclient.Stanzas.stanzaId;
import static org.igniterealtime.openfire.testclient.Stanzas.withBody;

import java.time.Instant;
import java.util.List;
import org.dom4j.Element;

/**
 * Main class of {@code mvn -Prun exec:java@talk}: alice and bob exchange messages through the server that {@code mvn
 * -Prun} started, and each finds what it received in its archive. Shows that a server that runs also works.
 */
public final class TalkToServer {

    private static final String HOST = "127.0.0.1";
    private static final String DOMAIN = "localhost";
    private static final String PASSWORD = "secret";

    private TalkToServer() {}

    /**
     * Argument: XMPP port. Fails with an AssertionError that shows what was received, or with an exception where nobody
     * listens.
     */
    public static void main(String[] args) {
        if (args.length != 1) {
            throw new IllegalArgumentException("Argument: <XMPP port>");
        }
        int port = Integer.parseInt(args[0]);
        try (RawClient alice = login(port, "alice");
                RawClient bob = login(port, "bob")) {
            say(alice, bob);
            say(bob, alice);
        }
        System.out.println("Talked to the server: 2 messages sent, received with a stanza-id, and archived under it.");
    }

    private static RawClient login(int port, String user) {
        return RawClient.connect(HOST, port, DOMAIN)
                .login(user, PASSWORD, "talk")
                .presence();
    }

    private static void say(RawClient sender, RawClient recipient) {
        String text = "Hello of " + Instant.now();
        sender.send("<message to='" + recipient.bareJid() + "' type='chat'><body>" + text + "</body></message>");
        Element received = recipient.await(plainMessage().and(withBody(text)));
        String mid = stanzaId(received, recipient.bareJid());
        List<MamResult> archived =
                MamQuery.by(recipient).before("").max(1).send().results();
        if (mid == null || archived.size() != 1 || !archived.get(0).id().equals(mid)) {
            throw new AssertionError("Received: " + received.asXML() + "\nArchived: " + archived);
        }
    }
}
