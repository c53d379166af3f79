package org.igniterealtime.openfire.plugin.unifiedrouting.openfire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.Mockito.mock;

import java.util.ArrayList;
import java.util.List;
import org.jivesoftware.openfire.interceptor.InterceptorManager;
import org.jivesoftware.openfire.interceptor.PacketInterceptor;
import org.jivesoftware.openfire.interceptor.PacketRejectedException;
import org.jivesoftware.openfire.session.Session;
import org.junit.jupiter.api.Test;
import org.xmpp.packet.Message;
import org.xmpp.packet.Packet;

/** On Openfire's own list of interceptors. */
class InterceptorOrderTest {

    private final InterceptorManager manager = new InterceptorManager();
    private final List<String> met = new ArrayList<>();
    private final PacketInterceptor first = noting("first");
    private final PacketInterceptor last = noting("last");
    private final PacketInterceptor lastOutgoing = noting("last outgoing");
    private final InterceptorOrder order = new InterceptorOrder(manager, first, last, lastOutgoing);

    @Test
    void oursAreAroundAllOthers() throws PacketRejectedException {
        manager.addInterceptor(noting("earlier"));
        order.establish();
        manager.addInterceptor(0, noting("front"));
        manager.addInterceptor(noting("later"));
        order.pluginCreated("another", null);

        pass(new Message());

        assertThat(met).containsExactly("first", "front", "earlier", "later", "last");
        assertThat(manager.getInterceptors()).hasSize(6);
    }

    @Test
    void whatGoesOutMeetsOursBehindAllOthers() throws PacketRejectedException {
        order.establish();
        manager.addInterceptor(noting("later"));
        order.pluginCreated("another", null);
        manager.invokeInterceptors(new Message(), null, false, false);
        assertThat(met).containsExactly("later", "last outgoing");
    }

    /** As below. Openfire gives one object to several sessions, and what is sent twice is two messages. */
    @Test
    void messageThatMeetsTheOutgoingOneAtBothPlacesPassesItOnceForEachSession() throws PacketRejectedException {
        Session phone = mock(Session.class);
        Session desk = mock(Session.class);
        ThreadLocal<PlacedOutgoing.Passage> passages = new ThreadLocal<>();
        InterceptorManager between = new InterceptorManager();
        between.addInterceptor(new PlacedOutgoing(lastOutgoing, 1, passages));
        between.addInterceptor(noting("later"));
        between.addInterceptor(new PlacedOutgoing(lastOutgoing, 2, passages));
        Message message = new Message();

        between.invokeInterceptors(message, phone, false, false);
        between.invokeInterceptors(message, desk, false, false);
        assertThat(met).containsExactly("last outgoing", "later", "last outgoing", "later");

        met.clear();
        between.invokeInterceptors(message, desk, false, true);
        between.invokeInterceptors(message, desk, false, false);
        assertThat(met.stream().filter("last outgoing"::equals))
                .as("told of the end, and once more")
                .hasSizeGreaterThan(1);
    }

    @Test
    void whatTheOutgoingOneRejectsIsNotTakenForPassed() {
        PlacedOutgoing placed = new PlacedOutgoing(
                (packet, session, incoming, processed) -> {
                    met.add("rejecting");
                    throw new PacketRejectedException();
                },
                1,
                new ThreadLocal<>());
        Message message = new Message();
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> placed.interceptPacket(message, null, false, false))
                    .isInstanceOf(PacketRejectedException.class);
        }
        assertThat(met).hasSize(2);
    }

    @Test
    void whatStandsRightStaysWhereItIs() {
        manager.addInterceptor(noting("other"));
        order.establish();
        List<PacketInterceptor> before = List.copyOf(manager.getInterceptors());
        order.establish();
        order.pluginDestroyed("another", null);
        assertThat(manager.getInterceptors()).isEqualTo(before);
    }

    @Test
    void nothingStaysWhenWeLeave() throws PacketRejectedException {
        manager.addInterceptor(noting("other"));
        order.establish();
        order.leave();
        pass(new Message());
        assertThat(met).containsExactly("other");

        // Another thread may bring the news of another plugin late.
        order.establish();
        pass(new Message());
        assertThat(met).containsExactly("other", "other");
    }

    /** The list as a message may meet it between the two steps of a move, with the old and the new place in it. */
    @Test
    void aMessageThatMeetsAnInterceptorAtBothPlacesPassesItOnce() throws PacketRejectedException {
        order.establish();
        List<PacketInterceptor> places = new ArrayList<>(manager.getInterceptors());
        manager.addInterceptor(0, noting("front"));
        manager.addInterceptor(noting("later"));
        order.establish();
        List<PacketInterceptor> moved = manager.getInterceptors();
        InterceptorManager between = new InterceptorManager();
        between.addInterceptor(moved.get(0));
        between.addInterceptor(noting("front"));
        places.forEach(between::addInterceptor);
        between.addInterceptor(noting("later"));
        moved.subList(moved.size() - 2, moved.size()).forEach(between::addInterceptor);

        between.invokeInterceptors(new Message(), null, true, false);

        assertThat(met).containsExactly("first", "front", "last", "later");
    }

    @Test
    void aMessageThatIsSentAgainIsHandledAgain() throws PacketRejectedException {
        order.establish();
        Message message = new Message();
        pass(message);
        pass(message);
        assertThat(met).containsExactly("first", "last", "first", "last");

        manager.addInterceptor(noting("later"));
        order.establish();
        met.clear();
        pass(message);
        assertThat(met).containsExactly("first", "later", "last");
    }

    @Test
    void anotherMessageIsAnotherMessage() throws PacketRejectedException {
        Placed old = new Placed(first, 1, new ThreadLocal<>());
        old.interceptPacket(new Message(), null, true, false);
        old.interceptPacket(new Message(), null, true, false);
        assertThat(met).containsExactly("first", "first");
    }

    @Test
    void onlyIncomingPacketsBeforeTheyAreRoutedAreHandedOnToTheOthers() throws PacketRejectedException {
        order.establish();
        for (boolean[] phase : new boolean[][] {{true, true}, {false, false}, {false, true}}) {
            manager.invokeInterceptors(new Message(), null, phase[0], phase[1]);
        }
        assertThat(met).containsOnly("last outgoing");
    }

    private void pass(Packet packet) throws PacketRejectedException {
        manager.invokeInterceptors(packet, null, true, false);
    }

    private PacketInterceptor noting(String name) {
        return (packet, session, incoming, processed) -> met.add(name);
    }
}
