package org.igniterealtime.openfire.plugin.unifiedrouting.offline.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.AppendedEntry;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchivePage;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchiveQuery;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchivedMessage;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Direction;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Mid;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.NewEntry;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.OfflineClaim;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Paging;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.StoreUnavailable;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.jdbc.FailingConnections;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.jdbc.JdbcArchiveStore;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.Database;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.SqlDialect;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.TestBackend;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.TestConnections;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineChange;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineMessage;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.handover.HeldMessage;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.handover.HeldStanzas;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.jdbc.OpenfireStore.Row;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.xmpp.packet.JID;

/** What moving messages between Openfire's own offline store and offline sets keeps to, whatever the database. */
@Timeout(300)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class HandoverContract {

    private static final JID TYBALT = new JID("tybalt@capulet.example/street");
    private static final long THEN = Instant.parse("2020-02-02T20:20:20Z").toEpochMilli();
    private static final int SIZE = 1700;

    private final Lines lines = new Lines();
    private final List<AppendedEntry> entered = new ArrayList<>();
    private final Set<Mid> returned = new HashSet<>();
    private final AtomicLong nextId = new AtomicLong();
    private TestBackend backend;
    private TestConnections connections;
    private FailingConnections failing;
    private OpenfireStore openfire;
    private JdbcOfflineStore offline;
    private JdbcArchiveStore archive;

    abstract TestBackend newBackend();

    @BeforeAll
    void openBackend() {
        backend = newBackend();
    }

    @AfterAll
    void closeBackend() throws Exception {
        backend.close();
    }

    @BeforeEach
    void open() throws SQLException {
        connections = backend.open();
        failing = new FailingConnections(connections);
        openfire = new OpenfireStore(connections);
        openfire.drop();
        openfire.create(backend.dialect() == SqlDialect.HSQLDB);
        offline = new JdbcOfflineStore(new Database(connections), backend.dialect());
        archive = new JdbcArchiveStore(new Database(connections), backend.dialect());
        nextId.set(1_000_000);
        entered.clear();
        returned.clear();
    }

    @AfterEach
    void close() throws SQLException {
        assertThat(connections.allInAutoCommit()).isTrue();
        connections.close();
    }

    private JdbcHandover handover() {
        return handover(() -> false);
    }

    private JdbcHandover handover(BooleanSupplier leaving) {
        Database database = new Database(failing);
        return new JdbcHandover(database, backend.dialect(), lines, nextId::incrementAndGet, this::tookOver, leaving);
    }

    private synchronized void tookOver(String owner, List<AppendedEntry> messages, Collection<Mid> mids) {
        entered.addAll(messages);
        returned.addAll(mids);
    }

    /** Messages are a line of text here: what it is, its number, and perhaps the id that it says to have in the archive. */
    private static final class Lines implements HeldStanzas {

        private static final Pattern LINE = Pattern.compile("(chat|only|clash) (\\d+)(?: = (\\S+))?(?: at \\d+)?");
        private final AtomicLong mids = new AtomicLong();

        @Override
        public Optional<Understood> read(String owner, HeldMessage message) {
            Matcher line = LINE.matcher(message.stanza());
            if (!line.matches()) {
                return Optional.empty();
            }
            return Optional.of(new Understood(
                    new NewEntry(
                                    owner,
                                    line.group(1).equals("clash")
                                            ? new Mid("clash")
                                            : new Mid("new-" + mids.incrementAndGet()),
                                    Direction.RECEIVED,
                                    TYBALT,
                                    message.heldSince(),
                                    line.group(1) + ' ' + line.group(2))
                            .with(line.group(1).equals("only") ? OfflineClaim.OFFLINE_ONLY : OfflineClaim.ELIGIBLE),
                    Optional.ofNullable(line.group(3)).map(Mid::new)));
        }

        @Override
        public boolean isSame(NewEntry entry, String peer, String stanza) {
            return entry.peer().toString().equals(peer) && entry.stanza().equals(stanza);
        }

        @Override
        public Optional<String> write(String owner, OfflineMessage message) {
            return message.stanza().startsWith("broken")
                    ? Optional.empty()
                    : Optional.of(message.stanza() + " = " + message.mid() + " at "
                            + message.receivedAt().toEpochMilli());
        }
    }

    private long ids;

    private Row row(String owner, long time, String stanza) {
        return new Row(owner, ++ids, time, stanza);
    }

    /** Some of one millisecond, ids in no order, some that nobody understands, one of them of no time. */
    private List<Row> random(String owner, int size, long seed) {
        Random random = new Random(seed);
        List<Row> rows = new ArrayList<>();
        long time = THEN;
        for (int i = 0; i < size; i++) {
            time += random.nextInt(3);
            String kind = random.nextInt(50) == 0 ? "torn" : random.nextInt(4) == 0 ? "only" : "chat";
            rows.add(row(owner, time, kind + ' ' + i));
        }
        return rows;
    }

    private static List<Row> understood(List<Row> rows) {
        return rows.stream()
                .filter(row -> !row.stanza().startsWith("torn"))
                .sorted(Comparator.comparingLong(Row::time).thenComparingLong(Row::id))
                .toList();
    }

    private List<OfflineMessage> set(String owner) {
        List<OfflineMessage> all = new ArrayList<>();
        List<OfflineMessage> page;
        do {
            page = offline.read(
                    owner,
                    all.isEmpty() ? Long.MIN_VALUE : all.get(all.size() - 1).seq(),
                    1000);
            all.addAll(page);
        } while (!page.isEmpty());
        return all;
    }

    private List<ArchivedMessage> archived(String owner) {
        return archive.page(ArchiveQuery.all(owner, Paging.fromStart(100_000)))
                .map(ArchivePage::messages)
                .orElseThrow();
    }

    private void assertMoved(String owner, List<Row> rows) throws SQLException {
        List<Row> expected = understood(rows);
        List<OfflineMessage> set = set(owner);
        assertThat(set.stream().map(OfflineMessage::stanza))
                .containsExactlyElementsOf(expected.stream().map(Row::stanza).toList());
        assertThat(set.stream().map(message -> message.receivedAt().toEpochMilli()))
                .containsExactlyElementsOf(expected.stream().map(Row::time).toList());
        assertThat(set)
                .allMatch(message -> message.archived() == message.stanza().startsWith("chat"));
        assertThat(set).allMatch(message -> message.peer().equals(TYBALT.toString()));
        assertThat(archived(owner).stream().map(ArchivedMessage::stanza))
                .containsExactlyElementsOf(expected.stream()
                        .map(Row::stanza)
                        .filter(stanza -> stanza.startsWith("chat"))
                        .toList());
        assertThat(openfire.of(owner).stream().map(Row::stanza)).allMatch(stanza -> stanza.startsWith("torn"));
        assertThat(openfire.of(owner)).hasSize(rows.size() - expected.size());
        assertThat(offline.count(owner)).isEqualTo(expected.size());
    }

    // Taking over

    @Test
    void everythingThatIsUnderstoodIsMovedInOrderWithItsTime() throws SQLException {
        List<Row> romeos = random("romeo", SIZE, 1);
        List<Row> juliets = random("juliet", 3, 2);
        openfire.add(romeos);
        openfire.add(juliets);

        assertThat(handover().owners()).containsExactlyInAnyOrder("romeo", "juliet");
        assertThat(handover().takeOver("romeo")).isEqualTo(understood(romeos).size());

        assertMoved("romeo", romeos);
        assertThat(openfire.of("juliet")).hasSize(3);
        assertThat(entered.stream().map(entry -> entry.message().mid()))
                .containsExactlyElementsOf(
                        set("romeo").stream().map(OfflineMessage::mid).toList());
        assertThat(entered.stream().map(entry -> entry.message().seq()))
                .containsExactlyElementsOf(
                        set("romeo").stream().map(OfflineMessage::seq).toList());
        assertThat(entered).allMatch(AppendedEntry::isEligible);
        assertThat(handover().takeOver("romeo")).as("again").isZero();
        assertMoved("romeo", romeos);
    }

    @Test
    void whatArrivesAfterwardsComesBehind() throws SQLException {
        openfire.add(List.of(row("romeo", THEN, "chat 1"), row("romeo", THEN, "only 2")));
        handover().takeOver("romeo");
        archive("romeo", "now", "chat 3", OfflineClaim.ELIGIBLE, Instant.now());
        assertThat(set("romeo").stream().map(OfflineMessage::stanza)).containsExactly("chat 1", "only 2", "chat 3");
        assertThat(archived("romeo").stream().map(ArchivedMessage::receivedAt)).isSorted();
    }

    @Test
    void whatIsOlderThanTheArchiveIsNotArchivedAndNotLost() throws SQLException {
        archive("romeo", "there", "chat 1", OfflineClaim.NONE, Instant.ofEpochMilli(THEN));
        openfire.add(List.of(row("romeo", THEN - 1, "chat 2"), row("romeo", THEN, "chat 3")));

        handover().takeOver("romeo");

        assertThat(set("romeo").stream().map(OfflineMessage::stanza)).containsExactly("chat 2", "chat 3");
        assertThat(set("romeo").stream().map(OfflineMessage::archived)).containsExactly(false, true);
        assertThat(set("romeo").get(0).receivedAt().toEpochMilli()).isEqualTo(THEN - 1);
        assertThat(archived("romeo").stream().map(ArchivedMessage::stanza)).containsExactly("chat 1", "chat 3");
    }

    @Test
    void whatTheArchiveHasIsUndeliveredAgainAndNotThereTwice() throws SQLException {
        archive("romeo", "a", "chat 1", OfflineClaim.ELIGIBLE, Instant.ofEpochMilli(THEN));
        archive("romeo", "b", "chat 2", OfflineClaim.ELIGIBLE, Instant.ofEpochMilli(THEN));
        offline.apply(List.of(new OfflineChange("romeo", OptionalLong.of(2), Set.of(), Set.of())));
        assertThat(set("romeo")).isEmpty();
        openfire.add(List.of(
                row("romeo", THEN, "chat 2 = b"),
                // Somebody has made these up.
                row("romeo", THEN + 1, "chat 9 = a"),
                row("romeo", THEN + 2, "chat 8 = unheard-of")));

        assertThat(handover().takeOver("romeo")).isEqualTo(3);

        assertThat(set("romeo").stream().map(OfflineMessage::stanza)).containsExactly("chat 2", "chat 9", "chat 8");
        assertThat(set("romeo").get(0).mid()).isEqualTo(new Mid("b"));
        assertThat(archived("romeo")).hasSize(4);
        assertThat(returned).containsExactly(new Mid("b"));
        assertThat(openfire.of("romeo")).isEmpty();
    }

    @Test
    void stoppedAtAnyPointItGoesOnWhereItStood() throws SQLException {
        List<Row> rows = random("romeo", SIZE, 3);
        openfire.add(rows);
        int failures = 0;
        for (long steps = 0; ; steps += 2) {
            failing.dieAfter(steps);
            try {
                handover().takeOver("romeo");
                break;
            } catch (StoreUnavailable e) {
                failures++;
            } finally {
                failing.revive();
            }
            assertThat(set("romeo").size() + openfire.of("romeo").size()).isEqualTo(rows.size());
        }
        assertThat(failures).isGreaterThan(10);
        assertMoved("romeo", rows);
    }

    @Test
    void anAnswerThatIsLostIsNoMessageTwice() throws SQLException {
        List<Row> rows = random("romeo", SIZE, 4);
        openfire.add(rows);
        failing.loseAnswerToCommit(2);
        handover().takeOver("romeo");
        assertMoved("romeo", rows);
    }

    @Test
    void toldToEndItEndsBetweenTwoTransactions() throws SQLException {
        List<Row> rows = random("romeo", SIZE, 5);
        openfire.add(rows);
        AtomicLong asked = new AtomicLong();
        handover(() -> asked.incrementAndGet() > 1).takeOver("romeo");
        assertThat(openfire.of("romeo")).hasSizeBetween(1, SIZE - 1);
        handover().takeOver("romeo");
        assertMoved("romeo", rows);
    }

    @Test
    void severalAtTheSameTimeMoveEachMessageOnce() throws SQLException {
        List<Row> rows = random("romeo", SIZE, 6);
        openfire.add(rows);
        List<CompletableFuture<Integer>> runs = Stream.generate(
                        () -> CompletableFuture.supplyAsync(() -> handover().takeOver("romeo")))
                .limit(3)
                .toList();
        int moved = runs.stream().mapToInt(CompletableFuture::join).sum();
        assertThat(moved).isEqualTo(understood(rows).size());
        assertThat(set("romeo").stream().map(OfflineMessage::stanza))
                .containsExactlyInAnyOrderElementsOf(
                        understood(rows).stream().map(Row::stanza).toList());
    }

    @Test
    void aMessageThatTheDatabaseRefusesStaysAndTheOthersGo() throws SQLException {
        archive("romeo", "clash", "chat 5555", OfflineClaim.NONE, Instant.ofEpochMilli(THEN - 1));
        List<Row> rows = random("romeo", 700, 7);
        openfire.add(rows);
        openfire.add(List.of(row("romeo", THEN + 1, "clash 1"), row("romeo", THEN + 300, "clash 2")));

        assertThat(handover().takeOver("romeo")).isEqualTo(understood(rows).size());

        assertThat(openfire.of("romeo").stream().map(Row::stanza).filter(stanza -> !stanza.startsWith("torn")))
                .containsExactly("clash 1", "clash 2");
        assertThat(set("romeo").stream().map(OfflineMessage::stanza))
                .containsExactlyElementsOf(
                        understood(rows).stream().map(Row::stanza).toList());
    }

    @Test
    void aDatabaseThatRefusesEverythingLosesNothing() throws SQLException {
        List<Row> rows = random("romeo", 40, 8);
        openfire.add(rows);
        failing.refuse(
                sql -> sql.startsWith("INSERT INTO ofUnifiedArchive") || sql.startsWith("INSERT INTO ofUnifiedOff"));
        handover().takeOver("romeo");
        assertThat(openfire.of("romeo")).hasSize(40);
        failing.refuse(sql -> false);
        handover().takeOver("romeo");
        assertMoved("romeo", rows);
    }

    // Giving back

    @Test
    void everythingGoesBackInOrderWithItsTimeAndItsId() throws SQLException {
        List<Row> rows = random("romeo", SIZE, 8);
        openfire.add(rows);
        handover().takeOver("romeo");
        List<OfflineMessage> set = set("romeo");
        assertThat(handover().heirs()).containsExactly("romeo");

        assertThat(handover().giveBack("romeo")).isEqualTo(set.size());

        assertThat(set("romeo")).isEmpty();
        assertThat(handover().heirs()).isEmpty();
        List<Row> back = openfire.of("romeo").stream()
                .filter(row -> !row.stanza().startsWith("torn"))
                .toList();
        assertThat(back.stream().map(Row::stanza))
                .containsExactlyElementsOf(set.stream()
                        .map(message -> lines.write("romeo", message).orElseThrow())
                        .toList());
        assertThat(back.stream().map(Row::time))
                .as("Openfire orders by time only")
                .doesNotHaveDuplicates();
        assertThat(archived("romeo")).as("the archive stays").hasSize((int)
                set.stream().filter(OfflineMessage::archived).count());
    }

    @Test
    void backAndForthNothingIsLostAndNothingThereTwice() throws SQLException {
        List<Row> rows = random("romeo", SIZE, 9);
        openfire.add(rows);
        handover().takeOver("romeo");
        List<OfflineMessage> first = set("romeo");
        for (int i = 0; i < 3; i++) {
            handover().giveBack("romeo");
            handover().takeOver("romeo");
        }
        List<OfflineMessage> last = set("romeo");
        assertThat(last.stream().map(OfflineMessage::stanza))
                .containsExactlyInAnyOrderElementsOf(
                        first.stream().map(OfflineMessage::stanza).toList());
        assertThat(last.stream().filter(OfflineMessage::archived))
                .as("the same messages of the archive")
                .containsExactlyElementsOf(
                        first.stream().filter(OfflineMessage::archived).toList());
    }

    @Test
    void stoppedAtAnyPointNothingIsLostAndNothingThereTwice() throws SQLException {
        openfire.add(understood(random("romeo", SIZE, 10)));
        handover().takeOver("romeo");
        List<OfflineMessage> set = set("romeo");
        int failures = 0;
        for (long steps = 0; ; steps += 2) {
            failing.dieAfter(steps);
            try {
                handover().giveBack("romeo");
                break;
            } catch (StoreUnavailable e) {
                failures++;
            } finally {
                failing.revive();
            }
            assertThat(set("romeo").size() + openfire.of("romeo").size()).isEqualTo(set.size());
        }
        assertThat(failures).isGreaterThan(10);
        assertThat(openfire.of("romeo").stream().map(Row::stanza))
                .containsExactlyInAnyOrderElementsOf(set.stream()
                        .map(message -> lines.write("romeo", message).orElseThrow())
                        .toList());
    }

    @Test
    void whatIsTakenIsNotGivenBack() throws SQLException {
        openfire.add(List.of(
                row("romeo", THEN, "chat 1"),
                row("romeo", THEN, "chat 2"),
                row("romeo", THEN, "only 3"),
                row("romeo", THEN, "only 4")));
        handover().takeOver("romeo");
        List<OfflineMessage> set = set("romeo");
        offline.apply(List.of(new OfflineChange(
                "romeo", OptionalLong.of(set.get(0).seq()), Set.of(set.get(2).mid()), Set.of())));
        handover().giveBack("romeo");
        assertThat(openfire.of("romeo").stream().map(row -> row.stanza().substring(0, 6)))
                .containsExactly("chat 2", "only 4");
    }

    @Test
    void whatCannotBeWrittenStays() throws SQLException {
        archive("romeo", "a", "chat 1", OfflineClaim.ELIGIBLE, Instant.ofEpochMilli(THEN));
        archive("romeo", "b", "broken", OfflineClaim.ELIGIBLE, Instant.ofEpochMilli(THEN));
        archive("romeo", "c", "chat 2", OfflineClaim.ELIGIBLE, Instant.ofEpochMilli(THEN));
        assertThat(handover().giveBack("romeo")).isEqualTo(2);
        assertThat(openfire.of("romeo")).hasSize(2);
        assertThat(set("romeo").stream().map(OfflineMessage::stanza)).containsExactly("broken");
    }

    @Test
    void anIdThatIsThereAlreadyCostsNoMessage() throws SQLException {
        openfire.add(List.of(new Row("romeo", 1_000_002, THEN, "torn 0")));
        for (int i = 0; i < 20; i++) {
            archive("romeo", "m" + i, "chat " + i, OfflineClaim.ELIGIBLE, Instant.ofEpochMilli(THEN));
        }
        handover().giveBack("romeo");
        assertThat(openfire.of("romeo")).hasSize(21);
        assertThat(set("romeo")).isEmpty();
    }

    @Test
    void whereTheDatabaseFailsItIsSaid() {
        failing.dieAfter(0);
        assertThatThrownBy(() -> handover().owners()).isInstanceOf(StoreUnavailable.class);
        assertThatThrownBy(() -> handover().takeOver("romeo")).isInstanceOf(StoreUnavailable.class);
        assertThatThrownBy(() -> handover().heirs()).isInstanceOf(StoreUnavailable.class);
        assertThatThrownBy(() -> handover().giveBack("romeo")).isInstanceOf(StoreUnavailable.class);
        failing.revive();
    }

    private void archive(String owner, String mid, String stanza, OfflineClaim claim, Instant time) {
        archive.append(
                List.of(new NewEntry(owner, new Mid(mid), Direction.RECEIVED, TYBALT, time, stanza).with(claim)));
    }

    /** {@code -Dhandover.rows=50000} measures; the normal number only shows that it works. */
    @Test
    void manyMessagesOfManyAccounts() throws SQLException {
        int size = Integer.getInteger("handover.rows", 3000);
        int accounts = Math.max(3, size / 100);
        for (int account = 0; account < accounts; account++) {
            List<Row> rows = new ArrayList<>();
            for (int i = 0; i < size / accounts; i++) {
                rows.add(row("account" + account, THEN + i, "chat " + i));
            }
            openfire.add(rows);
        }
        List<String> owners = handover().owners();
        assertThat(owners).hasSize(accounts);
        long begun = System.nanoTime();
        int over = owners.stream().mapToInt(handover()::takeOver).sum();
        long taken = System.nanoTime();
        List<String> heirs = handover().heirs();
        assertThat(heirs).hasSize(accounts);
        int back = heirs.stream().mapToInt(handover()::giveBack).sum();
        long given = System.nanoTime();
        int again = handover().owners().stream().mapToInt(handover()::takeOver).sum();
        long end = System.nanoTime();
        assertThat(List.of(over, back, again)).containsOnly(size / accounts * accounts);
        System.out.printf(
                "%s: %d messages of %d accounts taken over in %d ms, given back in %d ms, taken over again in %d ms%n",
                backend.dialect(),
                over,
                accounts,
                Duration.ofNanos(taken - begun).toMillis(),
                Duration.ofNanos(given - taken).toMillis(),
                Duration.ofNanos(end - given).toMillis());
    }
}
