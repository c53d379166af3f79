package org.igniterealtime.openfire.plugin.unifiedrouting.openfire;

import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchiveMaintenance;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchiveStore;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchiveWriter;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.CachedPreferences;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.RandomMids;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.StoreUnavailable;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.imports.ArchiveImport;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.jdbc.HsqldbDurability;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.jdbc.ImportPace;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.jdbc.JdbcArchiveMaintenance;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.jdbc.JdbcArchiveStore;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.jdbc.JdbcPreferenceStore;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.jdbc.MonitoringImport;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.Database;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.SqlDialect;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineStore;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.handover.Backlog;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.handover.Handover;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.jdbc.JdbcHandover;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.jdbc.JdbcOfflineStore;
import org.igniterealtime.openfire.plugin.unifiedrouting.openfire.compat.AccountFeatures;
import org.igniterealtime.openfire.plugin.unifiedrouting.openfire.compat.ServerRedelivery;
import org.igniterealtime.openfire.plugin.unifiedrouting.openfire.maintenance.Maintenance;
import org.igniterealtime.openfire.plugin.unifiedrouting.subscription.SubscriptionRegistry;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Accounts;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.ArchiveEntrance;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.ArchiveEntries;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.ArchiveHandler;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.ArchivePolicy;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Archivist;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.BacklogGate;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Judge;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.MessageArchiver;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.MonitoringMessages;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Namespaces;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.OfflineLimitHandler;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.OfflineMessagesHandler;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.OpenfireHeldStanzas;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.OutgoingIds;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Reroute;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Resent;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.RoomMessageArchiver;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Rooms;
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
import org.jivesoftware.openfire.interceptor.PacketInterceptor;
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
    private static final Set<String> ACCOUNT_FEATURES =
            Set.of(Namespaces.STANZA_ID, Namespaces.MAM_SUB, Namespaces.MAM_TRIM);

    /** How many entries may wait to be notified; each is held as text. */
    private static final int NOTIFICATIONS = 10_000;

    private final XMPPServer server;
    private final Clock clock = Clock.systemUTC();
    private final LiveSettings settings = new LiveSettings();
    private final Database database = new Database(DbConnectionManager::getConnection);
    private final SqlDialect dialect =
            SqlDialect.ofDatabaseType(DbConnectionManager.getDatabaseType().name());
    private final AtomicBoolean leaving = new AtomicBoolean();
    private final ArchiveMaintenance archives = new JdbcArchiveMaintenance(database, dialect, leaving::get);
    private final CachedPreferences preferences = new CachedPreferences(new JdbcPreferenceStore(database), clock);
    private final SubscriptionRegistry subscriptions = new SubscriptionRegistry();
    private final Maintenance maintenance;
    private final ArchiveStore archive;
    private final OfflineStore offline = new JdbcOfflineStore(database, dialect);
    private final Accounts accounts;
    private final Sessions sessions;
    private final Rooms rooms;
    private final Deque<Runnable> undo = new ArrayDeque<>();
    private Supplier<StatusView.Running> status;
    private ArchiveImport monitoringImport;

    private Wiring(XMPPServer server) {
        this.server = server;
        this.maintenance = new Maintenance(
                server,
                archives,
                preferences,
                new Maintenance.Limits(
                        () -> settings.get().quota(), () -> settings.get().age()),
                leaving::get);
        this.archive = new JdbcArchiveStore(database, dialect, maintenance.sizes());
        this.accounts = new OpenfireAccounts(server.getServerInfo().getXMPPDomain(), UserManager.getInstance());
        this.sessions = new OpenfireSessions(server.getSessionManager());
        this.rooms = new MucRooms(accounts.domain(), server.getMultiUserChatManager());
    }

    /**
     * @throws StoreUnavailable if the plugin's tables are not there; nothing is tied then
     * @throws IllegalArgumentException if the plugin does not know the server's kind of database; nothing is tied then
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
        archive.probe();
        PropertyEventDispatcher.addListener(settings);
        undo.push(() -> PropertyEventDispatcher.removeListener(settings));
        if (dialect == SqlDialect.HSQLDB && settings.get().durable()) {
            HsqldbDurability.syncEachCommit(database);
        }
        ArchivePolicy policy = new ArchivePolicy(
                preferences, () -> settings.get().archiveDefault(), new RosterContacts(server.getRosterManager()));
        Judge judge = new Judge(accounts, rooms, archive, () -> settings.get().rules());
        Handover handover = newHandover(judge, policy);
        Backlog backlog = new Backlog(handover);
        undo.push(backlog::close);
        Resent resent = new Resent(archive, clock);
        watch(resent);
        ArchiveWriter writer = startWriter();
        maintenance.start(undo::push);
        undo.push(() -> leaving.set(true));
        add(new BacklogGate(accounts, backlog));
        intercept(writer, judge, policy, resent);
        monitoringImport = newMonitoringImport(judge, policy);
        ArchiveHandler archiveHandler = new ArchiveHandler(
                accounts, sessions, archive, () -> settings.get().pages(), policy);
        if (settings.get().serve() == Settings.Serve.AUTO) {
            serve(archiveHandler);
        }
        answer(new TrimHandler(accounts, sessions, archives));
        answer(new SubscriptionHandler(accounts, sessions, subscriptions));
        offline(handover);
        announce();
        backlog.begin(onlineAccounts());
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

    private ArchiveImport newMonitoringImport(Judge judge, ArchivePolicy policy) {
        MonitoringImport monitoring = new MonitoringImport(
                database,
                dialect,
                () -> new MonitoringMessages(accounts, rooms, judge, policy),
                clock.instant(),
                ImportPace.POLITE);
        undo.push(monitoring::close);
        return monitoring;
    }

    private void watch(Resent resent) {
        SessionWatch watch = new SessionWatch(subscriptions, resent);
        SessionEventDispatcher.addListener(watch);
        undo.push(() -> SessionEventDispatcher.removeListener(watch));
        UserEventDispatcher.addListener(watch);
        undo.push(() -> UserEventDispatcher.removeListener(watch));
    }

    private ArchiveWriter startWriter() {
        ExecutorService notifications =
                new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(NOTIFICATIONS), task -> {
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

    private void intercept(ArchiveWriter writer, Judge judge, ArchivePolicy policy, Resent resent) {
        OutgoingIds outgoingIds = new OutgoingIds(accounts);
        PrivacyListManager lists = PrivacyListManager.getInstance();
        PrivacyBlockLists blockLists = new PrivacyBlockLists(lists::getDefaultPrivacyList, System::nanoTime);
        lists.addListener(blockLists);
        undo.push(() -> lists.removeListener(blockLists));
        Archivist archivist = new Archivist(
                judge,
                new ArchiveEntries(blockLists, policy, new RandomMids(new SecureRandom()), clock),
                new ArchiveEntrance(maintenance.admission(), new ErrorRouter(server.getPacketRouter(), sessions)),
                writer,
                resent,
                outgoingIds,
                clock);
        add(outgoingIds);
        add(new RoomMessageArchiver(rooms, accounts, archivist));
        InterceptorOrder order = new InterceptorOrder(
                InterceptorManager.getInstance(),
                new StanzaIdGuard(accounts, new Reroute(archive, accounts)),
                new MessageArchiver(
                        accounts,
                        archivist,
                        new ServerRedelivery(server.getServerInfo().getVersion().getMajor())));
        order.establish();
        undo.push(order::leave);
        server.getPluginManager().addPluginListener(order);
        undo.push(() -> server.getPluginManager().removePluginListener(order));
    }

    private void add(PacketInterceptor interceptor) {
        InterceptorManager.getInstance().addInterceptor(interceptor);
        undo.push(() -> InterceptorManager.getInstance().removeInterceptor(interceptor));
    }

    private void answer(IQHandler handler) {
        IQRouter router = server.getIQRouter();
        router.addHandler(handler);
        undo.push(() -> router.removeHandler(handler));
    }

    private void serve(ArchiveHandler handler) {
        ArchiveService service = new ArchiveService(server, handler);
        service.establish();
        undo.push(service::leave);
        server.getPluginManager().addPluginListener(service);
        undo.push(() -> server.getPluginManager().removePluginListener(service));
        announce(Set.of(Namespaces.MAM, Namespaces.MAM_EXTENDED));
    }

    /** What is undelivered goes back when everything else has been taken out of the server. */
    private Handover newHandover(Judge judge, ArchivePolicy policy) {
        OfflineHandover openfire = new OfflineHandover(server);
        Handover handover = new JdbcHandover(
                database,
                dialect,
                new OpenfireHeldStanzas(accounts, judge, policy, new RandomMids(new SecureRandom())),
                OfflineHandover::nextId,
                openfire,
                leaving::get);
        undo.push(() -> openfire.giveBackAll(handover));
        return handover;
    }

    private Set<String> onlineAccounts() {
        return server.getSessionManager().getSessions().stream()
                .filter(session -> !session.isAnonymousUser())
                .map(session -> session.getAddress().getNode())
                .filter(Objects::nonNull)
                .collect(Collectors.toSet());
    }

    private void offline(Handover handover) {
        OfflineFeature feature = new OfflineFeature(server, () -> settings.get().offline());
        feature.announce();
        settings.onChange(feature::announce);
        undo.push(feature::leave);
        answer(new OfflineLimitHandler(
                accounts,
                sessions,
                offline,
                () -> Optional.of(settings.get()).filter(Settings::offline).map(Settings::limits)));
        OfflineMessageService service = new OfflineMessageService(
                server, new OfflineMessagesHandler(accounts, sessions, offline, new StoredBooks(offline, handover)));
        service.establish();
        undo.push(service::leave);
    }

    private void announce() {
        SERVER_FEATURES.forEach(feature -> {
            server.getIQDiscoInfoHandler().addServerFeature(feature);
            undo.push(() -> server.getIQDiscoInfoHandler().removeServerFeature(feature));
        });
        announce(ACCOUNT_FEATURES);
    }

    private void announce(Set<String> accountFeatures) {
        AccountFeatures features = new AccountFeatures(server.getIQDiscoInfoHandler(), accountFeatures);
        features.announce();
        undo.push(features::withdraw);
    }

    @Override
    public void close() {
        while (!undo.isEmpty()) {
            try {
                undo.pop().run();
            } catch (RuntimeException | LinkageError e) {
                Log.error("A part of the plugin could not be taken out of the server.", e);
            }
        }
    }
}
