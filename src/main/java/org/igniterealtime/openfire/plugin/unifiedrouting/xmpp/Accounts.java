package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import java.util.Optional;
import org.xmpp.packet.JID;

/** What this server knows of addresses. Thread-safe. */
public interface Accounts {

    /** The domain that this server's accounts live in. */
    String domain();

    /**
     * The account that an address belongs to.
     *
     * @param address bare or full, or null
     * @return the user name; empty if the address is not of this domain or nobody is registered there
     */
    Optional<String> accountOf(JID address);

    /** Whether nobody can say now if there is such an account: it may be one that {@link #accountOf} does not find. */
    default boolean isUnanswered(JID address) {
        return false;
    }

    /** The bare JID of an account. */
    default JID bareJid(String account) {
        return new JID(account, domain(), null, true);
    }
}
