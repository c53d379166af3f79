package org.igniterealtime.openfire.plugin.unifiedrouting.convergence;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What one client has sent, by the ids of its messages, and what is known of each: the server has it for certain, or may
 * have it. Used by one thread.
 */
final class SentMessages {

    private final List<List<String>> sessions = new ArrayList<>();
    private final Set<String> certain = new HashSet<>();
    private final Set<String> open = new HashSet<>();

    /** What comes from now on is sent in another session. */
    void sessionBegins() {
        sessions.add(new ArrayList<>());
    }

    void sent(String id) {
        sessions.get(sessions.size() - 1).add(id);
        open.add(id);
    }

    /** The server has processed all that was sent so far. */
    void allArrived() {
        certain.addAll(open);
        open.clear();
    }

    /**
     * Of what was sent so far, the server has acknowledged all but these.
     *
     * @param unacknowledged stanzas
     */
    void acknowledgedBut(Collection<String> unacknowledged) {
        open.removeIf(id -> {
            boolean isAcknowledged = unacknowledged.stream().noneMatch(stanza -> stanza.contains("id='" + id + "'"));
            if (isAcknowledged) {
                certain.add(id);
            }
            return isAcknowledged;
        });
    }

    /** Nobody will ever know what became of the rest. */
    void lost() {
        open.clear();
    }

    /** Whether the server has it for certain. */
    boolean isCertain(String id) {
        return certain.contains(id);
    }

    /** All of it, in the order of sending, by sessions. */
    List<List<String>> bySession() {
        return sessions;
    }
}
