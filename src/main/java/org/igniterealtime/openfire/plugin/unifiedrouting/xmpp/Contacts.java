package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import org.xmpp.packet.JID;

/** Accounts' rosters (RFC 6121 §2). Thread-safe. */
@FunctionalInterface
public interface Contacts {

    /** Whether an account has this bare JID in its roster. */
    boolean isContact(String account, JID bareJid);
}
