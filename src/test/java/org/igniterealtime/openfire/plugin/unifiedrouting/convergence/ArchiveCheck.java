package org.igniterealtime.openfire.plugin.unifiedrouting.convergence;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Compares an archive with what was sent: each message that its server has for certain is in it once, one that it may have
 * once or not at all, those of one session in the order in which they were sent, and nothing else. Not thread-safe.
 */
final class ArchiveCheck {

    private final List<String> archived;
    private final Map<String, Integer> times = new HashMap<>();
    private final Set<String> sent = new LinkedHashSet<>();
    private final StringBuilder problems = new StringBuilder();

    /** @param archived the ids of the messages in the archive, in its order */
    ArchiveCheck(List<String> archived) {
        this.archived = archived;
        archived.forEach(id -> times.merge(id, 1, Integer::sum));
    }

    void check(SentMessages messages) {
        for (List<String> session : messages.bySession()) {
            for (String id : session) {
                int found = times.getOrDefault(id, 0);
                if (found > 1 || found == 0 && messages.isCertain(id)) {
                    problems.append("ARCHIVED " + found + " times: " + id + "\n");
                }
            }
            Set<String> ofSession = new LinkedHashSet<>(session);
            sent.addAll(ofSession);
            List<String> expected = session.stream().filter(times::containsKey).toList();
            List<String> found =
                    archived.stream().filter(ofSession::contains).distinct().toList();
            if (!found.equals(expected)) {
                problems.append("ARCHIVED IN ANOTHER ORDER than sent: " + found + "\n");
            }
        }
    }

    /** To be asked when all that was sent has been checked. */
    String problems() {
        List<String> unknown =
                archived.stream().filter(id -> !sent.contains(id)).toList();
        return unknown.isEmpty() ? problems.toString() : problems + "ARCHIVED and never sent: " + unknown + "\n";
    }
}
