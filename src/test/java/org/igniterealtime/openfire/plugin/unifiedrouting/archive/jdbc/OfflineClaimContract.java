package org.igniterealtime.openfire.plugin.unifiedrouting.archive.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.igniterealtime.openfire.plugin.unifiedrouting.archive.Entries.JULIET;
import static org.igniterealtime.openfire.plugin.unifiedrouting.archive.Entries.NOON;
import static org.igniterealtime.openfire.plugin.unifiedrouting.archive.Entries.received;
import static org.igniterealtime.openfire.plugin.unifiedrouting.archive.Entries.sent;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.AppendedEntry;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.AppendedEntry.Result;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchiveOutcome;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchiveQuery;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchiveSize;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchiveStore;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchiveWriter;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchivedMessage;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.NewEntry;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.OfflineClaim;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Paging;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.StoreUnavailable;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.WriterLimits;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.Database;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.TestBackend;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.TestConnections;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.TestTables;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.xmpp.packet.JID;

/** What entries claim of the offline set when they are appended, and what they get, on each database. */
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class OfflineClaimContract {

    private static final JID PHONE = new JID("juliet@capulet.example/phone");
    private static final JID NURSE = new JID("nurse@capulet.example/kitchen");
    private static final int LIMIT = 10;

    private final Supplier<TestBackend> databases;
    private final Map<String, ArchiveSize> told = new HashMap<>();
    private TestBackend backend;
    private TestConnections connections;
    private ArchiveStore store;

    OfflineClaimContract(Supplier<TestBackend> databases) {
        this.databases = databases;
    }

    @BeforeAll
    final void createDatabase() {
        backend = databases.get();
    }

    @AfterAll
    final void dropDatabase() {
        backend.close();
    }

    @BeforeEach
    final void open() throws SQLException {
        told.clear();
        connections = backend.open();
        store = new JdbcArchiveStore(new Database(connections), backend.dialect(), told::put);
    }

    @AfterEach
    final void close() throws SQLException {
        connections.close();
    }

    // Without a limit

    @Test
    void whetherAnEntryIsEligibleIsKeptWithIt() throws SQLException {
        List<AppendedEntry> appended = store.append(List.of(
                received("romeo", "waits").with(OfflineClaim.ELIGIBLE),
                received("romeo", "history"),
                sent("juliet", "hers", JULIET)));

        assertThat(appended).extracting(AppendedEntry::result).containsOnly(Result.STORED);
        assertThat(appended).extracting(AppendedEntry::isEligible).containsExactly(true, false, false);
        assertThat(appended).allMatch(AppendedEntry::isArchived);
        assertThat(eligible("romeo")).containsExactly("waits");
        assertThat(eligible("juliet")).isEmpty();
    }

    @Test
    void whatIsInTheOfflineSetOnlyIsInNoArchive() throws SQLException {
        List<AppendedEntry> appended = store.append(List.of(
                received("romeo", "before").with(OfflineClaim.ELIGIBLE),
                offlineOnly("romeo", "once"),
                received("romeo", "behind").with(OfflineClaim.ELIGIBLE)));

        assertThat(appended)
                .extracting(entry -> entry.message().seq())
                .as("places are taken from one counter")
                .containsExactly(1L, 2L, 3L);
        assertThat(appended).extracting(AppendedEntry::isArchived).containsExactly(true, false, true);
        assertThat(appended).allMatch(AppendedEntry::isEligible);
        assertThat(archive("romeo")).containsExactly("before", "behind");
        assertThat(offlineOnly("romeo")).containsExactly("once");
        assertThat(store.find("romeo", appended.get(1).message().mid())).isEmpty();
        assertCounted("romeo", 2);
    }

    @Test
    void anAccountMayBeginWithWhatIsInTheOfflineSetOnly() throws SQLException {
        NewEntry once = received("romeo", "once", PHONE, NOON.minusSeconds(60)).with(OfflineClaim.OFFLINE_ONLY);
        AppendedEntry appended = store.append(List.of(once)).get(0);

        assertThat(appended.message())
                .isEqualTo(new ArchivedMessage(
                        "romeo", 1, once.mid(), once.direction(), PHONE.toString(), once.receivedAt(), once.stanza()));
        assertThat(told).containsEntry("romeo", ArchiveSize.EMPTY);
        store.append(List.of(received("romeo", "later")));
        NewEntry old = received("romeo", "old", PHONE, NOON.minusSeconds(90)).with(OfflineClaim.OFFLINE_ONLY);
        assertThat(store.append(List.of(old)).get(0).message().receivedAt())
                .as("no query goes by this time, so that it need not follow the order")
                .isEqualTo(old.receivedAt());
        assertCounted("romeo", 1);
    }

    @Test
    void aBatchThatFailsAddsNothingToTheOfflineSet() throws SQLException {
        store.append(List.of(offlineOnly("romeo", "a")));
        assertThatThrownBy(() -> store.append(List.of(
                        received("romeo", "b").with(OfflineClaim.ELIGIBLE),
                        offlineOnly("juliet", "c"),
                        offlineOnly("romeo", "a"))))
                .isInstanceOf(StoreUnavailable.class);
        assertThat(archive("romeo")).isEmpty();
        assertThat(offlineOnly("romeo")).containsExactly("a");
        assertThat(offlineOnly("juliet")).isEmpty();
    }

    // Limits

    @Test
    void overTheLimitAnArchivedMessageIsNotEligibleOrNotKept() throws SQLException {
        List<Result> results = results(
                limited("romeo", "1", 2, true),
                limited("romeo", "2", 2, true),
                limited("romeo", "3", 2, true),
                limited("romeo", "4", 2, false),
                limited("romeo", "5", 3, false),
                limited("romeo", "6", 3, true));

        assertThat(results)
                .containsExactly(
                        Result.STORED,
                        Result.STORED,
                        Result.STORED_NOT_ELIGIBLE,
                        Result.OVER_LIMIT,
                        Result.STORED,
                        Result.STORED_NOT_ELIGIBLE);
        assertThat(archive("romeo")).containsExactly("1", "2", "3", "5", "6");
        assertThat(eligible("romeo")).containsExactly("1", "2", "5");
        assertCounted("romeo", 5);
        assertThat(store.append(List.of(received("romeo", "7")))
                        .get(0)
                        .message()
                        .seq())
                .as("the place of what is not kept stays empty")
                .isEqualTo(7);
    }

    @Test
    void everythingUndeliveredOfThePairCounts() throws SQLException {
        store.append(List.of(
                received("romeo", "1", PHONE, NOON).with(OfflineClaim.ELIGIBLE),
                offlineOnly("romeo", "2"),
                received("romeo", "3"),
                received("romeo", "4", NURSE, NOON).with(OfflineClaim.ELIGIBLE),
                received("benvolio", "5").with(OfflineClaim.ELIGIBLE)));

        assertThat(results(
                        received("romeo", "6").with(OfflineClaim.OFFLINE_ONLY.limitedTo(4, true)),
                        received("romeo", "7", PHONE, NOON).with(OfflineClaim.ELIGIBLE),
                        limited("romeo", "8", 4, true),
                        received("romeo", "9").with(OfflineClaim.OFFLINE_ONLY.limitedTo(4, true)),
                        received("romeo", "10", NURSE, NOON).with(OfflineClaim.ELIGIBLE.limitedTo(2, true)),
                        received("romeo", "11")))
                .containsExactly(
                        Result.STORED,
                        Result.STORED,
                        Result.STORED_NOT_ELIGIBLE,
                        Result.OVER_LIMIT,
                        Result.STORED,
                        Result.STORED);
        assertThat(offlineOnly("romeo")).containsExactly("2", "6");
    }

    @Test
    void whatWasTakenDoesNotCount() throws SQLException {
        store.append(List.of(
                received("romeo", "1").with(OfflineClaim.ELIGIBLE),
                received("romeo", "2").with(OfflineClaim.ELIGIBLE)));
        assertThat(results(limited("romeo", "3", 2, false))).containsExactly(Result.OVER_LIMIT);
        TestTables.execute(connections, "UPDATE ofUnifiedMailbox SET cursorSeq = 1");
        assertThat(results(limited("romeo", "3", 2, false))).containsExactly(Result.STORED);
        assertThat(results(limited("romeo", "4", 2, false))).containsExactly(Result.OVER_LIMIT);
        TestTables.execute(connections, "UPDATE ofUnifiedArchive SET eligible = 0 WHERE mid = '2'");
        assertThat(results(limited("romeo", "4", 2, false))).containsExactly(Result.STORED);
    }

    @Test
    void aLimitOfNoneKeepsNothing() {
        assertThat(results(limited("romeo", "1", 0, true), limited("romeo", "2", 0, false)))
                .containsExactly(Result.STORED_NOT_ELIGIBLE, Result.OVER_LIMIT);
    }

    @Test
    void aBatchMayHaveManyPairs() throws SQLException {
        List<NewEntry> entries = new ArrayList<>();
        for (int round = 0; round < 3; round++) {
            for (int pair = 0; pair < 20; pair++) {
                JID peer = new JID("peer" + pair + "@capulet.example");
                entries.add(received("user" + pair % 3, round + "." + pair, peer, NOON)
                        .with(OfflineClaim.ELIGIBLE.limitedTo(2, pair % 2 == 0)));
            }
        }
        store.append(entries.subList(0, 10));
        assertThat(store.append(entries.subList(10, 60)))
                .extracting(AppendedEntry::result)
                .filteredOn(result -> result == Result.STORED)
                .hasSize(30);
        assertThat(eligible("user0").size()
                        + eligible("user1").size()
                        + eligible("user2").size())
                .isEqualTo(40);
        assertCounted("user0", archive("user0").size());
        assertCounted("user1", archive("user1").size());
    }

    @Test
    void aRefusalIsNotForgottenByAnAnswerThatIsLost() {
        List<NewEntry> entries = List.of(
                limited("romeo", "1", 1, false),
                limited("romeo", "2", 1, false),
                limited("romeo", "3", 1, true),
                offlineOnly("romeo", "4"),
                sent("juliet", "5", JULIET));
        assertThat(store.committed(entries)).isEmpty();
        List<AppendedEntry> appended = store.append(entries);
        assertThat(store.committed(entries).orElseThrow())
                .extracting(AppendedEntry::result)
                .containsExactlyElementsOf(
                        appended.stream().map(AppendedEntry::result).toList());
        assertThat(store.committed(entries.subList(0, 1)).orElseThrow()).containsExactly(appended.get(0));
        assertThat(store.committed(entries.subList(3, 4)).orElseThrow()).containsExactly(appended.get(3));
        assertThat(store.committed(entries.subList(1, 2)))
                .as("nothing that could be found")
                .isEmpty();
        assertThat(store.committed(List.of(entries.get(0), received("romeo", "never"))))
                .isEmpty();
    }

    // At the same time

    @Test
    void nodesThatShareAPairNeverExceedItsLimitAndNeverMissIt() throws Exception {
        for (int round = 0; round < 5; round++) {
            String owner = "romeo" + round;
            List<Result> results = inParallel(6, (node, i) -> limited(owner, node + "." + i, LIMIT, node % 2 == 0));
            assertThat(results).filteredOn(result -> result == Result.STORED).hasSize(LIMIT);
            assertThat(eligible(owner)).hasSize(LIMIT);
            assertCounted(owner, archive(owner).size());
        }
    }

    @Test
    void pairsDoNotTakeEachOthersRoom() throws Exception {
        List<Result> results = inParallel(6, (node, i) -> {
            JID peer = new JID("peer" + i % 3 + "@capulet.example/" + node);
            return received(node % 2 == 0 ? "romeo" : "benvolio", node + "." + i, peer, NOON)
                    .with((i % 2 == 0 ? OfflineClaim.ELIGIBLE : OfflineClaim.OFFLINE_ONLY).limitedTo(LIMIT, false));
        });
        assertThat(results).filteredOn(result -> result == Result.STORED).hasSize(2 * 3 * LIMIT);
        for (String owner : List.of("romeo", "benvolio")) {
            assertThat(eligible(owner).size() + offlineOnly(owner).size()).isEqualTo(3 * LIMIT);
            assertCounted(owner, archive(owner).size());
        }
    }

    private interface Sample {
        NewEntry of(int node, int i);
    }

    /** Half of the nodes are writers that many threads feed, the others are stores. */
    private List<Result> inParallel(int nodes, Sample sample) throws Exception {
        int each = 12;
        CyclicBarrier together = new CyclicBarrier(nodes);
        List<ArchiveWriter> writers = List.of(newWriter(), newWriter());
        ExecutorService threads = Executors.newFixedThreadPool(nodes);
        try {
            List<Callable<List<Result>>> work = new ArrayList<>();
            for (int node = 0; node < nodes; node++) {
                int number = node;
                work.add(() -> {
                    together.await();
                    List<Result> results = new ArrayList<>();
                    for (int i = 0; i < each; i++) {
                        ArchiveOutcome outcome =
                                writers.get(number % writers.size()).archive(List.of(sample.of(number, i)));
                        ((ArchiveOutcome.Stored) outcome).entries().forEach(entry -> results.add(entry.result()));
                    }
                    return results;
                });
            }
            List<Result> all = new ArrayList<>();
            for (Future<List<Result>> result : threads.invokeAll(work, 60, TimeUnit.SECONDS)) {
                all.addAll(result.get());
            }
            assertThat(all).hasSize(nodes * each);
            return all;
        } finally {
            threads.shutdownNow();
            writers.forEach(ArchiveWriter::close);
        }
    }

    private ArchiveWriter newWriter() {
        WriterLimits limits =
                new WriterLimits(100, 1L << 30, 100, 1_000_000, Duration.ofSeconds(60), Duration.ofSeconds(1));
        ArchiveWriter writer = new ArchiveWriter(
                new JdbcArchiveStore(new Database(connections), backend.dialect()), entries -> {}, limits);
        writer.start();
        return writer;
    }

    // What it costs

    @Test
    void whereNothingIsLimitedNothingIsCounted() {
        List<String> executed = Collections.synchronizedList(new ArrayList<>());
        FailingConnections counted = new FailingConnections(connections);
        counted.refuse(sql -> {
            executed.add(sql);
            return false;
        });
        ArchiveStore own = new JdbcArchiveStore(new Database(counted), backend.dialect());
        own.append(List.of(received("romeo", "0"), sent("juliet", "0", JULIET)));
        executed.clear();

        own.append(IntStream.range(1, 20)
                .mapToObj(i -> received("romeo", "r" + i).with(OfflineClaim.ELIGIBLE))
                .toList());
        own.append(List.of(
                received("romeo", "1").with(OfflineClaim.ELIGIBLE),
                sent("juliet", "1", JULIET),
                received("romeo", "2")));

        assertThat(executed).hasSize(2 * statementsOfABatch());
        assertThat(executed).noneMatch(sql -> sql.contains("COUNT"));
    }

    /** Take places, learn which, insert. */
    int statementsOfABatch() {
        return 3;
    }

    // How the tests speak

    private static NewEntry offlineOnly(String owner, String mid) {
        return received(owner, mid).with(OfflineClaim.OFFLINE_ONLY);
    }

    private static NewEntry limited(String owner, String mid, int limit, boolean archiveWhenOver) {
        return received(owner, mid).with(OfflineClaim.ELIGIBLE.limitedTo(limit, archiveWhenOver));
    }

    private List<Result> results(NewEntry... entries) {
        return store.append(List.of(entries)).stream()
                .map(AppendedEntry::result)
                .toList();
    }

    private List<String> archive(String owner) {
        return store.page(ArchiveQuery.all(owner, Paging.fromStart(10_000))).orElseThrow().messages().stream()
                .map(message -> message.mid().value())
                .toList();
    }

    private void assertCounted(String owner, long messages) throws SQLException {
        List<String> sizes = select("SELECT stanzaSize FROM ofUnifiedArchive WHERE username = '" + owner + "'");
        assertThat(sizes).hasSize((int) messages);
        String size = messages + "," + sizes.stream().mapToLong(Long::parseLong).sum();
        assertThat(select("SELECT messageCount FROM ofUnifiedMailbox WHERE username = '" + owner + "'")
                                .get(0) + ","
                        + select("SELECT byteCount FROM ofUnifiedMailbox WHERE username = '" + owner + "'")
                                .get(0))
                .isEqualTo(size);
        if (told.containsKey(owner)) {
            assertThat(told.get(owner).messages() + "," + told.get(owner).bytes())
                    .isEqualTo(size);
        }
    }

    private List<String> eligible(String owner) throws SQLException {
        return select(
                "SELECT mid FROM ofUnifiedArchive WHERE username = '" + owner + "' AND eligible = 1 ORDER BY seq");
    }

    private List<String> offlineOnly(String owner) throws SQLException {
        return select("SELECT mid FROM ofUnifiedOffline WHERE username = '" + owner + "' ORDER BY seq");
    }

    private List<String> select(String sql) throws SQLException {
        try (Connection connection = connections.open();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<String> values = new ArrayList<>();
            while (rows.next()) {
                values.add(rows.getString(1));
            }
            return values;
        }
    }
}
