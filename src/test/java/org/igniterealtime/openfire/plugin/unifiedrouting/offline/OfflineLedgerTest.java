package org.igniterealtime.openfire.plugin.unifiedrouting.offline;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Mid;
import org.junit.jupiter.api.Test;

/** ROUTING-RULES section 6, sentence by sentence, as far as it is about who has what. */
class OfflineLedgerTest {

    private static final String BOB = "bob";
    private static final String PHONE = "phone";
    private static final String DESK = "desk";

    private final InMemoryOfflineStore store = new InMemoryOfflineStore();
    private OfflineLedger<String> ledger = opened();

    private OfflineLedger<String> opened() {
        OfflineLedger<String> fresh = new OfflineLedger<>(BOB);
        fresh.opened(store.mailbox(BOB));
        return fresh;
    }

    private Mid arrives(String mid) {
        ledger.submitted(new Mid(mid));
        return commit(mid, true, true);
    }

    private Mid commit(String mid, boolean archived, boolean eligible) {
        OfflineMessage row = store.add(BOB, mid, archived, eligible);
        ledger.committed(row.mid(), row.seq(), archived, eligible);
        return row.mid();
    }

    private void save() {
        ledger.changes().ifPresent(change -> {
            store.apply(List.of(change));
            ledger.saved(change);
        });
    }

    private void acknowledgesAllBut(Mid... open) {
        Set<Mid> done = ledger.awaiting(PHONE);
        done.removeAll(List.of(open));
        done.forEach(mid -> ledger.took(mid, PHONE));
    }

    private List<String> undelivered() {
        save();
        return store.read(BOB, -1, 1_000).stream().map(row -> row.mid().value()).toList();
    }

    @Test
    void whatASessionTookMovesTheCursor() {
        ledger.took(arrives("a"), PHONE);
        ledger.took(arrives("b"), PHONE);

        assertThat(ledger.changes()).contains(new OfflineChange(BOB, OptionalLong.of(2), Set.of(), Set.of()));
        assertThat(undelivered()).isEmpty();
        assertThat(ledger.size()).isZero();
        assertThat(ledger.changes()).isEmpty();
    }

    @Test
    void whatIsTakenBeforeItIsCommittedIsTaken() {
        ledger.submitted(new Mid("a"));
        ledger.meant(new Mid("a"), PHONE);
        ledger.took(new Mid("a"), PHONE);
        commit("a", true, true);

        assertThat(undelivered()).isEmpty();
        assertThat(ledger.size()).isZero();
    }

    @Test
    void theCursorDoesNotPassWhatASessionHolds() {
        Mid held = arrives("held");
        ledger.meant(held, PHONE);
        ledger.sent(held, PHONE);
        ledger.took(arrives("taken"), PHONE);

        // A crash now delivers the first one again, and the second one not.
        assertThat(undelivered()).containsExactly("held");

        acknowledgesAllBut();
        assertThat(undelivered()).isEmpty();
        assertThat(store.mailbox(BOB).cursorSeq()).isEqualTo(2);
    }

    /** A session goes, another one is flooded and takes it, and only then is it routed once more. */
    @Test
    void whatComesBackFromASessionThatIsGoneIsNotGivenTwice() {
        Mid mid = arrives("a");
        ledger.meant(mid, PHONE);
        ledger.sent(mid, PHONE);
        ledger.gone(PHONE);
        save();

        OfflineMessage row = store.read(BOB, 0, 10).get(0);
        assertThat(ledger.claim(row, DESK, 0)).isTrue();
        ledger.took(mid, DESK);
        save();
        ledger.routedAgain(mid, session -> session.equals(DESK));

        assertThat(ledger.meant(mid, DESK)).isFalse();
        assertThat(ledger.meant(mid, "tablet")).isFalse();
        ledger.returned(mid);
        assertThat(undelivered()).isEmpty();
    }

    @Test
    void whatIsOnItsWayToASessionIsNotAcknowledgedYet() {
        Mid mid = arrives("a");
        ledger.meant(mid, PHONE);

        acknowledgesAllBut();

        assertThat(undelivered()).containsExactly("a");
    }

    @Test
    void aMessageTakenWhileAnOlderOneIsUndeliveredClearsItsOwnFlagOnly() {
        ledger.routed(arrives("a"));
        Mid younger = arrives("b");
        ledger.took(younger, PHONE);

        assertThat(ledger.changes()).contains(new OfflineChange(BOB, OptionalLong.empty(), Set.of(younger), Set.of()));
        assertThat(undelivered()).containsExactly("a");
        assertThat(store.mailbox(BOB).cursorSeq()).isZero();
    }

    @Test
    void aSessionThatGoesGivesBackWhatItDidNotAcknowledge() {
        Mid acknowledged = arrives("a");
        Mid open = arrives("b");
        ledger.sent(acknowledged, PHONE);
        ledger.sent(open, PHONE);
        acknowledgesAllBut(open);

        ledger.gone(PHONE);

        assertThat(undelivered()).containsExactly("b");
        assertThat(ledger.size()).isZero();
    }

    @Test
    void whatOneSessionTookIsTakenWhateverTheOtherDoes() {
        Mid mid = arrives("a");
        ledger.sent(mid, PHONE);
        ledger.took(mid, DESK);
        ledger.gone(PHONE);

        assertThat(undelivered()).isEmpty();
    }

    @Test
    void aMessageRoutedAgainIsNotGivenToWhoHasIt() {
        Mid mid = arrives("a");
        ledger.sent(mid, PHONE);
        ledger.took(mid, DESK);

        ledger.routedAgain(mid, DESK::equals);

        assertThat(ledger.meant(mid, DESK)).isFalse();
        assertThat(ledger.routed(mid)).isTrue();
    }

    @Test
    void aMessageIsWithSomebodyWhileItIsHeldOrTaken() {
        Mid mid = arrives("a");
        assertThat(ledger.isWithSomebody(mid)).isFalse();
        ledger.sent(mid, PHONE);
        assertThat(ledger.isWithSomebody(mid)).isTrue();
        ledger.released(mid, PHONE);
        assertThat(ledger.isWithSomebody(mid)).isFalse();
        ledger.sent(mid, PHONE);
        ledger.took(mid, DESK);
        ledger.gone(DESK);
        assertThat(ledger.isWithSomebody(mid)).isTrue();
        assertThat(ledger.isWithSomebody(new Mid("unknown"))).isFalse();
    }

    @Test
    void whatNobodyTookWaitsAlsoWhenItIsCommittedLater() {
        ledger.submitted(new Mid("late"));
        assertThat(ledger.routed(new Mid("late"))).isFalse();
        assertThat(ledger.awaitsCommit()).isTrue();
        commit("late", true, true);

        assertThat(ledger.awaitsCommit()).isFalse();
        assertThat(undelivered()).containsExactly("late");
        assertThat(ledger.size()).isZero();
    }

    @Test
    void whatCannotBeArchivedOrIsNotEligibleIsForgotten() {
        ledger.submitted(new Mid("failed"));
        ledger.routed(new Mid("failed"));
        ledger.failed(new Mid("failed"));
        ledger.submitted(new Mid("over limit"));
        ledger.routed(new Mid("over limit"));
        commit("over limit", true, false);

        assertThat(ledger.awaitsCommit()).isFalse();
        assertThat(ledger.size()).isZero();
        assertThat(undelivered()).isEmpty();
    }

    @Test
    void theOfflineSetIsGivenOnceInAll() {
        store.add(BOB, "a", true, true);
        store.add(BOB, "b", true, true);
        ledger = opened();
        List<OfflineMessage> rows = store.read(BOB, -1, 10);

        assertThat(ledger.claim(rows.get(0), PHONE, 0)).isTrue();
        assertThat(ledger.claim(rows.get(0), DESK, 0)).isFalse();
        ledger.took(rows.get(0).mid(), PHONE);
        assertThat(ledger.claim(rows.get(0), DESK, 0)).isFalse();
        assertThat(ledger.claim(rows.get(1), DESK, 0)).isTrue();
    }

    @Test
    void aFloodMovesTheCursorAsItGoes() {
        store.add(BOB, "a", true, true);
        store.add(BOB, "b", true, true);
        store.add(BOB, "c", true, true);
        ledger = opened();

        ledger.readBegins();
        List<OfflineMessage> page = store.read(BOB, -1, 2);
        page.forEach(row -> ledger.claim(row, PHONE, 0));
        ledger.scanned(-1, 2);
        ledger.readEnds();
        page.forEach(row -> ledger.took(row.mid(), PHONE));

        assertThat(ledger.changes()).contains(new OfflineChange(BOB, OptionalLong.of(2), Set.of(), Set.of()));
        assertThat(undelivered()).containsExactly("c");
    }

    @Test
    void aFloodThatIsCutOffLeavesTheRest() {
        store.add(BOB, "a", true, true);
        store.add(BOB, "b", true, true);
        ledger = opened();
        ledger.readBegins();
        List<OfflineMessage> page = store.read(BOB, -1, 10);
        page.forEach(row -> ledger.claim(row, PHONE, 0));
        ledger.sent(page.get(0).mid(), PHONE);
        acknowledgesAllBut();
        ledger.gone(PHONE);
        ledger.scanned(-1, 2);
        ledger.readEnds();

        assertThat(undelivered()).containsExactly("b");
        assertThat(ledger.mayHaveUndelivered()).isTrue();
    }

    @Test
    void subscribingPassesOverTheArchive() {
        ledger.routed(arrives("a"));
        ledger.sent(arrives("b"), PHONE);
        ledger.seenUpTo(2);

        assertThat(undelivered()).isEmpty();
        assertThat(store.mailbox(BOB).cursorSeq()).isEqualTo(2);
    }

    @Test
    void subscribingDoesNotPassOverWhatIsNotInTheArchive() {
        ledger.submitted(new Mid("secret"));
        Mid secret = commit("secret", false, true);
        ledger.routed(secret);
        ledger.routed(arrives("a"));

        ledger.seenUpTo(2);

        assertThat(undelivered()).containsExactly("secret");
        assertThat(ledger.claim(store.read(BOB, -1, 1).get(0), DESK, 2)).isTrue();
        ledger.took(secret, DESK);
        assertThat(undelivered()).isEmpty();
    }

    @Test
    void aFloodThatHasBegunIsFinished() {
        store.add(BOB, "a", true, true);
        store.add(BOB, "b", true, true);
        ledger = opened();
        long skipped = ledger.floodBegins();
        ledger.seenUpTo(2);

        assertThat(undelivered()).containsExactly("a", "b");
        List<OfflineMessage> rows = store.read(BOB, -1, 10);
        assertThat(ledger.claim(rows.get(0), PHONE, skipped)).isTrue();
        long later = ledger.floodBegins();
        assertThat(ledger.claim(rows.get(1), DESK, later)).isFalse();
        ledger.floodEnds();
        ledger.floodEnds();
        assertThat(undelivered()).isEmpty();
    }

    @Test
    void whatTurnsOutUndeliveredComesBack() {
        ledger.took(arrives("a"), PHONE);
        ledger.took(arrives("b"), PHONE);
        save();

        ledger.returned(new Mid("a"));
        assertThat(undelivered()).containsExactly("a");
        assertThat(ledger.isOpen()).isFalse();
        ledger.opened(store.mailbox(BOB));
        assertThat(ledger.claim(store.read(BOB, -1, 10).get(0), DESK, 0)).isTrue();
    }

    @Test
    void whatWasReadBeforeItWasSavedIsNotGivenAgain() {
        ledger.routed(arrives("old"));
        Mid mid = arrives("a");
        ledger.sent(mid, PHONE);
        ledger.readBegins();
        List<OfflineMessage> read = store.read(BOB, -1, 10);
        acknowledgesAllBut();
        save();

        assertThat(ledger.claim(read.get(1), DESK, 0)).isFalse();
        ledger.readEnds();
        assertThat(ledger.size()).isZero();
    }

    @Test
    void whatNobodyEverReportsOnIsUndeliveredInTheEnd() {
        arrives("lost");
        for (int i = 0; i < 20; i++) {
            save();
        }
        assertThat(ledger.size()).isZero();
        assertThat(ledger.mayHaveUndelivered()).isTrue();
        assertThat(undelivered()).containsExactly("lost");
    }
}
