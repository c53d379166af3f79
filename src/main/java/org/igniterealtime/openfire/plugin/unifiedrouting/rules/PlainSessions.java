package org.igniterealtime.openfire.plugin.unifiedrouting.rules;

import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** RFC 6121 §8.5.2.1.1 as Openfire does it: which plain sessions get a message to the bare JID. */
final class PlainSessions {

    private static final Comparator<SessionSnapshot> MOST_AVAILABLE_LAST = Comparator.comparing(
                    SessionSnapshot::show, Comparator.reverseOrder())
            .thenComparingLong(SessionSnapshot::lastActive);

    private PlainSessions() {}

    static Set<SessionSnapshot> receiving(
            JudgedMessage message, List<SessionSnapshot> sessions, RuleSettings settings) {
        List<SessionSnapshot> candidates = sessions.stream()
                .filter(SessionSnapshot::takesPartInPlainRouting)
                .toList();
        if (candidates.isEmpty()
                || message.facts().is(MessageType.HEADLINE)
                || settings.plainRouting() == PlainRouting.ALL_NON_NEGATIVE) {
            return new LinkedHashSet<>(candidates);
        }
        Set<SessionSnapshot> receiving = new LinkedHashSet<>();
        if (Carbons.areMadeOf(message)) {
            // XEP-0280 §7 would wrap it for those that RFC 6121 passes over; the original says the same and more.
            candidates.stream()
                    .filter(session -> Carbons.goTo(session, settings))
                    .forEach(receiving::add);
        }
        receiving.addAll(mostAvailable(candidates, settings));
        return receiving;
    }

    private static List<SessionSnapshot> mostAvailable(List<SessionSnapshot> candidates, RuleSettings settings) {
        int highest = candidates.stream()
                .mapToInt(session -> session.priority().orElse(Integer.MIN_VALUE))
                .max()
                .orElse(Integer.MIN_VALUE);
        List<SessionSnapshot> best = candidates.stream()
                .filter(session -> session.priority().orElse(Integer.MIN_VALUE) == highest)
                .toList();
        if (settings.plainRouting() == PlainRouting.ALL_OF_HIGHEST_PRIORITY) {
            return best;
        }
        return best.stream().max(MOST_AVAILABLE_LAST).map(List::of).orElse(List.of());
    }
}
