package org.igniterealtime.openfire.plugin.unifiedrouting.subscription;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
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
 * by the same one, a page at a time, so that none waits for another. What is read from the archive first is read by others:
 * no telling waits for that.
 *
 * <p>A session that does not acknowledge, or does not read, is not told more until it does: what is committed meanwhile is in
 * the archive, and is read from there. Thread-safe.
 *
 * @param <E> an entry of the archive, made ready to be shown
 */
public final class Feeder<E> implements CommitListener {

    private static final Logger Log = LoggerFactory.getLogger(Feeder.class);

    private static final int PAGE = 50;

    /** So that a session that does not read is noticed before Openfire ends it for that. */
    private static final long PAGE_BYTES = 256 * 1024;

    /** Pages that are in memory, however many sessions catch up: being read, or waiting to be told. */
    static final int MOST_PAGES = 4;

    /** Who reads what it is told is never left idle for long. */
    private static final Duration BEFORE_ANOTHER_LOOK = Duration.ofMillis(10);

    /** So often that is doubled at most: 1.28 seconds. */
    private static final int MOST_DOUBLINGS = 7;

    private static final Duration BEFORE_ANOTHER_READ = Duration.ofSeconds(1);

    private final SubscriptionRegistry<E> registry;
    private final ArchiveReader archive;
    private final Function<ArchivedMessage, E> preparation;
    private final Outlet<E> outlet;
    private final Threads threads;
    private final Semaphore pages = new Semaphore(MOST_PAGES);

    /**
     * Who does the work.
     *
     * @param tellers each runs one task at a time
     * @param readers read from the archive
     */
    public record Threads(List<ScheduledExecutorService> tellers, Executor readers) {

        public Threads {
            tellers = List.copyOf(tellers);
        }

        /** Two feeds of one session never overlap. */
        private ScheduledExecutorService tellerOf(SessionKey session) {
            return tellers.get(Math.floorMod(session.hashCode(), tellers.size()));
        }
    }

    /**
     * @param preparation makes an entry ready to be shown; asked once for all sessions of a live entry, and only if there
     *     are any. What it returns may do the work later
     */
    public Feeder(
            SubscriptionRegistry<E> registry,
            ArchiveReader archive,
            Function<ArchivedMessage, E> preparation,
            Outlet<E> outlet,
            Threads threads) {
        this.registry = registry;
        this.archive = archive;
        this.preparation = preparation;
        this.outlet = outlet;
        this.threads = threads;
    }

    /**
     * Subscribes a session, unless it is subscribed already. A catch-up that is under way ends.
     *
     * @param told the last place that it need not be told of
     * @return whether it was not subscribed yet
     */
    public boolean subscribe(SessionKey session, long told) {
        Feed<E> feed = new Feed<>(session, told, null);
        boolean isNew = registry.putUnlessSubscribed(feed);
        if (isNew) {
            begin(feed);
        }
        return isNew;
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
                    if (feed.offer(new Feed.Placed<>(
                            message.seq(), entry, message.stanza().length()))) {
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
        run(session, threads.tellerOf(session), task);
    }

    /** @return whether somebody runs it */
    private static boolean run(SessionKey session, Executor executor, Runnable task) {
        try {
            executor.execute(task);
            return true;
        } catch (RejectedExecutionException e) {
            Log.debug("'{}' is not told any more: the plugin leaves.", session.jid());
            return false;
        }
    }

    private void run(Feed<E> feed) {
        afterwards(feed.session(), () -> step(feed, () -> feed(feed)));
    }

    private void later(Feed<E> feed, Duration delay) {
        SessionKey session = feed.session();
        run(
                session,
                task -> threads.tellerOf(session).schedule(task, delay.toMillis(), TimeUnit.MILLISECONDS),
                () -> step(feed, () -> feed(feed)));
    }

    /** What a feed does next, on the thread of its session. */
    private void step(Feed<E> feed, Runnable step) {
        try {
            step.run();
        } catch (RuntimeException | Error e) {
            failed(feed, e);
        }
    }

    private void failed(Feed<E> feed, Throwable reason) {
        if (!(reason instanceof StoreUnavailable unavailable)) {
            // Without its subscription the client asks again; without its thread nobody would be told anything.
            Log.error(
                    "The subscription of '{}' ends after an unexpected failure.",
                    feed.session().jid(),
                    reason);
            stop(feed, new StoreUnavailable("Unexpected failure of a feed", reason));
            return;
        }
        Log.debug("The archive could not be read for '{}'.", feed.session().jid(), reason);
        if (feed.catchUp() == null) {
            later(feed, BEFORE_ANOTHER_READ);
        } else {
            stop(feed, unavailable);
        }
    }

    private void stop(Feed<E> feed, StoreUnavailable reason) {
        registry.stop(feed, open -> open.end().failed(reason));
    }

    /** Tells one page, or lets it be read; if there is more, lines up again behind the other sessions. */
    private void feed(Feed<E> feed) {
        switch (feed.isEnded() ? Outlet.Room.GONE : outlet.room(feed.session())) {
            case GONE -> registry.remove(feed).ifPresent(open -> open.end().superseded());
            case LATER -> later(feed, pause(feed.lookedInVain()));
            case OPEN -> {
                if (feed.isBehind()) {
                    run(feed.session(), threads.readers(), () -> read(feed));
                } else if (tellWaiting(feed)) {
                    run(feed);
                }
            }
        }
    }

    /** Many sessions may be detached, or not read, for long. */
    private static Duration pause(int looks) {
        return BEFORE_ANOTHER_LOOK.multipliedBy(1L << Math.min(looks - 1, MOST_DOUBLINGS));
    }

    /** @return whether there may be more to do */
    private boolean tellWaiting(Feed<E> feed) {
        Optional<List<Feed.Placed<E>>> next = feed.take(PAGE);
        next.ifPresent(entries -> entries.forEach(placed -> tell(feed, placed.seq(), placed.entry())));
        return next.isPresent();
    }

    /** Reads a page, and hands it to the thread of its session. Where these do not keep up, nothing is read until they do. */
    private void read(Feed<E> feed) {
        try {
            pages.acquire();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        }
        Runnable told = readStep(feed);
        boolean isTold = run(feed.session(), threads.tellerOf(feed.session()), () -> {
            try {
                told.run();
            } finally {
                pages.release();
            }
        });
        if (!isTold) {
            pages.release();
        }
    }

    private Runnable readStep(Feed<E> feed) {
        try {
            // What nobody is told of need not be read.
            List<ArchivedMessage> page = feed.isEnded()
                    ? List.of()
                    : archive.read(
                            feed.session().account(), feed.told(), Math.min(PAGE, Math.max(1, left(feed))), PAGE_BYTES);
            return () -> step(feed, () -> tellPage(feed, page));
        } catch (RuntimeException | Error e) {
            return () -> failed(feed, e);
        }
    }

    /** How many entries a session wants to be told of from the archive. */
    private int left(Feed<E> feed) {
        CatchUp catchUp = feed.catchUp();
        return catchUp == null ? CatchUp.UNBOUNDED : catchUp.max() - feed.toldSoFar();
    }

    /** Between reading and telling the session may have gone, or been given so much that it has to wait. */
    private void tellPage(Feed<E> feed, List<ArchivedMessage> page) {
        if (outlet.room(feed.session()) != Outlet.Room.OPEN) {
            feed(feed);
            return;
        }
        if (page.isEmpty()) {
            answerBefore(feed, Long.MAX_VALUE);
            feed.reachedEnd().ifPresent(reached -> reached.end().upToDate(feed.told()));
        }
        for (ArchivedMessage message : page) {
            answerBefore(feed, message.seq());
            if (left(feed) <= 0) {
                registry.stop(feed, open -> open.end().more(feed.lastMid()));
                return;
            }
            tell(feed, message.seq(), preparation.apply(message));
            feed.toldFromArchive(message.mid());
        }
        run(feed);
    }

    private static void answerBefore(Feed<?> feed, long next) {
        feed.reachedBefore(next).ifPresent(reached -> reached.end().reached());
    }

    private void tell(Feed<E> feed, long seq, E entry) {
        if (!feed.isEnded()) {
            outlet.notify(feed.session(), entry);
            feed.tell(seq);
        }
    }
}
