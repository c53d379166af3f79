package org.igniterealtime.openfire.plugin.unifiedrouting.openfire.compat;

import java.lang.reflect.Field;
import java.util.Optional;
import org.jivesoftware.openfire.user.UserNotFoundException;

/**
 * Why Openfire says that there is no such user. COMPAT(4.2), COMPAT(5.x): its providers answer each failure of theirs
 * with the exception that means "no such user", and the failure itself is in a private field, not in the cause.
 */
public final class UserLookup {

    private static final String REASON = "nestedThrowable";

    private UserLookup() {}

    /**
     * Whether an answer means what it says: that somebody has looked and there is no such user.
     *
     * @return empty if this Openfire does not let us know
     */
    public static Optional<Boolean> isAnswer(UserNotFoundException answer) {
        try {
            Field reason = UserNotFoundException.class.getDeclaredField(REASON);
            reason.setAccessible(true);
            Throwable current = answer;
            while (current instanceof UserNotFoundException notFound) {
                Throwable cause = notFound.getCause();
                current = cause == null ? (Throwable) reason.get(notFound) : cause;
            }
            return Optional.of(current == null);
        } catch (ReflectiveOperationException | RuntimeException e) {
            return Optional.empty();
        }
    }
}
