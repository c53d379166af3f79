package org.igniterealtime.openfire.plugin.unifiedrouting.archive.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchiveMaintenance;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchivePage;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchiveQuery;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchiveStore;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchivedMessage;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Mid;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.NewEntry;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Paging;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.PagingCase;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.PeerFilter;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.imports.ImportPlan;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.imports.SourceKey;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.Database;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.SqlDialect;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.TestConnections;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Pages of archives that change, on each database. Each test has tables of its own. */
@Timeout(300)
abstract class PagingContract {

    private static final int CASES = 1_500;
    private static final int WALKS = 150;

    private TestConnections connections;
    private Database database;

    /** Connections to a database that holds the plugin's tables and nothing else of it. */
    abstract TestConnections openDatabase() throws SQLException;

    abstract SqlDialect dialect();

    @BeforeEach
    final void open() throws SQLException {
        connections = openDatabase();
        database = new Database(connections);
    }

    @AfterEach
    final void close() throws SQLException {
        connections.close();
    }

    @Test
    void pagesAreThoseOfAPlainListWhateverIsAskedAndChangedMeanwhile() {
        PagingCase.runAll(new Archive(), CASES);
    }

    // With another node at work

    @Test
    void walksMissNothingWhileAnotherNodeAppendsAndTrims() throws Exception {
        Random random = new Random(Long.getLong("paging.seed", 1));
        Traffic traffic =
                new Traffic(new JdbcArchiveStore(database, dialect()), new JdbcArchiveMaintenance(database, dialect()));
        ExecutorService otherNode = Executors.newSingleThreadExecutor();
        Future<Void> work = otherNode.submit(traffic);
        try {
            await().until(() -> traffic.trimmed() > 0 || work.isDone());
            int toTheEnd = 0;
            for (int walk = 0; walk < WALKS && !work.isDone(); walk++) {
                toTheEnd += walk(traffic, random) ? 1 : 0;
            }
            traffic.end();
            work.get(60, TimeUnit.SECONDS);
            assertThat(toTheEnd).isGreaterThan(WALKS / 3);
        } finally {
            traffic.end();
            otherNode.shutdown();
        }
    }

    /** Walks through what is added and deleted meanwhile. Returns whether it came to the end. */
    private boolean walk(Traffic traffic, Random random) {
        ArchiveStore store = new JdbcArchiveStore(database, dialect());
        boolean backwards = random.nextBoolean();
        int goneBefore = traffic.trimmed();
        int thereBefore = traffic.committed();
        ArchiveQuery.Filter filter = randomFilter(random, goneBefore, thereBefore);
        int size = 5 + random.nextInt(30);
        // One message has about 40.
        long bytes = random.nextBoolean() ? Long.MAX_VALUE : 30 + random.nextInt(1_000);
        List<Integer> walked = new ArrayList<>();
        Optional<Mid> place = Optional.empty();
        while (true) {
            traffic.allow();
            Optional<ArchivePage> page = store.page(new ArchiveQuery(
                    Traffic.OWNER,
                    filter,
                    new Paging(
                            size,
                            bytes,
                            backwards,
                            backwards ? Optional.empty() : place,
                            backwards ? place : Optional.empty())));
            if (page.isEmpty()) {
                assertThat(place).as("a first page needs no place").isPresent();
                int lost = Traffic.numberOf(place.orElseThrow());
                assertThat(lost < traffic.condemned() || Traffic.isFleeting(lost))
                        .as("%d is gone", lost)
                        .isTrue();
                return false;
            }
            List<ArchivedMessage> messages = page.get().messages();
            List<Integer> numbers = messages.stream()
                    .map(message -> Traffic.numberOf(message.mid()))
                    .toList();
            walked.addAll(backwards ? 0 : walked.size(), numbers);
            if (page.get().complete()) {
                break;
            }
            // Some of a page may have been deleted since it was looked up how many fit in it.
            assertThat(messages).as("a page that is not the last").isNotEmpty().hasSizeLessThanOrEqualTo(size);
            place = Optional.of(
                    messages.get(backwards ? 0 : messages.size() - 1).mid());
        }
        int goneAfter = traffic.condemned();
        int thereAfter = traffic.announced();
        assertThat(walked)
                .as("%s, backwards: %s", filter, backwards)
                .isSorted()
                .doesNotHaveDuplicates()
                .allMatch(number -> number >= goneBefore && number < thereAfter && isMatch(filter, number));
        int newest = walked.isEmpty() ? -1 : walked.get(walked.size() - 1);
        assertThat(walked)
                .as("%s, backwards: %s: nothing is missing", filter, backwards)
                .containsAll(IntStream.range(goneAfter, Math.max(thereBefore, newest))
                        .filter(number -> isMatch(filter, number) && !Traffic.isFleeting(number))
                        .boxed()
                        .toList());
        return true;
    }

    private static ArchiveQuery.Filter randomFilter(Random random, int from, int to) {
        return new ArchiveQuery.Filter(
                some(random, new PeerFilter(Traffic.peerOf(random.nextInt(3)))),
                some(random, Traffic.timeOf(from + random.nextInt(to - from))),
                some(random, Traffic.timeOf(to - random.nextInt(20))),
                Optional.empty(),
                Optional.empty(),
                Set.of());
    }

    private static <T> Optional<T> some(Random random, T value) {
        return random.nextInt(3) == 0 ? Optional.of(value) : Optional.empty();
    }

    private static boolean isMatch(ArchiveQuery.Filter filter, int number) {
        return filter.with().stream().allMatch(with -> with.jid().equals(Traffic.peerOf(number)))
                && filter.start().stream().noneMatch(Traffic.timeOf(number)::isBefore)
                && filter.end().stream().noneMatch(Traffic.timeOf(number)::isAfter);
    }

    /** The archive in SQL. To turn pages round is not its business. */
    private final class Archive implements PagingCase.Subject<ArchivePage> {

        private final ArchiveStore store = new JdbcArchiveStore(database, dialect());
        private final ArchiveMaintenance maintenance = new JdbcArchiveMaintenance(database, dialect());
        private final ArchiveFronts fronts = new ArchiveFronts(dialect(), Long.MAX_VALUE);

        @Override
        public ArchiveStore store() {
            return store;
        }

        @Override
        public ArchiveMaintenance maintenance() {
            return maintenance;
        }

        @Override
        public void addOlder(String owner, List<NewEntry> newestFirst) {
            List<ImportPlan.Candidate> candidates = newestFirst.stream()
                    .map(entry -> new ImportPlan.Candidate(0, entry))
                    .toList();
            fronts.createMailboxes(database, List.of(owner));
            database.transaction(
                    "Adding older messages",
                    connection -> fronts.add(connection, candidates, SourceKey.startOf(Long.MAX_VALUE)));
        }

        @Override
        public Optional<ArchivePage> ask(ArchiveQuery query, boolean flipped) {
            return store.page(query);
        }

        @Override
        public ArchivePage expected(ArchivePage page, boolean flipped) {
            return page;
        }
    }
}
