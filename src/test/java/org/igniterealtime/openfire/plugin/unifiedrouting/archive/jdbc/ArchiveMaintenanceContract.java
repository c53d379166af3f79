package org.igniterealtime.openfire.plugin.unifiedrouting.archive.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.igniterealtime.openfire.plugin.unifiedrouting.archive.Entries.JULIET;
import static org.igniterealtime.openfire.plugin.unifiedrouting.archive.Entries.NOON;
import static org.igniterealtime.openfire.plugin.unifiedrouting.archive.Entries.messages;
import static org.igniterealtime.openfire.plugin.unifiedrouting.archive.Entries.received;
import static org.igniterealtime.openfire.plugin.unifiedrouting.archive.Entries.withStanza;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchiveMaintenance.Trimmed;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchivePage;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchivePreferences;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchivePreferences.Default;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchiveQuery;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchiveSize;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchiveStore;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchivedMessage;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Mid;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.NewEntry;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.OfflineClaim;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Paging;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.StoreUnavailable;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.Database;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.SqlDialect;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.TestConnections;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.TestTables;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.xmpp.packet.JID;

/** How archives are made smaller, on each database. Each test has tables of its own. */
@Timeout(120)
abstract class ArchiveMaintenanceContract {

    private static final JID NURSE = new JID("nurse@capulet.example/kitchen");
    private static final int LARGE = 10_000;
    private static final int SLICE = 500;

    private final Map<String, ArchiveSize> told = new HashMap<>();
    private final AtomicInteger slices = new AtomicInteger();
    private TestConnections connections;
    private Database database;
    private ArchiveStore store;
    private JdbcArchiveMaintenance maintenance;

    abstract TestConnections openDatabase() throws SQLException;

    abstract SqlDialect dialect();

    @BeforeEach
    final void open() throws SQLException {
        told.clear();
        slices.set(0);
        connections = openDatabase();
        database = new Database(connections);
        store = new JdbcArchiveStore(database, dialect(), told::put);
        maintenance = new JdbcArchiveMaintenance(database, dialect(), () -> {
            slices.incrementAndGet();
            return false;
        });
    }

    @AfterEach
    final void close() throws SQLException {
        connections.close();
    }

    // sizes

    @Test
    void theSizeAfterEachAppendIsTold() throws SQLException {
        store.append(List.of(received("romeo", "a"), received("romeo", "b"), received("juliet", "c")));
        assertThat(told).containsEntry("romeo", counted("romeo")).containsEntry("juliet", counted("juliet"));
        store.append(List.of(withStanza(received("romeo", "d"), "<message>\u00fc\ud83d\ude00</message>")));
        assertThat(told).containsEntry("romeo", counted("romeo"));
        assertThat(told.get("romeo").messages()).isEqualTo(3);
        assertThat(told.get("romeo").bytes())
                .isEqualTo(2 * bytesOf(received("romeo", "a")) + "<message></message>".length() + 2 + 4);
        assertThat(maintenance.size("romeo")).contains(told.get("romeo"));
        assertThat(maintenance.size("nobody")).isEmpty();
    }

    // trimTo

    @Test
    void aLargeArchiveIsTrimmedInSlices() throws SQLException {
        fill("romeo", LARGE);
        fill("juliet", 10);

        assertThat(maintenance.trimTo("romeo", 100, Long.MAX_VALUE).messages()).isEqualTo(LARGE - 100);

        assertThat(slices.get()).isEqualTo((LARGE - 100 + SLICE - 1) / SLICE);
        assertThat(mids(archive("romeo"))).isEqualTo(names(LARGE - 100, LARGE));
        assertExact("romeo", 100);
        assertExact("juliet", 10);
    }

    @Test
    void asMuchAsTheBytesAllowIsKept() throws SQLException {
        store.append(List.of(
                withStanza(received("romeo", "small0"), text(100)),
                withStanza(received("romeo", "large"), text(10_000)),
                withStanza(received("romeo", "small1"), text(100)),
                withStanza(received("romeo", "small2"), text(100)),
                withStanza(received("romeo", "small3"), text(100))));

        assertThat(maintenance.trimTo("romeo", Long.MAX_VALUE, 10_299).messages())
                .isEqualTo(2);
        assertThat(mids(archive("romeo"))).containsExactly("small1", "small2", "small3");
        assertThat(maintenance.trimTo("romeo", Long.MAX_VALUE, 300).messages()).isZero();
        assertThat(maintenance.trimTo("romeo", Long.MAX_VALUE, 299).messages()).isEqualTo(1);
        assertThat(maintenance.trimTo("romeo", 1, 200).messages()).isEqualTo(1);
        assertExact("romeo", 1);
        assertThat(maintenance.trimTo("romeo", 0, 0).messages()).isEqualTo(1);
        assertExact("romeo", 0);
        assertThat(maintenance.trimTo("nobody", 0, 0).messages()).isZero();
    }

    @Test
    void countsStayExactWhileMessagesArrive() throws Exception {
        fill("romeo", 2_000);
        AtomicBoolean over = new AtomicBoolean();
        CompletableFuture<Integer> arrivals = CompletableFuture.supplyAsync(() -> {
            int arrived = 0;
            while (!over.get() || arrived < 200) {
                store.append(List.of(received("romeo", "new" + arrived++), received("juliet", "j" + arrived)));
            }
            return arrived;
        });
        long deleted = 0;
        for (int left = 1_800; left >= 0; left -= 200) {
            deleted += maintenance.trimTo("romeo", left, Long.MAX_VALUE).messages();
            deleted += maintenance.deleteConversation("romeo", NURSE);
        }
        over.set(true);
        int arrived = arrivals.get(60, TimeUnit.SECONDS);

        assertExact("romeo", 2_000 + arrived - deleted);
        assertExact("juliet", arrived);
        List<ArchivedMessage> left = archive("romeo");
        assertThat(mids(left))
                .isEqualTo(IntStream.range(arrived - left.size(), arrived)
                        .mapToObj(i -> "new" + i)
                        .toList());
    }

    @Test
    void whatIsUndeliveredIsNeverTrimmedToAQuota() throws SQLException {
        List<NewEntry> entries = new ArrayList<>();
        for (int i = 0; i < 1_800; i++) {
            entries.add(received("romeo", "m" + i).with(i % 3 == 0 ? OfflineClaim.ELIGIBLE : OfflineClaim.NONE));
        }
        store.append(entries);
        store.append(List.of(received("romeo", "once").with(OfflineClaim.OFFLINE_ONLY)));
        TestTables.execute(connections, "UPDATE ofUnifiedMailbox SET cursorSeq = 9");

        assertThat(maintenance.trimTo("romeo", 1_790, Long.MAX_VALUE)).isEqualTo(new Trimmed(10, true));
        assertThat(mids(archive("romeo")).subList(0, 2)).containsExactly("m9", "m11");
        assertThat(maintenance.trimTo("romeo", 700, Long.MAX_VALUE)).isEqualTo(new Trimmed(1_090, true));
        assertExact("romeo", 700);
        assertThat(maintenance.trimTo("romeo", 100, Long.MAX_VALUE)).isEqualTo(new Trimmed(103, false));

        assertThat(mids(archive("romeo")))
                .isEqualTo(IntStream.range(3, 600).mapToObj(i -> "m" + 3 * i).toList());
        assertExact("romeo", 597);
        assertThat(rows("ofUnifiedOffline", "romeo")).isEqualTo(1);
        assertThat(maintenance.trimTo("romeo", 100, Long.MAX_VALUE)).isEqualTo(new Trimmed(0, false));
        assertThat(maintenance.trimTo("romeo", Long.MAX_VALUE, 10)).isEqualTo(new Trimmed(0, false));
        assertThat(maintenance.trimTo("romeo", 597, Long.MAX_VALUE)).isEqualTo(new Trimmed(0, true));
    }

    // trim, trimBefore

    @Test
    void ageAndItsOwnerSpareNothingUndelivered() throws SQLException {
        store.append(List.of(
                received("romeo", "old").with(OfflineClaim.ELIGIBLE),
                received("romeo", "oldOnce").with(OfflineClaim.OFFLINE_ONLY)));
        store.append(List.of(
                received("romeo", "new", JULIET, NOON.plusSeconds(1)).with(OfflineClaim.ELIGIBLE),
                received("romeo", "newOnce", JULIET, NOON.plusSeconds(1)).with(OfflineClaim.OFFLINE_ONLY),
                received("romeo", "newest", JULIET, NOON.plusSeconds(1)).with(OfflineClaim.ELIGIBLE)));

        assertThat(maintenance.trimBefore("romeo", NOON.plusMillis(1))).isEqualTo(2);
        assertThat(mids(archive("romeo"))).containsExactly("new", "newest");
        assertThat(rows("ofUnifiedOffline", "romeo")).isEqualTo(1);
        assertExact("romeo", 2);
        maintenance.trim("romeo", new Mid("new")).orElseThrow().run();
        assertThat(mids(archive("romeo"))).containsExactly("newest");
        maintenance.trimAll("romeo").run();
        assertThat(archive("romeo")).isEmpty();
        assertExact("romeo", 0);
        assertThat(rows("ofUnifiedOffline", "romeo")).as("is in no archive").isEqualTo(1);
    }

    @Test
    void whatIsAsOldAsTheTimeStays() throws SQLException {
        for (int day = 0; day < 5; day++) {
            store.append(List.of(received("romeo", "day" + day, JULIET, NOON.plusSeconds(day * 86_400L))));
        }
        assertThat(maintenance.trimBefore("romeo", NOON)).isZero();
        assertThat(maintenance.trimBefore("romeo", NOON.plusSeconds(2 * 86_400)))
                .isEqualTo(2);
        assertThat(mids(archive("romeo"))).containsExactly("day2", "day3", "day4");
        assertThat(maintenance.trimBefore("romeo", NOON.plusSeconds(2 * 86_400).plusMillis(1)))
                .isEqualTo(1);
        assertExact("romeo", 2);
        assertThat(maintenance.trimBefore("nobody", NOON)).isZero();
    }

    @Test
    void archivesWithNothingOldAreNotEvenLocked() {
        store.append(List.of(received("romeo", "young")));
        maintenance.trimBefore("romeo", NOON.minusSeconds(1));
        assertThat(slices).hasValue(0);
    }

    // deleteConversation

    @Test
    void aDeletedConversationLeavesNoHole() throws SQLException {
        List<NewEntry> entries = new ArrayList<>();
        for (int i = 0; i < 1_500; i++) {
            entries.add(received("romeo", "m" + i, i % 3 == 0 ? NURSE : JULIET, NOON));
        }
        store.append(entries);
        store.append(List.of(received("juliet", "hers", NURSE, NOON)));

        assertThat(maintenance.deleteConversation("romeo", new JID("nurse@capulet.example/street")))
                .isEqualTo(500);

        List<String> rest = IntStream.range(0, 1_500)
                .filter(i -> i % 3 != 0)
                .mapToObj(i -> "m" + i)
                .toList();
        assertThat(paged("romeo", 70)).isEqualTo(rest);
        assertThat(page("romeo", Paging.after(new Mid("m3"), 10)))
                .as("m3 is unknown now")
                .isEmpty();
        assertThat(page("romeo", Paging.before(new Mid("m3"), 10))).isEmpty();
        assertThat(store.find("romeo", new Mid("m3"))).isEmpty();
        assertThat(mids(page("romeo", Paging.after(new Mid("m2"), 2))
                        .orElseThrow()
                        .messages()))
                .containsExactly("m4", "m5");
        assertThat(page("romeo", Paging.fromStart(1)).orElseThrow().count()).hasValue(1_000);
        assertExact("romeo", 1_000);
        assertExact("juliet", 1);
        assertThat(maintenance.deleteConversation("romeo", NURSE)).isZero();
        assertThat(maintenance.deleteConversation("nobody", NURSE)).isZero();
    }

    @Test
    void aDeletedConversationTakesAlongWhatIsUndelivered() throws SQLException {
        store.append(List.of(
                received("romeo", "1", NURSE, NOON).with(OfflineClaim.ELIGIBLE),
                received("romeo", "2", NURSE, NOON).with(OfflineClaim.OFFLINE_ONLY),
                received("romeo", "3", JULIET, NOON).with(OfflineClaim.OFFLINE_ONLY),
                received("juliet", "4", NURSE, NOON).with(OfflineClaim.OFFLINE_ONLY)));
        assertThat(maintenance.deleteConversation("romeo", NURSE)).isEqualTo(2);
        assertExact("romeo", 0);
        assertThat(rows("ofUnifiedOffline", "romeo")).isEqualTo(1);
        assertThat(rows("ofUnifiedOffline", "juliet")).isEqualTo(1);
    }

    // delete

    @Test
    void aDeletedAccountLeavesNothingAndBeginsAnew() throws SQLException {
        JdbcPreferenceStore preferences = new JdbcPreferenceStore(database);
        fill("romeo", 1_200);
        preferences.save("romeo", new ArchivePreferences(Default.NEVER, Set.of(JULIET), Set.of()));
        fill("juliet", 3);
        store.append(IntStream.range(0, 600)
                .mapToObj(i -> received("romeo", "once" + i).with(OfflineClaim.OFFLINE_ONLY))
                .toList());
        store.append(List.of(received("juliet", "once").with(OfflineClaim.OFFLINE_ONLY)));

        maintenance.delete("romeo");

        assertThat(maintenance.size("romeo")).isEmpty();
        assertThat(archive("romeo")).isEmpty();
        assertThat(preferences.find("romeo")).isEmpty();
        for (String table :
                List.of("ofUnifiedArchive", "ofUnifiedOffline", "ofUnifiedPreference", "ofUnifiedMailbox")) {
            assertThat(rows(table, "romeo")).as(table).isZero();
        }
        assertExact("juliet", 3);
        assertThat(rows("ofUnifiedOffline", "juliet")).isEqualTo(1);
        List<ArchivedMessage> again = messages(store.append(List.of(received("romeo", "m0"))));
        assertThat(again).extracting(ArchivedMessage::seq).containsExactly(1L);
        assertThat(archive("romeo")).isEqualTo(again);
        assertExact("romeo", 1);
        maintenance.delete("nobody");
    }

    @Test
    void deletionAndArrivalsDoNotMix() throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        CompletableFuture<Integer> arrivals = CompletableFuture.supplyAsync(() -> {
            int arrived = 0;
            while (!over.get() || arrived < 300) {
                store.append(List.of(received("romeo", "m" + arrived++)));
            }
            return arrived;
        });
        for (int i = 0; i < 50; i++) {
            maintenance.delete("romeo");
        }
        over.set(true);
        int arrived = arrivals.get(60, TimeUnit.SECONDS);

        List<ArchivedMessage> left = archive("romeo");
        assertThat(mids(left)).isEqualTo(names(arrived - left.size(), arrived));
        assertExact("romeo", left.size());
    }

    // owners, read

    @Test
    void ownersAreListedInPages() {
        for (String owner : List.of("mercutio", "benvolio", "tybalt", "romeo", "juliet")) {
            fill(owner, 1);
        }
        assertThat(maintenance.owners("", 2)).containsExactly("benvolio", "juliet");
        assertThat(maintenance.owners("juliet", 2)).containsExactly("mercutio", "romeo");
        assertThat(maintenance.owners("romeo", 2)).containsExactly("tybalt");
        assertThat(maintenance.owners("tybalt", 2)).isEmpty();
    }

    @Test
    void readingGoesOnWhereItWasThoughThatIsGone() {
        fill("romeo", 10);
        List<ArchivedMessage> first = maintenance.read("romeo", Long.MIN_VALUE, 4, Long.MAX_VALUE);
        assertThat(mids(first)).isEqualTo(names(0, 4));
        maintenance.trimTo("romeo", 4, Long.MAX_VALUE);
        assertThat(mids(maintenance.read("romeo", first.get(3).seq(), 100, Long.MAX_VALUE)))
                .isEqualTo(names(6, 10));
    }

    @Test
    void readingStopsWhereItIsLongEnough() {
        NewEntry entry = received("romeo", "m0");
        int size = bytesOf(entry);
        store.append(List.of(
                entry,
                withStanza(received("romeo", "m1"), text(size)),
                withStanza(received("romeo", "m2"), "é".repeat(size)),
                received("romeo", "m3")));
        assertThat(read(0, 10, Long.MAX_VALUE)).isEqualTo(names(0, 4));
        assertThat(read(0, 1, Long.MAX_VALUE)).isEqualTo(names(0, 1));
        assertThat(read(0, 10, 4L * size)).isEqualTo(names(0, 3));
        assertThat(read(0, 10, 4L * size - 1)).isEqualTo(names(0, 2));
        assertThat(read(0, 10, 1)).isEqualTo(names(0, 1));
        assertThat(read(2, 10, 1)).as("longer than a page").isEqualTo(names(2, 3));
        assertThat(read(3, 10, 1)).isEqualTo(names(3, 4));
        assertThat(read(4, 10, 1)).isEmpty();
    }

    private List<String> read(long after, int max, long bytes) {
        return mids(maintenance.read("romeo", after, max, bytes));
    }

    /** Somebody trims just before the given statement, if there are so many. */
    @Test
    void whatIsTrimmedMeanwhileDoesNotEndReading() {
        for (int step = 1; step <= 4; step++) {
            String owner = "romeo" + step;
            fill(owner, 6);
            List<ArchivedMessage> read =
                    trimmedBefore(step, owner, () -> maintenance.read(owner, 0, 3, Long.MAX_VALUE));
            assertThat(mids(read)).as("step %d", step).isIn(names(0, 3), names(4, 6));
        }
    }

    @Test
    void whatIsTrimmedMeanwhileDoesNotEmptyAPageThatIsNotTheLast() {
        for (int step = 1; step <= 6; step++) {
            String owner = "juliet" + step;
            fill(owner, 6);
            ArchivePage page = trimmedBefore(
                    step, owner, () -> page(owner, Paging.fromStart(3)).orElseThrow());
            assertThat(mids(page.messages())).as("step %d", step).isIn(names(0, 3), names(4, 6));
            assertThat(page.complete()).isEqualTo(page.messages().size() == 2);
        }
    }

    private <T> T trimmedBefore(int step, String owner, Supplier<T> reading) {
        AtomicInteger statements = new AtomicInteger();
        connections.interrupt(() -> {
            if (statements.incrementAndGet() == step) {
                new JdbcArchiveMaintenance(new Database(connections), dialect()).trim(owner, new Mid("m3"));
            }
        });
        try {
            return reading.get();
        } finally {
            connections.interrupt(() -> {});
        }
    }

    // leaving

    @Test
    void aLargeJobDoesNotOutliveThePlugin() throws SQLException {
        fill("romeo", 2_000);
        AtomicInteger asked = new AtomicInteger();
        JdbcArchiveMaintenance leaving =
                new JdbcArchiveMaintenance(database, dialect(), () -> asked.incrementAndGet() > 2);
        assertThatThrownBy(() -> leaving.trimAll("romeo").run()).isInstanceOf(StoreUnavailable.class);
        assertThat(mids(archive("romeo"))).isEqualTo(names(2 * SLICE, 2_000));
        assertExact("romeo", 1_000);
    }

    private void fill(String owner, int messages) {
        for (int from = 0; from < messages; from += 1_000) {
            store.append(names(from, Math.min(messages, from + 1_000)).stream()
                    .map(mid -> received(owner, mid))
                    .toList());
        }
    }

    private static List<String> names(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> "m" + i).toList();
    }

    private static String text(int bytes) {
        return "x".repeat(bytes);
    }

    private static int bytesOf(NewEntry entry) {
        return entry.stanzaBytes();
    }

    private Optional<ArchivePage> page(String owner, Paging paging) {
        return store.page(ArchiveQuery.all(owner, paging));
    }

    private List<ArchivedMessage> archive(String owner) {
        return page(owner, Paging.fromStart(LARGE)).orElseThrow().messages();
    }

    private List<String> paged(String owner, int max) {
        List<String> all = new ArrayList<>();
        ArchivePage page = page(owner, Paging.fromStart(max)).orElseThrow();
        while (true) {
            all.addAll(mids(page.messages()));
            if (page.complete()) {
                return all;
            }
            page = page(owner, Paging.after(new Mid(all.get(all.size() - 1)), max))
                    .orElseThrow();
        }
    }

    private static List<String> mids(List<ArchivedMessage> messages) {
        return messages.stream().map(message -> message.mid().value()).toList();
    }

    /** The mailbox says what the archive holds. */
    private void assertExact(String owner, long messages) throws SQLException {
        assertThat(counted(owner).messages()).isEqualTo(messages);
        assertThat(maintenance.size(owner)).contains(counted(owner));
    }

    private ArchiveSize counted(String owner) throws SQLException {
        return query(
                "SELECT count(*), coalesce(sum(stanzaSize), 0) FROM ofUnifiedArchive WHERE username = '" + owner + "'",
                row -> new ArchiveSize(row.getLong(1), row.getLong(2)));
    }

    private long rows(String table, String owner) throws SQLException {
        return query("SELECT count(*) FROM " + table + " WHERE username = '" + owner + "'", row -> row.getLong(1));
    }

    private interface Reading<T> {
        T from(ResultSet row) throws SQLException;
    }

    private <T> T query(String sql, Reading<T> reading) throws SQLException {
        try (Connection connection = connections.open();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return reading.from(row);
        }
    }
}
