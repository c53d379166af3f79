package org.igniterealtime.openfire.plugin.unifiedrouting.archive;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Goes through all archives and takes out what is older than it may be, and what is over the quota: the latter for
 * archives that get no messages and whose quota was lowered.
 */
public final class Retention {

    private static final Logger Log = LoggerFactory.getLogger(Retention.class);

    /** After so many failures in a row it is the database, not the archives. */
    private static final int FAILURES = 3;

    private static final int PAGE = 500;

    private final ArchiveMaintenance archive;
    private final QuotaKeeper quotas;
    private final Supplier<Optional<Duration>> age;
    private final Clock clock;

    /**
     * @param age how old messages may become; empty = as old as they like
     */
    public Retention(ArchiveMaintenance archive, QuotaKeeper quotas, Supplier<Optional<Duration>> age, Clock clock) {
        this.archive = archive;
        this.quotas = quotas;
        this.age = age;
        this.clock = clock;
    }

    /**
     * @param leaving asked before each account; once it says yes, nothing further is done
     * @return how many messages were deleted
     */
    public long run(BooleanSupplier leaving) {
        if (age.get().isEmpty() && !quotas.isTrimming()) {
            return 0;
        }
        long deleted = 0;
        int failures = 0;
        String after = "";
        while (true) {
            List<String> owners = archive.owners(after, PAGE);
            for (String owner : owners) {
                if (leaving.getAsBoolean()) {
                    return deleted;
                }
                try {
                    deleted += shorten(owner);
                    failures = 0;
                } catch (StoreUnavailable e) {
                    if (++failures == FAILURES) {
                        throw e;
                    }
                    Log.warn("The archive of '{}' could not be shortened.", owner, e);
                }
            }
            if (owners.size() < PAGE) {
                return deleted;
            }
            after = owners.get(owners.size() - 1);
        }
    }

    private long shorten(String owner) {
        long old = age.get()
                .map(oldest -> archive.trimBefore(owner, clock.instant().minus(oldest)))
                .orElse(0L);
        return old + quotas.enforce(owner);
    }
}
