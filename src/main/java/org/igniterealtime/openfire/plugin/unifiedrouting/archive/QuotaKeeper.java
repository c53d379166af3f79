package org.igniterealtime.openfire.plugin.unifiedrouting.archive;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.igniterealtime.openfire.plugin.unifiedrouting.rules.ArchiveQuotaReaction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps archives within their quota, in one of two ways. With the reaction {@code trim} an archive that has grown over
 * it is trimmed in the background; one job at most waits for each account. What is undelivered is never trimmed: an
 * archive in which all is undelivered is full, until a client has come for some of it. Whether one has is looked at when the
 * next message comes for it, no more than once in {@link #LIFE_OF_FULL}, and every hour: a trim that finds nothing to trim
 * is not repeated by itself. With {@code error} a full archive
 * takes no more messages. Messages that are on their way at the same time may exceed the quota by their number: each waits
 * for those before it, so that this is the number of sessions that send.
 *
 * <p>Without a quota this costs one look at the settings for each account of a batch. Thread-safe.
 */
public final class QuotaKeeper implements SizeListener, Admission {

    private static final Logger Log = LoggerFactory.getLogger(QuotaKeeper.class);

    /** How long a size that leaves room is believed. This node's own messages keep it right; other nodes' do not. */
    static final Duration LIFE = Duration.ofSeconds(30);

    /** How long a full archive is believed to be full: its owner may have made room. */
    static final Duration LIFE_OF_FULL = Duration.ofSeconds(1);

    private static final int CAPACITY = 10_000;

    private final Supplier<Quota> quota;
    private final ArchiveMaintenance archive;
    private final Settling writer;
    private final Executor background;
    private final Clock clock;
    private final Set<String> waiting = ConcurrentHashMap.newKeySet();

    /** Whose archives could not be trimmed enough, and when that was tried last. */
    private final Map<String, Instant> undelivered = new ConcurrentHashMap<>();

    private final Map<String, Known> sizes = new LinkedHashMap<>(64, 0.75f, true) {

        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Known> eldest) {
            return size() > CAPACITY;
        }
    };

    private record Known(ArchiveSize size, Instant at) {}

    /**
     * @param quota the one in force
     * @param writer brings archives to the size that they have with what was handed over before
     * @param background where archives are trimmed
     */
    public QuotaKeeper(
            Supplier<Quota> quota, ArchiveMaintenance archive, Settling writer, Executor background, Clock clock) {
        this.quota = quota;
        this.archive = archive;
        this.writer = writer;
        this.background = background;
        this.clock = clock;
    }

    @Override
    public void grown(String owner, ArchiveSize size) {
        Quota current = quota.get();
        if (current.isNone()) {
            return;
        }
        if (current.reaction() == ArchiveQuotaReaction.ERROR) {
            remember(owner, size);
        } else if (current.isExceededBy(size)) {
            trimSoon(owner);
        }
    }

    private void trimSoon(String owner) {
        if (waiting.add(owner)) {
            try {
                background.execute(() -> trim(owner));
            } catch (RejectedExecutionException e) {
                waiting.remove(owner);
                Log.debug("The archive of '{}' is over its quota; the plugin is leaving.", owner);
            }
        }
    }

    /** Whether there is a quota that archives are trimmed to. */
    boolean isTrimming() {
        return isTrimming(quota.get());
    }

    private static boolean isTrimming(Quota current) {
        return !current.isNone() && current.reaction() == ArchiveQuotaReaction.TRIM;
    }

    private void trim(String owner) {
        waiting.remove(owner);
        try {
            enforce(owner);
        } catch (RuntimeException e) {
            // The next message, or the next hour, brings it here again.
            Log.warn("The archive of '{}' is over its quota and could not be trimmed.", owner, e);
        }
    }

    /**
     * Trims an archive if it is over its quota and this is what the administrator wants.
     *
     * @return how many messages had to go
     */
    public long enforce(String owner) {
        Quota current = quota.get();
        if (!isTrimming(current)
                || archive.size(owner).filter(current::isExceededBy).isEmpty()) {
            undelivered.remove(owner);
            return 0;
        }
        ArchiveSize rest = current.trimmed();
        ArchiveMaintenance.Trimmed trimmed = archive.trimTo(owner, rest.messages(), rest.bytes());
        if (archive.size(owner).filter(current::isExceededBy).isEmpty()) {
            undelivered.remove(owner);
        } else if (!trimmed.isEnough() && undelivered.size() < CAPACITY) {
            undelivered.put(owner, clock.instant());
        }
        return trimmed.messages();
    }

    @Override
    public Answer of(String owner) {
        Quota current = quota.get();
        if (current.isNone()) {
            return Answer.OPEN;
        }
        if (current.reaction() == ArchiveQuotaReaction.TRIM) {
            return isFullOfUndelivered(owner) ? Answer.FULL_OF_UNDELIVERED : Answer.OPEN;
        }
        try {
            // Whether there is room for this message is known when those before it have their place.
            writer.settle(owner);
            return current.isReachedBy(sizeOf(owner, current)) ? Answer.FULL : Answer.OPEN;
        } catch (StoreUnavailable e) {
            // What becomes of a message without a database is the writer's business.
            return Answer.OPEN;
        }
    }

    /** Whether anything was delivered meanwhile is found out in the background. Until then the answer stands. */
    private boolean isFullOfUndelivered(String owner) {
        Instant tried = undelivered.get(owner);
        if (tried != null && !clock.instant().isBefore(tried.plus(LIFE_OF_FULL))) {
            trimSoon(owner);
        }
        return tried != null;
    }

    private ArchiveSize sizeOf(String owner, Quota current) {
        Instant now = clock.instant();
        synchronized (sizes) {
            Known known = sizes.get(owner);
            if (known != null) {
                Duration life = current.isReachedBy(known.size()) ? LIFE_OF_FULL : LIFE;
                if (now.isBefore(known.at().plus(life))) {
                    return known.size();
                }
            }
        }
        ArchiveSize size = archive.size(owner).orElse(ArchiveSize.EMPTY);
        remember(owner, size);
        return size;
    }

    /** The next question about this account looks anew. */
    public void forget(String owner) {
        undelivered.remove(owner);
        synchronized (sizes) {
            sizes.remove(owner);
        }
    }

    private void remember(String owner, ArchiveSize size) {
        synchronized (sizes) {
            sizes.put(owner, new Known(size, clock.instant()));
        }
    }
}
