package org.igniterealtime.openfire.plugin.unifiedrouting.openfire;

import java.lang.ref.WeakReference;
import org.jivesoftware.openfire.interceptor.PacketInterceptor;
import org.jivesoftware.openfire.interceptor.PacketRejectedException;
import org.jivesoftware.openfire.session.Session;
import org.xmpp.packet.Packet;

/** An interceptor of what goes out to sessions, and of what has been routed, at one place of Openfire's list. */
final class PlacedOutgoing implements PacketInterceptor {

    /** The last packet for a session that a thread brought past the interceptor, and at which of its places. */
    record Passage(WeakReference<Packet> packet, WeakReference<Session> session, int generation) {}

    private final PacketInterceptor interceptor;
    private final int generation;
    private final ThreadLocal<Passage> passages;

    PlacedOutgoing(PacketInterceptor interceptor, int generation, ThreadLocal<Passage> passages) {
        this.interceptor = interceptor;
        this.generation = generation;
        this.passages = passages;
    }

    @Override
    public void interceptPacket(Packet packet, Session session, boolean incoming, boolean processed)
            throws PacketRejectedException {
        if (processed) {
            if (!incoming) {
                // Not removed, for the reason that Placed has.
                passages.set(null);
            }
            // What is reported twice is taken note of once.
            interceptor.interceptPacket(packet, session, incoming, processed);
        } else if (!incoming && !hasPassed(packet, session)) {
            interceptor.interceptPacket(packet, session, incoming, processed);
            // Not before: it may have sent others on this thread.
            passages.set(new Passage(new WeakReference<>(packet), new WeakReference<>(session), generation));
        }
    }

    private boolean hasPassed(Packet packet, Session session) {
        Passage passage = passages.get();
        return passage != null
                && passage.packet().refersTo(packet)
                && passage.session().refersTo(session)
                && passage.generation() != generation;
    }
}
