package org.igniterealtime.openfire.plugin.unifiedrouting.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.igniterealtime.openfire.testclient.Stanzas.body;
import static org.igniterealtime.openfire.testclient.Stanzas.child;
import static org.igniterealtime.openfire.testclient.Stanzas.errorCondition;
import static org.igniterealtime.openfire.testclient.Stanzas.message;
import static org.igniterealtime.openfire.testclient.Stanzas.ofType;
import static org.igniterealtime.openfire.testclient.Stanzas.stanzaId;
import static org.igniterealtime.openfire.testclient.Stanzas.withBody;

import java.util.List;
import java.util.stream.IntStream;
import org.dom4j.Element;
import org.igniterealtime.openfire.testclient.MamQuery;
import org.igniterealtime.openfire.testclient.MamResult;
import org.igniterealtime.openfire.testclient.RawClient;
import org.igniterealtime.openfire.testserver.OpenfireExtension;
import org.igniterealtime.openfire.testserver.TestDatabase;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Archives with a quota, as clients see them (ROUTING-RULES section 5, "archive over its quota"). */
class ArchiveLimitsIT {

    private static final int QUOTA = 100;

    @Nested
    class Trimmed {

        @RegisterExtension
        static final OpenfireExtension openfire = OpenfireExtension.on(TestDatabase.HSQLDB)
                .with("plugin.unifiedrouting.archive.quota-messages", Integer.toString(QUOTA));

        @Test
        void theOldestMessagesMakeRoom() {
            RawClient alice = openfire.client("alice", "home");
            RawClient bob = openfire.client("bob", "phone").presence();
            List<String> sent = say(alice, QUOTA + 20);
            await().until(() -> archive(bob).size() <= QUOTA);

            List<String> kept = archive(bob);
            assertThat(kept).isEqualTo(sent.subList(sent.size() - kept.size(), sent.size()));
            assertThat(kept).hasSizeGreaterThanOrEqualTo(QUOTA - QUOTA / 50);
            assertThat(MamQuery.by(bob).max(0).send().count()).isEqualTo(kept.size());
            alice.assertNoMore(message());
        }
    }

    @Nested
    class TrimmedBySize {

        private static final int BYTES = 20_000;

        @RegisterExtension
        static final OpenfireExtension openfire = OpenfireExtension.on(TestDatabase.HSQLDB)
                .with("plugin.unifiedrouting.archive.quota-bytes", Integer.toString(BYTES));

        @Test
        void theOldestMessagesMakeRoom() {
            RawClient alice = openfire.client("alice", "home");
            RawClient bob = openfire.client("bob", "phone").presence();
            // Some 1,100 bytes each: eighteen have room.
            List<String> sent =
                    IntStream.range(0, 40).mapToObj(i -> "x".repeat(1_000) + i).toList();
            sent.forEach(
                    text -> alice.send("<message to='bob@localhost' type='chat'><body>" + text + "</body></message>"));
            alice.sync();
            await().until(() -> archive(bob).size() < 20);

            List<String> kept = archive(bob);
            assertThat(kept).isEqualTo(sent.subList(sent.size() - kept.size(), sent.size()));
            assertThat(kept).hasSizeBetween(16, 19);
            assertThat(MamQuery.by(bob).max(0).send().count()).isEqualTo(kept.size());
            alice.assertNoMore(message());
        }
    }

    @Nested
    class TrimmedByAge {

        @RegisterExtension
        static final OpenfireExtension openfire =
                OpenfireExtension.on(TestDatabase.HSQLDB).with("plugin.unifiedrouting.archive.age", "2");

        @Test
        void whatIsOlderGoesWhenTheServerStarts() {
            RawClient alice = openfire.client("alice", "home");
            alice.send("<message to='bob@localhost' type='chat'><body>old</body></message>");
            alice.send("<message to='bob@localhost' type='chat'><body>old, and kept until it is delivered</body>"
                    + "<no-permanent-store xmlns='urn:xmpp:hints'/></message>");
            alice.sync();
            openfire.server().stop();
            openfire.server().update("UPDATE ofUnifiedArchive SET receivedAt = receivedAt - 3 * 24 * 3600000");
            openfire.server().update("UPDATE ofUnifiedOffline SET receivedAt = receivedAt - 3 * 24 * 3600000");
            openfire.server().startAgain();
            RawClient sender = openfire.client("alice", "office");
            sender.send("<message to='bob@localhost' type='chat'><body>young</body></message>");
            sender.sync();

            RawClient bob = openfire.client("bob", "phone");
            await().until(() -> archive(bob).equals(List.of("young")));
            assertThat(MamQuery.by(bob).max(0).send().count()).isEqualTo(1);
            await().until(() -> archive(sender).equals(List.of("young")));
            bob.presence();
            bob.sync();
            bob.assertNoMore(withBody("old, and kept until it is delivered"));
        }
    }

    @Nested
    class Refused {

        @RegisterExtension
        static final OpenfireExtension openfire = OpenfireExtension.on(TestDatabase.HSQLDB)
                .with("plugin.unifiedrouting.archive.quota-messages", Integer.toString(QUOTA))
                .with("plugin.unifiedrouting.archive.quota-reaction", "error");

        @Test
        void theSenderLearnsItAndWhoIsOnlineGetsTheMessage() {
            RawClient alice = openfire.client("alice", "home");
            RawClient bob = openfire.client("bob", "phone").presence();
            List<String> sent = say(alice, QUOTA);
            alice.assertNoMore(message());

            alice.send("<message to='bob@localhost' type='chat' id='live'><body>one too many</body></message>");

            // Somebody has got it: an error would make clients send it again.
            Element live = bob.await(withBody("one too many"));
            assertThat(stanzaId(live, "bob@localhost")).isNull();
            alice.assertNoMore(message());

            bob.unavailable();
            alice.send("<message to='bob@localhost' type='chat' id='over'><body>for nobody</body></message>");
            // alice has sent no presence: Openfire routes nothing to such a session, the error reaches it all the same.
            Element error = alice.await(message().and(ofType("error")));
            assertThat(error.attributeValue("id")).isEqualTo("over");
            assertThat(error.attributeValue("from")).isEqualTo("bob@localhost");
            assertThat(errorCondition(error)).isEqualTo("resource-constraint");
            assertThat(child(error, "error", "jabber:client").attributeValue("type"))
                    .isEqualTo("wait");
            assertThat(archive(bob)).isEqualTo(sent);

            alice.presence();
            alice.send("<message to='bob@localhost' type='chat' id='again'><body>and another</body></message>");
            assertThat(alice.await(message().and(ofType("error"))).attributeValue("id"))
                    .isEqualTo("again");

            // alice's own archive is full now as well: nobody hears of that.
            RawClient carol = openfire.client("carol", "street").presence();
            alice.send("<message to='carol@localhost' type='chat'><body>not in mine</body></message>");
            assertThat(stanzaId(carol.await(withBody("not in mine")), "carol@localhost"))
                    .isNotNull();
            assertThat(archive(carol)).containsExactly("not in mine");
            assertThat(archive(alice)).doesNotContain("not in mine");
            alice.assertNoMore(message());

            sentAgainIsArchivedOnce();

            RawClient refused = openfire.client("carol", "train").enableStreamManagement(false);
            String late = "<message to='bob@localhost' type='chat' id='late'><body>sent again later</body></message>";
            refused.send(late);
            assertThat(errorCondition(refused.await(message().and(ofType("error")))))
                    .isEqualTo("resource-constraint");
            refused.drop();

            bob.iq("set", "<trim xmlns='urn:xmpp:mamtrim:0'/>");
            await().untilAsserted(() -> {
                alice.send("<message to='bob@localhost' type='chat'><body>there is room</body></message>");
                alice.sync();
                assertThat(archive(bob)).contains("there is room");
            });

            // It is in carol's archive, and was not in bob's.
            RawClient again = openfire.clientAgain("carol", "train");
            again.send(late);
            again.sync();
            assertThat(archive(bob)).containsOnlyOnce("sent again later");
            assertThat(archive(again)).containsOnlyOnce("sent again later");
        }

        /** Her own archive does not have it. */
        private static void sentAgainIsArchivedOnce() {
            RawClient carol = openfire.client("carol", "office").presence();
            RawClient first = openfire.client("alice", "train").enableStreamManagement(false);
            String stanza = "<message to='carol@localhost' type='chat' id='again'><body>sent twice</body></message>";
            first.send(stanza);
            String mid = stanzaId(carol.await(withBody("sent twice")), "carol@localhost");
            first.drop();
            RawClient second = openfire.clientAgain("alice", "train");
            second.send(stanza);
            assertThat(stanzaId(carol.await(withBody("sent twice")), "carol@localhost"))
                    .isEqualTo(mid);
            assertThat(archive(carol)).containsOnlyOnce("sent twice");
            assertThat(archive(second)).doesNotContain("sent twice");
        }
    }

    private static List<String> say(RawClient sender, int messages) {
        List<String> bodies =
                IntStream.range(0, messages).mapToObj(i -> "message " + i).toList();
        bodies.forEach(
                text -> sender.send("<message to='bob@localhost' type='chat'><body>" + text + "</body></message>"));
        sender.sync();
        return bodies;
    }

    private static List<String> archive(RawClient owner) {
        return MamQuery.by(owner).all(250).stream()
                .map(MamResult::message)
                .filter(message -> !"error".equals(message.attributeValue("type")))
                .map(message -> body(message))
                .toList();
    }
}
