package org.igniterealtime.openfire.plugin.unifiedrouting.offline.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.igniterealtime.openfire.plugin.unifiedrouting.archive.Entries.received;

import java.sql.SQLException;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchiveQuery;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchiveStore;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Mid;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.OfflineClaim;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Paging;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.jdbc.JdbcArchiveStore;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.Database;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.TestBackend;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.TestConnections;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineChange;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineStore;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What is asked for by its MID is found by the index, however many messages an account has. HSQLDB finds a list of MIDs by
 * looking at all of them. {@code -Dlookup.rows=100000} has more.
 */
class KeyLookupTest {

    private static final int FEW = 100;
    private static final int MANY = Integer.getInteger("lookup.rows", 20_000);
    private static final int ROUNDS = 25;

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
    void messageIsFoundByItsIdAmongMany(Version version) throws SQLException {
        try (TestBackend backend = version.backend.get();
                TestConnections connections = backend.open()) {
            ArchiveStore archive = new JdbcArchiveStore(new Database(connections), backend.dialect());
            OfflineStore store = new JdbcOfflineStore(new Database(connections), backend.dialect());
            fill(archive, "few", FEW);
            fill(archive, "many", MANY);

            compare(
                    "page",
                    owner -> number -> archive.page(ArchiveQuery.all(owner, Paging.after(mid(number, size(owner)), 1)))
                            .orElseThrow());
            compare(
                    "find",
                    owner -> number -> assertThat(
                                    store.find(owner, List.of(mid(number, size(owner)), mid(number + 7, size(owner)))))
                            .hasSize(2));
            compare(
                    "returned",
                    owner -> number -> store.apply(List.of(new OfflineChange(
                            owner, OptionalLong.empty(), Set.of(), Set.of(mid(number, size(owner)))))));
            compare(
                    "taken",
                    owner -> number -> store.apply(List.of(new OfflineChange(
                            owner, OptionalLong.empty(), Set.of(mid(number, size(owner))), Set.of()))));
        }
    }

    private static void fill(ArchiveStore archive, String owner, int rows) {
        for (int from = 0; from < rows; from += 1_000) {
            archive.append(IntStream.range(from, Math.min(rows, from + 1_000))
                    .mapToObj(i -> received(owner, "mid" + i).with(OfflineClaim.ELIGIBLE))
                    .toList());
        }
    }

    private static int size(String owner) {
        return owner.equals("few") ? FEW : MANY;
    }

    private static Mid mid(int number, int size) {
        return new Mid("mid" + number * 7919L % size);
    }

    private interface Question {
        Consumer<Integer> of(String owner);
    }

    private static void compare(String what, Question question) {
        long few = median(question.of("few"));
        long many = median(question.of("many"));
        System.out.println(
                what + ": " + few / 1_000 + " us of " + FEW + " messages, " + many / 1_000 + " us of " + MANY);
        // A look at each row would take two hundred times as long; what else the machine does counts too.
        assertThat(many).as(what).isLessThan(10 * few + 3_000_000);
    }

    private static long median(Consumer<Integer> question) {
        IntStream.range(0, ROUNDS).forEach(question::accept);
        return IntStream.range(0, ROUNDS)
                .mapToLong(round -> {
                    long start = System.nanoTime();
                    question.accept(round);
                    return System.nanoTime() - start;
                })
                .sorted()
                .toArray()[ROUNDS / 2];
    }
}
