package org.igniterealtime.openfire.plugin.unifiedrouting.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.igniterealtime.openfire.plugin.unifiedrouting.wire.OfflineAccounts.chat;
import static org.igniterealtime.openfire.plugin.unifiedrouting.wire.OfflineAccounts.fresh;
import static org.igniterealtime.openfire.testclient.Stanzas.body;
import static org.igniterealtime.openfire.testclient.Stanzas.message;
import static org.igniterealtime.openfire.testclient.Stanzas.stanzaId;
import static org.igniterealtime.openfire.testclient.Stanzas.withBody;

import java.util.List;
import org.awaitility.Awaitility;
import org.igniterealtime.openfire.plugin.unifiedrouting.wire.OfflineAccounts.Kind;
import org.igniterealtime.openfire.testclient.MamQuery;
import org.igniterealtime.openfire.testclient.MamResult;
import org.igniterealtime.openfire.testclient.RawClient;
import org.igniterealtime.openfire.testserver.OpenfireExtension;
import org.igniterealtime.openfire.testserver.TestDatabase;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A detached session (XEP-0198) whose time is over, with messages that its client never acknowledged. */
class DetachedSessionIT {

    private static final String NO_PERMANENT_STORE = "<no-permanent-store xmlns='urn:xmpp:hints'/>";

    /** The time of a detached session is over at once. */
    @RegisterExtension
    static final OpenfireExtension openfire =
            OfflineAccounts.in(OpenfireExtension.on(TestDatabase.HSQLDB)).with("xmpp.session.detach.timeout", "1");

    private static void send(RawClient client, String... stanzas) {
        client.send(stanzas);
        client.sync();
    }

    private RawClient holding(String account) {
        RawClient client = openfire.client(account, "tunnel").enableStreamManagement(true);
        client.holdAcks(true);
        return client.presence();
    }

    private static String mid(RawClient client, String text, String account) {
        String mid = stanzaId(client.await(withBody(text)), account + "@localhost");
        assertThat(mid).as(text).isNotNull();
        return mid;
    }

    /** Nobody tells when a session is detached after its connection is gone. */
    private void end(RawClient lost) {
        lost.drop();
        Awaitility.await().until(() -> openfire.server().endDetachedSessions() == 1);
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void nothingIsLostAndNothingGetsAnotherId(Kind kind) {
        String bob = fresh(openfire, kind, 0);
        RawClient alice = openfire.client("alice", "orchard").presence();
        RawClient lost = holding(bob);
        send(alice, chat(bob + "@localhost", "to the account"), chat(lost.jid(), "to the client"));
        String first = mid(lost, "to the account", bob);
        String second = mid(lost, "to the client", bob);
        lost.drop();
        send(alice, chat(lost.jid(), "while detached"));

        end(lost);

        RawClient phone = openfire.client(bob, "phone");
        phone.send("<presence/>");
        assertThat(mid(phone, "to the account", bob)).isEqualTo(first);
        assertThat(mid(phone, "to the client", bob)).isEqualTo(second);
        String third = mid(phone, "while detached", bob);
        phone.assertNoMore(message());
        assertThat(MamQuery.by(phone).all(10)).extracting(MamResult::id).containsExactly(first, second, third);
        alice.assertNoMore(message());
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void whoIsThereGetsWhatIsLeft(Kind kind) {
        String bob = fresh(openfire, kind, 1);
        RawClient alice = openfire.client("alice", "orchard").presence();
        RawClient lost = holding(bob);
        send(alice, chat(bob + "@localhost", "one"), chat(lost.jid(), "two"));
        String first = mid(lost, "one", bob);
        String second = mid(lost, "two", bob);
        RawClient desk = openfire.client(bob, "desk").presence();

        end(lost);

        assertThat(mid(desk, "one", bob)).isEqualTo(first);
        assertThat(mid(desk, "two", bob)).isEqualTo(second);
        desk.assertNoMore(message());
        assertThat(MamQuery.by(desk).all(10)).extracting(MamResult::id).containsExactly(first, second);
        openfire.client(bob, "phone").presence().assertNoMore(message());
        alice.assertNoMore(message());
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void whatIsNotInTheArchiveIsKeptOnAsWell(Kind kind) {
        String bob = fresh(openfire, kind, 2);
        RawClient alice = openfire.client("alice", "orchard").presence();
        RawClient lost = holding(bob);
        send(alice, chat(bob + "@localhost", "secret").replace("</message>", NO_PERMANENT_STORE + "</message>"));
        lost.await(withBody("secret"));

        end(lost);

        RawClient phone =
                openfire.client(bob, "phone").enableStreamManagement(false).presence();
        phone.await(withBody("secret"));
        phone.assertNoMore(message());
        phone.close();
        RawClient desk = openfire.client(bob, "desk").presence();
        desk.assertNoMore(message());
        assertThat(MamQuery.by(desk).all(10)).isEmpty();
        alice.assertNoMore(message());
    }

    /** Section 5: "unless it came from a room's occupant (archived only); never to another live session". */
    @ParameterizedTest
    @EnumSource(Kind.class)
    void privateMessageOfARoomForAClientThatIsGoneIsArchivedOnly(Kind kind) {
        String bob = fresh(openfire, kind, 3);
        RawClient alice = openfire.client("alice", "orchard").presence();
        String room = "attic" + kind.ordinal() + "@conference.localhost";
        RawClient lost = holding(bob);
        join(alice, room, "talker");
        join(lost, room, "listener");
        RawClient desk = openfire.client(bob, "desk").presence();
        send(
                alice,
                "<message to='" + room + "/listener' type='chat' id='pm'><body>psst</body>"
                        + "<x xmlns='http://jabber.org/protocol/muc#user'/></message>");
        String mid = mid(lost, "psst", bob);

        end(lost);

        desk.assertNoMore(withBody("psst"));
        openfire.client(bob, "phone").presence().assertNoMore(withBody("psst"));
        List<MamResult> archived = MamQuery.by(desk).all(10);
        assertThat(archived).extracting(MamResult::id).containsExactly(mid);
        assertThat(body(archived.get(0).message())).isEqualTo("psst");
    }

    private static void join(RawClient client, String room, String nickname) {
        client.send(
                "<presence to='" + room + "/" + nickname + "'><x xmlns='http://jabber.org/protocol/muc'/></presence>");
        client.await(stanza ->
                stanza.getName().equals("presence") && (room + "/" + nickname).equals(stanza.attributeValue("from")));
        client.iq(
                "set",
                room,
                "<query xmlns='http://jabber.org/protocol/muc#owner'><x xmlns='jabber:x:data' type='submit'/></query>");
        client.take(message());
    }
}
