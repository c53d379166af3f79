package org.igniterealtime.openfire.plugin.unifiedrouting.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.igniterealtime.openfire.plugin.unifiedrouting.rules.ArchiveQuotaReaction;
import org.junit.jupiter.api.Test;

class RetentionTest {

    private final ScriptedMaintenance archive = new ScriptedMaintenance();
    private final SettableClock clock = new SettableClock();
    private Optional<Duration> age = Optional.empty();
    private Quota quota = Quota.NONE;
    private final Retention retention = new Retention(
            archive,
            new QuotaKeeper(() -> quota, archive, new NothingUnderWay(), Runnable::run, clock),
            () -> age,
            clock);

    @Test
    void withoutLimitsNobodyIsLookedAt() {
        archive.holds("romeo", 1, 1);
        assertThat(retention.run(() -> false)).isZero();
        quota = new Quota(1, 1, ArchiveQuotaReaction.ERROR);
        assertThat(retention.run(() -> false)).isZero();
        assertThat(archive.calls).isEmpty();
    }

    @Test
    void everyArchiveLosesWhatIsTooOld() {
        age = Optional.of(Duration.ofDays(30));
        IntStream.range(0, 1_200).forEach(i -> archive.holds("user%04d".formatted(i), 1, 1));
        assertThat(retention.run(() -> false)).isEqualTo(1_200);
        assertThat(archive.calls("trimBefore"))
                .hasSize(1_200)
                .startsWith("trimBefore user0000 2025-12-03T12:00:00Z")
                .doesNotHaveDuplicates();
    }

    @Test
    void aLoweredQuotaReachesArchivesThatGetNoMessages() {
        quota = new Quota(50, Quota.ANY, ArchiveQuotaReaction.TRIM);
        archive.holds("romeo", 50, 1);
        archive.holds("juliet", 80, 1);
        assertThat(retention.run(() -> false)).isEqualTo(31);
        assertThat(archive.calls("trimTo")).containsExactly("trimTo juliet");
    }

    @Test
    void itStopsBetweenAccountsWhenThePluginLeaves() {
        age = Optional.of(Duration.ofDays(1));
        List.of("a", "b", "c").forEach(owner -> archive.holds(owner, 1, 1));
        AtomicInteger asked = new AtomicInteger();
        assertThat(retention.run(() -> asked.incrementAndGet() > 2)).isEqualTo(2);
    }

    @Test
    void oneBrokenArchiveDoesNotKeepTheOthers() {
        age = Optional.of(Duration.ofDays(1));
        List.of("a", "b", "c").forEach(owner -> archive.holds(owner, 1, 1));
        archive.failing.add("b");
        assertThat(retention.run(() -> false)).isEqualTo(2);
    }

    @Test
    void aBrokenDatabaseEndsTheRun() {
        age = Optional.of(Duration.ofDays(1));
        List.of("a", "b", "c", "d", "e").forEach(owner -> archive.holds(owner, 1, 1));
        archive.failing.addAll(archive.sizes.keySet());
        assertThatThrownBy(() -> retention.run(() -> false)).isInstanceOf(StoreUnavailable.class);
        assertThat(archive.calls("trimBefore")).hasSize(3);
    }
}
