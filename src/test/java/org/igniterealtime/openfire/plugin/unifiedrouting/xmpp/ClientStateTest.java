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
        Message message = new Message();
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

    @Test
    void whatWasParkedBeforeAnotherOneWasHandedOverComesFirst() {
        state.beginFlood();
        Message transientOne = parks("transient", Optional.empty(), true);
        Message kept = parks("kept", Optional.of(MID), true);
        ledger.submitted(new Mid("the other"), false);
        long turn = ledger.handed();
        parks("later", Optional.empty(), true);

        assertThat(state.nextBefore(turn, false)).containsSame(transientOne);
        assertThat(state.nextBefore(turn, false)).as("it has a turn of its own").isEmpty();
        assertThat(state.nextBefore(turn, true)).containsSame(kept);
        assertThat(state.nextBefore(turn, true)).isEmpty();
        assertThat(state.nextBefore(0, true)).isEmpty();
    }
}
