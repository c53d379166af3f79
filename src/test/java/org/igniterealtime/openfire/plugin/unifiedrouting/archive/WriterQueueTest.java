package org.igniterealtime.openfire.plugin.unifiedrouting.archive;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.WriterQueue.Entry;
import org.junit.jupiter.api.Test;

/** How much may wait. */
class WriterQueueTest {

    private static final int MOST = 1_000;
    private static final int BATCH = 50;

    private final AtomicLong now = new AtomicLong();
    private final WriterQueue queue = new WriterQueue(
            new WriterLimits(MOST, Long.MAX_VALUE, BATCH, Integer.MAX_VALUE, Duration.ofSeconds(10), Duration.ZERO),
            now::get);

    private int fill() throws InterruptedException {
        int entered = 0;
        while (queue.offer(new PendingMessage(List.of(Entries.received("romeo", "m" + entered))), 0) == Entry.IN) {
            entered++;
        }
        return entered;
    }

    private int write(long millisPerMessage) throws InterruptedException {
        List<PendingMessage> batch = new ArrayList<>();
        queue.take(batch, 1);
        now.addAndGet(TimeUnit.MILLISECONDS.toNanos(batch.size() * millisPerMessage));
        return batch.size();
    }

    private void writeAll(long millisPerMessage) throws InterruptedException {
        int written;
        do {
            written = write(millisPerMessage);
        } while (written > 0);
    }

    @Test
    void asMuchAsIsAllowedWhileNothingIsKnown() throws InterruptedException {
        queue.open();
        assertThat(fill()).isEqualTo(MOST);
    }

    @Test
    void noMoreThanTheWriterWritesInTwoSeconds() throws InterruptedException {
        queue.open();
        fill();
        writeAll(10);
        assertThat(fill()).isEqualTo(200);
    }

    @Test
    void aTransactionInAnyCase() throws InterruptedException {
        queue.open();
        fill();
        writeAll(1_000);
        assertThat(fill()).isEqualTo(BATCH);
    }

    @Test
    void moreAgainWhenItIsFasterAgain() throws InterruptedException {
        queue.open();
        fill();
        writeAll(1_000);
        for (int i = 0; i < 100; i++) {
            fill();
            writeAll(1);
        }
        assertThat(fill()).isEqualTo(MOST);
    }

    /** Who comes waits before the queue is full, so that as many as a transaction takes never wait. */
    @Test
    void alsoForThoseWhoWaitForRoom() throws InterruptedException {
        queue.open();
        fill();
        writeAll(1_000);
        for (int i = 0; i < 100; i++) {
            fillWithRoom();
            writeAll(1);
        }
        assertThat(fill()).isEqualTo(MOST);
    }

    private void fillWithRoom() throws InterruptedException {
        while (queue.awaitRoom(0)) {
            queue.offer(new PendingMessage(List.of(Entries.received("romeo", "m"))), 0);
        }
    }

    /** Of many accounts; those that have nothing under way are forgotten now and then, and those that have are not. */
    @Test
    void eachOwnersNewestMessageIsKnownAsLongAsItIsUnderWay() throws InterruptedException {
        queue.open();
        for (int i = 1; i <= 2_000; i++) {
            queue.offer(new PendingMessage(List.of(Entries.received("owner" + i, "m" + i))), 0);
            if (i <= 1_900) {
                write(1);
            }
        }
        assertThat(queue.handed("owner1")).isZero();
        assertThat(queue.handed("owner1900")).as("in hand").isEqualTo(1_900);
        assertThat(queue.handed("owner2000")).isEqualTo(2_000);
        writeAll(1);
        assertThat(queue.handed("owner2000")).isZero();
    }

    /** A few messages in a slow transaction say nothing. */
    @Test
    void whatWasNotAFullTransactionSaysNothing() throws InterruptedException {
        queue.open();
        queue.offer(new PendingMessage(List.of(Entries.received("romeo", "alone"))), 0);
        writeAll(1_000);
        assertThat(fill()).isEqualTo(MOST);
    }
}
