package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import java.time.Clock;
import java.util.List;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchivePage;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchiveQuery;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchivedMessage;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.StoreUnavailable;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineLedger;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineLedgers;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineMessage;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflinePage;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineStore;
import org.igniterealtime.openfire.plugin.unifiedrouting.subscription.SessionKey;
import org.igniterealtime.openfire.plugin.unifiedrouting.subscription.SubscriptionListener;
import org.jivesoftware.openfire.session.ClientSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What it means for an account's offline set that a session looks at its archive (ROUTING-RULES section 6): what it has been
 * shown, and what it is going to be notified of, nobody is flooded with. Thread-safe.
 */
public final class ArchiveUse implements SubscriptionListener {

    private static final Logger Log = LoggerFactory.getLogger(ArchiveUse.class);

    /** How many messages that no archive shows may stand before one that an archive shows. */
    private static final int LOOK_AHEAD = 50;

    private static final long LOOK_AHEAD_BYTES = 64 * 1024;

    private final ClientStates states;
    private final OfflineLedgers<Holder> ledgers;
    private final OfflineStore store;
    private final Floods floods;
    private final Clock clock;

    public ArchiveUse(
            ClientStates states, OfflineLedgers<Holder> ledgers, OfflineStore store, Floods floods, Clock clock) {
        this.states = states;
        this.ledgers = ledgers;
        this.store = store;
        this.floods = floods;
        this.clock = clock;
    }

    @Override
    public void subscribed(SessionKey session, long upTo) {
        states.find(session).ifPresent(state -> {
            used(state);
            state.ledger().subscribed(upTo, state.notified());
            if (state.isGone()) {
                // Its end may have been told before.
                state.ledger().gone(state.notified());
            }
            floods.giveHidden(state);
        });
    }

    /** A session was subscribed when the plugin left, and still is. What is behind that place it may never be told of. */
    public void subscribedBefore(SessionKey session, long upTo) {
        states.find(session).ifPresent(state -> {
            used(state);
            state.ledger().seenUpTo(upTo);
            floods.giveHidden(state);
        });
    }

    private void used(ClientState state) {
        try {
            ledgers.open(state.ledger());
            store.archiveUsed(state.key().account(), clock.instant());
        } catch (StoreUnavailable e) {
            Log.debug("What '{}' is told of is not noted yet.", state.key().jid(), e);
        }
    }

    /** A session goes on without a subscription: what it was going to be notified of others are given, or itself. */
    public void unsubscribed(SessionKey session) {
        states.find(session).ifPresent(state -> {
            state.ledger().meantNoMore(state.notified());
            floods.giveLeftovers(session.account());
        });
    }

    /** A session has been shown a page. */
    void queried(ClientSession session, ArchiveQuery query, ArchivePage page) {
        ArchiveQuery.Filter filter = query.filter();
        if (filter.with().isPresent()
                || filter.end().isPresent()
                || filter.beforeId().isPresent()
                || !filter.ids().isEmpty()) {
            return;
        }
        states.of(session).ifPresent(state -> {
            state.readsArchive();
            try {
                ledgers.open(state.ledger());
                store.archiveUsed(state.key().account(), clock.instant());
                shown(state, page.messages());
            } catch (StoreUnavailable e) {
                Log.debug("What '{}' has read is not noted.", state.key().jid(), e);
            }
        });
    }

    /** Whether a session reads its archive by itself, so that it is not given its offline set. */
    public boolean isReading(ClientSession session) {
        return states.of(session).filter(ClientState::isReading).isPresent();
    }

    /** A session has said that it reads its archive, or was doing so when the plugin left. */
    public void reads(ClientSession session) {
        states.of(session).ifPresent(ClientState::readsArchive);
    }

    private void shown(ClientState state, List<ArchivedMessage> page) {
        if (page.isEmpty()) {
            return;
        }
        String account = state.key().account();
        OfflineLedger<Holder> ledger = state.ledger();
        Pages shown = new Pages(page.get(0).seq(), page.get(page.size() - 1).seq());
        if (shown.last() <= ledger.cursor()) {
            state.shown(shown);
            return;
        }
        Pages before = state.shown();
        if (before != null && meet(account, before, shown)) {
            shown = before.with(shown);
        }
        state.shown(shown);
        if (nextUndelivered(account, ledger.cursor()) >= shown.first()) {
            ledger.seenUpTo(shown.last());
        }
    }

    /** Pages that a session has been shown without a gap: the places of the first and the last message. */
    record Pages(long first, long last) {

        Pages with(Pages other) {
            return new Pages(Math.min(first, other.first), Math.max(last, other.last));
        }
    }

    /** Whether nothing undelivered lies between two pages. */
    private boolean meet(String account, Pages one, Pages other) {
        Pages earlier = one.first() <= other.first() ? one : other;
        Pages later = earlier == one ? other : one;
        return later.first() <= earlier.last() || nextUndelivered(account, earlier.last()) >= later.first();
    }

    /** The place of the first undelivered message behind another that an archive shows. */
    private long nextUndelivered(String account, long after) {
        OfflinePage next = store.page(account, after, LOOK_AHEAD, LOOK_AHEAD_BYTES);
        for (OfflineMessage message : next.messages()) {
            if (message.archived()) {
                return message.seq();
            }
        }
        return next.isLast()
                ? Long.MAX_VALUE
                : next.messages().get(next.messages().size() - 1).seq();
    }
}
