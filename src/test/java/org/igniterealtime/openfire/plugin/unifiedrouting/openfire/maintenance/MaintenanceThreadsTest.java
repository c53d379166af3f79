package org.igniterealtime.openfire.plugin.unifiedrouting.openfire.maintenance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Whose work waits for whose. */
class MaintenanceThreadsTest {

    private static final int DAILY_AND_HOURLY = 2;

    @Test
    void archivesOverTheirQuotaWaitForNoRegularWork() throws InterruptedException {
        CountDownLatch end = new CountDownLatch(1);
        CountDownLatch begun = new CountDownLatch(DAILY_AND_HOURLY);
        CountDownLatch trimmed = new CountDownLatch(1);
        try (MaintenanceThreads threads = new MaintenanceThreads()) {
            try {
                for (int i = 0; i < DAILY_AND_HOURLY; i++) {
                    threads.regular().execute(() -> {
                        begun.countDown();
                        await(end);
                    });
                }
                assertThat(begun.await(10, TimeUnit.SECONDS))
                        .as("the purge does not keep the other one waiting")
                        .isTrue();
                threads.quotas().execute(trimmed::countDown);
                assertThat(trimmed.await(10, TimeUnit.SECONDS)).isTrue();
            } finally {
                end.countDown();
            }
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
