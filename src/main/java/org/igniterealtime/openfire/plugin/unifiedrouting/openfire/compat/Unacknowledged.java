package org.igniterealtime.openfire.plugin.unifiedrouting.openfire.compat;

import java.lang.reflect.Field;
import java.util.Collection;
import org.jivesoftware.openfire.session.ClientSession;
import org.jivesoftware.openfire.session.LocalClientSession;
import org.jivesoftware.openfire.streammanagement.StreamManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * COMPAT(4.2, 5.x): what a session was sent and has not acknowledged (XEP-0198). Openfire keeps that in a private field of
 * the same name and kind in all versions. Thread-safe.
 */
public final class Unacknowledged {

    private static final Logger Log = LoggerFactory.getLogger(Unacknowledged.class);

    private final Field stanzas;

    public Unacknowledged() {
        Field field = null;
        try {
            field = StreamManager.class.getDeclaredField("unacknowledgedServerStanzas");
            field.setAccessible(true);
        } catch (ReflectiveOperationException | RuntimeException e) {
            Log.warn(
                    "This Openfire does not show what its clients have not acknowledged; slow ones cannot be spared.",
                    e);
        }
        this.stanzas = field;
    }

    /** How many stanzas; 0 without stream management, and for sessions of other nodes. */
    public int count(ClientSession session) {
        if (stanzas == null
                || !(session instanceof LocalClientSession local)
                || !local.getStreamManager().isEnabled()) {
            return 0;
        }
        StreamManager manager = local.getStreamManager();
        synchronized (manager) {
            try {
                return ((Collection<?>) stanzas.get(manager)).size();
            } catch (IllegalAccessException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
