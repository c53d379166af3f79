package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Mid;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineLedger;
import org.igniterealtime.openfire.plugin.unifiedrouting.subscription.SessionKey;
import org.junit.jupiter.api.Test;
import org.xmpp.packet.JID;
import org.xmpp.packet.Message;

class ClientStateTest {

    private static final Mid MID = new Mid("m");

    private final OfflineLedger<Holder> ledger = new OfflineLedger<>("bob");
    private final ClientState state =
            new ClientState(null, new SessionKey(new JID("bob@localhost/phone"), "s"), ledger);

    private Message parks(String body, Optional<Mid> mid, boolean isNew) {
        return parks("alice@localhost/desk", body, mid, isNew);
    }

    private Message parks(String from, String body, Optional<Mid> mid, boolean isNew) {
        Message message = new Message();
        message.setFrom(from);
        message.setBody(body);
        assertThat(state.park(message, mid, isNew)).isTrue();
        return message;
    }

    @Test
    void whatIsKeptNowhereComesBeforeTheMessageThatFollowedIt() {
        state.beginFlood();
        Message transientOne = parks("transient", Optional.empty(), true);
        Message kept = parks("kept", Optional.of(MID), true);
        Message later = parks("later", Optional.empty(), true);

        assertThat(state.unpark(MID)).containsExactly(transientOne, kept);
        assertThat(state.unpark(MID)).isEmpty();
        assertThat(state.nextOrOpen()).containsSame(later);
        assertThat(state.nextOrOpen()).isEmpty();
        assertThat(state.isClosed()).isFalse();
    }

    /** It is older than what waits before it. */
    @Test
    void whatIsRoutedAgainBringsNothingWithIt() {
        state.beginFlood();
        Message live = parks("live", Optional.empty(), true);
        Message again = parks("again", Optional.of(MID), false);

        assertThat(state.unpark(MID)).containsExactly(again);
        assertThat(state.unparkAll()).isEqualTo(List.of(live));
    }

    /** Their turn has passed, as that of what is kept nowhere: else it would come behind what followed it. */
    @Test
    void theConversationOfAMessageComesBeforeItInItsOrder() {
        state.beginFlood();
        Message first = parks("has its place behind the last one", Optional.of(new Mid("later")), true);
        parks("carol@localhost/phone", "another conversation", Optional.empty(), true);
        Message second = parks("alice@localhost/phone", "transient", Optional.empty(), true);
        Message last = parks("last", Optional.of(MID), true);

        assertThat(state.unpark(MID)).containsExactly(first, second, last);
        assertThat(state.unpark(new Mid("later"))).isEmpty();
        assertThat(state.hasParked()).isTrue();
    }

    @Test
    void whatWasParkedBeforeAnotherOneWasHandedOverComesFirst() {
        state.beginFlood();
        parks("carol@localhost/phone", "another conversation", Optional.of(new Mid("no row")), true);
        Message transientOne = parks("transient", Optional.empty(), true);
        Message kept = parks("kept", Optional.of(MID), true);
        ledger.submitted(new Mid("the other"), false);
        long turn = ledger.handed();
        parks("later", Optional.empty(), true);

        assertThat(state.nextBefore(0, "alice@localhost")).isEmpty();
        assertThat(state.nextBefore(turn, "alice@localhost")).containsSame(transientOne);
        assertThat(state.nextBefore(turn, "alice@localhost")).containsSame(kept);
        assertThat(state.nextBefore(turn, "alice@localhost")).isEmpty();
    }

    /** A carbon belongs to the conversation with him that its owner writes to. */
    @Test
    void carbonsBelongToTheirConversations() {
        assertThat(peerOf("sent", "bob@localhost/desk", "alice@localhost/phone"))
                .isEqualTo("alice@localhost");
        assertThat(peerOf("received", "alice@localhost", "bob@localhost/desk")).isEqualTo("alice@localhost");
    }

    private static String peerOf(String wrapper, String from, String to) {
        return ServerWrapper.peer(Verona.message(
                new JID("bob@localhost"),
                new JID("bob@localhost/phone"),
                "<" + wrapper + " xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'>"
                        + "<message xmlns='jabber:client' from='" + from + "' to='" + to + "'/></forwarded></" + wrapper
                        + ">"));
    }
}
