package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * What a connection may bring again, by content hash. Each message that was sent is met once. The archives of its sender and
 * of its recipient tell of the same messages, so that there are as many as the one says that knows of more. Not thread-safe.
 */
final class Earlier {

    /** More are not looked for: what is remembered of one connection is bounded. */
    static final int MOST_RECIPIENTS = 1_000;

    private static final int MOST_HASHES = 10_000;

    /** Messages of one content. */
    private static final class Same {

        /** Those of the present connection, or of one whose rest came by after it. */
        private final Deque<Passage> settling = new ArrayDeque<>(1);

        private int sent;
        private int received;
        private int met;
    }

    /** What a message is when it comes again. */
    sealed interface Met {

        /** Archived. */
        record Archived() implements Met {}

        /** Still on its way, or archived a moment ago. */
        record Underway(Passage passage) implements Met {}
    }

    private final Map<Long, Same> messages = new HashMap<>();
    private final Set<String> recipients = new HashSet<>();

    private Same same(long contentHash) {
        return messages.computeIfAbsent(contentHash, hash -> new Same());
    }

    /** What the archive of the sender has. */
    void sent(List<Long> contentHashes) {
        contentHashes.forEach(hash -> same(hash).sent++);
    }

    /**
     * What a recipient has, unless that is known.
     *
     * @param contentHashes not asked where too much is remembered already; if it fails, the next one asks again
     */
    void received(String recipient, Supplier<List<Long>> contentHashes) {
        if (recipients.contains(recipient) || recipients.size() >= MOST_RECIPIENTS || messages.size() >= MOST_HASHES) {
            return;
        }
        contentHashes.get().forEach(hash -> same(hash).received++);
        recipients.add(recipient);
    }

    /** May be brought again, by either connection, while the earlier one is worked off. */
    void settling(Passage passage) {
        same(passage.contentHash()).settling.add(passage);
    }

    /** What a message of this content was before; null if it is new. */
    Met meet(long contentHash) {
        Same same = messages.get(contentHash);
        if (same == null) {
            return null;
        }
        if (same.met < Math.max(same.sent, same.received)) {
            same.met++;
            return new Met.Archived();
        }
        Passage settling = same.settling.poll();
        return settling == null ? null : new Met.Underway(settling);
    }

    void forget() {
        messages.clear();
        recipients.clear();
    }
}
