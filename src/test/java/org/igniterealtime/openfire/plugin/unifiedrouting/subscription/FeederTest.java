package org.igniterealtime.openfire.plugin.unifiedrouting.subscription;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.AppendedEntry;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchivedMessage;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Direction;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Mid;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.OfflineClaim;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.StoreUnavailable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.xmpp.packet.JID;

/** PROTOCOL sections 2 and 2.1: what subscribed sessions are told, and when. */
class FeederTest {

    private static final String OWNER = "romeo";
    private static final int READERS = 2;

    /** An archive in memory. What is committed is there before the feeder hears of it. */
    private static final class Archive implements ArchiveReader {

        private final List<ArchivedMessage> rows = new ArrayList<>();
        private volatile boolean down;
        private volatile Runnable onRead = () -> {};
        private volatile long longest;
        private final AtomicInteger reads = new AtomicInteger();

        synchronized ArchivedMessage append(String stanza) {
            ArchivedMessage row = message(rows.size() + 1, stanza);
            rows.add(row);
            return row;
        }

        ArchivedMessage append() {
            return append("<m/>");
        }

        @Override
        public List<ArchivedMessage> read(String owner, long after, int max, long bytes) {
            onRead.run();
            reads.incrementAndGet();
            if (down) {
                throw new StoreUnavailable("down");
            }
            return page(after, max, bytes);
        }

        private synchronized List<ArchivedMessage> page(long after, int max, long bytes) {
            List<ArchivedMessage> page = new ArrayList<>();
            long length = 0;
            for (int i = (int) Math.max(0, after); i < rows.size() && page.size() < max; i++) {
                length += rows.get(i).stanza().length();
                if (!page.isEmpty() && length > bytes) {
                    break;
                }
                page.add(rows.get(i));
                longest = Math.max(longest, length);
            }
            return page;
        }

        int reads() {
            return reads.get();
        }

        synchronized long size() {
            return rows.size();
        }

        List<String> midsAfter(long after) {
            return page(after, Integer.MAX_VALUE, Long.MAX_VALUE).stream()
                    .map(row -> row.mid().value())
                    .toList();
        }
    }

    /** What the sessions got. */
    private static final class Sessions implements Outlet<String> {

        private final Map<SessionKey, List<String>> got = Collections.synchronizedMap(new HashMap<>());
        private final Map<SessionKey, Room> rooms = Collections.synchronizedMap(new HashMap<>());
        private volatile Consumer<String> onNotify = entry -> {};
        private volatile Runnable onLook = () -> {};

        @Override
        public Room room(SessionKey session) {
            onLook.run();
            return rooms.getOrDefault(session, Room.OPEN);
        }

        @Override
        public void notify(SessionKey session, String entry) {
            onNotify.accept(entry);
            of(session).add(entry);
        }

        List<String> of(SessionKey session) {
            return got.computeIfAbsent(session, key -> Collections.synchronizedList(new ArrayList<>()));
        }
    }

    /** Notes the end of a catch-up where its notifications are noted, so that the order shows. */
    private static final class Noted implements CatchUp.End {

        private final List<String> notes;

        Noted(List<String> notes) {
            this.notes = notes;
        }

        @Override
        public void reached() {
            notes.add("answered");
        }

        @Override
        public void upToDate(long told) {
            notes.add("reached " + told);
        }

        @Override
        public void more(Optional<Mid> last) {
            notes.add("more " + last.map(Mid::value).orElse("-"));
        }

        @Override
        public void failed(StoreUnavailable reason) {
            notes.add("failed");
        }

        @Override
        public void superseded() {
            notes.add("superseded");
        }
    }

    private final Archive archive = new Archive();
    private final Sessions sessions = new Sessions();
    private final SubscriptionRegistry<String> registry = new SubscriptionRegistry<>();
    private final List<ScheduledExecutorService> threads =
            List.of(Executors.newSingleThreadScheduledExecutor(), Executors.newSingleThreadScheduledExecutor());
    private final ThreadPoolExecutor readers = (ThreadPoolExecutor) Executors.newFixedThreadPool(READERS);
    private final Feeder<String> feeder =
            new Feeder<>(registry, archive, row -> row.mid().value(), sessions, new Feeder.Threads(threads, readers));

    private static SessionKey session(int number) {
        return new SessionKey(new JID(OWNER + "@verona.example/r" + number), "s" + number);
    }

    private void append(String stanza) {
        feeder.committed(List.of(stored(archive.append(stanza))));
    }

    private void append(int count) {
        for (int i = 0; i < count; i++) {
            feeder.committed(List.of(stored(archive.append())));
        }
    }

    private static ArchivedMessage message(int seq) {
        return message(seq, "<m/>");
    }

    private static ArchivedMessage message(int seq, String stanza) {
        return new ArchivedMessage(
                OWNER, seq, new Mid("m" + seq), Direction.RECEIVED, "juliet@verona.example", Instant.EPOCH, stanza);
    }

    private static AppendedEntry stored(ArchivedMessage message) {
        return new AppendedEntry(message, OfflineClaim.NONE, AppendedEntry.Result.STORED);
    }

    private CatchUp catchUp(SessionKey session, int max) {
        return new CatchUp(max, archive.size(), new Noted(sessions.of(session)));
    }

    private void awaitTold(SessionKey session, List<String> expected) {
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(
                        () -> assertThat(List.copyOf(sessions.of(session))).isEqualTo(expected));
    }

    private static List<String> mids(int from, int to) {
        List<String> mids = new ArrayList<>();
        for (int i = from; i <= to; i++) {
            mids.add("m" + i);
        }
        return mids;
    }

    private static List<String> then(List<String> first, String... rest) {
        List<String> all = new ArrayList<>(first);
        all.addAll(List.of(rest));
        return all;
    }

    @AfterEach
    void stop() throws InterruptedException {
        readers.shutdownNow();
        assertThat(readers.awaitTermination(5, TimeUnit.SECONDS)).isTrue();
        for (ScheduledExecutorService thread : threads) {
            thread.shutdownNow();
            assertThat(thread.awaitTermination(5, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void aSubscribedSessionIsToldOfWhatComes() {
        append(3);
        feeder.subscribe(session(1), 3);
        append(250);
        awaitTold(session(1), mids(4, 253));
    }

    @Test
    void whatTheArchiveDoesNotShowIsNotTold() {
        feeder.subscribe(session(1), 0);
        append(1);
        awaitTold(session(1), mids(1, 1));
        feeder.committed(List.of(
                new AppendedEntry(message(100), OfflineClaim.OFFLINE_ONLY, AppendedEntry.Result.STORED),
                new AppendedEntry(message(101), OfflineClaim.ELIGIBLE, AppendedEntry.Result.OVER_LIMIT)));
        append(2);
        awaitTold(session(1), mids(1, 3));
    }

    @Test
    void subscribingAgainChangesNothing() {
        append(3);
        feeder.subscribe(session(1), 3);
        append(2);
        feeder.subscribe(session(1), 0);
        append(1);
        awaitTold(session(1), mids(4, 6));
    }

    @Test
    void aCatchUpEndsBeforeWhatIsNewer() {
        append(120);
        feeder.catchUp(session(1), 20, catchUp(session(1), CatchUp.UNBOUNDED));
        awaitTold(session(1), then(mids(21, 120), "answered", "reached 120"));
        append(1);
        awaitTold(session(1), then(mids(21, 120), "answered", "reached 120", "m121"));
    }

    @Test
    void aBoundedCatchUpSaysWhereItEndedAndDoesNotSubscribe() {
        append(120);
        feeder.catchUp(session(1), 0, catchUp(session(1), 70));
        awaitTold(session(1), then(mids(1, 70), "more m70"));
        assertThat(registry.isSubscribed(session(1))).isFalse();
        append(1);
        feeder.catchUp(session(1), 70, catchUp(session(1), 51));
        awaitTold(
                session(1),
                then(
                        then(mids(1, 70), "more m70"),
                        then(mids(71, 121), "answered", "reached 121").toArray(String[]::new)));
        assertThat(registry.isSubscribed(session(1))).isTrue();
    }

    /** Where more comes than is read it would never end. */
    @Test
    void aCatchUpEndsWithWhatWasThereWhenItBegan() {
        append(70);
        AtomicInteger poured = new AtomicInteger();
        archive.onRead = () -> {
            if (poured.incrementAndGet() <= 10) {
                append(60);
            }
        };
        feeder.catchUp(session(1), 0, catchUp(session(1), CatchUp.UNBOUNDED));
        awaitTold(
                session(1),
                then(then(then(mids(1, 70), "answered"), mids(71, 670).toArray(String[]::new)), "reached 670"));
        assertThat(registry.isSubscribed(session(1))).isTrue();
    }

    @Test
    void aBoundedCatchUpSubscribesWhenItHasReachedWhatWasThereWhenItBegan() {
        append(10);
        archive.onRead = () -> {
            if (archive.size() == 10) {
                append(5);
            }
        };
        feeder.catchUp(session(1), 0, catchUp(session(1), 10));
        awaitTold(session(1), then(mids(1, 10), "answered", "m11", "m12", "m13", "m14", "m15", "reached 15"));
        assertThat(registry.isSubscribed(session(1))).isTrue();
    }

    @Test
    void aCatchUpOfNothingTellsWhetherThereIsMore() {
        append(1);
        feeder.catchUp(session(1), 0, catchUp(session(1), 0));
        awaitTold(session(1), List.of("more -"));
        feeder.catchUp(session(2), 1, catchUp(session(2), 0));
        awaitTold(session(2), List.of("answered", "reached 1"));
    }

    @Test
    void aSessionThatDoesNotAcknowledgeIsToldLaterFromTheArchive() {
        feeder.subscribe(session(1), 0);
        feeder.subscribe(session(2), 0);
        sessions.rooms.put(session(1), Outlet.Room.LATER);
        append(Feed.MOST_WAITING * 3);
        awaitTold(session(2), mids(1, Feed.MOST_WAITING * 3));
        assertThat(sessions.of(session(1))).isEmpty();
        sessions.rooms.remove(session(1));
        awaitTold(session(1), mids(1, Feed.MOST_WAITING * 3));
    }

    /** Long messages wait in memory as long as all of them are no longer than a page. */
    @Test
    void whatWaitsForASessionIsLittleHoweverLongItIs() {
        Feed<String> feed = upToDate(0);
        offer(feed, 1, Feed.MOST_CHARACTERS / 2);
        offer(feed, 2, Feed.MOST_CHARACTERS / 2);
        assertThat(feed.isBehind()).isFalse();
        assertThat(feed.take(10).orElseThrow()).hasSize(2);
        offer(feed, 3, Feed.MOST_CHARACTERS);
        assertThat(feed.isBehind()).isFalse();
        offer(feed, 4, 1);
        assertThat(feed.isBehind()).isTrue();
        assertThat(feed.take(10).orElseThrow()).isEmpty();
        feed.tell(4);
        feed.reachedEnd();
        offer(feed, 5, Feed.MOST_CHARACTERS);
        assertThat(feed.isBehind()).isFalse();
        Feed<String> other = upToDate(0);
        offer(other, 1, Feed.MOST_CHARACTERS + 1);
        assertThat(other.isBehind()).isTrue();
    }

    private static Feed<String> upToDate(long told) {
        Feed<String> feed = new Feed<>(session(1), told, null);
        feed.isBehind();
        feed.reachedEnd();
        return feed;
    }

    private static void offer(Feed<String> feed, long seq, long characters) {
        feed.offer(new Feed.Placed<>(seq, "m" + seq, characters));
    }

    @Test
    void aSessionThatDoesNotReadIsToldOfLongMessagesLaterFromTheArchiveAPieceAtATime() {
        feeder.subscribe(session(1), 0);
        append(1);
        awaitTold(session(1), mids(1, 1));
        sessions.rooms.put(session(1), Outlet.Room.LATER);
        for (int i = 0; i < 20; i++) {
            append("x".repeat(i == 10 ? 1 << 20 : 100_000));
        }
        sessions.rooms.remove(session(1));
        awaitTold(session(1), mids(1, 21));
        assertThat(archive.longest).as("the longest message alone").isEqualTo(1 << 20);
    }

    /** Whether it takes more is asked for again when as much is written as makes a page. */
    @Test
    void noMoreThanAPageIsToldWithoutALookAtTheSession() {
        for (int i = 0; i < 20; i++) {
            append("x".repeat(100_000));
        }
        AtomicInteger sinceLook = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        sessions.onLook = () -> sinceLook.set(0);
        sessions.onNotify = entry -> most.accumulateAndGet(sinceLook.incrementAndGet(), Math::max);
        feeder.catchUp(session(1), 0, catchUp(session(1), CatchUp.UNBOUNDED));
        awaitTold(session(1), then(mids(1, 20), "answered", "reached 20"));
        for (int i = 0; i < 20; i++) {
            append("x".repeat(100_000));
        }
        awaitTold(
                session(1),
                then(then(mids(1, 20), "answered", "reached 20"), mids(21, 40).toArray(String[]::new)));
        assertThat(most).as("of 100,000 characters each").hasValue(2);
    }

    /** A slow archive, or many that catch up, slow nobody else down. */
    @Test
    void whoIsUpToDateIsToldWhileOthersWaitForTheArchive() throws InterruptedException {
        for (int number = 1; number <= 8; number++) {
            feeder.catchUp(session(number), 0, catchUp(session(number), CatchUp.UNBOUNDED));
            awaitTold(session(number), List.of("answered", "reached 0"));
        }
        CountDownLatch reading = new CountDownLatch(READERS);
        CountDownLatch goOn = new CountDownLatch(1);
        archive.onRead = () -> {
            reading.countDown();
            pass(goOn);
        };
        for (int number = 11; number <= 18; number++) {
            feeder.catchUp(session(number), 0, catchUp(session(number), CatchUp.UNBOUNDED));
        }
        assertThat(reading.await(10, TimeUnit.SECONDS)).isTrue();
        append(3);
        for (int number = 1; number <= 8; number++) {
            awaitTold(session(number), List.of("answered", "reached 0", "m1", "m2", "m3"));
        }
        CountDownLatch afterwards = new CountDownLatch(1);
        feeder.afterwards(session(11), afterwards::countDown);
        assertThat(afterwards.await(10, TimeUnit.SECONDS)).isTrue();
        for (int number = 11; number <= 18; number++) {
            assertThat(sessions.of(session(number))).isEmpty();
        }
        goOn.countDown();
        for (int number = 11; number <= 18; number++) {
            awaitTold(session(number), List.of("answered", "m1", "m2", "m3", "reached 3"));
        }
    }

    /** Else they would fill the memory when the archive is faster than those who tell. */
    @Test
    void fewPagesAreReadBeforeTheyAreTold() throws InterruptedException {
        append(1);
        AtomicInteger reads = new AtomicInteger();
        archive.onRead = reads::incrementAndGet;
        CountDownLatch goOn = new CountDownLatch(1);
        threads.forEach(thread -> thread.execute(() -> pass(goOn)));
        Set<SessionKey> catching = new HashSet<>();
        for (int number = 1; number <= 20; number++) {
            catching.add(session(number));
            feeder.catchUp(session(number), 0, catchUp(session(number), CatchUp.UNBOUNDED));
        }
        // All of them are let be read at once, before any of what is read is told.
        CountDownLatch letGo = new CountDownLatch(threads.size());
        CountDownLatch goOnTelling = new CountDownLatch(1);
        threads.forEach(thread -> thread.execute(() -> {
            letGo.countDown();
            pass(goOnTelling);
        }));
        goOn.countDown();
        assertThat(letGo.await(10, TimeUnit.SECONDS)).isTrue();
        await().during(Duration.ofMillis(100))
                .until(() -> reads.get() == Feeder.MOST_PAGES
                        && readers.getQueue().size() == catching.size() - Feeder.MOST_PAGES - READERS);
        goOnTelling.countDown();
        catching.forEach(session -> awaitTold(session, List.of("m1", "answered", "reached 1")));
    }

    @Test
    void whatIsReadForACatchUpThatHasEndedIsNotTold() throws InterruptedException {
        append(10);
        CountDownLatch reading = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        AtomicBoolean isFirst = new AtomicBoolean(true);
        archive.onRead = () -> {
            if (isFirst.getAndSet(false)) {
                reading.countDown();
                pass(goOn);
            }
        };
        feeder.catchUp(session(1), 0, catchUp(session(1), CatchUp.UNBOUNDED));
        assertThat(reading.await(10, TimeUnit.SECONDS)).isTrue();
        feeder.subscribe(session(1), 10);
        append(1);
        awaitTold(session(1), List.of("superseded", "m11"));
        goOn.countDown();
        readers.shutdown();
        assertThat(readers.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
        CountDownLatch afterwards = new CountDownLatch(1);
        feeder.afterwards(session(1), afterwards::countDown);
        assertThat(afterwards.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(sessions.of(session(1))).containsExactly("superseded", "m11");
    }

    /** Thousands may be detached at once. */
    @Test
    void aSessionThatGetsNoFurtherIsLookedAtLessAndLessOften() {
        List<Long> pauses = Collections.synchronizedList(new ArrayList<>());
        ScheduledThreadPoolExecutor impatient = new ScheduledThreadPoolExecutor(1) {
            @Override
            public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
                if (delay > 0) {
                    pauses.add(unit.toMillis(delay));
                }
                return super.schedule(task, 0, unit);
            }
        };
        Feeder<String> own = new Feeder<>(
                registry, archive, row -> row.mid().value(), sessions, new Feeder.Threads(List.of(impatient), readers));
        try {
            sessions.rooms.put(session(1), Outlet.Room.LATER);
            own.subscribe(session(1), 0);
            await().until(() -> pauses.size() > 20);
            assertThat(List.copyOf(pauses)).startsWith(10L, 20L, 40L, 80L, 160L, 320L, 640L, 1_280L, 1_280L, 1_280L);
        } finally {
            impatient.shutdownNow();
        }
    }

    @Test
    void aSessionThatGotFurtherIsLookedAtSoonAgain() {
        Feed<String> feed = upToDate(0);
        assertThat(List.of(feed.lookedInVain(), feed.lookedInVain())).containsExactly(1, 2);
        feed.tell(1);
        assertThat(feed.lookedInVain()).isEqualTo(1);
    }

    /** After a restart many wait for their turn, and some leave before it comes. */
    @Test
    void nothingIsReadForACatchUpThatHasEndedBeforeItsTurn() throws InterruptedException {
        append(10);
        CountDownLatch reading = new CountDownLatch(READERS);
        CountDownLatch goOn = new CountDownLatch(1);
        AtomicInteger reads = new AtomicInteger();
        archive.onRead = () -> {
            reads.incrementAndGet();
            reading.countDown();
            pass(goOn);
        };
        feeder.catchUp(session(1), 0, catchUp(session(1), CatchUp.UNBOUNDED));
        feeder.catchUp(session(2), 0, catchUp(session(2), CatchUp.UNBOUNDED));
        assertThat(reading.await(10, TimeUnit.SECONDS)).isTrue();
        feeder.catchUp(session(3), 0, catchUp(session(3), CatchUp.UNBOUNDED));
        await().until(() -> !readers.getQueue().isEmpty());
        registry.unsubscribe(session(3));
        goOn.countDown();
        awaitTold(session(1), then(mids(1, 10), "answered", "reached 10"));
        awaitTold(session(2), then(mids(1, 10), "answered", "reached 10"));
        awaitTold(session(3), List.of("superseded"));
        assertThat(reads).as("a page and the end for each of the others").hasValue(4);
    }

    /** It may have been given other things meanwhile, or be gone. */
    @Test
    void aSessionThatStopsReadingWhileTheArchiveIsReadIsToldLater() throws InterruptedException {
        append(10);
        CountDownLatch goOn = new CountDownLatch(1);
        CountDownLatch reading = new CountDownLatch(1);
        archive.onRead = () -> {
            reading.countDown();
            pass(goOn);
        };
        feeder.catchUp(session(1), 0, catchUp(session(1), CatchUp.UNBOUNDED));
        assertThat(reading.await(10, TimeUnit.SECONDS)).isTrue();
        AtomicInteger looks = new AtomicInteger();
        sessions.onLook = looks::incrementAndGet;
        sessions.rooms.put(session(1), Outlet.Room.LATER);
        goOn.countDown();
        await().until(() -> looks.get() > 2);
        assertThat(sessions.of(session(1))).isEmpty();
        sessions.rooms.remove(session(1));
        awaitTold(session(1), then(mids(1, 10), "answered", "reached 10"));
    }

    /** So that nobody hangs: neither a thread nor the others' feeds. */
    @Test
    void anUnexpectedFailureOfTheArchiveEndsOneSubscriptionOnly() {
        append(10);
        AtomicInteger reads = new AtomicInteger();
        archive.onRead = () -> {
            if (reads.incrementAndGet() <= 3 * Feeder.MOST_PAGES) {
                throw new IllegalStateException("scripted");
            }
        };
        for (int number = 1; number <= 3 * Feeder.MOST_PAGES; number++) {
            feeder.catchUp(session(number), 0, catchUp(session(number), CatchUp.UNBOUNDED));
            awaitTold(session(number), List.of("failed"));
        }
        feeder.catchUp(session(99), 0, catchUp(session(99), CatchUp.UNBOUNDED));
        awaitTold(session(99), then(mids(1, 10), "answered", "reached 10"));
    }

    @Test
    void aSessionThatIsGoneIsForgotten() {
        feeder.subscribe(session(1), 0);
        sessions.rooms.put(session(1), Outlet.Room.GONE);
        append(1);
        await().untilAsserted(() -> assertThat(registry.sessionCount()).isZero());
        feeder.subscribe(session(1), 0);
        assertThat(registry.sessionCount()).isZero();
        assertThat(sessions.of(session(1))).isEmpty();
    }

    /** Section 2.1: catch-up ends with the connection. The rest of a long archive is not read for nobody. */
    @Test
    void aCatchUpOfASessionThatEndsReadsNoFurther() throws InterruptedException {
        append(1_000);
        CountDownLatch told = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        sessions.onNotify = entry -> {
            if (entry.equals("m120")) {
                told.countDown();
                pass(goOn);
            }
        };
        feeder.catchUp(session(1), 0, catchUp(session(1), CatchUp.UNBOUNDED));
        assertThat(told.await(10, TimeUnit.SECONDS)).isTrue();
        int reads = archive.reads();
        registry.ended(session(1));
        goOn.countDown();
        awaitTold(session(1), then(then(mids(1, 119), "superseded"), "m120"));
        afterEverything(session(1));
        assertThat(archive.reads()).isEqualTo(reads);
        assertThat(registry.sessionCount()).isZero();
    }

    /** As above, where nobody says that it has ended. */
    @Test
    void aCatchUpOfASessionThatIsGoneReadsNoFurther() {
        append(1_000);
        sessions.onNotify = entry -> {
            if (entry.equals("m120")) {
                sessions.rooms.put(session(1), Outlet.Room.GONE);
            }
        };
        feeder.catchUp(session(1), 0, catchUp(session(1), CatchUp.UNBOUNDED));
        await().until(() -> registry.sessionCount() == 0);
        awaitTold(session(1), then(mids(1, 150), "superseded"));
        int reads = archive.reads();
        append(10);
        afterEverything(session(1));
        assertThat(archive.reads()).isEqualTo(reads).isEqualTo(3);
    }

    /** What a session's thread was given before is done. */
    private void afterEverything(SessionKey session) {
        CountDownLatch done = new CountDownLatch(1);
        feeder.afterwards(session, () -> feeder.afterwards(session, done::countDown));
        pass(done);
    }

    @Test
    void whoUnsubscribesWhileCatchingUpIsToldSo() {
        append(10);
        sessions.rooms.put(session(1), Outlet.Room.LATER);
        feeder.catchUp(session(1), 0, catchUp(session(1), CatchUp.UNBOUNDED));
        registry.unsubscribe(session(1));
        awaitTold(session(1), List.of("superseded"));
    }

    @Test
    void aCatchUpFailsWithTheDatabaseAndASubscriptionWaitsForIt() {
        append(10);
        archive.down = true;
        feeder.catchUp(session(1), 0, catchUp(session(1), CatchUp.UNBOUNDED));
        awaitTold(session(1), List.of("failed"));
        assertThat(registry.isSubscribed(session(1))).isFalse();
        feeder.subscribe(session(2), 5);
        archive.down = false;
        awaitTold(session(2), mids(6, 10));
    }

    @Test
    void whatEnteredTheArchiveWithoutAWordIsToldWhenThatIsSaid() {
        feeder.subscribe(session(1), 0);
        append(2);
        awaitTold(session(1), mids(1, 2));
        archive.append();
        archive.append();
        feeder.uncertain(Set.of("juliet", OWNER));
        awaitTold(session(1), mids(1, 4));
        append(1);
        awaitTold(session(1), mids(1, 5));
    }

    /** Somebody else may have committed before the writer, and say so after it. */
    @Test
    void aHoleInWhatIsToldIsFilledFromTheArchive() {
        feeder.subscribe(session(1), 0);
        append(2);
        awaitTold(session(1), mids(1, 2));
        archive.append();
        append(2);
        await().until(() -> sessions.of(session(1)).contains("m5"));
        feeder.uncertain(Set.of(OWNER));
        awaitTold(session(1), mids(1, 5));
    }

    @Test
    void whoCatchesUpMissesNothingThatEntersWithoutAWord() {
        append(3);
        sessions.rooms.put(session(1), Outlet.Room.LATER);
        feeder.catchUp(session(1), 0, catchUp(session(1), CatchUp.UNBOUNDED));
        archive.append();
        feeder.uncertain(Set.of(OWNER));
        sessions.rooms.remove(session(1));
        awaitTold(session(1), then(mids(1, 3), "answered", "m4", "reached 4"));
    }

    /** Neither repeated nor told of the rest of the history. */
    @Test
    void whoSubscribesWhileCatchingUpIsToldOfWhatComesOnly() {
        append(10);
        sessions.rooms.put(session(1), Outlet.Room.LATER);
        feeder.catchUp(session(1), 0, catchUp(session(1), 5));
        feeder.subscribe(session(1), 10);
        assertThat(sessions.of(session(1))).containsExactly("superseded");
        assertThat(registry.isSubscribed(session(1))).isTrue();
        sessions.rooms.remove(session(1));
        append(2);
        awaitTold(session(1), then(List.of("superseded"), "m11", "m12"));
        assertThat(registry.isSubscribed(session(1))).isTrue();
    }

    /** The archive's end was looked up before the catch-up had come there. */
    @Test
    void whatACatchUpHasToldIsNotToldAgainByTheSubscriptionThatTakesItsPlace() throws InterruptedException {
        append(60);
        CountDownLatch told = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        sessions.onNotify = entry -> {
            if (entry.equals("m60")) {
                told.countDown();
                pass(goOn);
            }
        };
        feeder.catchUp(session(1), 0, catchUp(session(1), CatchUp.UNBOUNDED));
        assertThat(told.await(10, TimeUnit.SECONDS)).isTrue();
        feeder.subscribe(session(1), 55);
        goOn.countDown();
        append(1);
        awaitTold(session(1), then(then(mids(1, 59), "superseded"), "m60", "m61"));
    }

    @Test
    void whatFollowsTheEndOfASubscriptionWaitsForWhatIsBeingTold() throws InterruptedException {
        append(2);
        CountDownLatch told = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        sessions.onNotify = entry -> {
            told.countDown();
            pass(goOn);
        };
        feeder.subscribe(session(1), 0);
        assertThat(told.await(10, TimeUnit.SECONDS)).isTrue();
        registry.onStopped(
                session -> feeder.afterwards(session, () -> sessions.of(session).add("stopped")));
        registry.unsubscribe(session(1));
        goOn.countDown();
        awaitTold(session(1), List.of("m1", "stopped"));
    }

    private static void pass(CountDownLatch gate) {
        try {
            assertThat(gate.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void whoseCatchUpEndsWithoutASubscriptionIsSaid() {
        List<SessionKey> stopped = Collections.synchronizedList(new ArrayList<>());
        registry.onStopped(stopped::add);
        append(10);
        feeder.catchUp(session(1), 0, catchUp(session(1), 5));
        await().untilAsserted(() -> assertThat(stopped).containsExactly(session(1)));
        feeder.subscribe(session(2), 10);
        feeder.catchUp(session(2), 10, catchUp(session(2), CatchUp.UNBOUNDED));
        awaitTold(session(2), List.of("answered", "reached 10"));
        assertThat(stopped).containsExactly(session(1));
        archive.down = true;
        feeder.catchUp(session(3), 0, catchUp(session(3), CatchUp.UNBOUNDED));
        await().untilAsserted(() -> assertThat(stopped).containsExactly(session(1), session(3)));
        sessions.rooms.put(session(2), Outlet.Room.LATER);
        feeder.catchUp(session(2), 0, catchUp(session(2), 5));
        assertThat(stopped).containsExactly(session(1), session(3), session(2));
        sessions.rooms.put(session(2), Outlet.Room.GONE);
        await().until(() -> registry.sessionCount() == 0);
        assertThat(stopped).hasSize(3);
    }

    /** Whatever happens at once, each session has a piece of the archive without gap, without repetition, in order. */
    @Test
    void noGapNoDuplicateNoReordering() throws InterruptedException {
        long seed = Long.getLong("feeder.seed", System.nanoTime());
        Random random = new Random(seed);
        Map<SessionKey, Long> begun = new HashMap<>();
        AtomicBoolean writing = new AtomicBoolean(true);
        Thread writer = new Thread(() -> {
            Random pace = new Random(seed);
            for (int i = 0; i < 3_000; i++) {
                List<AppendedEntry> batch = new ArrayList<>();
                for (int n = pace.nextInt(5); n >= 0; n--) {
                    batch.add(stored(archive.append()));
                }
                feeder.committed(batch);
                if (i % 50 == 0) {
                    Thread.yield();
                }
            }
            writing.set(false);
        });
        writer.start();
        for (int number = 0; writing.get() && number < 100; number++) {
            SessionKey session = session(number);
            long known = random.nextInt(archive.midsAfter(0).size() + 1);
            begun.put(session, known);
            feeder.catchUp(session, known, catchUp(session, CatchUp.UNBOUNDED));
            if (random.nextInt(4) == 0) {
                sessions.rooms.put(session, Outlet.Room.LATER);
            }
            if (random.nextInt(3) == 0) {
                sessions.rooms.clear();
            }
        }
        writer.join();
        sessions.rooms.clear();
        for (Map.Entry<SessionKey, Long> each : begun.entrySet()) {
            List<String> expected = archive.midsAfter(each.getValue());
            await().atMost(Duration.ofSeconds(30))
                    .pollDelay(Duration.ZERO)
                    .until(() -> sessions.of(each.getKey()).size() > expected.size());
            assertThat(List.copyOf(sessions.of(each.getKey())))
                    .as("seed %d", seed)
                    .filteredOn(note -> note.startsWith("m"))
                    .isEqualTo(expected);
        }
    }
}
