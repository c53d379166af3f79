package org.igniterealtime.openfire.plugin.unifiedrouting.archive.imports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchivedMessage;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Direction;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Mid;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.StoreUnavailable;
import org.junit.jupiter.api.Test;
import org.xmpp.packet.JID;

/** Entries, their ids and their places. */
class ImportPlanTest {

    private static final JID ROMEO = new JID("romeo@verona.example");
    private static final JID JULIET = new JID("juliet@verona.example");
    private static final SourceKey TOP = SourceKey.startOf(1000);

    private final ImportMids mids = new ImportMids(ImportMids.newSecret(new SecureRandom()));

    @Test
    void eachLocalSideGetsAnEntryWithAnIdOfItsOwn() {
        ImportPlan plan = plan(row(1, 10, "x"));

        assertThat(plan.owners()).containsExactly("juliet", "romeo");
        assertThat(plan.candidates())
                .extracting(
                        candidate -> candidate.owner() + " " + candidate.entry().direction() + " "
                                + candidate.entry().peer())
                .containsExactly("juliet RECEIVED " + ROMEO, "romeo SENT " + JULIET);
        assertThat(plan.candidates())
                .extracting(candidate -> candidate.entry().mid())
                .doesNotHaveDuplicates();
    }

    @Test
    void aMessageToOneselfIsOneEntryReceived() {
        ImportPlan plan = ImportPlan.of(
                List.of(row(1, 10, "x")),
                row -> new Reading.Wanted(
                        ROMEO, ROMEO, Optional.of("romeo"), Optional.of("romeo"), Optional.empty(), "<message/>"),
                mids);
        assertThat(plan.candidates())
                .singleElement()
                .satisfies(
                        candidate -> assertThat(candidate.entry().direction()).isEqualTo(Direction.RECEIVED));
    }

    @Test
    void theSameRowHasTheSameIdsEachTimeAndOnlyWithTheSameSecret() {
        assertThat(midsOf(plan(row(1, 10, "x")))).isEqualTo(midsOf(plan(row(1, 10, "x"))));
        ImportMids others = new ImportMids(ImportMids.newSecret(new SecureRandom()));
        assertThat(midsOf(ImportPlan.of(List.of(row(1, 10, "x")), ImportPlanTest::wanted, others)))
                .doesNotContainAnyElementsOf(midsOf(plan(row(1, 10, "x"))));
    }

    @Test
    void rowsThatAreTheSameInEveryColumnAreTwoMessages() {
        List<Mid> twice = midsOf(plan(row(-1, 10, "x"), row(-1, 10, "x")));
        assertThat(twice).hasSize(4).doesNotHaveDuplicates().containsAll(midsOf(plan(row(-1, 10, "x"))));
    }

    @Test
    void everyColumnCounts() {
        SourceMessage row = row(1, 10, "x");
        List<SourceMessage> others = List.of(
                row,
                row(2, 10, "x"),
                row(1, 11, "x"),
                row(1, 10, "y"),
                new SourceMessage(new SourceKey(10, 1, 6), row.fromBare(), null, row.toBare(), null, false, "x", null),
                new SourceMessage(row.key(), row.fromBare(), "r", row.toBare(), null, false, "x", null),
                new SourceMessage(row.key(), row.fromBare(), null, row.toBare(), "r", false, "x", null),
                new SourceMessage(row.key(), row.fromBare(), null, row.toBare(), null, false, null, "x"),
                new SourceMessage(row.key(), row.fromBare(), null, row.toBare(), "", false, "x", null));
        assertThat(others.stream().map(other -> mids.of("romeo", other, 0)).toList())
                .doesNotHaveDuplicates();
    }

    @Test
    void aRowThatBreaksItsReaderCostsNoOther() {
        ImportPlan plan = ImportPlan.of(
                List.of(row(1, 10, "x"), row(2, 11, "bad")),
                row -> {
                    if (row.body().equals("bad")) {
                        throw new IllegalStateException("bug");
                    }
                    return wanted(row);
                },
                mids);
        assertThat(plan.candidates()).hasSize(2);
        assertThat(plan.tally(plan.candidates()).rows())
                .isEqualTo(Map.of(RowOutcome.FAILED, 1L, RowOutcome.IMPORTED, 1L));
    }

    @Test
    void aReaderWithoutDatabaseIsNoFaultOfTheRow() {
        assertThatThrownBy(() -> ImportPlan.of(
                        List.of(row(1, 10, "x")),
                        row -> {
                            throw new StoreUnavailable("down");
                        },
                        mids))
                .isInstanceOf(StoreUnavailable.class);
    }

    @Test
    void aRowIsImportedIfOneOwnerGetsIt() {
        ImportPlan plan = plan(row(1, 10, "x"), row(2, 20, "y"));
        ImportTally tally = plan.tally(plan.candidates().subList(0, 1));
        assertThat(tally.count(RowOutcome.IMPORTED)).isEqualTo(1);
        assertThat(tally.count(RowOutcome.ALREADY_THERE)).isEqualTo(1);
        assertThat(tally.entries()).isEqualTo(1);
        assertThat(tally.seen()).isEqualTo(2);
        assertThat(plan.failed().count(RowOutcome.FAILED)).isEqualTo(2);
        assertThat(tally.plus(plan.failed()).seen()).isEqualTo(4);
    }

    @Test
    void placesGoDownAsTimesDo() {
        List<ImportPlan.Candidate> received =
                receivedBy("juliet", plan(row(1, 10, "x"), row(2, 20, "y"), row(3, 20, "z")));
        ArchiveFront.Added added = ArchiveFront.of(7, 500, 900).add(received, TOP, Set.of());
        assertThat(added.messages()).extracting(ArchivedMessage::seq).containsExactly(0L, -1L, -2L);
        assertThat(added.messages())
                .extracting(message -> message.receivedAt().toEpochMilli())
                .containsExactly(20L, 20L, 10L);
        assertThat(added.front()).isEqualTo(new ArchiveFront(-2, 10, true));
    }

    @Test
    void nothingAsNewAsTheFirstOwnMessageIsAdded() {
        List<ImportPlan.Candidate> received =
                receivedBy("juliet", plan(row(1, 10, "x"), row(2, 20, "y"), row(3, 30, "z")));
        assertThat(times(ArchiveFront.of(1, 20, 900).add(received, TOP, Set.of())))
                .containsExactly(10L);
        assertThat(times(ArchiveFront.of(1, 900, 30).add(received, TOP, Set.of())))
                .containsExactly(20L, 10L);
        assertThat(times(ArchiveFront.ofEmpty(20).add(received, TOP, Set.of()))).containsExactly(10L);
        assertThat(times(new ArchiveFront(0, ArchiveFront.CLOSED, true).add(received, TOP, Set.of())))
                .isEmpty();
    }

    @Test
    void whereASliceEndedWithinATimeItsRestIsStillAdded() {
        List<ImportPlan.Candidate> received = receivedBy("juliet", plan(row(1, 10, "x"), row(2, 10, "y")));
        ArchiveFront front = new ArchiveFront(-5, 10, true);
        SourceKey within = new SourceKey(10, 3, 5);

        assertThat(front.add(received, within, Set.of()).candidates()).isEqualTo(received);
        assertThat(front.add(received, within, Set.of(received.get(0).entry().mid()))
                        .candidates())
                .containsExactly(received.get(1));
        assertThat(front.add(received, SourceKey.startOf(11), Set.of()).candidates())
                .isEmpty();
        assertThat(new ArchiveFront(1, 10, false)
                        .add(received, within, Set.of())
                        .candidates())
                .isEmpty();
    }

    private static List<Long> times(ArchiveFront.Added added) {
        return added.candidates().stream().map(ImportPlan.Candidate::sentAt).toList();
    }

    private ImportPlan plan(SourceMessage... rows) {
        return ImportPlan.of(List.of(rows), ImportPlanTest::wanted, mids);
    }

    private static List<Mid> midsOf(ImportPlan plan) {
        return plan.candidates().stream()
                .map(candidate -> candidate.entry().mid())
                .toList();
    }

    private static List<ImportPlan.Candidate> receivedBy(String owner, ImportPlan plan) {
        return plan.candidates().stream()
                .filter(candidate -> candidate.owner().equals(owner))
                .toList();
    }

    private static Reading wanted(SourceMessage row) {
        return new Reading.Wanted(
                ROMEO, JULIET, Optional.of("romeo"), Optional.of("juliet"), Optional.empty(), "<message/>");
    }

    private static SourceMessage row(long id, long sentAt, String body) {
        return new SourceMessage(
                new SourceKey(sentAt, id, 5), ROMEO.toString(), null, JULIET.toString(), null, false, body, null);
    }
}
