package org.igniterealtime.openfire.plugin.unifiedrouting.openfire;

import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.BlockLists;
import org.jivesoftware.openfire.privacy.PrivacyList;
import org.jivesoftware.openfire.privacy.PrivacyListManager;
import org.xmpp.packet.Message;

/** Default privacy lists (XEP-0016); Openfire keeps what is blocked by XEP-0191 in them too. */
final class PrivacyBlockLists implements BlockLists {

    private final PrivacyListManager lists;

    PrivacyBlockLists(PrivacyListManager lists) {
        this.lists = lists;
    }

    @Override
    public boolean blocks(String account, Message message) {
        PrivacyList list = lists.getDefaultPrivacyList(account);
        return list != null && list.shouldBlockPacket(message);
    }
}
