package org.igniterealtime.openfire.plugin.unifiedrouting.openfire;

import java.lang.ref.WeakReference;
import org.jivesoftware.openfire.interceptor.PacketInterceptor;
import org.jivesoftware.openfire.interceptor.PacketRejectedException;
import org.jivesoftware.openfire.session.Session;
import org.xmpp.packet.Packet;

/** An interceptor at one place of Openfire's list. */
final class Placed implements PacketInterceptor {

    /** The last packet that a thread brought to an interceptor, and at which of its places. */
    record Passage(WeakReference<Packet> packet, PacketInterceptor interceptor, int generation) {}

    private final PacketInterceptor interceptor;
    private final int generation;
    private final ThreadLocal<Passage> passages;

    Placed(PacketInterceptor interceptor, int generation, ThreadLocal<Passage> passages) {
        this.interceptor = interceptor;
        this.generation = generation;
        this.passages = passages;
    }

    @Override
    public void interceptPacket(Packet packet, Session session, boolean incoming, boolean processed)
            throws PacketRejectedException {
        if (!incoming) {
            return;
        }
        if (processed) {
            // Not removed: to remove a thread's value costs more than to look for it.
            passages.set(null);
            return;
        }
        Passage passage = passages.get();
        boolean hasPassed = passage != null
                && passage.packet().refersTo(packet)
                && passage.interceptor() == interceptor
                && passage.generation() != generation;
        if (!hasPassed) {
            passages.set(new Passage(new WeakReference<>(packet), interceptor, generation));
            interceptor.interceptPacket(packet, session, incoming, processed);
        }
    }
}
