package org.igniterealtime.openfire.plugin.unifiedrouting.offline;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.AppendedEntry;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchivedMessage;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.BusyWriter;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Direction;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Mid;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.NothingUnderWay;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.OfflineClaim;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** ROUTING-RULES section 6, sentence by sentence, as far as it is about who has what. */
class OfflineLedgerTest {

    private static final String BOB = "bob";
    private static final String PHONE = "phone";
    private static final String DESK = "desk";

    private final InMemoryOfflineStore store = new InMemoryOfflineStore();
    private final AtomicLong nanoTime = new AtomicLong(1);
    private OfflineLedger<String> ledger = opened();

    private void isWaitedForInVain() {
        for (int i = 0; i < 20; i++) {
            save();
        }
        nanoTime.addAndGet(OfflineLedger.PATIENCE.toNanos() + 1);
        save();
    }

    private OfflineLedger<String> opened() {
        OfflineLedger<String> fresh = new OfflineLedger<>(BOB, nanoTime::get);
        fresh.opened(store.mailbox(BOB));
        return fresh;
    }

    @Test
    void whatIsOnlyMeantForWhoDoesNotGetItAnyMoreIsUndelivered() {
        Mid written = arrives("written", DESK);
        ledger.submitted(new Mid("meant"), true);
        Mid meant = commit("meant", true, true);
        ledger.meantAsEntry(meant, DESK);
        ledger.routed(meant);
        ledger.submitted(new Mid("being routed"), true);
        Mid beingRouted = commit("being routed", true, true);
        ledger.meantAsEntry(beingRouted, DESK);
        Mid elsewhere = arrives("elsewhere", PHONE);
        ledger.submitted(new Mid("on its way"), true);
        ledger.meantAsEntry(new Mid("on its way"), DESK);
        ledger.routed(new Mid("on its way"));
        assertThat(ledger.awaitsCommit()).isFalse();

        ledger.meantNoMore(DESK);

        assertThat(ledger.knows(meant)).isFalse();
        assertThat(ledger.mayHaveUndelivered()).isTrue();
        assertThat(ledger.isWith(beingRouted, DESK)).isFalse();
        assertThat(ledger.knows(beingRouted)).isTrue();
        assertThat(ledger.isWith(written, DESK)).isTrue();
        assertThat(ledger.isWith(elsewhere, PHONE)).isTrue();
        assertThat(ledger.awaitsCommit()).isTrue();
        ledger.routed(beingRouted);
        assertThat(ledger.knows(beingRouted)).isFalse();
    }

    /** It has been nobody's since before the subscription, and the subscription begins before its place. */
    @Test
    void whoSubscribesIsGoingToBeToldOfWhatIsOnItsWay() {
        ledger.submitted(new Mid("committed"), true);
        ledger.routed(new Mid("committed"));
        Mid committed = commit("committed", true, true);
        ledger.submitted(new Mid("on its way"), true);
        ledger.routed(new Mid("on its way"));
        ledger.submitted(new Mid("hidden"), false);
        ledger.routed(new Mid("hidden"));

        ledger.subscribed(0, PHONE);

        assertThat(ledger.knows(committed)).isFalse();
        assertThat(ledger.cursor()).isEqualTo(1);
        Mid onItsWay = commit("on its way", true, true);
        assertThat(ledger.isWith(onItsWay, PHONE)).isTrue();
        ledger.sent(onItsWay, PHONE);
        ledger.acknowledged(onItsWay, PHONE);
        assertThat(ledger.mayHaveUndelivered()).isTrue();
        assertThat(ledger.cursor()).isEqualTo(2);
        commit("hidden", false, true);
        assertThat(ledger.mayHaveUndelivered()).isTrue();
    }

    /** Its gate stays closed until that is in the database. */
    @Test
    void whoIsBeingGivenTheOfflineSetGetsWhatIsOnItsWayAllTheSame() {
        try (OfflineScan<String> scan = ledger.scan(DESK, false)) {
            ledger.submitted(new Mid("on its way"), true);
            ledger.routed(new Mid("on its way"));
            ledger.subscribed(0, PHONE);
            assertThat(ledger.awaitsCommit()).isTrue();
            commit("on its way", true, true);
            assertThat(page(scan, 10)).containsExactly("on its way");
        }
    }

    /** It was committed before Openfire came to those who are there: what it finds is not what the offline set has to give. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatIsBeingRoutedIsNotNobodys(boolean hidden) {
        Mid before = arrives("before");
        try (OfflineScan<String> scan = ledger.scan(DESK, hidden)) {
            ledger.submitted(new Mid("routed"), !hidden);
            Mid routed = commit("routed", !hidden, true);

            commit("after", true, true);

            assertThat(page(scan, 10)).containsExactlyElementsOf(hidden ? List.of() : List.of(before.value()));
            assertThat(page(scan, 10)).as("order is kept").isEmpty();
            assertThat(scan.isComplete()).isFalse();

            ledger.meant(routed, PHONE);
            ledger.sent(routed, PHONE);
            ledger.routed(routed);
            assertThat(page(scan, 10)).containsExactlyElementsOf(hidden ? List.of() : List.of("after"));
            assertThat(scan.isComplete()).isTrue();
        }
    }

    @Test
    void whatHasBeenRoutedInVainIsGivenThen() {
        try (OfflineScan<String> scan = ledger.scan(DESK, false)) {
            ledger.submitted(new Mid("in vain"), false);
            Mid inVain = commit("in vain", false, true);
            assertThat(page(scan, 10)).isEmpty();
            ledger.routed(inVain);
            assertThat(page(scan, 10)).containsExactly("in vain");
            assertThat(scan.isComplete()).isTrue();
        }
    }

    /** Another plugin has rejected it, and nobody says so. */
    @Test
    void whatIsRoutedForEverIsNotWaitedForLong() {
        try (OfflineScan<String> scan = ledger.scan(DESK, false)) {
            ledger.submitted(new Mid("silent"), true);
            // Its sender may wait for the commit, so that it is routed only then.
            nanoTime.addAndGet(OfflineLedger.ROUTING.toNanos());
            commit("silent", true, true);
            nanoTime.addAndGet(OfflineLedger.ROUTING.toNanos());
            assertThat(page(scan, 10)).isEmpty();
            nanoTime.addAndGet(1);
            assertThat(page(scan, 10)).containsExactly("silent");
        }
    }

    @Test
    void whoeverIsThereIsGivenWhatWasLostWhileItWasBeingRouted() {
        Mid lost = new Mid("lost");
        ledger.submitted(lost, true);
        ledger.meant(lost, PHONE);
        ledger.gone(PHONE);
        assertThat(ledger.mayHaveUndelivered()).isFalse();
        assertThat(ledger.routed(lost)).isTrue();
        assertThat(ledger.mayHaveUndelivered()).isTrue();
    }

    @Test
    void soIsWhatWasPassedByWhenTheOfflineSetHadBeenGiven() {
        Mid passed = new Mid("passed");
        Mid given = new Mid("given");
        Mid later = new Mid("later");
        ledger.submitted(passed, true);
        ledger.submitted(given, true);
        OfflineScan<String> scan = ledger.scan(DESK, false);
        ledger.scan(PHONE, false).close();
        page(scan, 10);
        ledger.submitted(later, true);
        scan.close();
        ledger.meant(given, DESK);
        assertThat(ledger.routed(passed)).isTrue();
        assertThat(ledger.routed(given)).isFalse();
        assertThat(ledger.routed(later))
                .as("who looks for its recipients finds the session")
                .isFalse();
    }

    @Test
    void whoseOfflineSetWasNotLookedAtHasPassedNothingBy() {
        Mid mid = new Mid("a");
        ledger.submitted(mid, true);
        ledger.scan(DESK, false).close();
        assertThat(ledger.routed(mid)).isFalse();
    }

    /** Nobody has been there for it. */
    @Test
    void whatIsUndeliveredOtherwiseWaitsForTheNextSession() {
        Mid mid = new Mid("undelivered");
        ledger.submitted(mid, true);
        assertThat(ledger.routed(mid)).isFalse();
        assertThat(ledger.routed(new Mid("unknown"))).isFalse();
    }

    @Test
    void whatWasHandedOverBeforeASessionCameMayStillTurnOutUndelivered() {
        OfflineScan<String> before = ledger.scan(DESK, false);
        ledger.submitted(new Mid("archived"), true);
        OfflineScan<String> since = ledger.scan(DESK, false);
        OfflineScan<String> hiddenOnly = ledger.scan(DESK, true);
        assertThat(since.isUndecided()).isTrue();
        assertThat(hiddenOnly.isUndecided()).isFalse();
        assertThat(before.isUndecided())
                .as("who looks for its recipients finds the session")
                .isFalse();
        ledger.meant(new Mid("archived"), PHONE);
        assertThat(since.isUndecided()).isFalse();

        ledger.submitted(new Mid("hidden"), false);
        hiddenOnly = ledger.scan(DESK, true);
        assertThat(hiddenOnly.isUndecided()).isTrue();
        ledger.routed(new Mid("hidden"));
        assertThat(hiddenOnly.isUndecided()).isFalse();
    }

    /** Each of them is given up after a second; there is always another one. */
    @Test
    void whatIsRoutedForEverIsWaitedForFiveSecondsInAll() {
        OfflineScan<String> scan = ledger.scan(DESK, false);
        List<String> given = new ArrayList<>();
        long steps = OfflineScan.PATIENCE.toMillis() / 100;
        for (int i = 0; i <= steps; i++) {
            ledger.submitted(new Mid("silent" + i), true);
            commit("silent" + i, true, true);
            given.addAll(page(scan, 100));
            assertThat(scan.isComplete()).as("after " + i).isFalse();
            nanoTime.addAndGet(100_000_000);
        }
        given.addAll(page(scan, 100));
        assertThat(scan.isComplete()).isTrue();
        assertThat(given).hasSize((int) steps + 1).doesNotHaveDuplicates();
    }

    /** Its client reads slowly, or it is detached, or others have their turn. */
    @Test
    void nothingElseIsPatience() {
        try (OfflineScan<String> scan = ledger.scan(DESK, false)) {
            for (int i = 0; i < 8; i++) {
                arrives("old" + i);
                Mid routed = new Mid("routed" + i);
                ledger.submitted(routed, true);
                commit(routed.value(), true, true);
                assertThat(page(scan, 100)).containsExactly("old" + i);
                ledger.meant(routed, PHONE);
                ledger.routed(routed);
                nanoTime.addAndGet(Duration.ofMinutes(1).toNanos());
            }
        }
    }

    /** The database has it, and its writer has not said so yet: whoever has sent it may have waited for that. */
    @Test
    void whatIsCommittedThisMomentIsBeingRouted() {
        try (OfflineScan<String> scan = ledger.scan(DESK, false)) {
            ledger.submitted(new Mid("a"), true);
            OfflineMessage row = store.add(BOB, "a", true, true);
            nanoTime.addAndGet(OfflineLedger.ROUTING.toNanos() + 1);
            assertThat(page(scan, 10)).isEmpty();
            ledger.committed(row.mid(), row.seq(), true, true);
            assertThat(page(scan, 10)).isEmpty();
            ledger.routed(row.mid());
            assertThat(page(scan, 10)).containsExactly("a");
        }
    }

    @Test
    void whatNobodyEverSaysAnythingOfIsToldLater() {
        ledger.submitted(new Mid("passed by"), true);
        OfflineScan<String> scan = ledger.scan(PHONE, false);
        page(scan, 10);
        scan.close();
        commit("passed by", true, true);
        isWaitedForInVain();
        assertThat(ledger.collectLeft()).isTrue();
        assertThat(ledger.collectLeft()).isFalse();
        assertThat(ledger.mayHaveUndelivered()).isTrue();
    }

    @Test
    void whoIsBeingGivenWhatNoArchiveShowsDoesNot() {
        try (OfflineScan<String> scan = ledger.scan(DESK, true)) {
            ledger.submitted(new Mid("on its way"), true);
            ledger.routed(new Mid("on its way"));
            ledger.subscribed(0, PHONE);
            Mid onItsWay = commit("on its way", true, true);
            assertThat(page(scan, 10)).isEmpty();
            assertThat(ledger.isWith(onItsWay, PHONE)).isTrue();
        }
    }

    /** As if it had not been told of the first one. */
    @Test
    void whatItIsNotToldIsUndeliveredWhenItHasGone() {
        ledger.submitted(new Mid("on its way"), true);
        ledger.routed(new Mid("on its way"));
        ledger.subscribed(0, PHONE);
        commit("on its way", true, true);
        assertThat(ledger.mayHaveUndelivered()).isFalse();
        ledger.gone(PHONE);
        assertThat(ledger.mayHaveUndelivered()).isTrue();
    }

    @Test
    void turnsAreKnownWhileSomebodyGoesThroughTheSet() {
        ledger.submitted(new Mid("before"), true);
        try (OfflineScan<String> scan = ledger.scan(DESK, false)) {
            long parked = ledger.handed();
            ledger.submitted(new Mid("one"), true);
            ledger.submitted(new Mid("two"), false);
            assertThat(ledger.turnOf(new Mid("before"))).isZero();
            assertThat(ledger.turnOf(new Mid("one"))).isEqualTo(parked + 1);
            assertThat(ledger.turnOf(new Mid("two"))).isEqualTo(parked + 2);
        }
        assertThat(ledger.turnOf(new Mid("two"))).isZero();
    }

    /** Comes, is committed, and is given to these sessions. */
    private Mid arrives(String mid, String... sessions) {
        ledger.submitted(new Mid(mid), true);
        Mid committed = commit(mid, true, true);
        for (String session : sessions) {
            assertThat(ledger.meant(committed, session)).isTrue();
            ledger.sent(committed, session);
        }
        ledger.routed(committed);
        return committed;
    }

    private Mid isTaken(String mid, String session) {
        ledger.submitted(new Mid(mid), true);
        Mid committed = commit(mid, true, true);
        ledger.took(committed, session);
        ledger.routed(committed);
        return committed;
    }

    private Mid commit(String mid, boolean archived, boolean eligible) {
        OfflineMessage row = store.add(BOB, mid, archived, eligible);
        ledger.committed(row.mid(), row.seq(), archived, eligible);
        return row.mid();
    }

    /** A page for a session: what it is given of it. */
    private List<String> page(OfflineScan<String> scan, int max) {
        List<OfflineMessage> rows = store.read(BOB, scan.begin(), max);
        Set<Mid> claimed = scan.claim(rows, rows.size() < max)
                .map(OfflineScan.Claimed::mids)
                .orElse(Set.of());
        scan.end();
        return rows.stream()
                .map(OfflineMessage::mid)
                .filter(claimed::contains)
                .map(Mid::value)
                .toList();
    }

    private List<String> flood(String session) {
        try (OfflineScan<String> scan = ledger.scan(session, false)) {
            List<String> given = new ArrayList<>();
            for (int pages = 0; !scan.isComplete(); pages++) {
                assertThat(pages).isLessThan(1_000);
                given.addAll(page(scan, 2));
            }
            return given;
        }
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
        isTaken("a", PHONE);
        isTaken("b", PHONE);

        assertThat(ledger.changes()).contains(new OfflineChange(BOB, OptionalLong.of(2), Set.of(), Set.of()));
        assertThat(undelivered()).isEmpty();
        assertThat(ledger.size()).isZero();
        assertThat(ledger.changes()).isEmpty();
    }

    @Test
    void whatIsTakenBeforeItIsCommittedIsTaken() {
        ledger.submitted(new Mid("a"), true);
        ledger.meant(new Mid("a"), PHONE);
        ledger.took(new Mid("a"), PHONE);
        ledger.routed(new Mid("a"));
        commit("a", true, true);

        assertThat(undelivered()).isEmpty();
        assertThat(ledger.size()).isZero();
    }

    @Test
    void theCursorDoesNotPassWhatASessionHolds() {
        arrives("held", PHONE);
        isTaken("taken", PHONE);

        // A crash now delivers the first one again, and the second one not.
        assertThat(undelivered()).containsExactly("held");

        acknowledgesAllBut();
        assertThat(undelivered()).isEmpty();
        assertThat(store.mailbox(BOB).cursorSeq()).isEqualTo(2);
    }

    @Test
    void theCursorDoesNotPassWhatASessionHoldsThatWasThereBefore() {
        OfflineMessage row = store.add(BOB, "a", true, true);
        store.add(BOB, "b", true, true);
        ledger = opened();
        ledger.found(List.of(row), PHONE);

        assertThat(flood(DESK)).containsExactly("b");
        ledger.took(new Mid("b"), DESK);
        assertThat(undelivered()).containsExactly("a");
        acknowledgesAllBut();
        assertThat(undelivered()).isEmpty();
        assertThat(ledger.size()).isZero();
    }

    @Test
    void whatIsRoutedAgainIsStillWithTheSessionThatIsEnding() {
        Mid mid = arrives("a", PHONE);
        ledger.routedAgain(mid);
        assertThat(flood(DESK)).isEmpty();
        assertThat(ledger.isGivenToAll(mid)).isTrue();
        ledger.routed(mid);
        assertThat(ledger.mayHaveUndelivered()).isFalse();

        ledger.gone(PHONE);
        assertThat(flood(DESK)).containsExactly("a");
    }

    /** Openfire makes an error of the object that the session keeps, so that it is not found there any more. */
    @Test
    void whatASessionHasLeftIsNeverTakenForAcknowledged() {
        Mid mid = arrives("a", PHONE);
        ledger.left(mid, PHONE);
        ledger.routedAgain(mid);
        ledger.routed(mid);

        assertThat(ledger.awaiting(PHONE)).isEmpty();
        ledger.acknowledged(mid, PHONE);
        ledger.gone(PHONE);
        assertThat(flood(DESK)).containsExactly("a");
    }

    @Test
    void whatIsRoutedAgainIsNotGivenToWhoTookItMeanwhile() {
        Mid mid = arrives("a", PHONE);
        ledger.routedAgain(mid);
        assertThat(ledger.meant(mid, DESK)).isTrue();
        ledger.took(mid, DESK);
        ledger.gone(PHONE);
        save();

        assertThat(ledger.meant(mid, DESK)).isFalse();
        assertThat(ledger.isGivenToAll(mid)).isTrue();
        ledger.routed(mid);
        assertThat(undelivered()).isEmpty();
        assertThat(ledger.size()).isZero();
    }

    /** It is being routed, which takes long; before that comes to anybody, a session is given its offline set, and takes it. */
    @Test
    void whatIsInNoArchiveIsNotGivenToWhoTookItMeanwhileEither() {
        arrives("older", "tablet");
        ledger.submitted(new Mid("secret"), false);
        Mid secret = commit("secret", false, true);
        nanoTime.addAndGet(OfflineLedger.ROUTING.toNanos() + 1);
        assertThat(flood(DESK)).containsExactly("secret");
        ledger.took(secret, DESK);
        save();

        assertThat(ledger.meant(secret, DESK)).isFalse();
        ledger.routed(secret);
        assertThat(undelivered()).containsExactly("older");
        assertThat(ledger.knows(secret)).isFalse();
    }

    /** Two sessions end that have not acknowledged it, each on a thread of its own. */
    @Test
    void whatIsRoutedTwiceAtOnceIsDecidedAtTheEnd() {
        Mid mid = arrives("a", PHONE, "tablet");
        ledger.routedAgain(mid);
        ledger.routedAgain(mid);
        ledger.gone(PHONE);
        ledger.gone("tablet");
        assertThat(ledger.isGivenToAll(mid)).isFalse();
        ledger.routed(mid);

        assertThat(ledger.meant(mid, DESK)).isTrue();
        ledger.took(mid, DESK);
        ledger.routed(mid);
        assertThat(undelivered()).isEmpty();
        assertThat(ledger.size()).isZero();
    }

    @Test
    void whatIsOnItsWayToASessionIsNotAcknowledgedYet() {
        ledger.submitted(new Mid("a"), true);
        Mid mid = commit("a", true, true);
        ledger.meant(mid, PHONE);

        acknowledgesAllBut();

        assertThat(undelivered()).containsExactly("a");
    }

    @Test
    void aMessageTakenWhileAnOlderOneIsUndeliveredClearsItsOwnFlagOnly() {
        arrives("a");
        Mid younger = isTaken("b", PHONE);

        assertThat(ledger.changes()).contains(new OfflineChange(BOB, OptionalLong.empty(), Set.of(younger), Set.of()));
        assertThat(undelivered()).containsExactly("a");
        assertThat(store.mailbox(BOB).cursorSeq()).isZero();
    }

    @Test
    void aSessionThatGoesGivesBackWhatItDidNotAcknowledge() {
        arrives("a", PHONE);
        Mid open = arrives("b", PHONE);
        acknowledgesAllBut(open);

        ledger.gone(PHONE);

        assertThat(undelivered()).containsExactly("b");
        assertThat(ledger.size()).isZero();
    }

    @Test
    void whatOneSessionTookIsTakenWhateverTheOtherDoes() {
        Mid mid = arrives("a", PHONE, DESK);
        ledger.took(mid, DESK);
        ledger.gone(PHONE);

        assertThat(undelivered()).isEmpty();
    }

    @Test
    void aMessageRoutedAgainIsNotGivenToWhoHasIt() {
        Mid mid = arrives("a", PHONE, DESK);
        ledger.took(mid, DESK);

        ledger.routedAgain(mid);

        assertThat(ledger.meant(mid, DESK)).isFalse();
        assertThat(ledger.isGivenToAll(mid)).isTrue();
    }

    @Test
    void whatIsNotifiedIsWithTheSubscriberOnlyIfTheArchiveShowsIt() {
        ledger.submitted(new Mid("a"), true);
        ledger.submitted(new Mid("secret"), false);
        for (String mid : List.of("a", "secret")) {
            ledger.meantAsEntry(new Mid(mid), PHONE);
            ledger.routed(new Mid(mid));
        }

        assertThat(ledger.isOnlyMeant(new Mid("a"), PHONE)).isTrue();
        assertThat(ledger.isOnlyMeant(new Mid("secret"), PHONE)).isFalse();
        commit("secret", false, true);
        assertThat(flood(DESK)).containsExactly("secret");
    }

    @Test
    void aMessageIsWithSomebodyWhileItIsHeldOrTaken() {
        ledger.submitted(new Mid("a"), true);
        Mid mid = commit("a", true, true);
        assertThat(ledger.isWithSomebody(mid, PHONE::equals)).isFalse();
        ledger.sent(mid, PHONE);
        assertThat(ledger.isWithSomebody(mid, PHONE::equals)).isTrue();
        ledger.released(mid, PHONE);
        assertThat(ledger.isWithSomebody(mid, PHONE::equals)).isFalse();
        ledger.sent(mid, PHONE);
        assertThat(ledger.isWithSomebody(isTaken("b", DESK), PHONE::equals)).isTrue();
        assertThat(ledger.isWithSomebody(new Mid("unknown"), PHONE::equals)).isFalse();
    }

    @Test
    void whatNobodyTookWaitsAlsoWhenItIsCommittedLater() {
        ledger.submitted(new Mid("late"), true);
        assertThat(ledger.isGivenToAll(new Mid("late"))).isFalse();
        assertThat(ledger.awaitsCommit()).isFalse();
        ledger.routed(new Mid("late"));
        assertThat(ledger.awaitsCommit()).isTrue();
        commit("late", true, true);

        assertThat(ledger.awaitsCommit()).isFalse();
        assertThat(undelivered()).containsExactly("late");
        assertThat(ledger.size()).isZero();
    }

    @Test
    void whatCannotBeArchivedOrIsNotEligibleIsForgotten() {
        ledger.submitted(new Mid("failed"), true);
        ledger.routed(new Mid("failed"));
        ledger.failed(new Mid("failed"));
        ledger.submitted(new Mid("over limit"), true);
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
        store.add(BOB, "c", true, true);
        ledger = opened();
        OfflineScan<String> scan = ledger.scan(PHONE, false);

        assertThat(page(scan, 2)).containsExactly("a", "b");
        assertThat(scan.isComplete()).isFalse();
        assertThat(flood(DESK)).containsExactly("c");
        ledger.took(new Mid("a"), PHONE);
        assertThat(flood(DESK)).isEmpty();
        assertThat(page(scan, 2)).isEmpty();
        assertThat(scan.isComplete()).isTrue();
    }

    @Test
    void aFloodMovesTheCursorAsItGoes() {
        store.add(BOB, "a", true, true);
        store.add(BOB, "b", true, true);
        store.add(BOB, "c", true, true);
        ledger = opened();

        page(ledger.scan(PHONE, false), 2).forEach(mid -> ledger.took(new Mid(mid), PHONE));

        assertThat(ledger.changes()).contains(new OfflineChange(BOB, OptionalLong.of(2), Set.of(), Set.of()));
        assertThat(undelivered()).containsExactly("c");
    }

    @Test
    void aFloodThatIsCutOffLeavesTheRest() {
        store.add(BOB, "a", true, true);
        store.add(BOB, "b", true, true);
        ledger = opened();
        OfflineScan<String> scan = ledger.scan(PHONE, false);
        page(scan, 10);
        ledger.sent(new Mid("a"), PHONE);
        acknowledgesAllBut();
        ledger.gone(PHONE);
        scan.close();

        assertThat(undelivered()).containsExactly("b");
        assertThat(ledger.mayHaveUndelivered()).isTrue();
    }

    @Test
    void aFloodGoesBackForWhatAnotherSessionLeaves() {
        arrives("a", PHONE);
        arrives("b");
        arrives("c");
        arrives("d");
        OfflineScan<String> scan = ledger.scan(DESK, false);
        assertThat(page(scan, 2)).containsExactly("b");

        ledger.gone(PHONE);

        assertThat(page(scan, 2)).containsExactly("a");
        assertThat(page(scan, 2)).containsExactly("c", "d");
        assertThat(page(scan, 2)).isEmpty();
        assertThat(scan.isComplete()).isTrue();
        for (String mid : List.of("a", "b", "c", "d")) {
            ledger.took(new Mid(mid), DESK);
        }
        assertThat(undelivered()).isEmpty();
    }

    @Test
    void aFloodThatIsCompleteLearnsOfWhatIsLeftLater() {
        arrives("a", PHONE);
        OfflineScan<String> scan = ledger.scan(DESK, false);
        assertThat(page(scan, 2)).isEmpty();
        assertThat(scan.isComplete()).isTrue();
        assertThat(ledger.mayHaveUndelivered()).isFalse();

        ledger.gone(PHONE);

        assertThat(scan.isComplete()).isFalse();
        assertThat(ledger.mayHaveUndelivered()).isTrue();
        assertThat(page(scan, 2)).containsExactly("a");
    }

    @Test
    void whatIsInNoArchiveIsKnownToBeLeft() {
        ledger.submitted(new Mid("secret"), false);
        Mid secret = commit("secret", false, true);
        ledger.sent(secret, PHONE);
        ledger.routed(secret);
        assertThat(flood(DESK)).isEmpty();
        assertThat(ledger.mayHaveUndelivered()).isFalse();

        ledger.gone(PHONE);

        assertThat(ledger.mayHaveUndelivered()).isTrue();
        assertThat(flood(DESK)).containsExactly("secret");
        assertThat(ledger.mayHaveUndelivered()).isFalse();
    }

    @Test
    void whatASessionCannotBeGivenWaitsForAnotherOne() {
        arrives("a");
        arrives("b");
        arrives("c");
        OfflineScan<String> scan = ledger.scan(PHONE, false);
        OfflineScan<String> other = ledger.scan(DESK, false);
        page(scan, 2);
        assertThat(page(other, 2)).isEmpty();
        scan.refuse(new Mid("a"));
        ledger.took(new Mid("b"), PHONE);

        assertThat(page(scan, 2)).containsExactly("c");
        ledger.took(new Mid("c"), PHONE);
        assertThat(undelivered()).containsExactly("a");
        assertThat(page(other, 2)).containsExactly("a");
        assertThat(page(scan, 2)).isEmpty();
    }

    @Test
    void subscribingPassesOverTheArchive() {
        arrives("a");
        arrives("b", PHONE);
        ledger.seenUpTo(2);

        assertThat(undelivered()).isEmpty();
        assertThat(store.mailbox(BOB).cursorSeq()).isEqualTo(2);
    }

    @Test
    void subscribingDoesNotPassOverWhatIsNotInTheArchive() {
        ledger.submitted(new Mid("secret"), false);
        Mid secret = commit("secret", false, true);
        ledger.routed(secret);
        arrives("a");

        ledger.seenUpTo(2);

        assertThat(undelivered()).containsExactly("secret");
        assertThat(flood(DESK)).containsExactly("secret");
        ledger.took(secret, DESK);
        assertThat(undelivered()).isEmpty();
    }

    @Test
    void aFloodThatHasBegunIsFinished() {
        store.add(BOB, "a", true, true);
        store.add(BOB, "b", true, true);
        ledger = opened();
        OfflineScan<String> scan = ledger.scan(PHONE, false);
        ledger.seenUpTo(2);

        assertThat(undelivered()).containsExactly("a", "b");
        assertThat(page(scan, 1)).containsExactly("a");
        OfflineScan<String> later = ledger.scan(DESK, false);
        assertThat(page(later, 10)).isEmpty();
        later.close();
        scan.close();
        assertThat(undelivered()).isEmpty();
    }

    @Test
    void whatTurnsOutUndeliveredComesBack() {
        isTaken("a", PHONE);
        isTaken("b", PHONE);
        save();
        OfflineScan<String> scan = ledger.scan(DESK, false);
        assertThat(page(scan, 10)).isEmpty();

        ledger.returned(new Mid("a"));
        assertThat(undelivered()).containsExactly("a");
        assertThat(ledger.isOpen()).isFalse();
        assertThat(page(scan, 10)).isEmpty();
        assertThat(scan.isComplete()).isFalse();
        ledger.opened(store.mailbox(BOB));
        assertThat(page(scan, 10)).containsExactly("a");
    }

    @Test
    void whatIsTakenWhileTheDatabaseLowersTheCursorDoesNotComeBack() {
        isTaken("a", PHONE);
        save();
        ledger.returned(new Mid("a"));
        OfflineChange change = ledger.changes().orElseThrow();
        store.apply(List.of(change));
        isTaken("b", PHONE);
        ledger.saved(change);
        ledger.opened(store.mailbox(BOB));

        assertThat(flood(DESK)).containsExactly("a");
        ledger.took(new Mid("a"), DESK);
        assertThat(undelivered()).isEmpty();
        assertThat(ledger.size()).isZero();
    }

    @Test
    void whatWasReadBeforeItWasSavedIsNotGivenAgain() {
        arrives("old", "tablet");
        arrives("a", PHONE);
        OfflineScan<String> scan = ledger.scan(DESK, false);
        List<OfflineMessage> read = store.read(BOB, scan.begin(), 10);
        acknowledgesAllBut();
        save();

        assertThat(read).hasSize(2);
        assertThat(scan.claim(read, true).orElseThrow().mids()).isEmpty();
        scan.end();
        assertThat(ledger.knows(new Mid("a"))).isFalse();
    }

    @Test
    void whatWasReadBeforeTheDatabaseWasAskedAnewIsReadAgain() {
        arrives("a", PHONE);
        OfflineScan<String> scan = ledger.scan(DESK, false);
        List<OfflineMessage> read = store.read(BOB, scan.begin(), 10);
        assertThat(scan.isOvertaken()).isFalse();
        ledger.gone(PHONE);
        commit("b", true, true);
        ledger.opened(store.mailbox(BOB));

        assertThat(scan.isOvertaken()).isTrue();
        assertThat(scan.claim(read, true)).isEmpty();
        scan.end();
        assertThat(scan.isComplete()).isFalse();
        assertThat(page(scan, 10)).containsExactly("a", "b");
    }

    @Test
    void whatNobodyEverReportsOnIsUndeliveredInTheEnd() {
        ledger.submitted(new Mid("lost"), true);
        commit("lost", true, true);
        isWaitedForInVain();
        assertThat(ledger.size()).isZero();
        assertThat(ledger.mayHaveUndelivered()).isTrue();
        assertThat(undelivered()).containsExactly("lost");
    }

    @Test
    void whatIsTakenIsForgottenInTheEndIfNobodySaysThatItIsRouted() {
        ledger.submitted(new Mid("a"), true);
        ledger.took(commit("a", true, true), PHONE);
        isWaitedForInVain();
        assertThat(ledger.size()).isZero();
    }

    /** It is not in the page, and was not undelivered when that was read. */
    @Test
    void whatIsCommittedWhileTheLastPageIsReadIsNotLeftBehind() {
        arrives("old");
        OfflineScan<String> scan = ledger.scan(DESK, false);
        ledger.submitted(new Mid("new"), true);
        ledger.routed(new Mid("new"));
        List<OfflineMessage> read = store.read(BOB, scan.begin(), 10);
        commit("new", true, true);

        assertThat(scan.claim(read, true).orElseThrow().mids()).containsExactly(new Mid("old"));
        scan.end();
        assertThat(scan.isComplete()).isFalse();
        assertThat(page(scan, 10)).containsExactly("new");
        assertThat(scan.isComplete()).isTrue();
    }

    /** The archive is asked first, and then for what it does not show. */
    @Test
    void whatIsCommittedWhileAPageIsReadThatEndsBehindItIsNotPassed() {
        arrives("old");
        OfflineScan<String> scan = ledger.scan(DESK, false);
        ledger.submitted(new Mid("between"), true);
        ledger.routed(new Mid("between"));
        List<OfflineMessage> read = new ArrayList<>(store.read(BOB, scan.begin(), 10));
        commit("between", true, true);
        OfflineMessage hidden = store.add(BOB, "hidden", false, true);
        read.add(hidden);

        assertThat(scan.claim(read, false).orElseThrow().mids())
                .containsExactlyInAnyOrder(new Mid("old"), hidden.mid());
        scan.end();
        List.of("old", "hidden").forEach(mid -> ledger.took(new Mid(mid), DESK));
        assertThat(undelivered()).containsExactly("between");
        assertThat(page(scan, 10)).containsExactly("between");
    }

    /** By its owner, who looks through the set (XEP-0013), or because they are too many. */
    @Test
    void whatIsRemovedAfterItWasReadIsNotGiven() {
        OfflineLedgers<String> ledgers = new OfflineLedgers<>(store, new NothingUnderWay(), Runnable::run);
        List.of("a", "b", "c").forEach(mid -> store.add(BOB, mid, true, true));
        OfflineLedger<String> books = ledgers.bound(BOB, DESK);
        OfflineScan<String> scan = books.scan(DESK, false);
        List<OfflineMessage> read = store.read(BOB, scan.begin(), 10);
        store.apply(List.of(new OfflineChange(BOB, OptionalLong.empty(), Set.of(new Mid("b")), Set.of())));
        ledgers.removed(BOB, List.of(new Mid("b")));

        assertThat(scan.claim(read, true).orElseThrow().mids()).containsExactlyInAnyOrder(new Mid("a"), new Mid("c"));
        scan.end();
        assertThat(scan.isComplete()).isTrue();
        List.of("a", "c").forEach(mid -> books.took(new Mid(mid), DESK));
        assertThat(books.cursor()).isEqualTo(3);
    }

    @Test
    void whoGoesWhileTheWriterIsBusyIsForgottenLater() {
        BusyWriter writer = new BusyWriter();
        writer.isBusyFor(BOB);
        OfflineLedgers<String> ledgers = new OfflineLedgers<>(store, writer, Runnable::run);
        ledgers.bound(BOB, DESK);
        ledgers.unbound(BOB, DESK);
        ledgers.save();
        assertThat(ledgers.size()).isEqualTo(1);
        writer.isDone();
        ledgers.save();
        assertThat(ledgers.size()).isZero();
    }

    /** The plugin may leave then. */
    @Test
    void whatWasTakenBeforeTheWriterWasDoneIsSavedAtOnceThen() {
        BusyWriter writer = new BusyWriter();
        writer.isBusyFor(BOB);
        OfflineLedgers<String> ledgers = new OfflineLedgers<>(store, writer, Runnable::run);
        OfflineLedger<String> books = ledgers.bound(BOB, DESK);
        OfflineMessage message = store.add(BOB, "a", true, true);
        books.submitted(message.mid(), true);
        books.meant(message.mid(), DESK);
        books.committed(message.mid(), message.seq(), true, true);
        books.took(message.mid(), DESK);
        books.routed(message.mid());
        writer.isDone();
        ledgers.save();
        assertThat(store.count(BOB)).isZero();
    }

    @Test
    void aFewSentMessagesAreNotWorthAChange() {
        ledger.opened(store.mailbox(BOB));
        LongStream.rangeClosed(1, 499).forEach(ledger::reached);
        assertThat(ledger.changes()).isEmpty();
        ledger.reached(500);
        assertThat(ledger.changes().orElseThrow().cursor()).hasValue(500);
        ledger.saved(ledger.changes().orElseThrow());
        ledger.reached(501);
        assertThat(ledger.changes()).isEmpty();
    }

    /** The database has lowered the cursor meanwhile. */
    @Test
    void whatComesBackIsSavedBelowWhatTheAccountHasSent() {
        ledger.opened(store.mailbox(BOB));
        ledger.reached(60);
        ledger.returned(new Mid("back"));
        ledger.saved(ledger.changes().orElseThrow());
        OfflineMessage back = store.add(BOB, "back", true, true);
        ledger.opened(store.mailbox(BOB));
        try (OfflineScan<String> scan = ledger.scan(DESK, false)) {
            assertThat(page(scan, 10)).containsExactly("back");
        }
        ledger.took(back.mid(), DESK);
        assertThat(ledger.changes()).isPresent();
    }

    /** Else the next session would be looked for messages among all that was sent. */
    @Test
    void theCursorPassesWhatTheAccountSendsUpToWhatIsHeld() {
        OfflineLedgers<String> ledgers = new OfflineLedgers<>(store, new NothingUnderWay(), Runnable::run);
        OfflineLedger<String> books = ledgers.bound(BOB, DESK);
        books.submitted(new Mid("held"), true);
        books.meant(new Mid("held"), DESK);
        ledgers.committed(List.of(sent(1), sent(2)));
        assertThat(books.cursor()).isEqualTo(2);

        books.committed(new Mid("held"), 3, true, true);
        ledgers.committed(List.of(sent(4)));
        assertThat(books.cursor()).isEqualTo(2);
        books.took(new Mid("held"), DESK);
        assertThat(books.cursor()).isEqualTo(4);
        assertThat(books.changes().orElseThrow().cursor()).hasValue(4);
    }

    private static AppendedEntry sent(long seq) {
        ArchivedMessage message = new ArchivedMessage(
                BOB, seq, new Mid("sent" + seq), Direction.SENT, "alice@example.org", Instant.EPOCH, "<message/>");
        return new AppendedEntry(message, OfflineClaim.NONE, AppendedEntry.Result.STORED);
    }

    /** A flood that stalls for hours keeps its scan. */
    @Test
    void ofManyTheOrderOfTheNewestIsKnown() {
        ledger.scan(DESK, false);
        IntStream.rangeClosed(1, 6_000).forEach(i -> ledger.submitted(new Mid("m" + i), true));
        assertThat(ledger.turnOf(new Mid("m6000"))).isEqualTo(6_000);
        assertThat(ledger.turnOf(new Mid("m1"))).isZero();
    }
}
