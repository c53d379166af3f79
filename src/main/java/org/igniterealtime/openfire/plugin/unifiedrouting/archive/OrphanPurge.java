package org.igniterealtime.openfire.plugin.unifiedrouting.archive;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes archives whose accounts were deleted where Openfire did not notice: in a directory or a database of users.
 *
 * <p>A directory that fails must not cost anybody an archive. So nothing is deleted when one question gets no answer,
 * when no account at all is found, or when more accounts are missing than would leave in the ordinary course of things;
 * and an account has to be missing in two runs one after the other. Thread-safe; one run waits
 * for the other.
 */
public final class OrphanPurge {

    private static final Logger Log = LoggerFactory.getLogger(OrphanPurge.class);

    /** Of so many owners one may be missing. */
    private static final int OWNERS_PER_MISSING = 5;

    private static final int PAGE = 500;

    /** Whether an account exists. */
    public enum Existence {
        YES,
        NO,

        /** Whoever says no might say so because he could not look. */
        PROBABLY_NOT,

        /** Nobody could tell. */
        NO_ANSWER
    }

    /** What a run did. */
    public sealed interface Outcome {

        /**
         * @param missing archives that have no account
         * @param deleted how many of them are gone now; the others go if they have none in the next run either
         */
        record Done(int missing, int deleted) implements Outcome {}

        /**
         * So many accounts are missing that nothing was deleted.
         *
         * @param missing archives that have no account
         * @param owners all archives
         */
        record TooMany(int missing, int owners) implements Outcome {}

        /**
         * Nothing was deleted, because it is not known which accounts exist.
         *
         * @param owner the first one of which it is not known
         */
        record NoAnswer(String owner) implements Outcome {}

        /** The plugin leaves; the run is not finished. */
        record Interrupted() implements Outcome {}
    }

    private final ArchiveMaintenance archive;
    private final Function<String, Existence> accounts;
    private final Consumer<String> caches;
    private Set<String> missingBefore = Set.of();

    /**
     * @param accounts whether an account of this name exists
     * @param caches forget what they know of an account
     */
    public OrphanPurge(ArchiveMaintenance archive, Function<String, Existence> accounts, Consumer<String> caches) {
        this.archive = archive;
        this.accounts = accounts;
        this.caches = caches;
    }

    /**
     * @param forced an administrator wants it: what is missing now is deleted, however much it is, and a probable no
     *     counts as one. Without an answer nothing is deleted even then
     * @param leaving asked before each account; once it says yes, nothing further is done
     */
    public synchronized Outcome run(boolean forced, BooleanSupplier leaving) {
        List<String> missing = new ArrayList<>();
        int owners = 0;
        String after = "";
        List<String> page;
        do {
            page = archive.owners(after, PAGE);
            for (String owner : page) {
                if (leaving.getAsBoolean()) {
                    return new Outcome.Interrupted();
                }
                owners++;
                Existence existence = accounts.apply(owner);
                if (existence == Existence.NO_ANSWER) {
                    return new Outcome.NoAnswer(owner);
                }
                if (isMissing(existence, forced)) {
                    missing.add(owner);
                }
                after = owner;
            }
        } while (page.size() == PAGE);
        if (!forced && isTooMany(missing.size(), owners)) {
            missingBefore = Set.of();
            return new Outcome.TooMany(missing.size(), owners);
        }
        return delete(missing, forced, leaving);
    }

    private static boolean isMissing(Existence existence, boolean forced) {
        return existence == Existence.NO || forced && existence == Existence.PROBABLY_NOT;
    }

    private static boolean isTooMany(int missing, int owners) {
        return missing > 0 && (missing == owners || missing > Math.max(1, owners / OWNERS_PER_MISSING));
    }

    private Outcome delete(List<String> missing, boolean forced, BooleanSupplier leaving) {
        Set<String> twice = missingBefore;
        missingBefore = new HashSet<>(missing);
        int deleted = 0;
        for (String owner : missing) {
            if (leaving.getAsBoolean()) {
                return new Outcome.Interrupted();
            }
            // Asked again: since the first question the account may have come back.
            if ((forced || twice.contains(owner)) && isMissing(accounts.apply(owner), forced)) {
                archive.delete(owner);
                caches.accept(owner);
                Log.info("The archive of '{}' is deleted: there is no such account any more.", owner);
                deleted++;
            }
        }
        return new Outcome.Done(missing.size(), deleted);
    }
}
