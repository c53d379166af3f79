package org.igniterealtime.openfire.plugin.unifiedrouting.archive;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.OrphanPurge.Existence;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.OrphanPurge.Outcome;
import org.junit.jupiter.api.Test;

class OrphanPurgeTest {

    private final ScriptedMaintenance archive = new ScriptedMaintenance();
    private final Map<String, Existence> directory = new HashMap<>();
    private final List<String> forgotten = new ArrayList<>();
    private final OrphanPurge purge =
            new OrphanPurge(archive, owner -> directory.getOrDefault(owner, Existence.YES), forgotten::add);

    @Test
    void whoIsMissingTwiceLosesHisArchive() {
        accounts(10);
        directory.put("user3", Existence.NO);
        assertThat(run()).isEqualTo(new Outcome.Done(1, 0));
        assertThat(archive.calls("delete")).isEmpty();
        assertThat(run()).isEqualTo(new Outcome.Done(1, 1));
        assertThat(archive.calls("delete")).containsExactly("delete user3");
        assertThat(forgotten).containsExactly("user3");
        assertThat(run()).isEqualTo(new Outcome.Done(0, 0));
    }

    @Test
    void whoWasThereInBetweenIsMissingForTheFirstTime() {
        accounts(10);
        directory.put("user3", Existence.NO);
        run();
        directory.remove("user3");
        run();
        directory.put("user3", Existence.NO);
        assertThat(run()).isEqualTo(new Outcome.Done(1, 0));
    }

    @Test
    void aFailureIsNeverTakenForAnAnswer() {
        accounts(10);
        directory.put("user3", Existence.NO);
        run();
        directory.put("user5", Existence.NO_ANSWER);
        assertThat(run()).isEqualTo(new Outcome.NoAnswer("user5"));
        assertThat(purge.run(true, () -> false)).as("not even when forced").isEqualTo(new Outcome.NoAnswer("user5"));
        assertThat(archive.sizes).hasSize(10);
    }

    @Test
    void tooManyMissingAccountsAreAMistake() {
        accounts(100);
        missing(21);
        assertThat(run()).isEqualTo(new Outcome.TooMany(21, 100));
        assertThat(run()).isEqualTo(new Outcome.TooMany(21, 100));
        assertThat(archive.sizes).hasSize(100);
        directory.remove("user20");
        assertThat(run()).isEqualTo(new Outcome.Done(20, 0));
        assertThat(run()).isEqualTo(new Outcome.Done(20, 20));
    }

    @Test
    void aSmallServerLosesOneAtATimeAndNeverAll() {
        accounts(3);
        missing(1);
        assertThat(run()).isEqualTo(new Outcome.Done(1, 0));
        missing(2);
        assertThat(run()).isEqualTo(new Outcome.TooMany(2, 3));
        archive.sizes.keySet().removeIf(owner -> !owner.equals("user1"));
        assertThat(run()).isEqualTo(new Outcome.TooMany(1, 1));
    }

    @Test
    void anAdministratorMayForceIt() {
        accounts(3);
        missing(3);
        directory.put("user1", Existence.PROBABLY_NOT);
        assertThat(purge.run(true, () -> false)).isEqualTo(new Outcome.Done(3, 3));
        assertThat(archive.sizes).isEmpty();
    }

    @Test
    void aProbableNoIsNotEnough() {
        accounts(10);
        directory.put("user3", Existence.PROBABLY_NOT);
        run();
        assertThat(run()).isEqualTo(new Outcome.Done(0, 0));
    }

    @Test
    void whoComesBackAtTheLastMomentKeepsHisArchive() {
        accounts(10);
        int[] asked = new int[1];
        OrphanPurge flickering = new OrphanPurge(
                archive,
                owner -> owner.equals("user3") && ++asked[0] <= 2 ? Existence.NO : Existence.YES,
                forgotten::add);
        flickering.run(false, () -> false);
        assertThat(flickering.run(false, () -> false))
                .as("missing at the first question, there at the second")
                .isEqualTo(new Outcome.Done(1, 0));
        assertThat(archive.sizes).hasSize(10);
    }

    @Test
    void everyPageIsLookedAt() {
        accounts(1_200);
        directory.put("user999", Existence.NO);
        run();
        assertThat(run()).isEqualTo(new Outcome.Done(1, 1));
    }

    @Test
    void itStopsWhenThePluginLeaves() {
        accounts(3);
        assertThat(purge.run(false, () -> true)).isInstanceOf(Outcome.Interrupted.class);
    }

    private Outcome run() {
        return purge.run(false, () -> false);
    }

    private void accounts(int number) {
        IntStream.range(0, number).forEach(i -> archive.holds("user" + i, 1, 1));
    }

    private void missing(int number) {
        IntStream.range(0, number).forEach(i -> directory.put("user" + i, Existence.NO));
    }
}
