package org.igniterealtime.openfire.plugin.unifiedrouting.openfire.maintenance;

import java.util.function.Function;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.OrphanPurge.Existence;
import org.igniterealtime.openfire.plugin.unifiedrouting.openfire.compat.UserLookup;
import org.jivesoftware.openfire.user.HybridUserProvider;
import org.jivesoftware.openfire.user.UserManager;
import org.jivesoftware.openfire.user.UserNotFoundException;

/** Whether Openfire's users exist. A provider that fails is never taken for one that knows no such user. */
final class UserDirectory implements Function<String, Existence> {

    private final UserManager users;

    UserDirectory(UserManager users) {
        this.users = users;
    }

    @Override
    public Existence apply(String username) {
        try {
            users.getUser(username);
            return Existence.YES;
        } catch (UserNotFoundException e) {
            return existence(e);
        } catch (RuntimeException e) {
            return Existence.NO_ANSWER;
        }
    }

    private static Existence existence(UserNotFoundException answer) {
        if (UserManager.getUserProvider() instanceof HybridUserProvider) {
            // It swallows the failures of those it asks.
            return Existence.PROBABLY_NOT;
        }
        return UserLookup.isAnswer(answer)
                .map(isAnswer -> isAnswer ? Existence.NO : Existence.NO_ANSWER)
                .orElse(Existence.PROBABLY_NOT);
    }
}
