package org.igniterealtime.openfire.plugin.unifiedrouting.openfire;

import java.time.Clock;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchiveWriter;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.CachedOfflineStore;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineLedgers;
import org.igniterealtime.openfire.plugin.unifiedrouting.openfire.compat.OfflineStrategySwitch;
import org.igniterealtime.openfire.plugin.unifiedrouting.openfire.compat.OpenfireConnections;
import org.igniterealtime.openfire.plugin.unifiedrouting.openfire.compat.UnacknowledgedStanzas;
import org.igniterealtime.openfire.plugin.unifiedrouting.subscription.SubscriptionRegistry;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.AccountStates;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.AccountTurns;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Accounts;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.ArchivePolicy;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.ArchiveUse;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Archivist;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.BlockLists;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.CarbonsExclusion;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.ClientLife;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.ClientStates;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.DeliveryWatch;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Floods;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Holder;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Judge;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.LedgerBooks;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.LiveCopies;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.OfflineClaims;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.OfflineRules;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Returning;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.RoutedMessages;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.RoutingNg;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Sessions;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.UnreceivedMessages;
import org.jivesoftware.openfire.XMPPServer;
import org.jivesoftware.openfire.event.SessionEventDispatcher;
import org.jivesoftware.openfire.session.ClientSession;
import org.jivesoftware.openfire.user.PresenceEventDispatcher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xmpp.packet.Message;

/** The parts that deliver from the archive what nobody was there for, and what ties them to the server. */
final class OfflineDelivery {

    private static final Logger Log = LoggerFactory.getLogger(OfflineDelivery.class);

    /** How often it is looked at what was acknowledged, and saved. */
    private static final long LOOK_MILLIS = 2_000;

    private final XMPPServer server;
    private final OfflineLedgers<Holder> ledgers;
    private final RoutedMessages routed;
    private final DeliveryWatch watch;
    private final ClientLife life;
    private final ArchiveUse use;
    private final OfflineClaims claims;
    private final LedgerBooks books;
    private final UnreceivedMessages unreceived;
    private final Sessions sessions;
    private final Returning returning;
    private final OfflineStrategySwitch strategy;
    private final LiveCopies copies;
    private final AccountTurns turns = new AccountTurns();
    private final RoutingNg routingNg;
    private final CarbonsExclusion carbonsExclusion;
    private final ScheduledExecutorService executor;
    private volatile boolean strategyInstalled;

    /**
     * What it is made of.
     *
     * @param executor for what waits for the database
     * @param news runs one task after the other
     */
    record Parts(
            XMPPServer server,
            Accounts accounts,
            Sessions sessions,
            Judge judge,
            BlockLists blockLists,
            ArchivePolicy policy,
            SubscriptionRegistry<?> subscriptions,
            ArchiveWriter writer,
            CachedOfflineStore store,
            OfflineLedgers<Holder> ledgers,
            UnacknowledgedStanzas unacknowledged,
            Supplier<OfflineRules> settings,
            ScheduledExecutorService executor,
            ExecutorService news,
            Clock clock) {}

    OfflineDelivery(Parts parts) {
        this.server = parts.server();
        this.ledgers = parts.ledgers();
        this.executor = parts.executor();
        OpenfireConnections connections =
                new OpenfireConnections(server.getServerInfo().getVersion().getMajor(), parts.unacknowledged());
        ClientStates states = new ClientStates(
                ledgers,
                parts.accounts(),
                session -> parts.sessions()
                        .find(session.getAddress())
                        .filter(found -> found == session)
                        .isPresent());
        AccountStates accountStates = new AccountStates(
                parts.blockLists(),
                parts.policy(),
                parts.store(),
                parts.settings(),
                parts.subscriptions(),
                connections,
                parts.clock());
        this.routed = new RoutedMessages();
        this.watch = new DeliveryWatch(states, connections, parts.subscriptions(), routed);
        this.sessions = parts.sessions();
        this.returning = new Returning(states, connections);
        this.copies = new LiveCopies(
                parts.accounts(), parts.sessions(), states, accountStates, parts.blockLists(), routed, returning);
        this.claims = new OfflineClaims(accountStates, states, ledgers);
        this.strategy = new OfflineStrategySwitch(server);
        Consumer<Message> hidden = new ErrorRouter(server.getPacketRouter(), parts.sessions());
        // What finds nobody on its way comes to the strategy, which finds sessions without presence, too.
        Consumer<Message> errors = error -> {
            if (strategyInstalled) {
                server.getPacketRouter().route(error);
            } else {
                hidden.accept(error);
            }
        };
        this.unreceived = new UnreceivedMessages(
                parts.accounts(),
                parts.judge(),
                accountStates,
                states,
                watch,
                routed,
                copies,
                ledgers,
                parts.writer(),
                new UnreceivedMessages.Outlet(errors, strategy, parts.news()));
        Floods floods = new Floods(
                connections,
                states,
                watch,
                accountStates,
                parts.blockLists(),
                ledgers,
                parts.store(),
                parts.accounts(),
                parts.judge(),
                executor);
        watch.tell(unreceived::decide, floods, copies);
        this.routingNg = new RoutingNg(states, floods, turns, parts.clock());
        this.carbonsExclusion = new CarbonsExclusion(states);
        this.life = new ClientLife(
                states,
                parts.sessions(),
                connections,
                watch,
                unreceived,
                floods,
                ledgers,
                parts.accounts(),
                returning,
                new ClientLife.Routing(server.getPacketRouter()::route, parts.news()),
                parts.clock());
        this.books = new LedgerBooks(ledgers, parts.store(), states, watch);
        this.use = new ArchiveUse(states, ledgers, parts.store(), floods, parts.clock());
    }

    RoutedMessages routed() {
        return routed;
    }

    DeliveryWatch watch() {
        return watch;
    }

    ClientLife life() {
        return life;
    }

    ArchiveUse use() {
        return use;
    }

    /** For whoever shows offline sets to their owners. */
    LedgerBooks books() {
        return books;
    }

    /** Who gets what is being routed. */
    LiveCopies copies() {
        return copies;
    }

    /** Who is given it while it is handed to the archive. */
    Archivist.Live live() {
        return new Archivist.Live(turns, copies::handedOver);
    }

    /** Whether a message comes from somebody else than the session that it names as its sender, and not once more. */
    boolean isImpersonated(Message message, ClientSession sender) {
        return sessions.isImpersonated(sender)
                && (message.getTo().getNode() == null
                        || !returning.isUnderWay(message.getTo().getNode()));
    }

    RoutingNg routingNg() {
        return routingNg;
    }

    CarbonsExclusion carbonsExclusion() {
        return carbonsExclusion;
    }

    OfflineClaims claims() {
        return claims;
    }

    /** To be called when messages are not intercepted any more: what is archived must not come to Openfire's store as well. */
    void leaveStrategy() {
        if (strategyInstalled) {
            strategyInstalled = false;
            strategy.restore();
        }
    }

    /** To be called when messages are intercepted already. */
    void establish(Consumer<Runnable> undo) {
        ClientNews news = new ClientNews(life);
        SessionEventDispatcher.addListener(news);
        undo.accept(() -> SessionEventDispatcher.removeListener(news));
        PresenceEventDispatcher.addListener(news);
        undo.accept(() -> PresenceEventDispatcher.removeListener(news));
        for (ClientSession session : server.getSessionManager().getSessions()) {
            life.found(session);
        }
        if (strategy.install(unreceived::decide)) {
            strategyInstalled = true;
        } else {
            watch.rejectStoredCopies();
        }
        executor.scheduleWithFixedDelay(this::look, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
        undo.accept(life::leave);
    }

    /** To be called when what Openfire's store held of those who are online has been taken over. */
    void recallHolders() {
        life.foundHolding();
    }

    private void look() {
        unfailing(life::look);
        unfailing(ledgers::save);
    }

    /** What fails unexpectedly would not be done any more at all. */
    private static void unfailing(Runnable work) {
        try {
            work.run();
        } catch (RuntimeException | Error e) {
            Log.error("Looking after the sessions or the offline sets failed unexpectedly.", e);
        }
    }
}
