package org.igniterealtime.openfire.plugin.unifiedrouting.openfire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What happens between the tasks of the plugin's threads. */
class ThreadsTest {

    private final List<String> events = new CopyOnWriteArrayList<>();

    @Test
    void afterEachTaskItsThreadLetsGoWhateverBecameOfIt() throws InterruptedException {
        Threads threads = new Threads(
                1,
                "own",
                () -> events.add("released by " + Thread.currentThread().getName()));
        try {
            threads.execute(() -> events.add("one"));
            threads.execute(() -> {
                events.add("two");
                throw new IllegalStateException("connection");
            });
            threads.schedule(() -> events.add("three"), 1, TimeUnit.MILLISECONDS);
            await().untilAsserted(() -> assertThat(events)
                    .containsExactly("one", "released by own", "two", "released by own", "three", "released by own"));
        } finally {
            threads.shutdown();
            assertThat(threads.awaitTermination(5, TimeUnit.SECONDS)).isTrue();
        }
    }
}
