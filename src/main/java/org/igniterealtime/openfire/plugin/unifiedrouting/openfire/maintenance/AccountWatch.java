package org.igniterealtime.openfire.plugin.unifiedrouting.openfire.maintenance;

import java.util.Map;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Departures;
import org.jivesoftware.openfire.event.UserEventListener;
import org.jivesoftware.openfire.user.User;

/** Lets archives go with their accounts. */
final class AccountWatch implements UserEventListener {

    private final Departures departures;

    AccountWatch(Departures departures) {
        this.departures = departures;
    }

    @Override
    public void userCreated(User user, Map<String, Object> parameters) {
        departures.created(user.getUsername());
    }

    @Override
    public void userDeleting(User user, Map<String, Object> parameters) {
        departures.deleting(user.getUsername());
    }

    @Override
    public void userModified(User user, Map<String, Object> parameters) {
        // A user's name, which archives are kept by, does not change.
    }
}
