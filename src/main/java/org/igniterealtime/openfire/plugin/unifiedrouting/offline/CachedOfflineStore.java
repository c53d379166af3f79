package org.igniterealtime.openfire.plugin.unifiedrouting.offline;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Mid;

/**
 * Keeps in memory what each message asks about its recipient: the limit that it has set, and when its archive was last used.
 * What another node has changed is seen after {@link #LIFE} at the latest. Thread-safe.
 */
public final class CachedOfflineStore implements OfflineStore {

    /** How long an answer is used again. */
    public static final Duration LIFE = Duration.ofSeconds(30);

    /** A time of use is written once in so long. */
    private static final Duration USE = Duration.ofHours(12);

    private static final int CAPACITY = 10_000;

    private final OfflineStore store;
    private final Clock clock;
    private final Predicate<String> departing;
    private final Map<String, Known> cache = new LinkedHashMap<>(64, 0.75f, true) {

        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Known> eldest) {
            return size() > CAPACITY;
        }
    };

    /** How many there were. What was read before one must not be remembered after it. */
    private long changes;

    private record Known(Habits habits, Instant until) {}

    /**
     * What an account has chosen and how it is used.
     *
     * @param ownLimit the limit that it has set
     * @param archiveUsedAt when a session last queried its archive or subscribed to it
     */
    public record Habits(Optional<OfflineLimit> ownLimit, Optional<Instant> archiveUsedAt) {}

    /** @param departing whether an account is being deleted: its sessions, which may still be there, change nothing */
    public CachedOfflineStore(OfflineStore store, Clock clock, Predicate<String> departing) {
        this.store = store;
        this.clock = clock;
        this.departing = departing;
    }

    /** @throws org.igniterealtime.openfire.plugin.unifiedrouting.archive.StoreUnavailable if it has to be read and cannot */
    public Habits habits(String owner) {
        Instant now = clock.instant();
        Known known;
        long changesBefore;
        synchronized (cache) {
            known = cache.get(owner);
            changesBefore = changes;
        }
        if (known != null && now.isBefore(known.until())) {
            return known.habits();
        }
        OfflineMailbox mailbox = store.mailbox(owner);
        Habits habits = new Habits(mailbox.ownLimit(), mailbox.archiveUsedAt());
        synchronized (cache) {
            if (changes == changesBefore) {
                cache.put(owner, new Known(habits, now.plus(LIFE)));
            }
        }
        return habits;
    }

    /** The account is gone, and what it had chosen with it. */
    public void forget(String owner) {
        synchronized (cache) {
            changes++;
            cache.remove(owner);
        }
    }

    @Override
    public OfflineMailbox mailbox(String owner) {
        return store.mailbox(owner);
    }

    @Override
    public List<OfflineMessage> read(String owner, long after, int max) {
        return store.read(owner, after, max);
    }

    @Override
    public OfflinePage page(String owner, long after, int max, long bytes) {
        return store.page(owner, after, max, bytes);
    }

    @Override
    public List<OfflineHead> heads(String owner, Collection<Mid> mids) {
        return store.heads(owner, mids);
    }

    @Override
    public List<OfflineMessage> find(String owner, Collection<Mid> mids) {
        return store.find(owner, mids);
    }

    @Override
    public long count(String owner) {
        return store.count(owner);
    }

    @Override
    public void apply(Collection<OfflineChange> changes) {
        store.apply(changes);
    }

    @Override
    public boolean refuseIfOver(String owner, Mid mid, int limit) {
        return store.refuseIfOver(owner, mid, limit);
    }

    @Override
    public void setLimit(String owner, Optional<OfflineLimit> limit) {
        if (departing.test(owner)) {
            return;
        }
        try {
            store.setLimit(owner, limit);
        } finally {
            forget(owner);
        }
    }

    @Override
    public void archiveUsed(String owner, Instant when) {
        if (departing.test(owner)) {
            return;
        }
        Optional<Instant> last = habits(owner).archiveUsedAt();
        if (last.isPresent() && when.isBefore(last.get().plus(USE))) {
            return;
        }
        try {
            store.archiveUsed(owner, when);
        } finally {
            forget(owner);
        }
    }
}
