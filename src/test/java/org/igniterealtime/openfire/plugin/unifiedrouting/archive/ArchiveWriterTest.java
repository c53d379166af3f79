package org.igniterealtime.openfire.plugin.unifiedrouting.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.igniterealtime.openfire.plugin.unifiedrouting.archive.Entries.received;
import static org.igniterealtime.openfire.plugin.unifiedrouting.archive.Entries.sent;
import static org.igniterealtime.openfire.plugin.unifiedrouting.archive.Entries.withStanza;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchiveOutcome.Failed;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchiveOutcome.Stored;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The writer on a store that does what a test tells it. Callers are threads; a caller is known to wait when its thread is
 * in a timed wait, which it is nowhere else.
 */
@Timeout(30)
class ArchiveWriterTest {

    private static final String OWNER = "romeo";
    private static final Duration PATIENT = Duration.ofSeconds(60);
    private static final Duration IMPATIENT = Duration.ofMillis(50);
    private static final Duration PROBE = Duration.ofMillis(20);

    private final ScriptedStore store = new ScriptedStore();
    private final List<String> heard = new CopyOnWriteArrayList<>();
    private final List<Caller> callers = new ArrayList<>();
    private ArchiveWriter writer;

    private static ConditionFactory await() {
        return Awaitility.await().pollInterval(Duration.ofMillis(1));
    }

    @AfterEach
    void stop() throws InterruptedException {
        store.release();
        writer.close();
        for (Caller caller : callers) {
            caller.thread.join();
        }
    }

    // Batches

    @Test
    void theOutcomeNamesEveryOwnersCopyInTheOrderGiven() {
        start(limits(100, 100, PATIENT));

        ArchiveOutcome outcome = writer.archive(List.of(received("romeo", "r"), sent("juliet", "s", Entries.JULIET)));

        assertThat(storedMids(outcome)).containsExactly("r", "s");
        assertThat(store.midsOf("romeo")).containsExactly("r");
        assertThat(store.midsOf("juliet")).containsExactly("s");
    }

    @Test
    void everythingThatWaitsGoesIntoOneBatch() {
        start(limits(100, 100, PATIENT));
        Caller first = heldInTheStore("1");
        waitFor("2", "3", "4");

        store.release();

        assertThat(first.outcome()).isInstanceOf(Stored.class);
        assertThat(callers).allSatisfy(caller -> assertThat(caller.outcome()).isInstanceOf(Stored.class));
        assertThat(store.attempts()).containsExactly(List.of("1"), List.of("2", "3", "4"));
    }

    @Test
    void theArchiveIsInTheOrderOfArrival() {
        start(limits(100, 3, PATIENT));
        heldInTheStore("0");
        String[] mids = IntStream.rangeClosed(1, 10).mapToObj(String::valueOf).toArray(String[]::new);
        waitFor(mids);

        store.release();
        callers.forEach(Caller::outcome);

        assertThat(store.midsOf(OWNER)).containsExactly("0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10");
    }

    @Test
    void aTransactionHoldsNoMoreMessagesThanItMay() {
        start(limits(100, 2, PATIENT));
        heldInTheStore("1");
        waitFor("2", "3", "4");

        store.release();
        callers.forEach(Caller::outcome);

        assertThat(store.attempts()).containsExactly(List.of("1"), List.of("2", "3"), List.of("4"));
    }

    @Test
    void aTransactionTakesNoFurtherMessageOnceItHoldsItsFillOfText() {
        start(new WriterLimits(100, 1_000_000, 100, 1_000, PATIENT, PROBE));
        heldInTheStore("1");
        waitFor(withStanza(received(OWNER, "2"), "x".repeat(999)));
        waitFor(withStanza(received(OWNER, "3"), "x"));
        waitFor(withStanza(received(OWNER, "4"), "x".repeat(5_000)));
        waitFor("5");

        store.release();
        callers.forEach(Caller::outcome);

        assertThat(store.attempts()).containsExactly(List.of("1"), List.of("2", "3"), List.of("4"), List.of("5"));
    }

    // Messages that the database refuses

    @Test
    void onlyTheBadMessageOfABatchFails() {
        start(limits(100, 100, PATIENT));
        heldInTheStore("1");
        waitFor("2", "bad", "3");
        store.refuse("bad");

        store.release();

        assertThat(callers)
                .extracting(caller -> caller.outcome().getClass().getSimpleName())
                .containsExactly("Stored", "Stored", "Failed", "Stored");
        assertThat(store.midsOf(OWNER)).containsExactly("1", "2", "3");
        assertThat(writer.isAvailable()).isTrue();
    }

    @Test
    void onlyTheBadMessageFailsWhenTheStoreFailsInAWayOfItsOwn() {
        start(limits(100, 100, PATIENT));
        heldInTheStore("1");
        waitFor("2", "bad", "3");
        store.refuseWith(new IllegalArgumentException("a bug in the store"), "bad");

        store.release();

        assertThat(callers)
                .extracting(caller -> caller.outcome().getClass().getSimpleName())
                .containsExactly("Stored", "Stored", "Failed", "Stored");
        assertThat(writer.isAvailable()).isTrue();
    }

    @Test
    void aConnectionThatBrokeCostsNoMessage() {
        start(limits(100, 100, PATIENT));
        store.refuseNext();

        assertThat(storedMids(archive("1"))).containsExactly("1");
        assertThat(store.attempts()).containsExactly(List.of("1"), List.of("1"));
    }

    @Test
    void aMessageThatWasCommittedAfterAllIsStoredAndNotRefusedAsASecondOne() {
        start(limits(100, 100, PATIENT));
        heldInTheStore("1");
        waitFor("2", "3");
        store.loseAnswerAfter(1);

        store.release();

        assertThat(callers).allSatisfy(caller -> assertThat(caller.outcome()).isInstanceOf(Stored.class));
        assertThat(store.midsOf(OWNER)).containsExactly("1", "2", "3");
        await().untilAsserted(() -> assertThat(heard).containsExactly("1", "2", "3"));
    }

    @Test
    void anotherMessageUnderTheSameMidIsNotTakenForThisOne() {
        start(limits(100, 100, PATIENT));
        archive("1");

        ArchiveOutcome outcome = writer.archive(List.of(withStanza(received(OWNER, "1"), "<message/>")));

        assertThat(outcome).isInstanceOf(Failed.class);
        assertThat(store.midsOf(OWNER)).containsExactly("1");
        assertThat(heard).containsExactly("1");
    }

    // Outage

    @Test
    void inAnOutageEverybodyIsToldAtOnce() {
        start(limits(100, 100, PATIENT));
        heldInTheStore("1");
        waitFor("2", "3");
        store.goDown();

        store.release();

        assertThat(callers).allSatisfy(caller -> assertThat(caller.outcome()).isInstanceOf(Failed.class));
        assertThat(writer.isAvailable()).isFalse();
        int attempts = store.attempts().size();
        assertThat(archive("4")).isInstanceOf(Failed.class);
        assertThat(store.attempts()).as("nobody asks a database that is down").hasSize(attempts);
    }

    @Test
    void whenTheDatabaseAnswersAgainMessagesAreArchivedAgain() {
        start(limits(100, 100, PATIENT));
        store.goDown();
        assertThat(archive("lost")).isInstanceOf(Failed.class);
        assertThat(writer.isAvailable()).isFalse();
        int probes = store.probes();
        await().until(() -> store.probes() > probes);
        assertThat(writer.isAvailable()).isFalse();

        store.comeUp();
        await().until(writer::isAvailable);

        assertThat(archive("kept")).isInstanceOf(Stored.class);
        assertThat(store.midsOf(OWNER)).containsExactly("kept");
    }

    @Test
    void aProbeThatFailsInAWayOfItsOwnMeansThatTheDatabaseDoesNotAnswer() {
        start(limits(100, 100, PATIENT));
        store.failProbesOddly(true);
        store.refuse("1");

        assertThat(archive("1")).isInstanceOf(Failed.class);
        assertThat(writer.isAvailable()).isFalse();

        store.failProbesOddly(false);
        await().until(writer::isAvailable);
    }

    /** Their owners' archives may hold them all the same. */
    @Test
    void whatAnOutageLeftUncertainIsSaidWhenTheDatabaseAnswersAgain() {
        List<Set<String>> uncertain = new CopyOnWriteArrayList<>();
        startWith(limits(100, 100, PATIENT), listener(uncertain));
        heldInTheStore("1");
        waitFor(received("juliet", "2"));
        waitFor("3");
        store.goDown();
        store.release();
        assertThat(callers).allSatisfy(caller -> assertThat(caller.outcome()).isInstanceOf(Failed.class));
        submit(received("mercutio", "never given to the database"));
        assertThat(uncertain).isEmpty();

        store.comeUp();

        await().untilAsserted(() -> assertThat(uncertain).containsExactly(Set.of(OWNER)));
        assertThat(archive("4")).isInstanceOf(Stored.class);
        assertThat(uncertain).hasSize(1);
    }

    /** The answer was lost and the database went away before anybody could ask whether it was committed. */
    @Test
    void aWholeBatchWhoseAnswerIsLostInAnOutageIsUncertain() {
        List<Set<String>> uncertain = new CopyOnWriteArrayList<>();
        startWith(limits(100, 100, PATIENT), listener(uncertain));
        heldInTheStore("1");
        waitFor(received("juliet", "2"), received("mercutio", "3"));
        store.loseAnswerAfter(1);
        store.goDownAfterProbes(1);
        store.release();
        assertThat(callers.subList(1, 3))
                .allSatisfy(caller -> assertThat(caller.outcome()).isInstanceOf(Failed.class));
        assertThat(store.midsOf("mercutio")).containsExactly("3");

        store.comeUp();

        await().untilAsserted(() -> assertThat(uncertain).containsExactly(Set.of("juliet", "mercutio")));
    }

    @Test
    void aMessageThatFailsAloneIsUncertain() {
        List<Set<String>> uncertain = new CopyOnWriteArrayList<>();
        startWith(limits(100, 100, PATIENT), listener(uncertain));
        store.refuse("1");
        assertThat(archive("1")).isInstanceOf(Failed.class);
        await().untilAsserted(() -> assertThat(uncertain).containsExactly(Set.of(OWNER)));
    }

    private static CommitListener listener(List<Set<String>> uncertain) {
        return new CommitListener() {
            @Override
            public void committed(List<AppendedEntry> entries) {
                // Not looked at here.
            }

            @Override
            public void uncertain(Set<String> owners) {
                uncertain.add(owners);
            }
        };
    }

    // Patience

    @Test
    void aMessageWhoseBatchDoesNotBeginInTimeIsWithdrawnAndNeverWritten() {
        start(limits(100, 100, IMPATIENT));
        Caller first = heldInTheStore("1");

        Caller second = call("2");
        assertThat(second.outcome()).isInstanceOf(Failed.class);

        store.release();
        assertThat(first.outcome()).isInstanceOf(Stored.class);
        assertThat(archive("3")).isInstanceOf(Stored.class);
        assertThat(store.attempts()).containsExactly(List.of("1"), List.of("3"));
    }

    @Test
    void aMessageWhoseBatchHasBegunAwaitsItsOutcomeHoweverLongThatTakes() {
        start(limits(100, 100, IMPATIENT));
        Caller first = heldInTheStore("1");
        // The second runs out of patience after the first did.
        assertThat(call("2").outcome()).isInstanceOf(Failed.class);

        assertThat(first.thread.isAlive()).isTrue();
        store.release();

        assertThat(first.outcome()).isInstanceOf(Stored.class);
    }

    @Test
    void whoFindsTheQueueFullWaitsAtTheDoor() {
        start(limits(1, 100, PATIENT));
        heldInTheStore("1");
        waitFor("2", "3");

        store.release();

        assertThat(callers).allSatisfy(caller -> assertThat(caller.outcome()).isInstanceOf(Stored.class));
        assertThat(store.midsOf(OWNER)).containsExactly("1", "2", "3");
    }

    @Test
    void aQueueThatStaysFullIsGivenUp() {
        start(limits(1, 100, IMPATIENT));
        heldInTheStore("1");
        Caller queued = call("2");
        Caller atTheDoor = call("3");

        assertThat(queued.outcome()).isInstanceOf(Failed.class);
        assertThat(atTheDoor.outcome()).isInstanceOf(Failed.class);

        store.release();
        await().until(writer::isAvailable);
        assertThat(archive("4")).isInstanceOf(Stored.class);
        assertThat(store.midsOf(OWNER)).containsExactly("1", "4");
    }

    @Test
    void nobodyWaitsForADatabaseThatIsSilent() {
        start(limits(1, 100, IMPATIENT));
        heldInTheStore("1");
        assertThat(call("2").outcome()).isInstanceOf(Failed.class);
        await().until(() -> !writer.isAvailable());

        ArchiveOutcome third = archive("3");

        assertThat(((Failed) third).reason()).hasMessageContaining("has not answered");
        store.release();
        await().until(writer::isAvailable);
        assertThat(archive("4")).isInstanceOf(Stored.class);
    }

    @Test
    void aDatabaseIsSilentWhateverTheSignOfTheClock() {
        for (long start : new long[] {Long.MIN_VALUE, -Duration.ofHours(1).toNanos(), 0, Long.MAX_VALUE}) {
            AtomicLong clock = new AtomicLong(start);
            ScriptedStore held = new ScriptedStore();
            held.hold();
            try (ArchiveWriter other = new ArchiveWriter(held, entries -> {}, limits(1, 100, PATIENT), clock::get)) {
                writer = other;
                other.start();
                other.submit(List.of(received(OWNER, "1")));
                held.awaitAppending();
                assertThat(other.isAvailable()).as("at %d", start).isTrue();

                clock.addAndGet(PATIENT.toNanos() + 1);

                boolean available = other.isAvailable();
                held.release();

                assertThat(available).as("from %d on", start).isFalse();
                await().until(other::isAvailable);
            }
        }
    }

    @Test
    void closingDoesNotWaitForASilentDatabaseWithoutEnd() {
        start(limits(10, 100, IMPATIENT));
        Caller begun = heldInTheStore("1");

        writer.close();

        assertThat(((Failed) begun.outcome()).reason()).hasMessageContaining("did not answer");
        store.release();
    }

    @Test
    void anInterruptCostsNoMessageAndIsKept() {
        start(limits(100, 100, PATIENT));
        Caller first = heldInTheStore("1");
        Caller waiting = waitFor("2").get(0);

        first.thread.interrupt();
        waiting.thread.interrupt();
        Caller interruptedBefore = new Caller(received(OWNER, "3"), true);
        callers.add(interruptedBefore);
        awaitWaiting(interruptedBefore);
        store.release();

        for (Caller caller : callers) {
            assertThat(caller.outcome()).isInstanceOf(Stored.class);
            assertThat(caller.wasInterrupted).isTrue();
        }
    }

    // Handing over without waiting

    private boolean awaitSettled() {
        return writer.awaitSettled(writer.handedOver(), System.nanoTime());
    }

    @Test
    void whoHandsOverDoesNotWaitAndLearnsTheOutcome() {
        start(limits(100, 100, PATIENT));
        store.hold();
        PendingMessage first = submit("1");
        PendingMessage second = submit("2");
        List<String> settled = new CopyOnWriteArrayList<>();
        second.whenSettled(outcome -> settled.addAll(storedMids(outcome)));
        store.awaitAppending();
        assertThat(first.outcome()).isEmpty();
        assertThat(second.outcome()).isEmpty();
        assertThat(settled).isEmpty();
        assertThat(writer.archivedCount()).isZero();

        store.release();
        writer.settle(OWNER);

        assertThat(first.outcome()).containsInstanceOf(Stored.class);
        assertThat(second.outcome()).containsInstanceOf(Stored.class);
        await().untilAsserted(() -> assertThat(settled).containsExactly("2"));
        assertThat(writer.archivedCount()).isEqualTo(2);
    }

    @Test
    void settlingWaitsForWhatWasHandedOverBeforeAndForNothingElse() throws InterruptedException {
        start(limits(100, 1, PATIENT));
        writer.settle(OWNER);
        heldInTheStore("1");
        submit("2");
        Thread settling = new Thread(() -> writer.settle(OWNER));
        settling.start();
        await().until(() -> settling.getState() == Thread.State.TIMED_WAITING);
        submit("3");
        store.holdAfter("2");

        store.release();
        settling.join(10_000);

        assertThat(settling.isAlive()).isFalse();
        assertThat(store.midsOf(OWNER)).containsExactly("1", "2");
    }

    @Test
    void nobodyWaitsForWhatOthersAreGiven() {
        start(limits(100, 1, PATIENT));
        heldInTheStore("1");
        writer.submit(List.of(received("mercutio", "his")));
        long his = writer.handedOver("mercutio");
        assertThat(writer.isDone(his)).isFalse();
        assertThat(writer.isDone(writer.handedOver("tybalt"))).isTrue();
        assertTimeoutPreemptively(PATIENT.dividedBy(2), () -> writer.settle("tybalt"));

        store.release();
        writer.settle("mercutio");
        assertThat(writer.isDone(his)).isTrue();
        assertThat(writer.handedOver("mercutio")).isZero();
    }

    @Test
    void whoLooksAgainLaterLearnsThatTheDatabaseIsSilent() {
        start(limits(100, 100, IMPATIENT));
        heldInTheStore("1");
        long last = writer.handedOver(OWNER);
        assertThat(writer.isDone(last)).isFalse();
        await().until(() -> !writer.isAvailable());
        assertThatThrownBy(() -> writer.isDone(last)).isInstanceOf(StoreUnavailable.class);
        store.release();
        await().until(this::awaitSettled);
        assertThat(writer.isDone(last)).isTrue();
    }

    @Test
    void nobodyWaitsForEverForWhatDoesNotSettle() {
        start(limits(100, 100, IMPATIENT));
        heldInTheStore("1");
        assertThat(awaitSettled()).isFalse();
        assertThatThrownBy(() -> writer.settle(OWNER)).isInstanceOf(StoreUnavailable.class);
        await().until(() -> !writer.isAvailable());
        store.release();
        await().until(this::awaitSettled);
    }

    @Test
    void whoHasWaitedElsewhereWaitsNoLongerThanOthers() {
        start(limits(100, 100, PATIENT));
        heldInTheStore("1");
        long since = System.nanoTime() - PATIENT.toNanos();
        assertTimeoutPreemptively(
                PATIENT.dividedBy(2),
                () -> assertThat(writer.awaitSettled(writer.handedOver(), since))
                        .isFalse());
        store.release();
        await().until(this::awaitSettled);
    }

    @Test
    void whatWasWithdrawnIsSettled() {
        start(limits(100, 100, IMPATIENT));
        Caller first = heldInTheStore("1");
        assertThat(call("2").outcome()).isInstanceOf(Failed.class);
        store.release();
        first.outcome();
        assertThat(awaitSettled()).isTrue();
    }

    @Test
    void theWritersOwnThreadDoesNotWaitForItself() {
        startWith(limits(100, 100, PATIENT), messages -> heard.add(String.valueOf(awaitSettled())));
        submit("1");
        await().untilAsserted(() -> assertThat(heard).containsExactly("true"));
    }

    @Test
    void whoHandsOverTooManyWaitsAtTheDoor() {
        start(limits(2, 1, PATIENT));
        heldInTheStore("1");
        submit("2");
        submit("3");
        Thread atTheDoor = new Thread(() -> submit("4"));
        atTheDoor.start();
        await().until(() -> atTheDoor.getState() == Thread.State.TIMED_WAITING);

        store.release();

        await().until(() -> !atTheDoor.isAlive());
        writer.settle(OWNER);
        assertThat(store.midsOf(OWNER)).containsExactly("1", "2", "3", "4");
    }

    @Test
    void whoHandsOverTooMuchTextWaitsAtTheDoor() {
        start(new WriterLimits(100, 1_000, 100, 1_000_000, PATIENT, PROBE));
        heldInTheStore("1");
        submit(withStanza(received(OWNER, "longer than all that may wait"), "x".repeat(5_000)));
        Thread atTheDoor = new Thread(() -> submit("3"));
        atTheDoor.start();
        await().until(() -> atTheDoor.getState() == Thread.State.TIMED_WAITING);

        store.release();

        await().until(() -> !atTheDoor.isAlive());
        writer.settle(OWNER);
        assertThat(store.midsOf(OWNER)).containsExactly("1", "longer than all that may wait", "3");
    }

    @Test
    void whoFindsNoRoomInTimeIsTold() {
        start(limits(1, 100, IMPATIENT));
        heldInTheStore("1");
        submit("2");
        await().until(() -> submit("3").outcome().isPresent());
        PendingMessage third = submit("3");
        assertThat(third.outcome()).containsInstanceOf(Failed.class);
        store.release();
        await().until(this::awaitSettled);
        assertThat(store.midsOf(OWNER))
                .as("nobody waited for it, so it is written")
                .containsExactly("1", "2");
    }

    @Test
    void whatFailedIsKnownByTheRecipientsId() {
        start(limits(100, 100, PATIENT));
        heldInTheStore("1");
        PendingMessage second = submit("2");
        writer.submit(List.of(sent(OWNER, "mine", Entries.JULIET)));
        assertThat(writer.underWay(new Mid("2"))).containsSame(second);
        assertThat(writer.underWay(new Mid("mine"))).isEmpty();
        store.refuse("2");

        store.release();
        writer.settle(OWNER);

        assertThat(writer.underWay(new Mid("1"))).isEmpty();
        assertThat(writer.underWay(new Mid("2")).flatMap(PendingMessage::outcome))
                .containsInstanceOf(Failed.class);
        assertThat(writer.failedCount()).isEqualTo(1);
    }

    @Test
    void fewTransactionsFindTheBadMessage() {
        start(limits(1_000, 1_000, PATIENT));
        heldInTheStore("first");
        IntStream.range(0, 512).forEach(i -> submit(i == 300 ? "bad" : "m" + i));
        store.refuse("bad");

        store.release();
        writer.settle(OWNER);

        assertThat(store.midsOf(OWNER)).hasSize(512).isSubsetOf(midsInOrder(512));
        assertThat(store.midsOf(OWNER)).containsExactlyElementsOf(midsInOrder(512));
        assertThat(store.attempts()).hasSizeLessThan(30);
    }

    /** It waits for the writer, so nothing comes in any more. */
    private static void awaitClosed(Thread closing) {
        await().until(() -> closing.getState() == Thread.State.TIMED_WAITING);
    }

    private static List<String> midsInOrder(int messages) {
        List<String> mids = new ArrayList<>(List.of("first"));
        IntStream.range(0, messages).filter(i -> i != 300).forEach(i -> mids.add("m" + i));
        return mids;
    }

    @Test
    void closingWritesWhatWasHandedOverAndLetsWhoeverSettlesGo() throws InterruptedException {
        start(limits(100, 2, PATIENT));
        heldInTheStore("1");
        List<PendingMessage> handed = List.of(submit("2"), submit("3"), submit("4"));
        Thread settling = new Thread(() -> writer.settle(OWNER));
        settling.start();
        Thread closing = new Thread(writer::close);
        closing.start();
        awaitClosed(closing);
        assertThat(submit("late").outcome()).isPresent();

        store.release();
        closing.join();
        settling.join();

        assertThat(handed).allSatisfy(message -> assertThat(message.outcome()).containsInstanceOf(Stored.class));
        assertThat(store.midsOf(OWNER)).containsExactly("1", "2", "3", "4");
        assertThat(awaitSettled()).isTrue();
    }

    // The listener

    @Test
    void theListenerHearsOfCommitsInTheirOrder() {
        start(limits(100, 2, PATIENT));
        heldInTheStore("1");
        waitFor("2", "bad", "3", "4");
        store.refuse("bad");

        store.release();

        await().untilAsserted(() -> assertThat(heard).containsExactly("1", "2", "3", "4"));
        assertThat(store.midsOf(OWNER)).containsExactly("1", "2", "3", "4");
    }

    @Test
    void aListenerThatThrowsHarmsNothing() {
        startWith(limits(100, 100, PATIENT), messages -> {
            throw new IllegalStateException("listener");
        });
        assertThat(archive("1")).isInstanceOf(Stored.class);
        assertThat(archive("2")).isInstanceOf(Stored.class);
        assertThat(writer.isAvailable()).isTrue();
    }

    @Test
    void aListenerThatCannotBeLinkedHarmsNoRetriedMessage() {
        startWith(limits(100, 100, PATIENT), messages -> {
            throw new NoClassDefFoundError("listener");
        });
        heldInTheStore("1");
        waitFor("bad", "2", "3");
        store.refuse("bad");

        store.release();

        assertThat(callers)
                .extracting(caller -> caller.outcome().getClass().getSimpleName())
                .containsExactly("Stored", "Failed", "Stored", "Stored");
    }

    // Closing

    @Test
    void closingWritesWhatWaits() throws InterruptedException {
        start(limits(100, 2, PATIENT));
        heldInTheStore("1");
        waitFor("2", "3", "4");
        Thread closing = new Thread(writer::close);
        closing.start();
        awaitClosed(closing);
        assertThat(archive("late")).isInstanceOf(Failed.class);

        store.release();
        closing.join();

        assertThat(store.midsOf(OWNER)).containsExactly("1", "2", "3", "4");
        assertThat(callers).allSatisfy(caller -> assertThat(caller.outcome()).isInstanceOf(Stored.class));
    }

    @Test
    void whoComesAfterTheCloseIsToldAtOnce() {
        start(limits(100, 100, PATIENT));
        writer.close();
        writer.close();

        assertThat(archive("1")).isInstanceOf(Failed.class);
        assertThat(store.attempts()).isEmpty();
    }

    @Test
    void nobodyIsLeftAtTheDoorOfAClosedWriter() throws InterruptedException {
        // Many wait for one place while the writer leaves: each is written or told, soon.
        for (int round = 0; round < 20; round++) {
            start(limits(1, 1, PATIENT));
            int from = callers.size();
            for (int i = 0; i < 8; i++) {
                call("round" + round + "-" + i);
            }

            writer.close();

            for (Caller caller : callers.subList(from, callers.size())) {
                caller.thread.join(5_000);
                assertThat(caller.thread.isAlive()).isFalse();
                List<String> mids = List.of(caller.mid);
                assertThat(store.midsOf(OWNER).containsAll(mids)).isEqualTo(caller.outcome() instanceof Stored);
            }
        }
    }

    @Test
    void whoWaitsForAWriterThatNeverStartedIsTold() {
        writer = new ArchiveWriter(store, messages -> {}, limits(1, 1, PATIENT));
        assertThat(archive("1")).isInstanceOf(Failed.class);
        assertThat(archive("2")).as("the first left no one in the queue").isInstanceOf(Failed.class);
    }

    // Many at once

    @Test
    void whatIsSaidToBeStoredIsStoredAndNothingElse() {
        start(limits(4, 3, Duration.ofMillis(2)));
        store.refuse("t1-5", "t2-7", "t3-11");
        List<Thread> threads = new ArrayList<>();
        List<String> stored = new CopyOnWriteArrayList<>();
        for (int t = 0; t < 8; t++) {
            String name = "t" + t + "-";
            threads.add(new Thread(() -> IntStream.range(0, 100).forEach(i -> {
                if (archive(name + i) instanceof Stored) {
                    stored.add(name + i);
                }
            })));
        }

        threads.forEach(Thread::start);
        threads.forEach(thread -> await().until(() -> !thread.isAlive()));
        writer.close();

        assertThat(store.midsOf(OWNER)).containsExactlyInAnyOrderElementsOf(stored);
        assertThat(heard).containsExactlyElementsOf(store.midsOf(OWNER));
        assertThat(stored).isNotEmpty().doesNotContain("t1-5", "t2-7", "t3-11");
    }

    // How the tests speak

    private static WriterLimits limits(int queue, int batchMessages, Duration patience) {
        return new WriterLimits(queue, 1_000_000, batchMessages, 1_000_000, patience, PROBE);
    }

    private void start(WriterLimits limits) {
        startWith(
                limits,
                messages -> messages.forEach(
                        message -> heard.add(message.message().mid().value())));
    }

    private void startWith(WriterLimits limits, CommitListener listener) {
        writer = new ArchiveWriter(store, listener, limits);
        writer.start();
    }

    private PendingMessage submit(String mid) {
        return submit(received(OWNER, mid));
    }

    private PendingMessage submit(NewEntry entry) {
        return writer.submit(List.of(entry));
    }

    private ArchiveOutcome archive(String mid) {
        return writer.archive(List.of(received(OWNER, mid)));
    }

    private Caller call(String mid) {
        Caller caller = new Caller(received(OWNER, mid), false);
        callers.add(caller);
        caller.thread.start();
        return caller;
    }

    /** The writer is in the middle of writing this message when this returns. */
    private Caller heldInTheStore(String mid) {
        store.hold();
        Caller caller = call(mid);
        store.awaitAppending();
        return caller;
    }

    /** These messages wait for the writer when this returns, in this order. */
    private List<Caller> waitFor(String... mids) {
        List<Caller> waiting = new ArrayList<>();
        for (String mid : mids) {
            waiting.add(waitFor(received(OWNER, mid)));
        }
        return waiting;
    }

    private void waitFor(NewEntry first, NewEntry second) {
        waitFor(first);
        waitFor(second);
    }

    private Caller waitFor(NewEntry entry) {
        Caller caller = new Caller(entry, false);
        callers.add(caller);
        awaitWaiting(caller);
        return caller;
    }

    private static void awaitWaiting(Caller caller) {
        caller.thread.start();
        await().until(() -> caller.thread.getState() == Thread.State.TIMED_WAITING);
    }

    private static List<String> storedMids(ArchiveOutcome outcome) {
        assertThat(outcome).isInstanceOf(Stored.class);
        return ((Stored) outcome)
                .messages().stream().map(message -> message.mid().value()).toList();
    }

    /** A thread that archives one message. */
    private final class Caller {

        private final String mid;
        private final Thread thread;
        private final AtomicReference<ArchiveOutcome> outcome = new AtomicReference<>();
        private volatile boolean wasInterrupted;

        Caller(NewEntry entry, boolean interrupted) {
            mid = entry.mid().value();
            ArchiveWriter called = writer;
            thread = new Thread(() -> {
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
                ArchiveOutcome result = called.archive(List.of(entry));
                wasInterrupted = Thread.currentThread().isInterrupted();
                outcome.set(result);
            });
        }

        ArchiveOutcome outcome() {
            await().until(() -> outcome.get() != null);
            return outcome.get();
        }
    }
}
