package org.igniterealtime.openfire.plugin.unifiedrouting.openfire;

import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchiveMaintenance;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchiveStore;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchiveWriter;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.CachedPreferences;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.RandomMids;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.SettledArchive;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.SettledMaintenance;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Settling;
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
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.CachedOfflineStore;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineLedgers;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.handover.Backlog;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.handover.Handover;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.jdbc.JdbcHandover;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.jdbc.JdbcOfflineStore;
import org.igniterealtime.openfire.plugin.unifiedrouting.openfire.compat.AccountFeatures;
import org.igniterealtime.openfire.plugin.unifiedrouting.openfire.compat.Bind2Hook;
import org.igniterealtime.openfire.plugin.unifiedrouting.openfire.compat.MinaParting;
import org.igniterealtime.openfire.plugin.unifiedrouting.openfire.compat.NettyParting;
import org.igniterealtime.openfire.plugin.unifiedrouting.openfire.compat.OpenfireConnections;
import org.igniterealtime.openfire.plugin.unifiedrouting.openfire.compat.ResumedStreams;
import org.igniterealtime.openfire.plugin.unifiedrouting.openfire.compat.ServerRedelivery;
import org.igniterealtime.openfire.plugin.unifiedrouting.openfire.compat.SessionEnd;
import org.igniterealtime.openfire.plugin.unifiedrouting.openfire.compat.StreamFilters;
import org.igniterealtime.openfire.plugin.unifiedrouting.openfire.compat.UnacknowledgedStanzas;
import org.igniterealtime.openfire.plugin.unifiedrouting.openfire.compat.WritingOrder;
import org.igniterealtime.openfire.plugin.unifiedrouting.openfire.maintenance.Maintenance;
import org.igniterealtime.openfire.plugin.unifiedrouting.subscription.Feeder;
import org.igniterealtime.openfire.plugin.unifiedrouting.subscription.MidPrefixes;
import org.igniterealtime.openfire.plugin.unifiedrouting.subscription.SubscriptionRegistry;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Accounts;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.ArchiveEntrance;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.ArchiveEntries;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.ArchiveHandler;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.ArchivePolicy;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Archivist;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.BacklogGate;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Border;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.ClientLife;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.ContentGuard;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.HeldAcknowledgements;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.HeldStreams;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Holder;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.InlineFeatures;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Judge;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.MessageArchiver;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.MessageIdHandler;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.MonitoringMessages;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Namespaces;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Notification;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.NotificationOutlet;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.OfflineBooks;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.OfflineLimitHandler;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.OfflineMessagesHandler;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.OfflineRules;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.OpenfireHeldStanzas;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.OutgoingIds;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Reroute;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Resent;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.RoomMessageArchiver;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Rooms;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.RoutingNgHandler;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.SessionEstablishmentHandler;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.StanzaIdGuard;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Subscribing;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.SubscriptionHandler;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.TrimHandler;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.UnreadableRows;
import org.jivesoftware.database.DbConnectionManager;
import org.jivesoftware.openfire.IQRouter;
import org.jivesoftware.openfire.XMPPServer;
import org.jivesoftware.openfire.event.SessionEventDispatcher;
import org.jivesoftware.openfire.event.UserEventDispatcher;
import org.jivesoftware.openfire.handler.IQHandler;
import org.jivesoftware.openfire.interceptor.InterceptorManager;
import org.jivesoftware.openfire.interceptor.PacketInterceptor;
import org.jivesoftware.openfire.privacy.PrivacyListManager;
import org.jivesoftware.openfire.session.ClientSession;
import org.jivesoftware.openfire.session.LocalClientSession;
import org.jivesoftware.openfire.spi.ConnectionManagerImpl;
import org.jivesoftware.openfire.user.UserManager;
import org.jivesoftware.util.PropertyEventDispatcher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xmpp.packet.JID;

/**
 * Builds the plugin out of its parts and ties them to the server. What is tied is remembered, and undone in reverse
 * order when the plugin leaves, or when a later step of starting fails.
 */
final class Wiring implements AutoCloseable {

    private static final Logger Log = LoggerFactory.getLogger(Wiring.class);
    private static final Set<String> SERVER_FEATURES = Set.of(Namespaces.MAM_SUB, Namespaces.IM_NG);
    private static final Set<String> ACCOUNT_FEATURES =
            Set.of(Namespaces.STANZA_ID, Namespaces.MAM_SUB, Namespaces.MAM_TRIM, Namespaces.MID);

    /** How many threads tell subscribed sessions what is new. */
    private static final int FEEDERS = 2;

    /** How many read for them from archives. */
    private static final int FEED_READERS = 2;

    private final XMPPServer server;
    private final Clock clock = Clock.systemUTC();
    private final LiveSettings settings = new LiveSettings();
    private final Database database = new Database(DbConnectionManager::getConnection);
    private final SqlDialect dialect =
            SqlDialect.ofDatabaseType(DbConnectionManager.getDatabaseType().name());
    private final AtomicBoolean leaving = new AtomicBoolean();
    private final ArchiveMaintenance kept = new JdbcArchiveMaintenance(database, dialect, leaving::get);
    private final ArchiveMaintenance archives = new SettledMaintenance(kept, new LaterWriter(), this::saveCursor);
    private final CachedPreferences preferences = new CachedPreferences(new JdbcPreferenceStore(database), clock);
    private final SubscriptionRegistry<Notification> subscriptions = new SubscriptionRegistry<>();
    private final RandomMids mids = new RandomMids(new SecureRandom());
    private final MidPrefixes prefixes = new MidPrefixes(mids::secret);
    private final UnacknowledgedStanzas unacknowledged = new UnacknowledgedStanzas();
    private final ResumedStreams resumed = new ResumedStreams(this::sessionOfStream);
    private final List<ScheduledExecutorService> feederThreads = IntStream.rangeClosed(1, FEEDERS)
            .<ScheduledExecutorService>mapToObj(number -> threads(1, "feeder-" + number))
            .toList();
    private final ScheduledThreadPoolExecutor feedReaders = threads(FEED_READERS, "feed-reader");
    private final ScheduledThreadPoolExecutor offlineThreads = threads(2, "offline");
    private final ExecutorService news = threads(1, "unreceived");
    private final ExecutorService trimThreads = threads(2, "trim");
    private final UnreadableRows unreadable = new UnreadableRows(clock);
    private final Maintenance maintenance;
    private final ArchiveStore store;
    private final Feeder<Notification> feeder;
    private final ArchiveWriter writer;

    /** The store as readers see it. */
    private final ArchiveStore archive;

    private final CachedOfflineStore offline;
    private final OfflineLedgers<Holder> ledgers;
    private final Accounts accounts;
    private final OpenfireSessions sessions;
    private final Rooms rooms;
    private final Deque<Runnable> undo = new ArrayDeque<>();
    private Supplier<StatusView.Running> status;
    private ArchiveImport monitoringImport;

    private Wiring(XMPPServer server) {
        this.server = server;
        this.maintenance = new Maintenance(
                server,
                archives,
                new LaterWriter(),
                this::forget,
                new Maintenance.Limits(
                        () -> settings.get().quota(), () -> settings.get().age()),
                leaving::get);
        this.store = new JdbcArchiveStore(database, dialect, maintenance.sizes());
        this.accounts = new OpenfireAccounts(server.getServerInfo().getXMPPDomain(), UserManager.getInstance());
        this.sessions = new OpenfireSessions(server.getSessionManager(), InterceptorManager.getInstance());
        this.rooms = new MucRooms(accounts.domain(), server.getMultiUserChatManager());
        this.offline = new CachedOfflineStore(new JdbcOfflineStore(database, dialect), clock, maintenance::isDeparting);
        this.ledgers = new OfflineLedgers<>(offline, new LaterWriter(), offlineThreads);
        this.feeder = newFeeder();
        this.writer = new ArchiveWriter(
                store, ledgers.andAlways(feeder), settings.get().writer());
        this.archive = new SettledArchive(store, writer);
    }

    /** So do those that are made before the ledgers. */
    private void saveCursor(String owner) {
        ledgers.saveNow(owner);
    }

    /** What is known of an account's settings and undelivered messages goes with it. */
    private void forget(String account) {
        preferences.forget(account);
        ledgers.accountDeleted(account);
        offline.forget(account);
    }

    /** Parts that are made before the writer ask it later. */
    private final class LaterWriter implements Settling {

        @Override
        public void settle(String owner) {
            writer.settle(owner);
        }

        @Override
        public long handedOver(String owner) {
            return writer.handedOver(owner);
        }

        @Override
        public boolean isDone(long upTo) {
            return writer.isDone(upTo);
        }
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
        store.probe();
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
        // It asks for what is under way by itself.
        Resent resent = new Resent(
                store,
                new OpenfireServerLines(server.getSessionManager(), accounts.domain()),
                resumed::mayWantAcknowledgementsOver,
                clock);
        HeldStreams streams = holdAcknowledgements(resent);
        undo.push(() -> drain(offlineThreads));
        undo.push(ledgers::save);
        undo.push(() -> drain(news));
        Recollection recollection = new Recollection(server.getSessionManager()::getSessions, subscriptions, prefixes);
        undo.push(recollection::keep);
        startWriter();
        maintenance.start(undo::push);
        undo.push(() -> end(trimThreads));
        undo.push(() -> leaving.set(true));
        add(new BacklogGate(accounts, backlog));
        OfflineDelivery delivery = intercept(streams, judge, policy, resent, recollection);
        delivery.establish(undo::push);
        endSessionsOfDeletedAccounts(delivery.life());
        monitoringImport = newMonitoringImport(judge, policy);
        ArchiveHandler archiveHandler = new ArchiveHandler(
                accounts, sessions, archive, () -> settings.get().pages(), policy, delivery.use(), unreadable);
        if (settings.get().serve() == Settings.Serve.AUTO) {
            serve(archiveHandler);
        }
        answer(new TrimHandler(accounts, sessions, archives, trimThreads));
        recollection.recall(feeder);
        // What is being written to it this moment is its own.
        subscriptions.onStopped(
                session -> feeder.afterwards(session, () -> delivery.use().unsubscribed(session)));
        Subscribing subscribing = new Subscribing(feeder, archive, delivery.use());
        answer(new SubscriptionHandler(accounts, sessions, subscribing, subscriptions));
        answer(new SessionEstablishmentHandler(accounts, sessions, subscribing, delivery.use()::reads));
        answer(new MessageIdHandler(accounts, sessions, prefixes));
        answer(new RoutingNgHandler(accounts, sessions, delivery.routingNg()));
        inline(new InlineFeatures(accounts, subscribing, delivery.routingNg()));
        offline(handover, delivery.books());
        announce();
        backlog.begin(onlineAccounts());
        delivery.recallHolders();
        status = () -> new StatusView.Running(
                writer.isAvailable(),
                writer.archivedCount(),
                writer.failedCount(),
                unreadable.count(),
                subscriptions.sessionCount(),
                subscriptions.accountCount(),
                ArchiveAnswer.of(server, archiveHandler));
    }

    /** To be called on a wiring that has started. */
    StatusView.Running status() {
        return status.get();
    }

    boolean isDatabaseReachable() {
        return writer.isAvailable();
    }

    /** Of the monitoring plugin's archive. To be called on a wiring that has started; nothing runs until it is told to. */
    ImportAdministration monitoringImport(SecurityLog securityLog) {
        return new ImportAdministration(monitoringImport, () -> settings.get().quota(), securityLog);
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

    /** Before the writer starts, and until it has ended. */
    private HeldStreams holdAcknowledgements(Resent resent) {
        HeldAcknowledgements acknowledgements = new HeldAcknowledgements(writer);
        HeldStreams streams = new HeldStreams(acknowledgements, resumed);
        StreamFilters filters =
                StreamFilters.of((ConnectionManagerImpl) server.getConnectionManager(), majorVersion(), streams);
        undo.push(filters::remove);
        acknowledgements.start();
        undo.push(acknowledgements::close);
        filters.ensure();
        sessions.tellClients(streams, filters::areIn);
        watch(resent, filters);
        return streams;
    }

    private void watch(Resent resent, StreamFilters filters) {
        SessionWatch watch =
                new SessionWatch(subscriptions, prefixes, resent, filters, resumed::connected, resumed::endOf);
        SessionEventDispatcher.addListener(watch);
        clientSessions().forEach(resumed::connected);
        undo.push(() -> SessionEventDispatcher.removeListener(watch));
        UserEventDispatcher.addListener(watch);
        undo.push(() -> UserEventDispatcher.removeListener(watch));
    }

    private void endSessionsOfDeletedAccounts(ClientLife life) {
        SessionEnd sessionEnd = new SessionEnd(server.getSessionManager());
        DeletedAccounts deleted = new DeletedAccounts(
                account -> isGone(accounts.bareJid(account)),
                account -> server.getSessionManager().getSessions().stream()
                        .filter(session -> !session.isAnonymousUser()
                                && account.equals(session.getAddress().getNode()))
                        .forEach(session -> end(session, life, sessionEnd)),
                offlineThreads);
        UserEventDispatcher.addListener(deleted);
        undo.push(() -> {
            UserEventDispatcher.removeListener(deleted);
            deleted.leave();
        });
    }

    private boolean isGone(JID account) {
        return accounts.accountOf(account).isEmpty() && !accounts.isUnanswered(account);
    }

    private static void end(ClientSession session, ClientLife life, SessionEnd sessionEnd) {
        try {
            if (session instanceof LocalClientSession local) {
                life.abandon(local, () -> sessionEnd.end(local));
            } else {
                session.close();
            }
        } catch (RuntimeException e) {
            Log.error("Session '{}' of a deleted account could not be ended.", session.getAddress(), e);
        }
    }

    private Threads threads(int count, String name) {
        return new Threads(count, "unifiedrouting-" + name, resumed::elementBegins);
    }

    private Feeder<Notification> newFeeder() {
        return new Feeder<>(
                subscriptions,
                kept::read,
                entry -> new Notification(entry, accounts.bareJid(entry.owner())),
                new NotificationOutlet(
                        sessions,
                        unacknowledged::count,
                        new OpenfireConnections(majorVersion(), unacknowledged)::unwrittenBytes,
                        unreadable),
                new Feeder.Threads(feederThreads, feedReaders));
    }

    private void startWriter() {
        feederThreads.forEach(thread -> undo.push(() -> drain(thread)));
        // What is not read yet nobody has to wait for.
        feedReaders.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        undo.push(() -> drain(feedReaders));
        writer.start();
        undo.push(writer::close);
    }

    /** Nobody is interrupted: the embedded database closes its files when a thread of its is. */
    private static void end(ExecutorService executor) {
        executor.shutdown();
        try {
            if (!executor.awaitTermination(10, TimeUnit.SECONDS)) {
                Log.warn("The database keeps a part of the plugin from ending.");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
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

    private OfflineDelivery intercept(
            HeldStreams streams, Judge judge, ArchivePolicy policy, Resent resent, Recollection recollection) {
        OutgoingIds outgoingIds = new OutgoingIds(accounts, sessions);
        PrivacyListManager lists = PrivacyListManager.getInstance();
        PrivacyBlockLists blockLists = new PrivacyBlockLists(lists::getDefaultPrivacyList, System::nanoTime);
        lists.addListener(blockLists);
        undo.push(() -> lists.removeListener(blockLists));
        OfflineDelivery delivery = new OfflineDelivery(new OfflineDelivery.Parts(
                server,
                accounts,
                sessions,
                judge,
                blockLists,
                policy,
                subscriptions,
                writer,
                offline,
                ledgers,
                unacknowledged,
                this::offlineRules,
                offlineThreads,
                news,
                clock));
        Archivist archivist = new Archivist(
                judge,
                new ArchiveEntries(blockLists, policy, delivery.claims(), mids, prefixes, clock),
                new ArchiveEntrance(maintenance.admission()),
                writer,
                resent,
                outgoingIds,
                streams,
                delivery.routed(),
                ledgers,
                delivery.live(),
                clock);
        add(delivery.carbonsExclusion());
        add(new Border(accounts, judge));
        add(outgoingIds);
        add(new RoomMessageArchiver(rooms, accounts, archivist));
        InterceptorOrder order = new InterceptorOrder(
                InterceptorManager.getInstance(),
                new StanzaIdGuard(
                        new ContentGuard(new ErrorRouter(server.getPacketRouter(), sessions)),
                        accounts,
                        new Reroute(archive, offline, accounts, delivery.life()::isLeftBehind)),
                new MessageArchiver(
                        accounts,
                        archivist,
                        new ServerRedelivery(majorVersion()),
                        delivery.life()::routedAgain,
                        delivery.copies()::sent,
                        delivery::isImpersonated),
                inOrder(delivery.watch()));
        recollection.recallModes(delivery.use(), delivery.routingNg());
        undo.push(delivery::leaveStrategy);
        order.establish();
        undo.push(order::leave);
        server.getPluginManager().addPluginListener(order);
        undo.push(() -> server.getPluginManager().removePluginListener(order));
        return delivery;
    }

    private PacketInterceptor inOrder(PacketInterceptor last) {
        WritingOrder order = new WritingOrder(last);
        resumed.tell(order, majorVersion() >= 5 ? new NettyParting() : new MinaParting());
        return order;
    }

    private int majorVersion() {
        return server.getServerInfo().getVersion().getMajor();
    }

    private Optional<LocalClientSession> sessionOfStream(String streamId) {
        return clientSessions()
                .filter(session -> session.getStreamID().getID().equals(streamId))
                .findFirst();
    }

    private Stream<LocalClientSession> clientSessions() {
        return server.getSessionManager().getSessions().stream()
                .filter(LocalClientSession.class::isInstance)
                .map(LocalClientSession.class::cast);
    }

    private OfflineRules offlineRules() {
        Settings current = settings.get();
        return new OfflineRules(current.offline(), current.limits(), current.mamAccountAge(), current.rules());
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

    private void inline(InlineFeatures features) {
        List<Runnable> registered = Stream.of(Namespaces.MAM_SUB, Namespaces.IM_NG)
                .flatMap(namespace ->
                        Bind2Hook.register(XMPPServer.class.getClassLoader(), namespace, features::ask).stream())
                .toList();
        registered.forEach(undo::push);
        if (!registered.isEmpty()) {
            InlineBinding binding = new InlineBinding(features);
            SessionEventDispatcher.addListener(binding);
            undo.push(() -> SessionEventDispatcher.removeListener(binding));
        }
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
                new OpenfireHeldStanzas(accounts, judge, policy, mids),
                OfflineHandover::nextId,
                (owner, entered, returned) -> {
                    try {
                        openfire.tookOver(owner, entered, returned);
                        ledgers.tookOver(owner, entered, returned);
                    } finally {
                        feeder.uncertain(Set.of(owner));
                    }
                },
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

    private void offline(Handover handover, OfflineBooks books) {
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
                server, new OfflineMessagesHandler(accounts, sessions, offline, handover, books, unreadable));
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
