package org.igniterealtime.openfire.plugin.unifiedrouting.archive;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Keeps lately used preferences in memory, because each message asks for those of both its sides. What another node has
 * changed is seen after {@link #LIFE} at the latest. Thread-safe.
 */
public final class CachedPreferences implements PreferenceStore {

    /** How long an answer is used again. */
    public static final Duration LIFE = Duration.ofSeconds(30);

    private static final int CAPACITY = 10_000;

    private final PreferenceStore store;
    private final Clock clock;
    private final Map<String, Known> cache = new LinkedHashMap<>(64, 0.75f, true) {

        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Known> eldest) {
            return size() > CAPACITY;
        }
    };

    /** How many there were. What was read before one must not be remembered after it. */
    private long changes;

    private record Known(Optional<ArchivePreferences> preferences, Instant until) {}

    public CachedPreferences(PreferenceStore store, Clock clock) {
        this.store = store;
        this.clock = clock;
    }

    @Override
    public Optional<ArchivePreferences> find(String owner) {
        Instant now = clock.instant();
        Known known;
        long changesBefore;
        synchronized (cache) {
            known = cache.get(owner);
            changesBefore = changes;
        }
        if (known != null && now.isBefore(known.until())) {
            return known.preferences();
        }
        try {
            Optional<ArchivePreferences> found = store.find(owner);
            synchronized (cache) {
                if (changes == changesBefore) {
                    cache.put(owner, new Known(found, now.plus(LIFE)));
                }
            }
            return found;
        } catch (StoreUnavailable e) {
            if (known == null) {
                throw e;
            }
            return known.preferences();
        }
    }

    @Override
    public void save(String owner, ArchivePreferences preferences) {
        long changesBefore;
        synchronized (cache) {
            changesBefore = changes;
        }
        store.save(owner, preferences);
        synchronized (cache) {
            if (changes++ == changesBefore) {
                cache.put(
                        owner,
                        new Known(Optional.of(preferences), clock.instant().plus(LIFE)));
            } else {
                // Which of two was committed last only the database knows.
                cache.remove(owner);
            }
        }
    }

    /** The account is gone, and what it had chosen with it. */
    public void forget(String owner) {
        synchronized (cache) {
            changes++;
            cache.remove(owner);
        }
    }
}
