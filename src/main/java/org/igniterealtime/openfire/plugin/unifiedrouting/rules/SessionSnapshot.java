package org.igniterealtime.openfire.plugin.unifiedrouting.rules;

import java.util.EnumSet;
import java.util.OptionalInt;
import java.util.Set;

/**
 * One bound session of an account at the moment a message passes.
 *
 * @param priority of its presence; empty while it is unavailable
 * @param lastActive when it last sent something, in any unit that is the same for all sessions
 */
public record SessionSnapshot(
        String resource, OptionalInt priority, Show show, long lastActive, Activity activity, Set<SessionMode> modes) {

    public SessionSnapshot {
        modes = Set.copyOf(modes);
    }

    /** @return an active plain session that has sent presence */
    public static SessionSnapshot available(String resource, int priority) {
        return new SessionSnapshot(resource, OptionalInt.of(priority), Show.AVAILABLE, 0, Activity.ACTIVE, Set.of());
    }

    /** @return an active plain session that has not sent presence */
    public static SessionSnapshot unavailable(String resource) {
        return new SessionSnapshot(resource, OptionalInt.empty(), Show.AVAILABLE, 0, Activity.ACTIVE, Set.of());
    }

    public SessionSnapshot with(SessionMode mode) {
        Set<SessionMode> more = EnumSet.of(mode);
        more.addAll(modes);
        return new SessionSnapshot(resource, priority, show, lastActive, activity, more);
    }

    public SessionSnapshot with(Activity activity) {
        return new SessionSnapshot(resource, priority, show, lastActive, activity, modes);
    }

    public SessionSnapshot with(Show show) {
        return new SessionSnapshot(resource, priority, show, lastActive, activity, modes);
    }

    public SessionSnapshot lastActive(long lastActive) {
        return new SessionSnapshot(resource, priority, show, lastActive, activity, modes);
    }

    public boolean is(SessionMode mode) {
        return modes.contains(mode);
    }

    /** @return whether RFC 6121 §8.5.2.1 has it in view for messages to the bare JID */
    boolean takesPartInPlainRouting() {
        // XEP-0409 replaces that routing: such a session gets its own copy whatever its priority.
        return !is(SessionMode.ROUTING_NG) && priority.isPresent() && priority.getAsInt() >= 0;
    }
}
