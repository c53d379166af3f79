package org.igniterealtime.openfire.plugin.unifiedrouting.archive.jdbc;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.StoreUnavailable;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.imports.ImportMids;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.imports.ImportPlan;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.imports.ImportProgress;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.imports.ImportTally;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.imports.SourceReader;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.Database;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.SqlDialect;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An import from when it is started until it ends, on a thread of its own. Thread-safe.
 */
final class ImportRun {

    private static final Logger Log = LoggerFactory.getLogger(ImportRun.class);

    /** So that what hinders a row for a moment, such as a lock, does not cost it its place. */
    private static final Duration BETWEEN_TRIES = Duration.ofMillis(100);

    private final Database database;
    private final SqlDialect dialect;
    private final ImportLedger ledger;
    private final Supplier<SourceReader> readers;
    private final ArchiveFronts fronts;
    private final ImportLedger.State first;
    private final ImportPace pace;
    private final Thread thread;
    private final CountDownLatch ending = new CountDownLatch(1);
    private final long begunNanos = System.nanoTime();

    private volatile Status status;

    /** What {@link #progress} shows; replaced as a whole. */
    private record Status(
            ImportProgress.State state, Optional<ImportLedger.State> reached, long seen, Optional<String> failure) {

        Status now(ImportProgress.State now) {
            return new Status(now, reached, seen, failure);
        }

        Status failedWith(ImportProgress.State now, String reason) {
            return new Status(now, reached, seen, Optional.of(reason));
        }

        Status reached(ImportLedger.State now, ImportTally slice) {
            return new Status(ImportProgress.State.RUNNING, Optional.of(now), seen + slice.seen(), failure);
        }
    }

    /** Another node moves the same import. */
    private static final class MovedByOther extends RuntimeException {

        private static final long serialVersionUID = 1L;

        MovedByOther() {
            super("Another node of the cluster is importing");
        }
    }

    /** There is no such table. */
    private static final class NothingToImport extends RuntimeException {

        private static final long serialVersionUID = 1L;

        NothingToImport(StoreUnavailable reason) {
            super(reason.getMessage(), reason);
        }
    }

    /**
     * @param first what is written down if nothing is yet
     */
    ImportRun(
            Database database,
            SqlDialect dialect,
            ImportLedger ledger,
            Supplier<SourceReader> readers,
            ArchiveFronts fronts,
            ImportLedger.State first,
            ImportPace pace) {
        this.database = database;
        this.dialect = dialect;
        this.ledger = ledger;
        this.readers = readers;
        this.fronts = fronts;
        this.first = first;
        this.pace = pace;
        this.status = new Status(ImportProgress.State.RUNNING, Optional.empty(), 0, Optional.empty());
        this.thread = new Thread(this::run, "unifiedrouting-import");
        thread.setDaemon(true);
        thread.setPriority(Thread.MIN_PRIORITY);
    }

    void begin() {
        thread.start();
    }

    /** Waits for the slice that it is at. */
    void end() {
        ending.countDown();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    ImportProgress progress() {
        Status now = status;
        boolean runs = now.state() == ImportProgress.State.RUNNING || now.state() == ImportProgress.State.WAITING;
        double seconds = (System.nanoTime() - begunNanos) / 1e9;
        return new ImportProgress(
                now.state(),
                now.reached().map(ImportLedger.State::tally).orElse(ImportTally.NONE),
                now.reached()
                        .map(reached -> Instant.ofEpochMilli(reached.before().sentAt())),
                runs ? now.seen() / seconds : 0,
                now.failure());
    }

    private void run() {
        try {
            Optional<MonitoringTable> table = retried(this::openTable);
            Optional<ImportLedger.State> state = retried(this::openLedger);
            status = table.isPresent() && state.isPresent()
                    ? bringAlong(table.get(), state.get())
                    : status.now(ImportProgress.State.STOPPED);
        } catch (NothingToImport e) {
            status = status.failedWith(ImportProgress.State.NOTHING_TO_IMPORT, e.getMessage());
        } catch (MovedByOther e) {
            status = status.failedWith(ImportProgress.State.STOPPED, e.getMessage());
        } catch (RuntimeException | Error e) {
            Log.error("The import of the monitoring plugin's archive failed unexpectedly.", e);
            status = status.failedWith(ImportProgress.State.FAILED, e.toString());
        }
        Log.info("The import of the monitoring plugin's archive has ended: {}.", progress());
    }

    private MonitoringTable openTable() {
        try {
            return database.statement(
                    "Reaching the monitoring plugin's archive", c -> MonitoringTable.open(c, dialect));
        } catch (StoreUnavailable e) {
            // Databases do not agree on how to say that a table is missing. If others can be read, it is.
            stored();
            throw new NothingToImport(e);
        }
    }

    private Optional<ImportLedger.State> stored() {
        return database.statement("Looking up the import", ledger::read);
    }

    private ImportLedger.State openLedger() {
        return database.transaction("Beginning an import", connection -> {
            Optional<ImportLedger.State> stored = ledger.read(connection);
            if (stored.isEmpty()) {
                ledger.insert(connection, first);
                return first;
            }
            if (!stored.get().finished()) {
                return stored.get();
            }
            ImportLedger.State again = stored.get().again(first.before());
            if (!ledger.advance(connection, stored.get(), again)) {
                throw new MovedByOther();
            }
            return again;
        });
    }

    private Status bringAlong(MonitoringTable table, ImportLedger.State begin) {
        ImportMids mids = new ImportMids(begin.secret());
        ImportLedger.State state = begin;
        status = status.reached(state, ImportTally.NONE);
        Patience patience = new Patience(pace.rows());
        while (!state.finished() && !isEnding()) {
            long start = System.nanoTime();
            try {
                ImportLedger.State reached = slice(table, state, mids, patience);
                patience.succeeded(reached.tally().entries() - state.tally().entries());
                state = reached;
                rest(Duration.ofNanos((long) ((System.nanoTime() - start) * pace.rest())));
            } catch (StoreUnavailable e) {
                state = afterFailure(e, state, patience);
            }
        }
        return status.now(state.finished() ? ImportProgress.State.DONE : ImportProgress.State.STOPPED);
    }

    /** Where to go on: a commit that was reported as failed may have been done. */
    private ImportLedger.State afterFailure(StoreUnavailable reason, ImportLedger.State state, Patience patience) {
        try {
            ImportLedger.State now = stored().orElse(state);
            if (patience.isAtAnEnd()) {
                waitFor(reason);
            } else {
                status = status.failedWith(ImportProgress.State.RUNNING, reason.getMessage());
                patience.refused();
                rest(patience.rows() == 1 ? betweenTries() : Duration.ZERO);
            }
            return now;
        } catch (StoreUnavailable e) {
            waitFor(e);
            return state;
        }
    }

    private ImportLedger.State slice(
            MonitoringTable table, ImportLedger.State from, ImportMids mids, Patience patience) {
        MonitoringTable.Slice slice = database.transaction(
                "Reading the monitoring plugin's archive",
                connection -> table.read(connection, from.before(), patience.rows()));
        // Outside of any transaction: it takes time, and may ask the server for accounts and rooms.
        ImportPlan plan = ImportPlan.of(slice.rows(), readers.get(), mids);
        boolean leaveOut = patience.isAtAnEnd();
        if (leaveOut) {
            Log.warn("The database refuses what the other archive holds as {}; it is left out.", slice.rows());
        } else {
            fronts.createMailboxes(database, plan.owners());
        }
        Status committed = database.transaction("Importing " + slice.rows().size() + " messages", connection -> {
            ImportTally tally =
                    leaveOut ? plan.failed() : plan.tally(fronts.add(connection, plan.candidates(), from.before()));
            ImportLedger.State to = from.next(slice.next(), slice.last(), tally);
            if (!ledger.advance(connection, from, to)) {
                throw new MovedByOther();
            }
            return status.reached(to, tally);
        });
        status = committed;
        return committed.reached().orElseThrow();
    }

    /** Empty if it is to end. */
    private <T> Optional<T> retried(Supplier<T> work) {
        while (!isEnding()) {
            try {
                return Optional.of(work.get());
            } catch (StoreUnavailable e) {
                waitFor(e);
            }
        }
        return Optional.empty();
    }

    private void waitFor(StoreUnavailable reason) {
        if (status.state() != ImportProgress.State.WAITING) {
            Log.warn("The import of the monitoring plugin's archive waits for the database.", reason);
        }
        status = status.failedWith(ImportProgress.State.WAITING, reason.getMessage());
        rest(pace.retry());
    }

    private boolean isEnding() {
        return ending.getCount() == 0;
    }

    private Duration betweenTries() {
        return BETWEEN_TRIES.compareTo(pace.retry()) < 0 ? BETWEEN_TRIES : pace.retry();
    }

    private void rest(Duration time) {
        try {
            ending.await(time.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            ending.countDown();
        }
    }
}
