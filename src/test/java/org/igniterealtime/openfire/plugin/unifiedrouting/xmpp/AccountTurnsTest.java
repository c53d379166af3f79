package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class AccountTurnsTest {

    private final AccountTurns turns = new AccountTurns();
    private final ExecutorService others = Executors.newCachedThreadPool();
    private int shared;

    @AfterEach
    void stop() {
        others.shutdownNow();
    }

    @Test
    void whoSharesAnAccountWaits() throws Exception {
        Future<?> other;
        try (AccountTurns.Turn turn = turns.take(List.of("juliet", "romeo"))) {
            CountDownLatch begun = new CountDownLatch(1);
            other = others.submit(() -> {
                begun.countDown();
                try (AccountTurns.Turn next = turns.take(List.of("nurse", "juliet"))) {
                    shared++;
                }
            });
            begun.await();
            TimeUnit.MILLISECONDS.sleep(50);
            assertThat(shared).isZero();
        }
        other.get();
        assertThat(shared).isOne();
    }

    /** Two of one hash, and one twice. */
    @Test
    void whoseAccountsHaveOneLockGivesItBack() throws Exception {
        for (List<String> accounts : List.of(List.of("Aa", "BB"), List.of("Aa", "Aa"))) {
            turns.take(accounts).close();
            others.submit(() -> turns.take(List.of("BB")).close()).get(1, TimeUnit.SECONDS);
        }
    }

    @Test
    void whoSharesNoneDoesNotWait() throws Exception {
        try (AccountTurns.Turn turn = turns.take(List.of("juliet"))) {
            // Who waits gives up after two seconds.
            others.submit(() -> turns.take(List.of("romeo")).close()).get(1, TimeUnit.SECONDS);
        }
    }

    @Test
    void nobodyWaitsForWhoeverWaitsForHim() throws Exception {
        List<Future<?>> rounds = List.of(
                others.submit(() -> many(List.of("juliet", "romeo"))),
                others.submit(() -> many(List.of("romeo", "juliet"))),
                others.submit(() -> many(List.of("nurse", "romeo", "juliet"))));
        for (Future<?> round : rounds) {
            round.get();
        }
        assertThat(shared).isEqualTo(60_000);
    }

    private void many(List<String> accounts) {
        for (int i = 0; i < 20_000; i++) {
            try (AccountTurns.Turn turn = turns.take(accounts)) {
                shared++;
            }
        }
    }

    /** A message that is routed in another one's turn: it would wait with that turn in its hands. */
    @Test
    void whoHasATurnTakesNoOther() throws Exception {
        Future<?> third;
        CountDownLatch taken = new CountDownLatch(1);
        CountDownLatch enough = new CountDownLatch(1);
        Future<?> other = others.submit(() -> {
            try (AccountTurns.Turn turn = turns.take(List.of("romeo"))) {
                taken.countDown();
                enough.await();
            }
            return null;
        });
        taken.await();
        try (AccountTurns.Turn turn = turns.take(List.of("juliet"))) {
            long before = System.nanoTime();
            turns.take(List.of("romeo")).close();
            assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(1));
            enough.countDown();
            other.get();
            // The inner one has not ended the outer one.
            CountDownLatch begun = new CountDownLatch(1);
            third = others.submit(() -> {
                begun.countDown();
                turns.take(List.of("juliet")).close();
            });
            begun.await();
            TimeUnit.MILLISECONDS.sleep(50);
            assertThat(third.isDone()).isFalse();
        }
        third.get();
    }
}
