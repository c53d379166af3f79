package org.igniterealtime.openfire.plugin.unifiedrouting.openfire.maintenance;

import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Admission;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchiveMaintenance;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Departures;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.OrphanPurge;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Quota;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.QuotaKeeper;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Retention;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Settling;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.SizeListener;
import org.igniterealtime.openfire.plugin.unifiedrouting.openfire.compat.HomeDirectory;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.ArchiveExport;
import org.jivesoftware.openfire.XMPPServer;
import org.jivesoftware.openfire.cluster.ClusterManager;
import org.jivesoftware.openfire.commands.AdHocCommand;
import org.jivesoftware.openfire.event.UserEventDispatcher;
import org.jivesoftware.openfire.user.UserManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Builds all that keeps archives in bounds and ties it to the server. What goes through all archives is done by one node
 * of a cluster, the senior one.
 */
public final class Maintenance {

    private static final Logger Log = LoggerFactory.getLogger(Maintenance.class);

    private static final String EXPORTS = "unifiedrouting-export";
    private static final Duration DELETION_PATIENCE = Duration.ofSeconds(10);
    private static final Duration RETENTION_INTERVAL = Duration.ofHours(1);
    private static final Duration PURGE_INTERVAL = Duration.ofDays(1);

    /** Providers of users may not answer yet while the server starts. */
    private static final Duration FIRST_PURGE = Duration.ofMinutes(10);

    private final XMPPServer server;
    private final BooleanSupplier leaving;
    private final MaintenanceThreads threads = new MaintenanceThreads();
    private final QuotaKeeper quotas;
    private final Departures departures;
    private final Retention retention;
    private final OrphanPurge purge;
    private final ArchiveAdministration administration;

    /**
     * The settings in force.
     *
     * @param quota how large archives may be
     * @param age how old messages may become; empty = as old as they like
     */
    public record Limits(Supplier<Quota> quota, Supplier<Optional<Duration>> age) {}

    /**
     * @param writer brings archives up to date before somebody looks
     * @param accounts forgets what is known of a deleted account
     * @param leaving whether the plugin is being unloaded
     */
    public Maintenance(
            XMPPServer server,
            ArchiveMaintenance archive,
            Settling writer,
            Consumer<String> accounts,
            Limits limits,
            BooleanSupplier leaving) {
        Clock clock = Clock.systemUTC();
        this.server = server;
        this.leaving = leaving;
        quotas = new QuotaKeeper(limits.quota(), archive, writer, threads.quotas(), clock);
        Consumer<String> caches = account -> {
            accounts.accept(account);
            quotas.forget(account);
        };
        departures = new Departures(archive, caches, threads.requests(), clock, DELETION_PATIENCE);
        retention = new Retention(archive, quotas, limits.age(), clock);
        purge = new OrphanPurge(archive, new UserDirectory(UserManager.getInstance()), caches);
        administration = new ArchiveAdministration(
                server.getServerInfo().getXMPPDomain(),
                archive,
                new ExportFiles(() -> HomeDirectory.get().resolve(EXPORTS), new ArchiveExport(archive), clock),
                purge,
                leaving);
    }

    /** To be told by the archive's store. */
    public SizeListener sizes() {
        return quotas.andThen(departures);
    }

    /** To be asked for each message. */
    public Admission admission() {
        return departures.before(quotas);
    }

    /** Whether an account is being deleted, or was a moment ago. */
    public boolean isDeparting(String account) {
        return departures.of(account) != Admission.Answer.OPEN;
    }

    /**
     * Begins. To be called once.
     *
     * @param undo takes what has to be done, last first, when the plugin leaves
     */
    public void start(Consumer<Runnable> undo) {
        undo.accept(threads::close);
        AccountWatch watch = new AccountWatch(departures);
        UserEventDispatcher.addListener(watch);
        undo.accept(() -> UserEventDispatcher.removeListener(watch));
        for (AdHocCommand command : new ArchiveCommands(administration, threads.requests()).all()) {
            server.getAdHocCommandHandler().addCommand(command);
            undo.accept(() -> server.getAdHocCommandHandler().removeCommand(command));
        }
        repeat(this::shorten, Duration.ZERO, RETENTION_INTERVAL);
        repeat(this::purge, FIRST_PURGE, PURGE_INTERVAL);
    }

    private void repeat(Runnable job, Duration first, Duration interval) {
        Runnable guarded = () -> {
            try {
                if (!leaving.getAsBoolean() && ClusterManager.isSeniorClusterMember()) {
                    job.run();
                }
            } catch (RuntimeException e) {
                // A job that throws is not run again.
                if (!leaving.getAsBoolean()) {
                    Log.warn("Maintenance of the archives failed; it is tried again later.", e);
                }
            }
        };
        threads.regular().scheduleWithFixedDelay(guarded, first.toMillis(), interval.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void shorten() {
        long deleted = retention.run(leaving);
        if (deleted > 0) {
            Log.info("{} messages are deleted from archives: older than they may become, or over a quota.", deleted);
        }
    }

    private void purge() {
        OrphanPurge.Outcome outcome = purge.run(false, leaving);
        String report = ArchiveCommands.PurgeReport.of(outcome);
        if (outcome instanceof OrphanPurge.Outcome.Done done) {
            if (done.missing() > 0) {
                Log.info(report);
            }
        } else if (!(outcome instanceof OrphanPurge.Outcome.Interrupted)) {
            Log.warn(report);
        }
    }
}
