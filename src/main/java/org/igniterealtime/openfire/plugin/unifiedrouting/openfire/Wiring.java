package org.igniterealtime.openfire.plugin.unifiedrouting.openfire;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchiveStore;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchiveWriter;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.CachedPreferences;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.RandomMids;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.imports.ArchiveImport;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.jdbc.HsqldbDurability;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.jdbc.ImportPace;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.jdbc.JdbcArchiveMaintenance;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.jdbc.JdbcArchiveStore;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.jdbc.JdbcPreferenceStore;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.jdbc.MonitoringImport;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.jdbc.SqlDialect;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.Database;
import org.igniterealtime.openfire.plugin.unifiedrouting.openfire.compat.AccountFeatures;
import org.igniterealtime.openfire.plugin.unifiedrouting.subscription.SubscriptionRegistry;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Accounts;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.ArchiveEntries;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.ArchiveHandler;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.ArchivePolicy;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Judge;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.MessageArchiver;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.MonitoringMessages;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Namespaces;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Reroute;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Rooms;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.SentCarbons;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Sessions;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.StanzaIdGuard;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.SubscriptionHandler;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.SubscriptionNotifier;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.TrimHandler;
import org.jivesoftware.database.DbConnectionManager;
import org.jivesoftware.openfire.IQRouter;
import org.jivesoftware.openfire.XMPPServer;
import org.jivesoftware.openfire.event.SessionEventDispatcher;
import org.jivesoftware.openfire.event.UserEventDispatcher;
import org.jivesoftware.openfire.handler.IQHandler;
import org.jivesoftware.openfire.interceptor.InterceptorManager;
import org.jivesoftware.openfire.privacy.PrivacyListManager;
import org.jivesoftware.openfire.user.UserManager;
import org.jivesoftware.util.PropertyEventDispatcher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Builds the plugin out of its parts and ties them to the server. What is tied is remembered, and undone in reverse
 * order when the plugin leaves, or when a later step of starting fails.
 */
final class Wiring implements AutoCloseable {

    private static final Logger Log = LoggerFactory.getLogger(Wiring.class);
    private static final Set<String> SERVER_FEATURES = Set.of(Namespaces.MAM_SUB);
    private static final Set<String> ACCOUNT_FEATURES = Set.of(
            Namespaces.MAM, Namespaces.MAM_EXTENDED, Namespaces.STANZA_ID, Namespaces.MAM_SUB, Namespaces.MAM_TRIM);

    private final XMPPServer server;
    private final Deque<Runnable> undo = new ArrayDeque<>();
    private Supplier<StatusView.Running> status;
    private ArchiveImport monitoringImport;

    private Wiring(XMPPServer server) {
        this.server = server;
    }

    /**
     * @throws org.igniterealtime.openfire.plugin.unifiedrouting.archive.StoreUnavailable if the plugin's tables are not there; nothing is tied then
     */
    static Wiring start(XMPPServer server) {
        Wiring wiring = new Wiring(server);
        try {
            wiring.build();
            return wiring;
        } catch (RuntimeException | Error e) {
            wiring.close();
            throw e;
        }
    }

    private void build() {
        LiveSettings settings = new LiveSettings();
        PropertyEventDispatcher.addListener(settings);
        undo.push(() -> PropertyEventDispatcher.removeListener(settings));
        Database database = new Database(DbConnectionManager::getConnection);
        SqlDialect dialect =
                SqlDialect.ofDatabaseType(DbConnectionManager.getDatabaseType().name());
        ArchiveStore archive = new JdbcArchiveStore(database, dialect);
        archive.probe();
        if (settings.get().durable()
                && DbConnectionManager.getDatabaseType() == DbConnectionManager.DatabaseType.hsqldb) {
            HsqldbDurability.syncEachCommit(database);
        }
        Accounts accounts = new OpenfireAccounts(server.getServerInfo().getXMPPDomain(), UserManager.getInstance());
        Sessions sessions = new OpenfireSessions(server.getSessionManager());
        SubscriptionRegistry subscriptions = new SubscriptionRegistry();
        watch(subscriptions);
        ArchiveWriter writer = startWriter(settings, archive, subscriptions, accounts, sessions);
        ArchivePolicy policy = new ArchivePolicy(
                new CachedPreferences(new JdbcPreferenceStore(database), Clock.systemUTC()),
                () -> settings.get().archiveDefault(),
                new RosterContacts(server.getRosterManager()));
        Rooms rooms = new MucRooms(accounts.domain(), server.getMultiUserChatManager());
        Judge judge = new Judge(accounts, rooms, archive, () -> settings.get().rules());
        intercept(archive, writer, accounts, judge, policy);
        MonitoringImport imported = new MonitoringImport(
                database,
                dialect,
                () -> new MonitoringMessages(accounts, rooms, judge),
                Instant.now(),
                ImportPace.POLITE);
        undo.push(imported::close);
        monitoringImport = imported;
        ArchiveHandler archiveHandler = new ArchiveHandler(
                accounts, sessions, archive, () -> settings.get().pages(), policy);
        answer(archiveHandler);
        answer(new TrimHandler(accounts, sessions, new JdbcArchiveMaintenance(database, dialect)));
        answer(new SubscriptionHandler(accounts, sessions, subscriptions));
        announce();
        status = () -> new StatusView.Running(
                writer.isAvailable(),
                writer.archivedCount(),
                writer.failedCount(),
                subscriptions.sessionCount(),
                subscriptions.accountCount(),
                ArchiveAnswer.of(server, archiveHandler));
    }

    /** To be called on a wiring that has started. */
    StatusView.Running status() {
        return status.get();
    }

    /** Of the monitoring plugin's archive. To be called on a wiring that has started; nothing runs until it is told to. */
    ArchiveImport monitoringImport() {
        return monitoringImport;
    }

    private void watch(SubscriptionRegistry subscriptions) {
        SessionWatch watch = new SessionWatch(subscriptions);
        SessionEventDispatcher.addListener(watch);
        undo.push(() -> SessionEventDispatcher.removeListener(watch));
        UserEventDispatcher.addListener(watch);
        undo.push(() -> UserEventDispatcher.removeListener(watch));
    }

    private ArchiveWriter startWriter(
            LiveSettings settings,
            ArchiveStore archive,
            SubscriptionRegistry subscriptions,
            Accounts accounts,
            Sessions sessions) {
        ExecutorService notifications = Executors.newSingleThreadExecutor(task -> {
            Thread thread = new Thread(task, "unifiedrouting-notifications");
            thread.setDaemon(true);
            return thread;
        });
        undo.push(() -> drain(notifications));
        ArchiveWriter writer = new ArchiveWriter(
                archive,
                new SubscriptionNotifier(subscriptions, accounts, sessions, notifications),
                settings.get().writer());
        writer.start();
        undo.push(writer::close);
        return writer;
    }

    private static void drain(ExecutorService executor) {
        executor.shutdown();
        try {
            if (!executor.awaitTermination(10, TimeUnit.SECONDS)) {
                executor.shutdownNow();
            }
        } catch (InterruptedException e) {
            executor.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }

    private void intercept(
            ArchiveStore archive, ArchiveWriter writer, Accounts accounts, Judge judge, ArchivePolicy policy) {
        SentCarbons sentCarbons = new SentCarbons(accounts);
        StanzaIdGuard guard = new StanzaIdGuard(accounts, new Reroute(archive, accounts));
        ArchiveEntries entries = new ArchiveEntries(
                new PrivacyBlockLists(PrivacyListManager.getInstance()),
                policy,
                new RandomMids(new SecureRandom()),
                Clock.systemUTC());
        MessageArchiver archiver = new MessageArchiver(accounts, judge, entries, writer, sentCarbons);
        InterceptorManager interceptors = InterceptorManager.getInstance();
        interceptors.addInterceptor(sentCarbons);
        undo.push(() -> interceptors.removeInterceptor(sentCarbons));
        InterceptorOrder order = new InterceptorOrder(interceptors, guard, archiver);
        order.establish();
        undo.push(order::leave);
        server.getPluginManager().addPluginListener(order);
        undo.push(() -> server.getPluginManager().removePluginListener(order));
    }

    private void answer(IQHandler handler) {
        IQRouter router = server.getIQRouter();
        router.addHandler(handler);
        undo.push(() -> router.removeHandler(handler));
    }

    private void announce() {
        SERVER_FEATURES.forEach(feature -> {
            server.getIQDiscoInfoHandler().addServerFeature(feature);
            undo.push(() -> server.getIQDiscoInfoHandler().removeServerFeature(feature));
        });
        AccountFeatures features = new AccountFeatures(server.getIQDiscoInfoHandler(), ACCOUNT_FEATURES);
        features.announce();
        undo.push(features::withdraw);
    }

    @Override
    public void close() {
        while (!undo.isEmpty()) {
            try {
                undo.pop().run();
            } catch (RuntimeException e) {
                Log.error("A part of the plugin could not be taken out of the server.", e);
            }
        }
    }
}
