package org.igniterealtime.openfire.plugin.unifiedrouting.subscription;

import java.util.Objects;
import org.xmpp.packet.JID;

/**
 * Names one session for good. A full JID alone does not: when a client binds a resource again, the new session has the
 * old one's address but none of its state.
 *
 * @param jid the session's full JID
 * @param streamId the id of its stream, which a resumption (XEP-0198) keeps
 */
public record SessionKey(JID jid, String streamId) {

    public SessionKey {
        Objects.requireNonNull(jid, "jid");
        Objects.requireNonNull(streamId, "streamId");
    }

    /**
     * Of the stream's id alone: a text remembers its hash, which a JID does not. The clients' streams have ids of their own;
     * what comes over one line from another server shares one, and is looked up by its JID.
     */
    @Override
    public int hashCode() {
        return streamId.hashCode();
    }

    /** The user name of the account that the session belongs to. */
    public String account() {
        return jid.getNode();
    }
}
