package org.igniterealtime.openfire.plugin.unifiedrouting.openfire.compat;

import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jivesoftware.openfire.session.ClientSession;
import org.jivesoftware.openfire.session.LocalClientSession;
import org.jivesoftware.openfire.streammanagement.StreamManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xmpp.packet.Packet;

/**
 * COMPAT(4.2, 5.x): what sessions were sent and have not acknowledged (XEP-0198). Openfire keeps that in a private field of
 * the same name and kind in all versions. Thread-safe.
 */
public final class UnacknowledgedStanzas {

    private static final Logger Log = LoggerFactory.getLogger(UnacknowledgedStanzas.class);

    private final Field field;

    public UnacknowledgedStanzas() {
        Field found = null;
        try {
            found = StreamManager.class.getDeclaredField("unacknowledgedServerStanzas");
            found.setAccessible(true);
        } catch (ReflectiveOperationException | RuntimeException e) {
            Log.error(
                    "This Openfire does not show what clients have not acknowledged. Slow ones cannot be spared, and they may get"
                            + " messages twice.",
                    e);
        }
        this.field = found;
    }

    /** How many stanzas; 0 without stream management, and for sessions of other nodes. */
    public int count(ClientSession session) {
        if (!(session instanceof LocalClientSession local)
                || !local.getStreamManager().isEnabled()) {
            return 0;
        }
        StreamManager manager = local.getStreamManager();
        synchronized (manager) {
            return queue(manager).size();
        }
    }

    /** The stanzas that Openfire goes on using, oldest first: to be read only. */
    List<Packet> of(LocalClientSession session) {
        StreamManager manager = session.getStreamManager();
        List<Packet> stanzas = new ArrayList<>();
        synchronized (manager) {
            for (Object one : queue(manager)) {
                stanzas.add(((StreamManager.UnackedPacket) one).packet);
            }
        }
        return stanzas;
    }

    void forget(LocalClientSession session) {
        StreamManager manager = session.getStreamManager();
        synchronized (manager) {
            if (field != null) {
                queue(manager).clear();
            }
        }
    }

    private Collection<?> queue(StreamManager manager) {
        if (field == null) {
            return List.of();
        }
        try {
            return (Collection<?>) field.get(manager);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }
}
