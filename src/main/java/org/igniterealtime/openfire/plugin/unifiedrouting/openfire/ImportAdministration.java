package org.igniterealtime.openfire.plugin.unifiedrouting.openfire;

import java.util.function.Supplier;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Quota;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.StoreUnavailable;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.imports.ArchiveImport;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.imports.ImportProgress;
import org.igniterealtime.openfire.plugin.unifiedrouting.rules.ArchiveQuotaReaction;

/** Lets administrators bring the monitoring plugin's archive along. Thread-safe. */
public final class ImportAdministration {

    private final ArchiveImport monitoring;
    private final Supplier<Quota> quota;
    private final SecurityLog securityLog;

    ImportAdministration(ArchiveImport monitoring, Supplier<Quota> quota, SecurityLog securityLog) {
        this.monitoring = monitoring;
        this.quota = quota;
        this.securityLog = securityLog;
    }

    /**
     * How far it is.
     *
     * @throws StoreUnavailable if that is not known and the
     *     database does not answer
     */
    public ImportProgress progress() {
        return monitoring.progress();
    }

    /** Whether archives that history fills would take no new messages. */
    public boolean mayFillArchives() {
        Quota current = quota.get();
        return !current.isNone() && current.reaction() == ArchiveQuotaReaction.ERROR;
    }

    /**
     * Begins, or goes on; returns at once.
     *
     * @param who the administrator's name
     */
    public void start(String who) {
        boolean ran = isRunning();
        monitoring.start();
        if (!ran) {
            log(who, "Started");
        }
    }

    /**
     * Ends it after what it is at; what is done stays done. Waits for that.
     *
     * @param who the administrator's name
     */
    public void stop(String who) {
        boolean ran = isRunning();
        monitoring.stop();
        if (ran) {
            log(who, "Stopped");
        }
    }

    private boolean isRunning() {
        try {
            return monitoring.progress().isRunning();
        } catch (StoreUnavailable e) {
            // Known only of one that was started.
            return false;
        }
    }

    private void log(String who, String what) {
        securityLog.add(who, what + " the import into Unified Routing", "from the archive of the monitoring plugin");
    }
}
