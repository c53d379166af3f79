package org.igniterealtime.openfire.plugin.unifiedrouting.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.igniterealtime.openfire.plugin.unifiedrouting.wire.OfflineAccounts.chat;
import static org.igniterealtime.openfire.plugin.unifiedrouting.wire.OfflineAccounts.next;
import static org.igniterealtime.openfire.testclient.Stanzas.child;
import static org.igniterealtime.openfire.testclient.Stanzas.message;
import static org.igniterealtime.openfire.testclient.Stanzas.withBody;

import java.util.stream.IntStream;
import org.dom4j.Element;
import org.igniterealtime.openfire.testclient.MamQuery;
import org.igniterealtime.openfire.testclient.RawClient;
import org.igniterealtime.openfire.testserver.OpenfireExtension;
import org.igniterealtime.openfire.testserver.ServerOptions;
import org.igniterealtime.openfire.testserver.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** An account is deleted while sessions of it are there, and somebody else gets its name. */
class AccountCreatedAgainIT {

    private static final String LIMIT = "<msgoffline xmlns='msgoffline'/>";

    @RegisterExtension
    static final OpenfireExtension openfire = OpenfireExtension.on(TestDatabase.HSQLDB)
            .with("plugin.unifiedrouting.offline.user-limit.enabled", "true")
            // Who has two messages waiting, and does not read the archive, gets no third one.
            .with("plugin.unifiedrouting.offline.pair-limit", "2");

    @Test
    void nothingIsLeftOfTheEarlierOnesOfflineSet() {
        RawClient alice = openfire.client("alice", "orchard").presence();
        RawClient desk = openfire.client("carol", "desk").presence(5);
        // It is there until its account is gone.
        RawClient phone = openfire.client("carol", "phone").presence(-1);
        MamQuery.by(phone).send();
        desk.iq("set", "<msgoffline xmlns='msgoffline' limit='1'/>");
        alice.send(IntStream.range(0, 5)
                .mapToObj(i -> chat("carol@localhost", "taken " + i))
                .toArray(String[]::new));
        assertThat(next(desk, 5)).hasSize(5);
        desk.unavailable();
        alice.send(chat("carol@localhost", "waits"));
        alice.sync();

        assertResult(desk.iq("set", "<query xmlns='jabber:iq:register'><remove/></query>"));
        register("carol");

        alice.send(chat("carol@localhost", "one"), chat("carol@localhost", "two"), chat("carol@localhost", "three"));
        alice.await(withBody("three").and(error -> "error".equals(error.attributeValue("type"))));
        RawClient anew = openfire.client("carol", "anew");
        assertThat(child(anew.iq("get", LIMIT), "msgoffline", "msgoffline").attributeValue("limit"))
                .isEqualTo("2");
        anew.send("<presence/>");
        assertThat(next(anew, 2)).containsExactly("one", "two");
        anew.assertNoMore(message());
        alice.assertNoMore(message());
        assertThat(MamQuery.by(anew).all(10)).hasSize(2);
    }

    private static void assertResult(Element answer) {
        assertThat(answer.attributeValue("type")).as(answer.asXML()).isEqualTo("result");
    }

    private static void register(String account) {
        try (RawClient nobody = RawClient.connect("127.0.0.1", openfire.server().xmppPort(), "localhost")) {
            assertResult(nobody.iq(
                    "set",
                    "<query xmlns='jabber:iq:register'><username>" + account + "</username><password>"
                            + ServerOptions.PASSWORD + "</password></query>"));
        }
    }
}
