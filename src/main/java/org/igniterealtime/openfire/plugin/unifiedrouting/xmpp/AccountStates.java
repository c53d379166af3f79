package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import java.time.Clock;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Mid;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.StoreUnavailable;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.CachedOfflineStore;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineLimit;
import org.igniterealtime.openfire.plugin.unifiedrouting.rules.AccountCondition;
import org.igniterealtime.openfire.plugin.unifiedrouting.rules.AccountState;
import org.igniterealtime.openfire.plugin.unifiedrouting.rules.Activity;
import org.igniterealtime.openfire.plugin.unifiedrouting.rules.SessionMode;
import org.igniterealtime.openfire.plugin.unifiedrouting.rules.SessionSnapshot;
import org.igniterealtime.openfire.plugin.unifiedrouting.rules.Show;
import org.igniterealtime.openfire.plugin.unifiedrouting.subscription.SubscriptionRegistry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xmpp.packet.Message;
import org.xmpp.packet.Presence;

/** An account and its sessions as the rules look at them. Thread-safe. */
public final class AccountStates {

    private static final Logger Log = LoggerFactory.getLogger(AccountStates.class);

    private final BlockLists blockLists;
    private final ArchivePolicy policy;
    private final CachedOfflineStore offline;
    private final Supplier<OfflineRules> settings;
    private final SubscriptionRegistry<?> subscriptions;
    private final ClientConnections connections;
    private final Clock clock;

    public AccountStates(
            BlockLists blockLists,
            ArchivePolicy policy,
            CachedOfflineStore offline,
            Supplier<OfflineRules> settings,
            SubscriptionRegistry<?> subscriptions,
            ClientConnections connections,
            Clock clock) {
        this.blockLists = blockLists;
        this.policy = policy;
        this.offline = offline;
        this.settings = settings;
        this.subscriptions = subscriptions;
        this.connections = connections;
        this.clock = clock;
    }

    OfflineRules settings() {
        return settings.get();
    }

    /** What is out of the ordinary with the recipient of a message; not what depends on whether it could be stored. */
    AccountState of(Optional<String> account, Message message) {
        Set<AccountCondition> conditions = EnumSet.noneOf(AccountCondition.class);
        if (!settings().enabled()) {
            conditions.add(AccountCondition.OFFLINE_DISABLED);
        }
        if (account.isEmpty()) {
            conditions.add(AccountCondition.NO_ACCOUNT);
            return new AccountState(conditions);
        }
        if (blockLists.blocksIncoming(account.get(), message)) {
            conditions.add(AccountCondition.BLOCKS_PEER);
        }
        if (!archives(account.get(), message)) {
            conditions.add(AccountCondition.DOES_NOT_ARCHIVE_PEER);
        }
        if (isMamAccount(account.get())) {
            conditions.add(AccountCondition.MAM_ACCOUNT);
        }
        return new AccountState(conditions);
    }

    private boolean archives(String account, Message message) {
        try {
            return policy.archives(account, message.getFrom());
        } catch (StoreUnavailable e) {
            return true;
        }
    }

    /** While that cannot be known, an account counts as one whose messages nobody finds in its archive. */
    boolean isMamAccount(String account) {
        try {
            return offline.habits(account)
                    .archiveUsedAt()
                    .filter(used ->
                            clock.instant().isBefore(used.plus(settings().mamAccountAge())))
                    .isPresent();
        } catch (StoreUnavailable e) {
            Log.debug("Whether '{}' reads its archive is not known.", account, e);
            return false;
        }
    }

    /** How many undelivered messages of one sender an account may have. */
    OfflineLimit limit(String account) {
        try {
            return settings().limits().inForce(offline.habits(account).ownLimit());
        } catch (StoreUnavailable e) {
            return settings().limits().pairLimit();
        }
    }

    /** Whether a message that is written already is one too many for this limit; it is not delivered any more then. */
    boolean isRefused(String account, Mid mid, OfflineLimit limit) {
        return offline.refuseIfOver(account, mid, limit.messages());
    }

    /** Whether something written to this session now reaches its client, or comes back when it does not. */
    boolean isReachable(ClientState state) {
        return !state.isGone()
                && (connections.isConnected(state.session()) || connections.countsAcknowledgements(state.session()));
    }

    /** Whether its end has begun, so that what it has is about to be somebody else's. */
    boolean isEnding(ClientState state) {
        return state.isGone() || !connections.isDetached(state.session()) && !connections.isConnected(state.session());
    }

    boolean isSubscribed(ClientState state) {
        return subscriptions.isSubscribed(state.key());
    }

    /** Whether bare-JID messages may reach this session by its presence. */
    static boolean isAvailable(ClientState state) {
        Presence presence = state.session().getPresence();
        return presence != null && presence.isAvailable() && presence.getPriority() >= 0;
    }

    /** Whether what an archive shows comes to this session in another way than by its offline set. */
    boolean isShownTheArchive(ClientState state) {
        return state.isReading() || state.isRoutingNg() || isSubscribed(state);
    }

    List<SessionSnapshot> snapshots(List<ClientState> states) {
        return snapshots(states, state -> false);
    }

    /** @param isLate whether a routing-ng session is to be looked at as what it was before it became one */
    List<SessionSnapshot> snapshots(List<ClientState> states, Predicate<ClientState> isLate) {
        List<SessionSnapshot> snapshots = new ArrayList<>(states.size());
        states.forEach(state -> snapshots.add(snapshot(state, isLate)));
        return snapshots;
    }

    private SessionSnapshot snapshot(ClientState state, Predicate<ClientState> isLate) {
        Presence presence = state.session().getPresence();
        boolean available = presence != null && presence.isAvailable();
        Set<SessionMode> modes = EnumSet.noneOf(SessionMode.class);
        if (state.session().isMessageCarbonsEnabled()) {
            modes.add(SessionMode.CARBONS);
        }
        if (isSubscribed(state)) {
            modes.add(SessionMode.SUBSCRIBED);
        }
        if (state.isRoutingNg() && !isLate.test(state)) {
            modes.add(SessionMode.ROUTING_NG);
        }
        if (state.isReading()) {
            modes.add(SessionMode.MAM_READING);
        }
        return new SessionSnapshot(
                state.key().jid().getResource(),
                available ? OptionalInt.of(presence.getPriority()) : OptionalInt.empty(),
                available ? show(presence) : Show.AVAILABLE,
                state.session().getLastActiveDate().getTime(),
                Activity.ACTIVE,
                modes);
    }

    private static Show show(Presence presence) {
        Presence.Show show = presence.getShow();
        if (show == null) {
            return Show.AVAILABLE;
        }
        return switch (show) {
            case chat -> Show.CHAT;
            case away -> Show.AWAY;
            case xa -> Show.XA;
            case dnd -> Show.DND;
        };
    }
}
