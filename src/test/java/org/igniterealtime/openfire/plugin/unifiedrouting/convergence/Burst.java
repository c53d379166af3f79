package org.igniterealtime.openfire.plugin.unifiedrouting.convergence;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Many messages of all contacts at once, while one of the clients does not read. Thread-safe. */
final class Burst {

    private static final long PATIENCE_SECONDS = 60;

    private final int messages;
    private final CountDownLatch expected = new CountDownLatch(1);
    private final CountDownLatch contacts;

    /** @param messages how many of each contact */
    Burst(int contacts, int messages) {
        this.contacts = new CountDownLatch(contacts);
        this.messages = messages;
    }

    int messages() {
        return messages;
    }

    /** The client has stopped reading. */
    void expect() {
        expected.countDown();
    }

    void awaitExpected() throws InterruptedException {
        await(expected);
    }

    /** All of one contact's are archived. */
    void archived() {
        contacts.countDown();
    }

    void awaitArchived() throws InterruptedException {
        await(contacts);
    }

    private static void await(CountDownLatch latch) throws InterruptedException {
        if (!latch.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError("Nobody is there for a burst of messages");
        }
    }
}
