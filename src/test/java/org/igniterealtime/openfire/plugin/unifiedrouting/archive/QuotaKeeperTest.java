package org.igniterealtime.openfire.plugin.unifiedrouting.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.RejectedExecutionException;
import org.igniterealtime.openfire.plugin.unifiedrouting.rules.ArchiveQuotaReaction;
import org.junit.jupiter.api.Test;

class QuotaKeeperTest {

    private static final Quota TRIM = new Quota(100, 1_000_000, ArchiveQuotaReaction.TRIM);
    private static final Quota ERROR = new Quota(100, 1_000_000, ArchiveQuotaReaction.ERROR);

    private final ScriptedMaintenance archive = new ScriptedMaintenance();
    private final Deque<Runnable> background = new ArrayDeque<>();
    private final SettableClock clock = new SettableClock();
    private Quota quota = TRIM;
    private final QuotaKeeper keeper =
            new QuotaKeeper(() -> quota, archive, new NothingUnderWay(), background::add, clock);

    @Test
    void withoutAQuotaNothingIsDoneOrAsked() {
        quota = Quota.NONE;
        grows("romeo", 1_000_000_000, Long.MAX_VALUE);
        assertThat(keeper.of("romeo")).isEqualTo(Admission.Answer.OPEN);
        assertThat(keeper.enforce("romeo")).isZero();
        quota = new Quota(Quota.ANY, Quota.ANY, ArchiveQuotaReaction.ERROR);
        assertThat(keeper.of("romeo")).isEqualTo(Admission.Answer.OPEN);
        assertThat(background).isEmpty();
        assertThat(archive.calls).isEmpty();
    }

    @Test
    void anArchiveIsTrimmedInTheBackgroundToSomewhatLessThanItsQuota() {
        grows("romeo", 100, 1_000_000);
        assertThat(background).isEmpty();
        grows("romeo", 101, 10);
        assertThat(archive.calls).as("not on the writer's thread").isEmpty();
        background.remove().run();
        assertThat(archive.sizes.get("romeo")).isEqualTo(new ArchiveSize(98, 10));
    }

    @Test
    void bytesCountAsWell() {
        grows("romeo", 5, 1_000_001);
        background.remove().run();
        assertThat(archive.sizes.get("romeo")).isEqualTo(new ArchiveSize(5, 980_000));
    }

    @Test
    void oneJobWaitsForEachAccount() {
        grows("romeo", 101, 0);
        grows("romeo", 102, 0);
        grows("juliet", 200, 0);
        assertThat(background).hasSize(2);
        background.remove().run();
        grows("romeo", 101, 0);
        assertThat(background).as("juliet's, and romeo's next one").hasSize(2);
    }

    @Test
    void aQuotaThatWasLiftedMeanwhileTrimsNothing() {
        grows("romeo", 101, 0);
        quota = Quota.NONE;
        background.remove().run();
        assertThat(archive.calls("trimTo")).isEmpty();
    }

    @Test
    void aTrimThatFailsIsTriedAgainWithTheNextMessage() {
        archive.failing.add("romeo");
        grows("romeo", 101, 0);
        background.remove().run();
        archive.failing.clear();
        grows("romeo", 102, 0);
        background.remove().run();
        assertThat(archive.sizes.get("romeo").messages()).isEqualTo(98);
    }

    @Test
    void thePluginsLeavingIsNoFailureOfTheCommit() {
        QuotaKeeper leaving = new QuotaKeeper(
                () -> quota,
                archive,
                new NothingUnderWay(),
                task -> {
                    throw new RejectedExecutionException();
                },
                clock);
        assertThatCode(() -> leaving.grown("romeo", new ArchiveSize(101, 0))).doesNotThrowAnyException();
    }

    @Test
    void anArchiveFullOfUndeliveredMessagesTakesNoMoreUntilSomeAreDelivered() {
        archive.undelivered.put("romeo", 150L);
        grows("romeo", 150, 0);
        assertThat(keeper.of("romeo")).isEqualTo(Admission.Answer.OPEN);
        background.remove().run();
        assertThat(keeper.of("romeo")).isEqualTo(Admission.Answer.FULL_OF_UNDELIVERED);
        assertThat(keeper.of("juliet")).isEqualTo(Admission.Answer.OPEN);
        assertThat(background).as("a flood does not trim for each message").isEmpty();

        clock.pass(QuotaKeeper.LIFE_OF_FULL);
        assertThat(keeper.of("romeo")).isEqualTo(Admission.Answer.FULL_OF_UNDELIVERED);
        assertThat(keeper.of("romeo")).isEqualTo(Admission.Answer.FULL_OF_UNDELIVERED);
        assertThat(background).hasSize(1);
        background.remove().run();
        assertThat(keeper.of("romeo")).isEqualTo(Admission.Answer.FULL_OF_UNDELIVERED);
        clock.pass(QuotaKeeper.LIFE_OF_FULL.multipliedBy(10));
        assertThat(background).as("it does not call for itself").isEmpty();

        archive.undelivered.put("romeo", 20L);
        clock.pass(QuotaKeeper.LIFE_OF_FULL);
        keeper.of("romeo");
        background.remove().run();
        assertThat(archive.sizes.get("romeo").messages()).isEqualTo(98);
        assertThat(keeper.of("romeo")).isEqualTo(Admission.Answer.OPEN);
    }

    @Test
    void anArchiveWithinItsQuotaIsNotFullThoughItCouldNotBeTrimmedAsFarAsEver() {
        archive.undelivered.put("romeo", 99L);
        grows("romeo", 101, 0);
        background.remove().run();
        assertThat(archive.sizes.get("romeo").messages()).isEqualTo(99);
        assertThat(keeper.of("romeo")).isEqualTo(Admission.Answer.OPEN);
    }

    @Test
    void whatMakesRoomOtherwiseOpensAnArchiveOfUndeliveredMessages() {
        archive.undelivered.put("romeo", 150L);
        grows("romeo", 150, 0);
        background.remove().run();
        archive.holds("romeo", 50, 0);
        clock.pass(QuotaKeeper.LIFE_OF_FULL);
        keeper.of("romeo");
        background.remove().run();
        assertThat(keeper.of("romeo")).isEqualTo(Admission.Answer.OPEN);

        grows("romeo", 150, 0);
        background.remove().run();
        assertThat(keeper.of("romeo")).isEqualTo(Admission.Answer.FULL_OF_UNDELIVERED);
        keeper.forget("romeo");
        assertThat(keeper.of("romeo")).isEqualTo(Admission.Answer.OPEN);
        quota = Quota.NONE;
        grows("romeo", 150, 0);
        assertThat(keeper.of("romeo")).isEqualTo(Admission.Answer.OPEN);
    }

    @Test
    void aFullArchiveTakesNoMore() {
        quota = ERROR;
        archive.holds("romeo", 98, 0);
        assertThat(keeper.of("romeo")).isEqualTo(Admission.Answer.OPEN);
        grows("romeo", 99, 0);
        assertThat(keeper.of("romeo")).isEqualTo(Admission.Answer.OPEN);
        grows("romeo", 100, 0);
        assertThat(keeper.of("romeo")).isEqualTo(Admission.Answer.FULL);
        assertThat(archive.calls("size"))
                .as("its own messages are counted along")
                .hasSize(1);
        assertThat(background).as("nothing is trimmed").isEmpty();
        grows("juliet", 1, 1_000_000);
        assertThat(keeper.of("juliet")).isEqualTo(Admission.Answer.FULL);
    }

    @Test
    void anArchiveThatIsMadeRoomInOpensWithinASecond() {
        quota = ERROR;
        archive.holds("romeo", 100, 0);
        assertThat(keeper.of("romeo")).isEqualTo(Admission.Answer.FULL);
        archive.holds("romeo", 50, 0);
        assertThat(keeper.of("romeo")).isEqualTo(Admission.Answer.FULL);
        assertThat(archive.calls("size"))
                .as("a flood does not ask for each message")
                .hasSize(1);
        clock.pass(QuotaKeeper.LIFE_OF_FULL);
        assertThat(keeper.of("romeo")).isEqualTo(Admission.Answer.OPEN);
    }

    @Test
    void whatAnotherNodeArchivesIsSeenInTime() {
        quota = ERROR;
        archive.holds("romeo", 1, 0);
        assertThat(keeper.of("romeo")).isEqualTo(Admission.Answer.OPEN);
        archive.holds("romeo", 100, 0);
        clock.pass(QuotaKeeper.LIFE.minus(Duration.ofMillis(1)));
        assertThat(keeper.of("romeo")).isEqualTo(Admission.Answer.OPEN);
        clock.pass(Duration.ofMillis(1));
        assertThat(keeper.of("romeo")).isEqualTo(Admission.Answer.FULL);
    }

    @Test
    void aForgottenAccountIsAskedForAnew() {
        quota = ERROR;
        archive.holds("romeo", 100, 0);
        assertThat(keeper.of("romeo")).isEqualTo(Admission.Answer.FULL);
        archive.delete("romeo");
        keeper.forget("romeo");
        assertThat(keeper.of("romeo")).isEqualTo(Admission.Answer.OPEN);
    }

    @Test
    void withoutADatabaseTheWriterDecides() {
        quota = ERROR;
        archive.failing.add("romeo");
        assertThat(keeper.of("romeo")).isEqualTo(Admission.Answer.OPEN);
    }

    private void grows(String owner, long messages, long bytes) {
        archive.holds(owner, messages, bytes);
        keeper.grown(owner, new ArchiveSize(messages, bytes));
    }
}
