package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import org.xmpp.packet.Message;

/** What accounts do not want to receive or send (XEP-0016, XEP-0191). Thread-safe. */
public interface BlockLists {

    /** Whether the account's default list keeps this message, which is addressed to it, away. */
    boolean blocksIncoming(String account, Message message);

    /** Whether the account's default list keeps it from sending this message. */
    boolean blocksOutgoing(String account, Message message);
}
