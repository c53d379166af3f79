package org.igniterealtime.openfire.plugin.unifiedrouting.archive;

import org.xmpp.packet.JID;

/**
 * Which conversation a query wants. A bare JID stands for all its resources, a full JID for itself only; the owner's
 * own bare JID means messages from and to oneself (XEP-0313 §4.1.1).
 *
 * @param jid the other side
 */
public record PeerFilter(JID jid) {

    /** Whether only messages from or to exactly this resource are wanted. */
    public boolean exactResource() {
        return jid.getResource() != null;
    }
}
