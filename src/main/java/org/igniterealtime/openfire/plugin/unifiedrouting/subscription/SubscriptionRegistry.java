package org.igniterealtime.openfire.plugin.unifiedrouting.subscription;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.StoreUnavailable;

/**
 * Which sessions are subscribed to their account's archive. A subscription belongs to the session and ends with it.
 * Thread-safe; subscribing twice and unsubscribing without a subscription change nothing.
 *
 * @param <E> an entry of the archive, made ready to be shown
 */
public final class SubscriptionRegistry<E> {

    private final ConcurrentHashMap<String, Map<SessionKey, Feed<E>>> byAccount = new ConcurrentHashMap<>();
    private volatile Consumer<SessionKey> stopped = session -> {};

    /** @param listener is told of each session that goes on and is not subscribed any more */
    public void onStopped(Consumer<SessionKey> listener) {
        stopped = listener;
    }

    /** The feed takes the place of the one that the session had before. */
    void put(Feed<E> feed) {
        List<Feed<E>> before = new ArrayList<>(1);
        byAccount.compute(feed.session().account(), (account, feeds) -> {
            Map<SessionKey, Feed<E>> all = feeds == null ? new ConcurrentHashMap<>(2) : feeds;
            Optional.ofNullable(all.put(feed.session(), feed)).ifPresent(before::add);
            return all;
        });
        before.forEach(SubscriptionRegistry::end);
        if (!before.isEmpty() && !feed.isCertain()) {
            stopped.accept(feed.session());
        }
    }

    /**
     * The feed takes the place of one that catches up.
     *
     * @return whether the session was not subscribed yet, and now has this feed
     */
    boolean putUnlessSubscribed(Feed<E> feed) {
        List<Feed<E>> added = new ArrayList<>(1);
        List<CatchUp> open = new ArrayList<>(1);
        byAccount.compute(feed.session().account(), (account, feeds) -> {
            Map<SessionKey, Feed<E>> all = feeds == null ? new ConcurrentHashMap<>(2) : feeds;
            Feed<E> known = all.get(feed.session());
            if (known != null) {
                known.endCatchUp().ifPresent(open::add);
                feed.follow(known);
            }
            if (known == null || !open.isEmpty()) {
                all.put(feed.session(), feed);
                added.add(feed);
            }
            return all;
        });
        open.forEach(catchUp -> catchUp.end().superseded());
        return !added.isEmpty();
    }

    /** Ends one feed; another one that has taken its place stays. What it was to report is left to the caller. */
    Optional<CatchUp> remove(Feed<E> feed) {
        take(feed);
        return feed.end();
    }

    /** As {@link #remove}, of a session that goes on. */
    void stop(Feed<E> feed, Consumer<CatchUp> report) {
        boolean isLast = take(feed);
        feed.end().ifPresent(report);
        if (isLast) {
            stopped.accept(feed.session());
        }
    }

    /** @return whether it was there */
    private boolean take(Feed<E> feed) {
        boolean[] taken = {false};
        byAccount.computeIfPresent(feed.session().account(), (account, feeds) -> {
            taken[0] = feeds.remove(feed.session(), feed);
            return feeds.isEmpty() ? null : feeds;
        });
        return taken[0];
    }

    private static void end(Feed<?> feed) {
        feed.end().ifPresent(open -> open.end().superseded());
    }

    /** The session goes on without a subscription. */
    public void unsubscribe(SessionKey session) {
        if (endAll(session.account(), session::equals)) {
            stopped.accept(session);
        }
    }

    /** Forgets a session that has ended. */
    public void ended(SessionKey session) {
        endAll(session.account(), session::equals);
    }

    /**
     * Forgets what earlier sessions of this address left behind.
     *
     * @param current the session that has the address now
     */
    public void replaced(SessionKey current) {
        endAll(current.account(), session -> session.jid().equals(current.jid()) && !session.equals(current));
    }

    /** Forgets everything about an account that is no more. */
    public void accountDeleted(String account) {
        endAll(account, session -> true);
    }

    /** @return whether there were any */
    private boolean endAll(String account, Predicate<SessionKey> isEnded) {
        List<Feed<E>> ended = new ArrayList<>(1);
        byAccount.computeIfPresent(account, (name, feeds) -> {
            feeds.values().stream().filter(feed -> isEnded.test(feed.session())).forEach(ended::add);
            ended.forEach(feed -> feeds.remove(feed.session(), feed));
            return feeds.isEmpty() ? null : feeds;
        });
        ended.forEach(SubscriptionRegistry::end);
        return !ended.isEmpty();
    }

    /** Whether what enters the archive now is told to the session, at once or when it has caught up. */
    public boolean isSubscribed(SessionKey session) {
        Map<SessionKey, Feed<E>> feeds = byAccount.get(session.account());
        Feed<E> feed = feeds == null ? null : feeds.get(session);
        return feed != null && feed.isCertain();
    }

    /** How many sessions are subscribed now; an estimate while others subscribe and leave. */
    public int sessionCount() {
        return byAccount.values().stream().mapToInt(Map::size).sum();
    }

    /** How many accounts have a subscribed session now; an estimate in the same way. */
    public int accountCount() {
        return byAccount.size();
    }

    /** The sessions that hear of an account's archive now. */
    public Collection<SessionKey> subscribersOf(String account) {
        return feedsOf(account).stream()
                .filter(Feed::isCertain)
                .map(Feed::session)
                .toList();
    }

    /** A live view; empty if there are none. */
    Collection<Feed<E>> feedsOf(String account) {
        Map<SessionKey, Feed<E>> feeds = byAccount.get(account);
        return feeds == null ? List.of() : feeds.values();
    }

    /** Nobody feeds any more: who catches up has to ask again. The subscriptions that are made stay, for {@link #told}. */
    public void close() {
        byAccount
                .values()
                .forEach(feeds -> feeds.values().stream()
                        .filter(feed -> feed.catchUp() != null)
                        .forEach(feed -> remove(feed)
                                .ifPresent(open -> open.end().failed(new StoreUnavailable("The plugin leaves")))));
    }

    /** How far each session whose subscription is made has been told. */
    public Map<SessionKey, Long> told() {
        Map<SessionKey, Long> told = new HashMap<>();
        byAccount
                .values()
                .forEach(feeds -> feeds.values().stream()
                        .filter(feed -> feed.catchUp() == null && !feed.isEnded())
                        .forEach(feed -> told.put(feed.session(), feed.told())));
        return told;
    }
}
