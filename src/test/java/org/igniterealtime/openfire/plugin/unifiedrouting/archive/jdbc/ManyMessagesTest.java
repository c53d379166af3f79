package org.igniterealtime.openfire.plugin.unifiedrouting.archive.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.igniterealtime.openfire.plugin.unifiedrouting.archive.Entries.NOON;
import static org.igniterealtime.openfire.plugin.unifiedrouting.archive.Entries.received;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchiveMaintenance;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchiveQuery;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchiveStore;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Mid;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Paging;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.Database;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.TestBackend;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.TestConnections;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.xmpp.packet.JID;

/**
 * What is deleted, or asked for by its ids, costs what it is itself, however large the archive around it is. HSQLDB finds a
 * list of places by looking at all of them. {@code -Dlookup.rows=100000} has more.
 */
class ManyMessagesTest {

    private static final int FEW = 1_000;
    private static final int MANY = Integer.getInteger("lookup.rows", 40_000);
    private static final int ROUNDS = 25;

    /** How many messages are deleted at once, and how many each peer has sent, in turn with all others. */
    private static final int PART = 10;

    enum Version {
        OF_TODAY(TestBackend::hsqldb),
        OF_OPENFIRE_4_2(TestBackend::hsqldb23);

        private final Supplier<TestBackend> backend;

        Version(Supplier<TestBackend> backend) {
            this.backend = backend;
        }
    }

    @ParameterizedTest
    @EnumSource
    void messagesAreFoundByTheirIds(Version version) throws SQLException {
        with(version, (store, maintenance) -> {
            for (int wanted : new int[] {1, 20}) {
                for (boolean backwards : new boolean[] {false, true}) {
                    compare(wanted + " ids" + (backwards ? ", backwards" : ""), (owner, size, round) -> {
                        Set<Mid> ids = IntStream.range(0, wanted)
                                .mapToObj(i -> mid((round + i * ROUNDS) * 7919L % size))
                                .collect(Collectors.toSet());
                        assertThat(store.page(byIds(
                                                owner,
                                                ids,
                                                new Paging(10, backwards, Optional.empty(), Optional.empty())))
                                        .orElseThrow()
                                        .messages())
                                .hasSize(Math.min(10, wanted));
                    });
                }
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void theOldestAreDeleted(Version version) throws SQLException {
        with(version, (store, maintenance) -> {
            compare(
                    "trim",
                    (owner, size, round) -> maintenance
                            .trim(owner, mid((round + 1) * PART - 1))
                            .orElseThrow()
                            .run());
        });
    }

    @ParameterizedTest
    @EnumSource
    void theOldestAreDeletedUntilEnoughIsGone(Version version) throws SQLException {
        with(version, (store, maintenance) -> {
            compare(
                    "trim to a size",
                    (owner, size, round) -> assertThat(
                                    maintenance.trimTo(owner, size - (round + 1) * PART, Long.MAX_VALUE))
                            .isEqualTo(new ArchiveMaintenance.Trimmed(PART, true)));
        });
    }

    @ParameterizedTest
    @EnumSource
    void aConversationIsDeleted(Version version) throws SQLException {
        with(version, (store, maintenance) -> {
            compare(
                    "conversation",
                    (owner, size, round) -> assertThat(maintenance.deleteConversation(owner, peer(round)))
                            .isEqualTo(PART));
        });
    }

    private interface Comparison {
        void on(ArchiveStore store, ArchiveMaintenance maintenance);
    }

    private static void with(Version version, Comparison comparison) throws SQLException {
        try (TestBackend backend = version.backend.get();
                TestConnections connections = backend.open()) {
            Database database = new Database(connections);
            ArchiveStore store = new JdbcArchiveStore(database, backend.dialect());
            fill(store, "few", FEW);
            fill(store, "many", MANY);
            comparison.on(store, new JdbcArchiveMaintenance(database, backend.dialect()));
        }
    }

    private static void fill(ArchiveStore store, String owner, int rows) {
        for (int from = 0; from < rows; from += 1_000) {
            store.append(IntStream.range(from, Math.min(rows, from + 1_000))
                    .mapToObj(i -> received(owner, mid(i).value(), peer(i % (rows / PART)), NOON))
                    .toList());
        }
    }

    private static Mid mid(long number) {
        return new Mid("mid" + number);
    }

    private static JID peer(int number) {
        return new JID("peer" + number, "capulet.example", null);
    }

    private static ArchiveQuery byIds(String owner, Set<Mid> ids, Paging paging) {
        return new ArchiveQuery(
                owner,
                new ArchiveQuery.Filter(
                        Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), ids),
                paging);
    }

    private interface Work {

        /** @param round each comes once */
        void on(String owner, int size, int round);
    }

    private static void compare(String what, Work work) {
        List<Long> few = new ArrayList<>();
        List<Long> many = new ArrayList<>();
        // In turn, so that what the machine does besides, and what it learns, is the same for both.
        for (int round = 0; round < 2 * ROUNDS; round++) {
            few.add(nanos(work, "few", FEW, round));
            many.add(nanos(work, "many", MANY, round));
        }
        long fewQuartile = quartile(few);
        long manyQuartile = quartile(many);
        System.out.println(what + ": " + fewQuartile / 1_000 + " us of " + FEW + " messages, " + manyQuartile / 1_000
                + " us of " + MANY);
        // A look at each row would take forty times as long; a machine that is busy counts too.
        assertThat(manyQuartile).as(what).isLessThan(3 * fewQuartile + 5_000_000);
    }

    private static long nanos(Work work, String owner, int size, int round) {
        long start = System.nanoTime();
        work.on(owner, size, round);
        return System.nanoTime() - start;
    }

    /** Of the second half; in the first one the statements are prepared and the code is compiled. Noise only adds. */
    private static long quartile(List<Long> nanos) {
        return nanos.stream().skip(ROUNDS).sorted().toList().get(ROUNDS / 4);
    }
}
