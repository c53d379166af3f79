package org.igniterealtime.openfire.plugin.unifiedrouting.offline.handover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.StoreUnavailable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class BacklogTest {

    private final Held held = new Held();
    private final Backlog backlog = new Backlog(held, new Backlog.Pace(Duration.ZERO, 0.5, Duration.ofMillis(20)));

    @AfterEach
    void close() {
        held.open.countDown();
        backlog.close();
    }

    @Test
    void everyAccountIsTakenOverOnce() {
        held.owners = List.of("romeo", "juliet", "mercutio");
        held.open.countDown();
        backlog.begin(List.of());
        await().until(backlog::isOver);
        assertThat(held.taken).containsExactlyInAnyOrder("romeo", "juliet", "mercutio");
    }

    @Test
    void whereNothingIsHeldItIsOverAtOnce() {
        backlog.begin(List.of());
        assertThat(backlog.isOver()).isTrue();
        backlog.before("romeo");
        assertThat(held.taken).isEmpty();
    }

    @Test
    void whatHappensWithAnAccountWaitsUntilItsTurnHasBeen() {
        held.owners = List.of("romeo");
        backlog.begin(List.of());
        await().until(() -> held.begun.getCount() == 0);
        CompletableFuture<List<String>> seen = CompletableFuture.supplyAsync(() -> {
            backlog.before("romeo");
            return List.copyOf(held.taken);
        });
        assertThat(seen).isNotDone();
        held.open.countDown();
        assertThat(seen).succeedsWithin(Duration.ofSeconds(10)).isEqualTo(List.of("romeo"));
    }

    @Test
    void accountsOfWhichNothingIsHeldDoNotWaitForOthers() {
        held.owners = List.of("romeo");
        backlog.begin(List.of());
        await().until(() -> held.begun.getCount() == 0);
        backlog.before("juliet");
        assertThat(held.taken).isEmpty();
    }

    @Test
    void nothingHappensBeforeItIsKnownWhatIsHeld() {
        held.owners = List.of("romeo");
        CompletableFuture<Void> message = CompletableFuture.runAsync(() -> backlog.before("romeo"));
        assertThat(message).isNotDone();
        held.open.countDown();
        backlog.begin(List.of());
        assertThat(message).succeedsWithin(Duration.ofSeconds(10));
        assertThat(held.taken).containsExactly("romeo");
    }

    @Test
    void accountsThatAreOnlineComeFirst() {
        held.owners = List.of("romeo", "juliet", "mercutio");
        held.open.countDown();
        backlog.begin(List.of("mercutio", "tybalt"));
        assertThat(held.taken).startsWith("mercutio").doesNotContain("tybalt");
    }

    @Test
    void afterAFailureItGoesOnByItself() {
        held.owners = List.of("romeo", "juliet");
        held.open.countDown();
        held.failures = 3;
        backlog.begin(List.of());
        await().until(backlog::isOver);
        assertThat(held.taken).containsExactlyInAnyOrder("romeo", "juliet");
    }

    @Test
    void anAccountThatFailsEachTimeKeepsNoOtherWaiting() {
        held.owners = List.of("romeo", "juliet", "mercutio");
        held.open.countDown();
        held.failing = "romeo";
        backlog.begin(List.of());
        await().until(() -> held.taken.size() == 2);
        assertThat(held.taken).containsExactlyInAnyOrder("juliet", "mercutio");
        held.failing = null;
        await().until(backlog::isOver);
        assertThat(held.taken).contains("romeo");
    }

    /** Else each of thousands would wait for what the pool does before it gives up. */
    @Test
    void aDatabaseThatDoesNotAnswerIsAskedForOneAccountAtATime() {
        held.owners = List.of("romeo", "juliet", "mercutio");
        backlog.begin(List.of());
        await().until(() -> held.begun.getCount() == 0);
        held.owners = null;
        held.failures = Integer.MAX_VALUE;
        held.open.countDown();
        await().until(() -> held.asked.size() >= 4);
        assertThat(List.copyOf(held.asked).subList(0, 4))
                .as("the same one each time")
                .containsOnly(held.asked.get(0));
    }

    @Test
    void aFailureHoldsNobodyUp() {
        held.owners = List.of("romeo");
        held.open.countDown();
        held.failures = Integer.MAX_VALUE;
        backlog.begin(List.of());
        backlog.before("romeo");
        assertThat(backlog.isOver()).isFalse();
    }

    @Test
    void withoutADatabaseItDoesNotBegin() {
        held.owners = null;
        assertThatThrownBy(() -> backlog.begin(List.of())).isInstanceOf(StoreUnavailable.class);
        backlog.before("romeo");
        assertThat(held.taken).isEmpty();
    }

    @Test
    void whatIsLeftAtTheEndStays() {
        held.owners = List.of("romeo", "juliet");
        backlog.begin(List.of());
        await().until(() -> held.begun.getCount() == 0);
        CompletableFuture<Void> end = CompletableFuture.runAsync(backlog::close);
        await().until(backlog::isOver);
        held.open.countDown();
        assertThat(end).succeedsWithin(Duration.ofSeconds(10));
        assertThat(held.taken).hasSize(1);
    }

    /** Openfire's store, without messages. */
    private static final class Held implements Handover {

        final List<String> taken = Collections.synchronizedList(new ArrayList<>());
        final CountDownLatch begun = new CountDownLatch(1);
        final CountDownLatch open = new CountDownLatch(1);
        volatile List<String> owners = List.of();
        final List<String> asked = Collections.synchronizedList(new ArrayList<>());
        volatile int failures;
        volatile String failing;

        @Override
        public List<String> owners() {
            if (owners == null) {
                throw new StoreUnavailable("no database", null);
            }
            return owners;
        }

        @Override
        public int takeOver(String owner) {
            begun.countDown();
            try {
                if (!open.await(10, TimeUnit.SECONDS)) {
                    throw new IllegalStateException("nobody lets it go on");
                }
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            asked.add(owner);
            synchronized (this) {
                if (owner.equals(failing)) {
                    throw new StoreUnavailable("not this one", null);
                }
                if (failures > 0) {
                    failures--;
                    throw new StoreUnavailable("no database", null);
                }
            }
            taken.add(owner);
            return 1;
        }

        @Override
        public List<String> heirs() {
            return List.of();
        }

        @Override
        public int giveBack(String owner) {
            return 0;
        }
    }
}
