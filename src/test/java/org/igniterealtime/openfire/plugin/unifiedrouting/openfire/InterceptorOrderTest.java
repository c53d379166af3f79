package org.igniterealtime.openfire.plugin.unifiedrouting.openfire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.jivesoftware.openfire.interceptor.InterceptorManager;
import org.jivesoftware.openfire.interceptor.PacketInterceptor;
import org.jivesoftware.openfire.interceptor.PacketRejectedException;
import org.junit.jupiter.api.Test;
import org.xmpp.packet.Message;
import org.xmpp.packet.Packet;

/** On Openfire's own list of interceptors. */
class InterceptorOrderTest {

    private final InterceptorManager manager = new InterceptorManager();
    private final List<String> met = new ArrayList<>();
    private final PacketInterceptor first = noting("first");
    private final PacketInterceptor last = noting("last");
    private final InterceptorOrder order = new InterceptorOrder(manager, first, last);

    @Test
    void oursAreAroundAllOthers() throws PacketRejectedException {
        manager.addInterceptor(noting("earlier"));
        order.establish();
        manager.addInterceptor(0, noting("front"));
        manager.addInterceptor(noting("later"));
        order.pluginCreated("another", null);

        pass(new Message());

        assertThat(met).containsExactly("first", "front", "earlier", "later", "last");
        assertThat(manager.getInterceptors()).hasSize(5);
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
        between.addInterceptor(moved.get(moved.size() - 1));

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
    void onlyIncomingPacketsBeforeTheyAreRoutedAreHandedOn() throws PacketRejectedException {
        order.establish();
        for (boolean[] phase : new boolean[][] {{true, true}, {false, false}, {false, true}}) {
            manager.invokeInterceptors(new Message(), null, phase[0], phase[1]);
        }
        assertThat(met).isEmpty();
    }

    private void pass(Packet packet) throws PacketRejectedException {
        manager.invokeInterceptors(packet, null, true, false);
    }

    private PacketInterceptor noting(String name) {
        return (packet, session, incoming, processed) -> met.add(name);
    }
}
