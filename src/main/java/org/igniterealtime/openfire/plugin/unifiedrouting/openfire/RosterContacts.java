package org.igniterealtime.openfire.plugin.unifiedrouting.openfire;

import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Contacts;
import org.jivesoftware.openfire.roster.RosterManager;
import org.jivesoftware.openfire.user.UserNotFoundException;
import org.xmpp.packet.JID;

/** Openfire's rosters. */
final class RosterContacts implements Contacts {

    private final RosterManager rosters;

    RosterContacts(RosterManager rosters) {
        this.rosters = rosters;
    }

    @Override
    public boolean isContact(String account, JID bareJid) {
        try {
            return rosters.getRoster(account).isRosterItem(bareJid);
        } catch (UserNotFoundException e) {
            return false;
        }
    }
}
