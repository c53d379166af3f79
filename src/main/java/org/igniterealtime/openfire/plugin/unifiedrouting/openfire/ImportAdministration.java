package org.igniterealtime.openfire.plugin.unifiedrouting.openfire;

import java.util.function.Supplier;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Quota;
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
     * @throws org.igniterealtime.openfire.plugin.unifiedrouting.archive.StoreUnavailable if that is not known and the
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
        monitoring.start();
        log(who, "Started");
    }

    /**
     * Ends it after what it is at; what is done stays done. Waits for that.
     *
     * @param who the administrator's name
     */
    public void stop(String who) {
        monitoring.stop();
        log(who, "Stopped");
    }

    private void log(String who, String what) {
        securityLog.add(who, what + " the import into Unified Routing", "from the archive of the monitoring plugin");
    }
}
