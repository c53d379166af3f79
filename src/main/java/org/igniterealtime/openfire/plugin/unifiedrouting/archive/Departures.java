package org.igniterealtime.openfire.plugin.unifiedrouting.archive;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes archives with their accounts. From the moment an account begins to be deleted its archive is closed: what its
 * sessions still send, and what others still send to it, is not archived. It opens again some time after the deletion,
 * in case the account is still there because Openfire could not delete it.
 *
 * <p>Whoever deletes an account waits for its archive, but not for ever: a large one is deleted in the background. So
 * that an account that is created again never sees the archive of its predecessor, its creation waits until nothing is
 * left of that. Thread-safe.
 */
public final class Departures implements Admission, SizeListener {

    private static final Logger Log = LoggerFactory.getLogger(Departures.class);

    /** How long an archive stays closed after its deletion, for what is still under way then. */
    static final Duration GRACE = Duration.ofMinutes(1);

    private final ArchiveMaintenance archive;
    private final Consumer<String> caches;
    private final Executor background;
    private final Clock clock;
    private final Duration patience;
    private final Map<String, Departure> departures = new ConcurrentHashMap<>();

    /** Its lock is held by whoever deletes. */
    private static final class Departure {
        private boolean over;
        private volatile Instant opens = Instant.MAX;
    }

    /**
     * @param caches forget what they know of an account
     * @param background where large archives are deleted
     * @param patience how long the deletion of an account waits for that of its archive
     */
    public Departures(
            ArchiveMaintenance archive, Consumer<String> caches, Executor background, Clock clock, Duration patience) {
        this.archive = archive;
        this.caches = caches;
        this.background = background;
        this.clock = clock;
        this.patience = patience;
    }

    /** An account is about to be deleted. Returns when its archive is gone, or after some time. */
    public void deleting(String owner) {
        Instant now = clock.instant();
        departures.values().removeIf(earlier -> !now.isBefore(earlier.opens));
        Departure departure = new Departure();
        departures.put(owner, departure);
        FutureTask<Void> deletion = new FutureTask<>(() -> delete(owner, departure), null);
        try {
            background.execute(deletion);
            deletion.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            Log.info("The archive of the deleted account '{}' is large; its deletion goes on.", owner);
        } catch (RejectedExecutionException | ExecutionException e) {
            Log.error("The archive of the deleted account '{}' could not be deleted.", owner, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void delete(String owner, Departure departure) {
        synchronized (departure) {
            if (departure.over) {
                return;
            }
            try {
                archive.delete(owner);
                caches.accept(owner);
            } catch (StoreUnavailable e) {
                Log.error(
                        "The archive of the deleted account '{}' could not be deleted. It will be when the account is"
                                + " created again, or by the daily search for archives without an account.",
                        owner,
                        e);
            } finally {
                departure.opens = clock.instant().plus(GRACE);
            }
        }
    }

    /** An account has been created. Returns when nothing is left of an earlier one of that name. */
    public void created(String owner) {
        Departure departure = departures.computeIfAbsent(owner, name -> new Departure());
        synchronized (departure) {
            departure.over = true;
            try {
                if (archive.size(owner).isPresent()) {
                    Log.info("The new account '{}' does not get the archive of an earlier one of this name.", owner);
                    archive.delete(owner);
                }
                caches.accept(owner);
            } catch (StoreUnavailable e) {
                Log.error(
                        "Whether the new account '{}' has the archive of an earlier one could not be found out.",
                        owner,
                        e);
            } finally {
                departures.remove(owner, departure);
            }
        }
    }

    @Override
    public Answer of(String owner) {
        return departing(owner) == null ? Answer.OPEN : Answer.CLOSED;
    }

    /** What was on its way when the archive was closed arrives while it is being deleted, or after that. */
    @Override
    public void grown(String owner, ArchiveSize size) {
        Departure departure = departing(owner);
        if (departure != null) {
            try {
                background.execute(() -> delete(owner, departure));
            } catch (RejectedExecutionException e) {
                Log.warn("The archive of the deleted account '{}' has got a message.", owner);
            }
        }
    }

    private Departure departing(String owner) {
        // Nearly always empty: no look-up then.
        Departure departure = departures.isEmpty() ? null : departures.get(owner);
        if (departure == null || clock.instant().isBefore(departure.opens)) {
            return departure;
        }
        departures.remove(owner, departure);
        return null;
    }
}
