package org.igniterealtime.openfire.plugin.unifiedrouting.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.igniterealtime.openfire.plugin.unifiedrouting.wire.OfflineAccounts.next;
import static org.igniterealtime.openfire.plugin.unifiedrouting.wire.SubscriptionScenarios.assertResult;
import static org.igniterealtime.openfire.testclient.Stanzas.body;
import static org.igniterealtime.openfire.testclient.Stanzas.message;
import static org.igniterealtime.openfire.testclient.Stanzas.stanzaId;
import static org.igniterealtime.openfire.testclient.Stanzas.withBody;

import java.util.Collections;
import java.util.List;
import org.igniterealtime.openfire.testclient.MamQuery;
import org.igniterealtime.openfire.testclient.MamResult;
import org.igniterealtime.openfire.testclient.RawClient;
import org.igniterealtime.openfire.testclient.RemoteServer;
import org.igniterealtime.openfire.testserver.LoopbackPorts;
import org.igniterealtime.openfire.testserver.OpenfireExtension;
import org.igniterealtime.openfire.testserver.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * What is sent again because its sender's connection broke enters the recipient's archive once, though the sender's archive
 * does not have it, or there is none (DESIGN section 4, "the same message again").
 */
class ResentIT {

    private static final String NEVER = "<prefs xmlns='urn:xmpp:mam:2' default='never'><always/><never/></prefs>";
    private static final String UNTIL_DELIVERED = "<no-permanent-store xmlns='urn:xmpp:hints'/>";
    private static final String ELSEWHERE = "mantua.example";
    private static final String MERCUTIO = "mercutio@" + ELSEWHERE + "/street";
    private static final int SERVER_PORT = LoopbackPorts.free();
    private static final int REMOTE_PORT = LoopbackPorts.free();

    @RegisterExtension
    static final OpenfireExtension openfire = OpenfireExtension.on(TestDatabase.HSQLDB)
            .with("xmpp.server.socket.active", "true")
            .with("xmpp.server.socket.port", Integer.toString(SERVER_PORT))
            .with("xmpp.server.tls.enabled", "false")
            .with("dnsutil.dnsOverride", "{" + ELSEWHERE + "," + LoopbackPorts.HOST + ":" + REMOTE_PORT + "}")
            .with(options -> {
                for (String account : List.of(
                        "never",
                        "ofnever",
                        "trimmed",
                        "oftrimmed",
                        "counting",
                        "ofcounting",
                        "closing",
                        "ofclosing",
                        "hinting",
                        "hinted",
                        "archiving",
                        "unarchived",
                        "ofremote",
                        "lateofremote",
                        "twoofremote")) {
                    options = options.withAccount(account, "secret");
                }
                return options;
            });

    @Test
    void senderWhoArchivesNothing() {
        RawClient target = openfire.client("ofnever", "phone").presence();
        RawClient first = openfire.client("never", "laptop");
        choose(first, NEVER);
        first.enableStreamManagement(false);
        String stanza = chat("ofnever", "again", "sent twice", "");
        first.send(stanza);
        String mid = stanzaId(target.await(withBody("sent twice")), "ofnever@localhost");
        first.drop();

        RawClient second = openfire.clientAgain("never", "laptop");
        assertThat(MamQuery.by(second).all(50)).isEmpty();
        second.send(stanza);

        assertThat(stanzaId(target.await(withBody("sent twice")), "ofnever@localhost"))
                .isEqualTo(mid);
        assertThat(MamQuery.by(target).all(50)).extracting(MamResult::id).containsExactly(mid);

        // Other words under this id, and the same words once more over this connection, are new messages.
        second.send(chat("ofnever", "again", "other words", ""));
        second.send(chat("ofnever", "ok", "ok", ""));
        second.send(chat("ofnever", "ok", "ok", ""));
        second.send(stanza);
        second.sync();
        assertThat(archive(target)).containsExactly("sent twice", "other words", "ok", "ok", "sent twice");
    }

    @Test
    void senderWhoHasTrimmedHisArchive() {
        RawClient target = openfire.client("oftrimmed", "phone").presence();
        RawClient first = openfire.client("trimmed", "laptop").enableStreamManagement(false);
        String stanza = chat("oftrimmed", "again", "sent twice", "");
        first.send(stanza);
        String mid = stanzaId(target.await(withBody("sent twice")), "oftrimmed@localhost");
        assertThat(MamQuery.by(first).all(50)).hasSize(1);
        first.drop();

        RawClient second = openfire.clientAgain("trimmed", "laptop");
        assertResult(second.iq("set", "<trim xmlns='urn:xmpp:mamtrim:0'/>"));
        second.send(stanza);

        assertThat(stanzaId(target.await(withBody("sent twice")), "oftrimmed@localhost"))
                .isEqualTo(mid);
        second.sync();
        assertThat(MamQuery.by(target).all(50)).extracting(MamResult::id).containsExactly(mid);
    }

    /** A program that is started now and then, and counts its messages from one. */
    @Test
    void whoClosesItsStreamWithAllAcknowledgedSendsNothingAgain() {
        RawClient target = openfire.client("ofcounting", "phone").presence();
        String stanza = chat("ofcounting", "1", "disk full", "");
        for (int i = 0; i < 5; i++) {
            RawClient program = openfire.clientAgain("counting", "cron");
            boolean isCounting = i < 2;
            if (isCounting) {
                program.enableStreamManagement(i == 1);
            }
            program.send(stanza);
            target.await(withBody("disk full"));
            if (isCounting) {
                program.awaitAcked();
            }
            program.close();
        }
        assertThat(MamQuery.by(target).all(50)).extracting(MamResult::id).doesNotHaveDuplicates();
        assertThat(archive(target)).isEqualTo(Collections.nCopies(5, "disk full"));
    }

    /** As Smack does with what it has not asked for. */
    @Test
    void whoClosesItsStreamWithoutHavingAskedMaySendAgain() {
        RawClient target = openfire.client("ofclosing", "phone").presence();
        String stanza = chat("ofclosing", "1", "sent twice", "");
        for (int i = 0; i < 2; i++) {
            RawClient client = openfire.clientAgain("closing", "laptop").enableStreamManagement(true);
            client.send(stanza);
            target.await(withBody("sent twice"));
            client.sync();
            client.close();
        }
        assertThat(archive(target)).containsExactly("sent twice");
    }

    /** Nobody archives it; it waits for its recipient. */
    @Test
    void messageThatIsKeptUntilItIsDelivered() {
        RawClient first = openfire.client("hinting", "laptop").enableStreamManagement(false);
        String stanza = chat("hinted", "again", "sent twice", UNTIL_DELIVERED);
        first.send(stanza);
        first.awaitAcked();
        first.drop();

        RawClient second = openfire.clientAgain("hinting", "laptop");
        second.send(stanza);
        second.send(chat("hinted", "again", "other words", UNTIL_DELIVERED));
        second.sync();

        RawClient back = openfire.client("hinted", "phone");
        back.send("<presence/>");
        assertThat(next(back, 2)).containsExactly("sent twice", "other words");
        back.sync();
        back.assertNoMore(message());
        second.assertNoMore(message());
    }

    /** The sender's archive has it, the recipient's does not: it waits for him. */
    @Test
    void recipientWhoArchivesNothing() {
        RawClient setting = openfire.client("unarchived", "phone");
        choose(setting, NEVER);
        setting.close();
        RawClient other = openfire.client("archiving", "desk");
        other.iq("set", "<enable xmlns='urn:xmpp:im-ng:0'/>");
        RawClient first = openfire.client("archiving", "laptop").enableStreamManagement(false);
        String stanza = chat("unarchived", "again", "sent twice", "");
        first.send(stanza);
        first.awaitAcked();
        first.drop();

        RawClient second = openfire.clientAgain("archiving", "laptop");
        second.send(stanza);
        second.send(chat("unarchived", "last", "the last one", ""));
        second.sync();
        assertThat(archive(second)).containsExactly("sent twice", "the last one");
        // What it has sent before is reflected once.
        assertThat(next(other, 2)).containsExactly("sent twice", "the last one");
        other.assertNoMore(message());

        RawClient back = openfire.client("unarchived", "tablet");
        back.send("<presence/>");
        assertThat(next(back, 2)).containsExactly("sent twice", "the last one");
        back.sync();
        back.assertNoMore(message());
        second.assertNoMore(message());
    }

    @Test
    void anotherServerThatHasLostItsConnection() {
        RawClient target = openfire.client("ofremote", "phone").presence();
        try (RemoteServer remote = new RemoteServer(ELSEWHERE, REMOTE_PORT)) {
            String stanza = remoteChat("ofremote", "again", "sent twice", "");
            RemoteServer.Line first = connect(remote);
            first.send(stanza);
            String mid = stanzaId(target.await(withBody("sent twice")), "ofremote@localhost");
            assertThat(mid).isNotNull();
            first.close();

            RemoteServer.Line second = connect(remote);
            second.send(stanza);
            assertThat(stanzaId(target.await(withBody("sent twice")), "ofremote@localhost"))
                    .isEqualTo(mid);
            assertThat(MamQuery.by(target).all(50)).extracting(MamResult::id).containsExactly(mid);

            second.send(remoteChat("ofremote", "again", "other words", ""));
            second.send(remoteChat("ofremote", "ok", "ok", ""));
            second.send(remoteChat("ofremote", "ok", "ok", ""));
            second.send(stanza);
            await().until(() -> archive(target).size() == 5);
            assertThat(archive(target)).containsExactly("sent twice", "other words", "ok", "ok", "sent twice");
        }
    }

    @Test
    void anotherServerWhoseMessageIsKeptUntilItIsDelivered() {
        RawClient witness = openfire.client("twoofremote", "phone").presence();
        try (RemoteServer remote = new RemoteServer(ELSEWHERE, REMOTE_PORT)) {
            String stanza = remoteChat("lateofremote", "again", "sent twice", UNTIL_DELIVERED);
            RemoteServer.Line first = connect(remote);
            first.send(stanza).send(remoteChat("twoofremote", "w1", "first line", ""));
            witness.await(withBody("first line"));
            first.close();
            RemoteServer.Line second = connect(remote);
            second.send(stanza)
                    .send(remoteChat("lateofremote", "again", "other words", UNTIL_DELIVERED))
                    .send(remoteChat("twoofremote", "w2", "second line", ""));
            witness.await(withBody("second line"));

            RawClient back = openfire.client("lateofremote", "phone");
            back.send("<presence/>");
            assertThat(next(back, 2)).containsExactly("sent twice", "other words");
            back.sync();
            back.assertNoMore(message());
        }
    }

    private static void choose(RawClient owner, String preferences) {
        assertThat(owner.iq("set", preferences).attributeValue("type")).isEqualTo("result");
    }

    private static RemoteServer.Line connect(RemoteServer remote) {
        return remote.connect(LoopbackPorts.HOST, SERVER_PORT, "localhost");
    }

    private static String chat(String to, String id, String text, String hint) {
        return "<message to='" + to + "@localhost' type='chat' id='" + id + "'><body>" + text + "</body>" + hint
                + "</message>";
    }

    private static String remoteChat(String to, String id, String text, String hint) {
        return chat(to, id, text, hint).replace("<message", "<message from='" + MERCUTIO + "'");
    }

    private static List<String> archive(RawClient owner) {
        return MamQuery.by(owner).all(50).stream()
                .map(result -> body(result.message()))
                .toList();
    }
}
