package org.igniterealtime.openfire.plugin.unifiedrouting.openfire;

import java.util.Optional;
import org.igniterealtime.openfire.plugin.unifiedrouting.openfire.compat.UserLookup;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Accounts;
import org.jivesoftware.openfire.user.UserManager;
import org.jivesoftware.openfire.user.UserNotFoundException;
import org.xmpp.packet.JID;

/** The users that are registered with this server, wherever it keeps them. */
final class OpenfireAccounts implements Accounts {

    private final String domain;
    private final UserManager users;

    OpenfireAccounts(String domain, UserManager users) {
        this.domain = domain;
        this.users = users;
    }

    @Override
    public String domain() {
        return domain;
    }

    @Override
    public boolean isUnanswered(JID address) {
        if (address == null || address.getNode() == null || !domain.equals(address.getDomain())) {
            return false;
        }
        try {
            users.getUser(address.getNode());
            return false;
        } catch (UserNotFoundException e) {
            return !UserLookup.isAnswer(e).orElse(true);
        }
    }

    @Override
    public Optional<String> accountOf(JID address) {
        if (address == null || address.getNode() == null || !domain.equals(address.getDomain())) {
            return Optional.empty();
        }
        try {
            // Cached by Openfire. isRegisteredUser is not: it has other parameters in 4.2 than in 5.
            users.getUser(address.getNode());
            return Optional.of(address.getNode());
        } catch (UserNotFoundException e) {
            return Optional.empty();
        }
    }
}
