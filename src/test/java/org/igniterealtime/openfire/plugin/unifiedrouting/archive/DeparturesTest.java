package org.igniterealtime.openfire.plugin.unifiedrouting.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class DeparturesTest {

    private static final Duration PATIENCE = Duration.ofMillis(20);

    private final ScriptedMaintenance archive = new ScriptedMaintenance();
    private final SettableClock clock = new SettableClock();
    private final List<String> forgotten = new ArrayList<>();
    private final Deque<Runnable> background = new ArrayDeque<>();
    private final Departures atOnce = new Departures(archive, forgotten::add, Runnable::run, clock, PATIENCE);
    private final Departures later = new Departures(archive, forgotten::add, background::add, clock, PATIENCE);

    @Test
    void anArchiveIsGoneWhenTheDeletionOfItsAccountGoesOn() {
        archive.holds("romeo", 10, 100);
        archive.holds("juliet", 10, 100);
        atOnce.deleting("romeo");
        assertThat(archive.sizes).containsOnlyKeys("juliet");
        assertThat(forgotten).containsExactly("romeo");
        assertThat(atOnce.of("romeo")).isEqualTo(Admission.Answer.CLOSED);
        assertThat(atOnce.of("juliet")).isEqualTo(Admission.Answer.OPEN);
    }

    @Test
    void itIsClosedBeforeItsDeletionHasBegun() {
        later.deleting("romeo");
        assertThat(archive.calls).isEmpty();
        assertThat(later.of("romeo")).isEqualTo(Admission.Answer.CLOSED);
    }

    @Test
    void itOpensAgainWhereTheAccountIsStillThere() {
        atOnce.deleting("romeo");
        clock.pass(Departures.GRACE.minusMillis(1));
        assertThat(atOnce.of("romeo")).isEqualTo(Admission.Answer.CLOSED);
        clock.pass(Duration.ofMillis(1));
        assertThat(atOnce.of("romeo")).isEqualTo(Admission.Answer.OPEN);
        atOnce.grown("romeo", new ArchiveSize(1, 1));
        assertThat(archive.calls("delete")).hasSize(1);
    }

    @Test
    void aLargeArchiveStaysClosedUntilItIsGone() {
        later.deleting("romeo");
        clock.pass(Departures.GRACE.multipliedBy(10));
        assertThat(later.of("romeo")).isEqualTo(Admission.Answer.CLOSED);
        background.remove().run();
        clock.pass(Departures.GRACE);
        assertThat(later.of("romeo")).isEqualTo(Admission.Answer.OPEN);
    }

    @Test
    void whatWasUnderWayGoesToo() {
        atOnce.deleting("romeo");
        archive.holds("romeo", 1, 1);
        atOnce.grown("romeo", new ArchiveSize(1, 1));
        assertThat(archive.sizes).isEmpty();
    }

    @Test
    void aNewAccountSeesNothingOfAnArchiveThatIsStillBeingDeleted() {
        archive.holds("romeo", 10, 100);
        later.deleting("romeo");
        later.created("romeo");
        assertThat(archive.sizes).isEmpty();
        assertThat(later.of("romeo")).isEqualTo(Admission.Answer.OPEN);

        archive.holds("romeo", 1, 1);
        background.remove().run();
        assertThat(archive.sizes).as("the late deletion spares the new account").containsOnlyKeys("romeo");
    }

    @Test
    void aNewAccountWaitsForADeletionThatHasBegun() throws Exception {
        archive.holds("romeo", 10, 100);
        CompletableFuture<Void> creation;
        Thread[] creator = new Thread[1];
        later.deleting("romeo");
        synchronized (archive) {
            CompletableFuture<Void> deletion = CompletableFuture.runAsync(background.remove());
            creation = CompletableFuture.runAsync(() -> {
                creator[0] = Thread.currentThread();
                later.created("romeo");
            });
            await().until(() -> creator[0] != null && creator[0].getState() == Thread.State.BLOCKED);
            assertThat(deletion).isNotDone();
        }
        creation.get(10, TimeUnit.SECONDS);
        assertThat(archive.sizes).isEmpty();
    }

    @Test
    void aNewAccountSeesNothingOfOneThatWasDeletedElsewhere() {
        archive.holds("romeo", 10, 100);
        atOnce.created("romeo");
        assertThat(archive.sizes).isEmpty();
        atOnce.created("juliet");
        assertThat(archive.calls("delete")).containsExactly("delete romeo");
        assertThat(forgotten).containsExactly("romeo", "juliet");
    }

    @Test
    void aFailingDatabaseDoesNotKeepTheAccount() {
        archive.holds("romeo", 10, 100);
        archive.failing.add("romeo");
        atOnce.deleting("romeo");
        assertThat(archive.sizes).containsOnlyKeys("romeo");
        archive.failing.clear();
        atOnce.created("romeo");
        assertThat(archive.sizes).isEmpty();
    }
}
