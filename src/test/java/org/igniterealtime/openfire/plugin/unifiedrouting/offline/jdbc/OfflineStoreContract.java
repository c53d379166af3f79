package org.igniterealtime.openfire.plugin.unifiedrouting.offline.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.igniterealtime.openfire.plugin.unifiedrouting.archive.Entries.JULIET;
import static org.igniterealtime.openfire.plugin.unifiedrouting.archive.Entries.NOON;
import static org.igniterealtime.openfire.plugin.unifiedrouting.archive.Entries.received;
import static org.igniterealtime.openfire.plugin.unifiedrouting.archive.Entries.sent;

import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchiveStore;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Mid;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.NewEntry;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.OfflineClaim;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.StoreUnavailable;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.jdbc.JdbcArchiveMaintenance;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.jdbc.JdbcArchiveStore;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.Database;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.TestBackend;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.TestConnections;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineChange;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineHead;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineLimit;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineMailbox;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineMessage;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflinePage;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineStore;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** What an offline set is, and what becomes of it, on each database. */
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class OfflineStoreContract {

    private final Supplier<TestBackend> databases;
    private TestBackend backend;
    private TestConnections connections;
    private ArchiveStore archive;
    private OfflineStore store;

    OfflineStoreContract(Supplier<TestBackend> databases) {
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
        connections = backend.open();
        archive = new JdbcArchiveStore(new Database(connections), backend.dialect());
        store = new JdbcOfflineStore(new Database(connections), backend.dialect());
    }

    @AfterEach
    final void close() throws SQLException {
        connections.close();
    }

    // What is in it

    @Test
    void ofAnUnknownAccountNothingIsKept() {
        assertThat(store.mailbox("nobody")).isEqualTo(OfflineMailbox.EMPTY);
        assertThat(store.read("nobody", Long.MIN_VALUE, 10)).isEmpty();
        assertThat(store.find("nobody", List.of(new Mid("a")))).isEmpty();
        assertThat(store.count("nobody")).isZero();
    }

    @Test
    void whatIsEligibleAndWhatIsThereOnlyAreOneOrderedSet() {
        archive.append(List.of(
                waiting("romeo", "1"),
                once("romeo", "2"),
                received("romeo", "history"),
                sent("romeo", "sent", JULIET),
                waiting("juliet", "hers"),
                waiting("romeo", "5"),
                once("romeo", "6")));

        assertThat(set("romeo")).containsExactly("1", "2", "5", "6");
        assertThat(store.count("romeo")).isEqualTo(4);
        OfflineMessage first = store.read("romeo", 0, 1).get(0);
        NewEntry entry = waiting("romeo", "1");
        assertThat(first).isEqualTo(new OfflineMessage(1, entry.mid(), true, JULIET.toString(), NOON, entry.stanza()));
        assertThat(store.read("romeo", 1, 1))
                .containsExactly(new OfflineMessage(
                        2,
                        new Mid("2"),
                        false,
                        JULIET.toString(),
                        NOON,
                        once("romeo", "2").stanza()));
        assertThat(mids(store.read("romeo", 2, 1))).containsExactly("5");
        assertThat(mids(store.read("romeo", 1, 2))).containsExactly("2", "5");
        assertThat(mids(store.read("romeo", 5, 10))).containsExactly("6");
        assertThat(store.read("romeo", 6, 10)).isEmpty();
        assertThat(store.read("romeo", 0, 0)).isEmpty();
        assertThat(store.mailbox("romeo").lastSeq()).isEqualTo(6);
    }

    @Test
    void messagesAreFoundAsLongAsTheyAreInTheSet() {
        List<NewEntry> many = new ArrayList<>();
        IntStream.rangeClosed(1, 150)
                .forEach(i -> many.add(i % 2 == 0 ? waiting("romeo", "m" + i) : once("romeo", "m" + i)));
        archive.append(many);
        archive.append(List.of(received("romeo", "history"), waiting("juliet", "hers")));
        store.apply(List.of(cursor("romeo", 20)));

        List<Mid> asked = new ArrayList<>(many.stream().map(NewEntry::mid).toList());
        asked.addAll(List.of(new Mid("history"), new Mid("hers"), new Mid("unknown"), new Mid("m30")));
        List<OfflineMessage> found = store.find("romeo", asked);

        assertThat(found).extracting(OfflineMessage::seq).isSorted();
        assertThat(found).hasSize(150 - 10).isEqualTo(store.read("romeo", 0, 1_000));
        assertThat(store.find("romeo", List.of())).isEmpty();
        assertThat(store.count("romeo")).isEqualTo(140);
        assertThat(store.heads("romeo", asked))
                .containsExactlyInAnyOrderElementsOf(found.stream()
                        .map(message -> new OfflineHead(
                                message.mid(),
                                message.receivedAt(),
                                message.stanza().getBytes(StandardCharsets.UTF_8).length))
                        .toList());
        assertThat(store.heads("romeo", List.of())).isEmpty();
    }

    @Test
    void pageEndsWhereItIsLongEnough() {
        archive.append(List.of(waiting("romeo", "1"), once("romeo", "2"), received("romeo", "history")));
        archive.append(List.of(waiting("romeo", "4"), waiting("juliet", "hers"), once("romeo", "5")));
        long size = waiting("romeo", "1").stanza().getBytes(StandardCharsets.UTF_8).length;

        assertPage(0, 10, 10 * size, true, "1", "2", "4", "5");
        assertPage(0, 10, 4 * size, true, "1", "2", "4", "5");
        assertPage(0, 10, 4 * size - 1, false, "1", "2", "4");
        assertPage(0, 10, 2 * size, false, "1", "2");
        assertPage(0, 10, 1, false, "1");
        assertPage(1, 10, 1, false, "2");
        assertPage(2, 1, 10 * size, false, "4");
        assertPage(4, 10, 1, true, "5");
        assertPage(5, 10, 1, true);
        store.apply(List.of(cursor("romeo", 4)));
        assertPage(0, 10, 10 * size, true, "2", "5");
        assertPage(0, 10, size, false, "2");
        assertThat(store.page("nobody", 0, 10, 10)).isEqualTo(new OfflinePage(List.of(), true));
        assertThat(store.page("romeo", 0, 10, size).messages()).isEqualTo(store.read("romeo", 0, 1));
    }

    /** Shorter than asked for, it is the last one; as long, nobody knows. */
    @Test
    void pageSaysWhetherItIsTheLastOne() {
        archive.append(List.of(waiting("romeo", "1"), waiting("romeo", "2"), once("romeo", "3")));
        assertPage(0, 4, 1_000_000, true, "1", "2", "3");
        assertPage(0, 3, 1_000_000, false, "1", "2", "3");
        assertPage(0, 2, 1_000_000, false, "1", "2");
        assertPage(3, 2, 1_000_000, true);
    }

    private void assertPage(long after, int max, long bytes, boolean isLast, String... mids) {
        OfflinePage page = store.page("romeo", after, max, bytes);
        assertThat(mids(page.messages())).containsExactly(mids);
        assertThat(page.isLast()).isEqualTo(isLast);
    }

    // The cursor

    @Test
    void theCursorPassesWhatIsArchivedAndNothingElse() {
        archive.append(
                List.of(waiting("romeo", "1"), once("romeo", "2"), waiting("romeo", "3"), waiting("romeo", "4")));
        store.apply(List.of(cursor("romeo", 3)));
        assertThat(set("romeo")).containsExactly("2", "4");
        assertThat(store.count("romeo")).isEqualTo(2);
        assertMailbox("romeo", 3, "3");
    }

    @Test
    void theCursorNeverGoesBackByItselfNorBeyondTheEnd() {
        archive.append(List.of(waiting("romeo", "1"), waiting("romeo", "2"), waiting("romeo", "3")));
        store.apply(List.of(cursor("romeo", 2)));
        store.apply(List.of(cursor("romeo", 1)));
        assertMailbox("romeo", 2, "2");
        store.apply(List.of(cursor("romeo", Long.MAX_VALUE)));
        assertMailbox("romeo", 3, "3");
        archive.append(List.of(waiting("romeo", "4")));
        assertThat(set("romeo")).containsExactly("4");
    }

    @Test
    void theNewestEntryBeforeTheCursorMayBeOlderThanItsPlaceOrGone() {
        archive.append(List.of(received("romeo", "1"), once("romeo", "2"), waiting("romeo", "3")));
        store.apply(List.of(cursor("romeo", 2)));
        assertMailbox("romeo", 2, "1");
        new JdbcArchiveMaintenance(new Database(connections), backend.dialect())
                .trim("romeo", new Mid("1"))
                .orElseThrow()
                .run();
        assertMailbox("romeo", 2, null);
        assertThat(set("romeo")).containsExactly("2", "3");
    }

    // Taken

    @Test
    void whatIsTakenOutOfOrderLeavesTheOthers() {
        archive.append(List.of(
                waiting("romeo", "1"),
                waiting("romeo", "2"),
                once("romeo", "3"),
                once("romeo", "4"),
                waiting("juliet", "2")));
        store.apply(List.of(taken("romeo", "2", "4", "unknown")));
        assertThat(set("romeo")).containsExactly("1", "3");
        assertThat(set("juliet")).as("another account's").containsExactly("2");
        assertMailbox("romeo", 0, null);
        assertThat(archive.find("romeo", new Mid("2"))).as("is archived still").isPresent();
    }

    @Test
    void manyMessagesAreTakenAndReturnedAtOnce() {
        List<NewEntry> many = IntStream.rangeClosed(1, 300)
                .mapToObj(i -> i % 3 == 0 ? once("romeo", "m" + i) : waiting("romeo", "m" + i))
                .toList();
        archive.append(many);
        String[] all = many.stream().map(entry -> entry.mid().value()).toArray(String[]::new);
        store.apply(List.of(taken("romeo", all)));
        assertThat(set("romeo")).isEmpty();
        store.apply(List.of(returned("romeo", all)));
        assertThat(set("romeo")).as("what was there only is gone").hasSize(200);
    }

    // Returned

    @Test
    void whatIsReturnedMovesTheCursorBackAndNothingBehindItComesAgain() {
        archive.append(IntStream.rangeClosed(1, 8)
                .mapToObj(i -> waiting("romeo", String.valueOf(i)))
                .toList());
        store.apply(List.of(cursor("romeo", 6)));
        assertThat(set("romeo")).containsExactly("7", "8");

        store.apply(List.of(returned("romeo", "3", "5")));

        assertThat(set("romeo")).containsExactly("3", "5", "7", "8");
        assertMailbox("romeo", 2, "2");
        store.apply(List.of(cursor("romeo", 4)));
        assertThat(set("romeo")).containsExactly("5", "7", "8");
    }

    @Test
    void whatIsReturnedBehindTheCursorWaitsAgain() {
        archive.append(List.of(waiting("romeo", "1"), waiting("romeo", "2"), waiting("romeo", "3")));
        store.apply(List.of(cursor("romeo", 1)));
        store.apply(List.of(taken("romeo", "3")));
        store.apply(List.of(returned("romeo", "3")));
        assertThat(set("romeo")).containsExactly("2", "3");
        assertMailbox("romeo", 1, "1");
    }

    @Test
    void whatWasSentIsNeverReturned() {
        archive.append(List.of(sent("romeo", "1", JULIET), once("romeo", "2")));
        store.apply(List.of(returned("romeo", "1", "2")));
        assertThat(set("romeo")).containsExactly("2");
    }

    @Test
    void whatIsReturnedAndTakenIsReturned() {
        archive.append(List.of(waiting("romeo", "1"), once("romeo", "2"), waiting("romeo", "3")));
        Set<Mid> all = Set.of(new Mid("1"), new Mid("2"));
        store.apply(List.of(new OfflineChange("romeo", OptionalLong.of(3), all, all)));
        assertThat(set("romeo")).containsExactly("1", "2");
    }

    // Changes

    @Test
    void aChangeThatIsAppliedTwiceDoesNoHarm() {
        archive.append(IntStream.rangeClosed(1, 8)
                .mapToObj(i -> i == 6 ? once("romeo", "6") : waiting("romeo", String.valueOf(i)))
                .toList());
        OfflineChange change = new OfflineChange(
                "romeo", OptionalLong.of(5), Set.of(new Mid("6"), new Mid("8")), Set.of(new Mid("2"), new Mid("4")));
        store.apply(List.of(change));
        assertThat(set("romeo")).containsExactly("2", "4", "7");
        store.apply(List.of(change));
        assertThat(set("romeo")).containsExactly("2", "4", "7");
        assertMailbox("romeo", 1, "1");
    }

    @Test
    void changesOfOneAccountAreAppliedInTheirOrder() {
        archive.append(List.of(waiting("romeo", "1"), waiting("romeo", "2"), waiting("romeo", "3")));
        store.apply(List.of(
                taken("romeo", "1"),
                cursor("romeo", 3),
                returned("romeo", "2"),
                returned("romeo", "1"),
                cursor("romeo", 1)));
        assertThat(set("romeo")).containsExactly("2");
        assertMailbox("romeo", 1, "1");
        store.apply(List.of());
    }

    @Test
    void changesOfAnAccountThatIsGoneDoNotStopTheOthers() {
        archive.append(List.of(waiting("romeo", "1"), waiting("benvolio", "1")));
        store.apply(List.of(taken("romeo", "1"), cursor("gone", 7), returned("gone", "1"), cursor("benvolio", 1)));
        assertThat(set("romeo")).isEmpty();
        assertThat(set("benvolio")).isEmpty();
        assertThat(store.mailbox("gone")).isEqualTo(OfflineMailbox.EMPTY);
    }

    @Test
    void changesAndNewMessagesNeverWaitForEachOtherInACircle() throws Exception {
        List<String> owners = List.of("a", "b", "c");
        List<Callable<Void>> work = new ArrayList<>();
        for (int node = 0; node < 2; node++) {
            String name = "n" + node + ".";
            work.add(() -> {
                for (int i = 0; i < 30; i++) {
                    String mid = name + i;
                    archive.append(owners.stream()
                            .map(owner -> received(owner, mid).with(OfflineClaim.ELIGIBLE.limitedTo(1_000, false)))
                            .toList());
                }
                return null;
            });
            work.add(() -> {
                for (int i = 0; i < 30; i++) {
                    String mid = name + i;
                    store.apply(List.of(taken("c", mid), taken("a", mid), taken("b", mid)));
                }
                return null;
            });
        }
        inParallel(work);
        for (String owner : owners) {
            store.apply(List.of(cursor(owner, 60)));
            assertThat(store.count(owner)).isZero();
            assertThat(store.mailbox(owner).lastSeq()).isEqualTo(60);
        }
    }

    // Settings of an account

    @Test
    void anAccountMaySetItsLimitBeforeItsFirstMessage() {
        store.setLimit("romeo", Optional.empty());
        assertThat(store.mailbox("romeo")).isEqualTo(OfflineMailbox.EMPTY);
        for (OfflineLimit limit : List.of(new OfflineLimit(0), new OfflineLimit(500), OfflineLimit.NONE)) {
            store.setLimit("romeo", Optional.of(limit));
            assertThat(store.mailbox("romeo").ownLimit()).contains(limit);
        }
        archive.append(List.of(waiting("romeo", "1")));
        assertThat(store.mailbox("romeo").lastSeq()).isEqualTo(1);
        assertThat(store.mailbox("romeo").ownLimit()).contains(OfflineLimit.NONE);
        store.setLimit("romeo", Optional.empty());
        assertThat(store.mailbox("romeo").ownLimit()).isEmpty();
        assertThat(set("romeo")).containsExactly("1");
    }

    @Test
    void theTimeWhenAnArchiveWasUsedNeverGoesBack() {
        store.archiveUsed("romeo", NOON);
        store.archiveUsed("romeo", NOON.minusSeconds(60));
        assertThat(store.mailbox("romeo").archiveUsedAt()).contains(NOON);
        store.archiveUsed("romeo", NOON.plusSeconds(60));
        assertThat(store.mailbox("romeo").archiveUsedAt()).contains(NOON.plusSeconds(60));
        archive.append(List.of(waiting("juliet", "1")));
        assertThat(store.mailbox("juliet").archiveUsedAt()).isEmpty();
        store.archiveUsed("juliet", NOON);
        assertThat(store.mailbox("juliet").archiveUsedAt()).contains(NOON);
    }

    @Test
    void settingsOfANewAccountMayMeet() throws Exception {
        for (int round = 0; round < 10; round++) {
            String owner = "romeo" + round;
            List<Callable<Void>> work = List.of(
                    () -> {
                        store.setLimit(owner, Optional.of(new OfflineLimit(7)));
                        return null;
                    },
                    () -> {
                        store.archiveUsed(owner, NOON);
                        return null;
                    },
                    () -> {
                        archive.append(List.of(waiting(owner, "1")));
                        return null;
                    });
            inParallel(work);
            assertThat(store.mailbox(owner))
                    .isEqualTo(new OfflineMailbox(
                            0, Optional.empty(), 1, Optional.of(new OfflineLimit(7)), Optional.of(NOON)));
        }
    }

    private static void inParallel(List<Callable<Void>> work) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(work.size());
        try {
            for (Future<Void> result : threads.invokeAll(work, 60, TimeUnit.SECONDS)) {
                result.get();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    // Failures

    @Test
    void aDatabaseThatCannotBeReachedIsNeverAnEmptySet() {
        archive.append(List.of(waiting("romeo", "1")));
        connections.failWith(new SQLException("no connection"));
        List<ThrowingCallable> all = List.of(
                () -> store.mailbox("romeo"),
                () -> store.read("romeo", 0, 1),
                () -> store.page("romeo", 0, 1, 1),
                () -> store.find("romeo", List.of(new Mid("1"))),
                () -> store.count("romeo"),
                () -> store.apply(List.of(taken("romeo", "1"))),
                () -> store.setLimit("romeo", Optional.of(OfflineLimit.NONE)),
                () -> store.archiveUsed("romeo", NOON));
        for (ThrowingCallable call : all) {
            assertThatThrownBy(call).isInstanceOf(StoreUnavailable.class);
        }
        connections.failWith(null);
        assertThat(set("romeo")).containsExactly("1");
    }

    @Test
    void connectionsAreGivenBackAsTheyWere() throws SQLException {
        archive.append(List.of(waiting("romeo", "1")));
        store.apply(List.of(taken("romeo", "1")));
        assertThat(connections.allInAutoCommit()).isTrue();
    }

    // How the tests speak

    // Limits that nobody asked for in time

    @Test
    void messageThatIsOneTooManyStaysInTheArchiveOnly() {
        archive.append(List.of(waiting("romeo", "1"), once("romeo", "2"), waiting("romeo", "3")));

        assertThat(store.refuseIfOver("romeo", new Mid("3"), 3)).isFalse();
        assertThat(set("romeo")).containsExactly("1", "2", "3");
        assertThat(store.refuseIfOver("romeo", new Mid("3"), 2)).isTrue();
        assertThat(set("romeo")).containsExactly("1", "2");
        assertThat(archive.find("romeo", new Mid("3"))).isPresent();
        assertThat(store.refuseIfOver("romeo", new Mid("3"), 2))
                .as("it is not undelivered any more")
                .isFalse();
    }

    @Test
    void messageThatIsOneTooManyAndInNoArchiveIsGone() {
        archive.append(List.of(waiting("romeo", "1"), once("romeo", "2")));
        assertThat(store.refuseIfOver("romeo", new Mid("2"), 1)).isTrue();
        assertThat(set("romeo")).containsExactly("1");
    }

    @Test
    void onlyWhatIsUndeliveredOfTheSameSenderAndOlderCounts() {
        archive.append(List.of(
                waiting("romeo", "passed"),
                waiting("romeo", "taken"),
                received("romeo", "history"),
                waiting("juliet", "hers"),
                waiting("romeo", "this"),
                waiting("romeo", "later")));
        store.apply(List.of(cursor("romeo", 1), taken("romeo", "taken")));

        assertThat(store.refuseIfOver("romeo", new Mid("this"), 1)).isFalse();
        assertThat(store.refuseIfOver("romeo", new Mid("passed"), 0)).isFalse();
        assertThat(store.refuseIfOver("romeo", new Mid("history"), 0)).isFalse();
        assertThat(store.refuseIfOver("romeo", new Mid("unknown"), 0)).isFalse();
        assertThat(store.refuseIfOver("nobody", new Mid("this"), 0)).isFalse();
        assertThat(store.refuseIfOver("romeo", new Mid("this"), 0)).isTrue();
        assertThat(set("romeo")).containsExactly("later");
    }

    private static NewEntry waiting(String owner, String mid) {
        return received(owner, mid).with(OfflineClaim.ELIGIBLE);
    }

    private static NewEntry once(String owner, String mid) {
        return received(owner, mid).with(OfflineClaim.OFFLINE_ONLY);
    }

    private static OfflineChange cursor(String owner, long seq) {
        return new OfflineChange(owner, OptionalLong.of(seq), Set.of(), Set.of());
    }

    private static OfflineChange taken(String owner, String... mids) {
        return new OfflineChange(owner, OptionalLong.empty(), midsOf(mids), Set.of());
    }

    private static OfflineChange returned(String owner, String... mids) {
        return new OfflineChange(owner, OptionalLong.empty(), Set.of(), midsOf(mids));
    }

    private static Set<Mid> midsOf(String... mids) {
        return Arrays.stream(mids).map(Mid::new).collect(Collectors.toSet());
    }

    private List<String> set(String owner) {
        return mids(store.read(owner, Long.MIN_VALUE, 10_000));
    }

    private static List<String> mids(List<OfflineMessage> messages) {
        return messages.stream().map(message -> message.mid().value()).toList();
    }

    private void assertMailbox(String owner, long cursor, String lastOfflineMid) {
        OfflineMailbox mailbox = store.mailbox(owner);
        assertThat(mailbox.cursorSeq()).isEqualTo(cursor);
        assertThat(mailbox.lastOfflineMid())
                .isEqualTo(Optional.ofNullable(lastOfflineMid).map(Mid::new));
    }
}
