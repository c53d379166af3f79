package org.igniterealtime.openfire.plugin.unifiedrouting.archive.jdbc;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.imports.ArchiveImport;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.imports.ImportMids;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.imports.ImportProgress;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.imports.ImportTally;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.imports.SourceKey;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.imports.SourceReader;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.Database;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.SqlDialect;

/**
 * Brings the archive of the monitoring plugin along. One slice after the other is read, understood, and committed together
 * with the place that the import has reached, so that it can end at any moment and be gone on with. Thread-safe.
 */
public final class MonitoringImport implements ArchiveImport, AutoCloseable {

    private static final String SOURCE = "monitoring";

    private final Database database;
    private final SqlDialect dialect;
    private final Supplier<SourceReader> readers;
    private final long archivingSince;
    private final ImportPace pace;
    private final SecureRandom random;
    private final ImportLedger ledger = new ImportLedger(SOURCE);

    private ImportRun run;
    private boolean closed;

    /**
     * @param readers asked for each slice
     * @param archivingSince since when this server archives messages itself: newer rows are none of an import's
     */
    public MonitoringImport(
            Database database,
            SqlDialect dialect,
            Supplier<SourceReader> readers,
            Instant archivingSince,
            ImportPace pace) {
        this.database = database;
        this.dialect = dialect;
        this.readers = readers;
        this.archivingSince = archivingSince.toEpochMilli();
        this.pace = pace;
        this.random = new SecureRandom();
    }

    @Override
    public synchronized void start() {
        if (closed || run != null && run.progress().isRunning()) {
            return;
        }
        if (run != null) {
            // It says what came of it a moment before it ends.
            run.end();
        }
        run = new ImportRun(
                database,
                dialect,
                ledger,
                readers,
                new ArchiveFronts(dialect, archivingSince),
                new ImportLedger.State(
                        ImportMids.newSecret(random), 0, false, SourceKey.startOf(archivingSince), ImportTally.NONE),
                pace);
        run.begin();
    }

    @Override
    public void stop() {
        ImportRun current = current();
        if (current != null) {
            current.end();
        }
    }

    /** Nothing can be started any more. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        stop();
    }

    private synchronized ImportRun current() {
        return run;
    }

    @Override
    public ImportProgress progress() {
        ImportRun current = current();
        return current != null ? current.progress() : stored();
    }

    private ImportProgress stored() {
        Optional<ImportLedger.State> state = database.statement("Looking up the import", ledger::read);
        return state.map(reached -> new ImportProgress(
                        reached.finished() ? ImportProgress.State.DONE : ImportProgress.State.STOPPED,
                        reached.tally(),
                        Optional.of(Instant.ofEpochMilli(reached.before().sentAt())),
                        0,
                        Optional.empty()))
                .orElse(new ImportProgress(
                        ImportProgress.State.NOT_BEGUN, ImportTally.NONE, Optional.empty(), 0, Optional.empty()));
    }
}
