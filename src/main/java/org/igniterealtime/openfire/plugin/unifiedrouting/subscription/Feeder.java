package org.igniterealtime.openfire.plugin.unifiedrouting.subscription;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.AppendedEntry;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchivedMessage;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.CommitListener;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.StoreUnavailable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells subscribed sessions what enters their account's archive, after its commit and in the archive's order (PROTOCOL
 * section 2). The writer's thread only notes who is to be told; the telling is done by a few threads, each session always
 * by the same one, a page at a time, so that none waits for another.
 *
 * <p>A session that does not acknowledge, or does not read, is not told more until it does: what is committed meanwhile is in the archive, and
 * is read from there. Thread-safe.
 *
 * @param <E> an entry of the archive, made ready to be shown
 */
public final class Feeder<E> implements CommitListener {

    private static final Logger Log = LoggerFactory.getLogger(Feeder.class);

    private static final int PAGE = 50;
    private static final Duration BEFORE_ANOTHER_LOOK = Duration.ofMillis(100);
    private static final Duration BEFORE_ANOTHER_READ = Duration.ofSeconds(1);

    private final SubscriptionRegistry<E> registry;
    private final ArchiveReader archive;
    private final Function<ArchivedMessage, E> preparation;
    private final Outlet<E> outlet;
    private final List<ScheduledExecutorService> threads;

    /**
     * @param preparation makes an entry ready to be shown; asked once for all sessions of a live entry, and only if there
     *     are any. What it returns may do the work later
     * @param threads each runs one task at a time
     */
    public Feeder(
            SubscriptionRegistry<E> registry,
            ArchiveReader archive,
            Function<ArchivedMessage, E> preparation,
            Outlet<E> outlet,
            List<ScheduledExecutorService> threads) {
        this.registry = registry;
        this.archive = archive;
        this.preparation = preparation;
        this.outlet = outlet;
        this.threads = List.copyOf(threads);
    }

    /**
     * Subscribes a session, unless it is subscribed already. A catch-up that is under way ends.
     *
     * @param told the last place that it need not be told of
     */
    public void subscribe(SessionKey session, long told) {
        Feed<E> feed = new Feed<>(session, told, null);
        if (registry.putUnlessSubscribed(feed)) {
            begin(feed);
        }
    }

    /**
     * Tells a session what is behind a place, and subscribes it then. What it has been subscribed to before ends.
     *
     * @param told the last place that it knows
     */
    public void catchUp(SessionKey session, long told, CatchUp catchUp) {
        Feed<E> feed = new Feed<>(session, told, catchUp);
        registry.put(feed);
        begin(feed);
    }

    private void begin(Feed<E> feed) {
        if (outlet.room(feed.session()) == Outlet.Room.GONE) {
            // It ended meanwhile, and nobody else would end its subscription.
            registry.remove(feed);
        } else if (feed.beginFeeding()) {
            run(feed);
        }
    }

    @Override
    public void committed(List<AppendedEntry> entries) {
        for (AppendedEntry appended : entries) {
            ArchivedMessage message = appended.message();
            Collection<Feed<E>> feeds = registry.feedsOf(message.owner());
            if (!appended.isArchived()) {
                feeds.forEach(feed -> feed.pass(message.seq()));
            } else if (!feeds.isEmpty()) {
                E entry = preparation.apply(message);
                for (Feed<E> feed : feeds) {
                    if (feed.offer(message.seq(), entry)) {
                        run(feed);
                    }
                }
            }
        }
    }

    /**
     * Something may have entered these archives that {@link #committed} did not hear of, or not in its turn. Whoever has not
     * been told of it is told from the archive.
     */
    @Override
    public void uncertain(Set<String> owners) {
        for (String owner : owners) {
            for (Feed<E> feed : registry.feedsOf(owner)) {
                if (feed.missed()) {
                    run(feed);
                }
            }
        }
    }

    /** Runs a task when what a session is being told this moment has been told. Nothing is run when the plugin leaves. */
    public void afterwards(SessionKey session, Runnable task) {
        try {
            threadOf(session).execute(task);
        } catch (RejectedExecutionException e) {
            Log.debug("Nobody is told anything any more: the plugin leaves.");
        }
    }

    private void run(Feed<E> feed) {
        try {
            threadOf(feed.session()).execute(() -> feed(feed));
        } catch (RejectedExecutionException e) {
            Log.debug(
                    "'{}' is not told any more: the plugin leaves.",
                    feed.session().jid());
        }
    }

    private void later(Feed<E> feed, Duration delay) {
        try {
            threadOf(feed.session()).schedule(() -> feed(feed), delay.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            Log.debug(
                    "'{}' is not told any more: the plugin leaves.",
                    feed.session().jid());
        }
    }

    /** Two feeds of one session never overlap. */
    private ScheduledExecutorService threadOf(SessionKey session) {
        return threads.get(Math.floorMod(session.hashCode(), threads.size()));
    }

    /** Tells one page; if there is more, lines up again behind the other sessions. */
    private void feed(Feed<E> feed) {
        try {
            switch (feed.isEnded() ? Outlet.Room.GONE : outlet.room(feed.session())) {
                case GONE -> registry.remove(feed).ifPresent(open -> open.end().superseded());
                case LATER -> later(feed, BEFORE_ANOTHER_LOOK);
                case OPEN -> {
                    if (feed.isBehind() ? tellFromArchive(feed) : tellWaiting(feed)) {
                        run(feed);
                    }
                }
            }
        } catch (StoreUnavailable e) {
            failed(feed, e);
        } catch (RuntimeException | Error e) {
            // Without its subscription the client asks again; without its thread nobody would be told anything.
            Log.error(
                    "The subscription of '{}' ends after an unexpected failure.",
                    feed.session().jid(),
                    e);
            registry.stop(feed, open -> open.end().failed(new StoreUnavailable("Unexpected failure of a feed", e)));
        }
    }

    private void failed(Feed<E> feed, StoreUnavailable reason) {
        Log.debug("The archive could not be read for '{}'.", feed.session().jid(), reason);
        if (feed.catchUp() == null) {
            later(feed, BEFORE_ANOTHER_READ);
        } else {
            registry.stop(feed, open -> open.end().failed(reason));
        }
    }

    /** @return whether there may be more to do */
    private boolean tellWaiting(Feed<E> feed) {
        Optional<List<Feed.Placed<E>>> next = feed.take(PAGE);
        next.ifPresent(entries -> entries.forEach(placed -> tell(feed, placed.seq(), placed.entry())));
        return next.isPresent();
    }

    private boolean tellFromArchive(Feed<E> feed) {
        CatchUp catchUp = feed.catchUp();
        int left = catchUp == null ? CatchUp.UNBOUNDED : catchUp.max() - feed.toldSoFar();
        List<ArchivedMessage> page =
                archive.read(feed.session().account(), feed.told(), Math.min(PAGE, Math.max(1, left)));
        if (page.isEmpty()) {
            feed.reachedEnd().ifPresent(reached -> reached.end().reached(feed.told()));
        } else if (left <= 0) {
            registry.stop(feed, open -> open.end().more(feed.lastMid()));
            return false;
        } else {
            for (ArchivedMessage message : page) {
                tell(feed, message.seq(), preparation.apply(message));
                feed.toldFromArchive(message.mid());
            }
        }
        return true;
    }

    private void tell(Feed<E> feed, long seq, E entry) {
        if (!feed.isEnded()) {
            outlet.notify(feed.session(), entry);
            feed.tell(seq);
        }
    }
}
