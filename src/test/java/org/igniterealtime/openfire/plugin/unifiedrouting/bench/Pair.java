package org.igniterealtime.openfire.plugin.unifiedrouting.bench;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import org.igniterealtime.openfire.testserver.OpenfireServer;

/**
 * Two clients, one of which sends to the other as fast as a window allows: so many messages are under way at most, and
 * the next one is sent when one has arrived.
 */
final class Pair implements AutoCloseable {

    private static final long DRAIN_SECONDS = 20;
    private static final long LIMIT_SECONDS = 300;

    private final LightClient sender;
    private final LightClient receiver;
    private final ChatStanzas stanzas;
    private final Semaphore window;
    private final AtomicLongArray sentAt;
    private final Thread sending;
    private final Thread receiving;
    private final Samples latencies = new Samples();
    private volatile boolean measuring;
    private volatile boolean stopping;
    private volatile boolean closing;
    private volatile long sent; // by the sending thread only
    private volatile long received; // by the receiving thread only
    private volatile Exception failure;
    private volatile long limit = Long.MAX_VALUE;

    /**
     * Logs in. Nothing is sent before {@link #start}.
     *
     * @param idPrefix of all messages of this pair; not to be used again on that server
     */
    Pair(OpenfireServer server, int number, int window, String idPrefix) throws IOException {
        receiver = LightClient.login(server, account(number, 'b'));
        sender = LightClient.login(server, account(number, 'a'));
        stanzas = new ChatStanzas(account(number, 'b') + '@' + server.domain(), idPrefix);
        this.window = new Semaphore(window);
        sentAt = new AtomicLongArray(window);
        sending = new Thread(() -> run(this::send), "bench-send-" + number);
        receiving = new Thread(() -> run(this::receive), "bench-receive-" + number);
    }

    /** The accounts of a pair are {@code p1a}, who sends, and {@code p1b}. */
    static String account(int number, char side) {
        return "p" + number + side;
    }

    void start() {
        receiving.start();
        sending.start();
    }

    private interface Loop {
        void run() throws IOException, InterruptedException;
    }

    private void run(Loop loop) {
        try {
            loop.run();
        } catch (IOException | InterruptedException | RuntimeException e) {
            if (!closing) {
                failure = e;
            }
        }
    }

    /** One write for each message: what a client has to say comes one by one, however busy it is. */
    private void send() throws IOException, InterruptedException {
        byte[] stanza = new byte[stanzas.length()];
        while (true) {
            window.acquire();
            if (stopping || sent == limit) {
                return;
            }
            stanzas.put(stanza);
            sentAt.set(slot(sent), System.nanoTime());
            sent++;
            sender.write(stanza);
        }
    }

    private int slot(long message) {
        return (int) (message % sentAt.length());
    }

    /** Messages of one session to another one arrive in the order in which they were sent (RFC 6120 §10.1). */
    private void receive() throws IOException {
        byte[] buffer = new byte[1 << 16];
        TagCounter tags = new TagCounter();
        int length;
        while ((length = receiver.read(buffer)) >= 0) {
            int arrived = tags.count(buffer, length);
            long now = System.nanoTime();
            for (int i = 0; i < arrived && measuring; i++) {
                latencies.add(now - sentAt.get(slot(received + i)));
            }
            received += arrived;
            window.release(arrived);
        }
    }

    /** Sends so many messages, waits until all have arrived, and ends. In place of {@link #start}. */
    void exchange(int messages) throws IOException, InterruptedException {
        limit = messages;
        start();
        sending.join(TimeUnit.SECONDS.toMillis(LIMIT_SECONDS));
        drain();
    }

    /** How many messages have arrived so far. */
    long received() {
        return received;
    }

    /** From now on each message's time from writing to reading is kept, or not. */
    void measure(boolean on) {
        measuring = on;
    }

    /** To be called after {@link #close()}. */
    Samples latencies() {
        return latencies;
    }

    /**
     * Sends no more and waits for what is under way.
     *
     * @throws IOException if not every message arrived, or the sender got an answer
     */
    void drain() throws IOException, InterruptedException {
        stopping = true;
        window.release();
        sending.join(TimeUnit.SECONDS.toMillis(DRAIN_SECONDS));
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(DRAIN_SECONDS);
        while (received < sent && failure == null && System.nanoTime() < deadline) {
            TimeUnit.MILLISECONDS.sleep(1);
        }
        if (failure != null || received != sent) {
            throw new IOException(received + " messages of " + sent + " arrived", failure);
        }
        String answers = sender.unread();
        // COMPAT(5.x): the server asks clients what they are some seconds after they have come.
        if (answers.contains("<message")) {
            throw new IOException("The sender got: " + answers);
        }
    }

    @Override
    public void close() throws IOException {
        closing = true;
        stopping = true;
        window.release();
        join(sending);
        sender.close();
        receiver.endStream();
        join(receiving);
        receiver.close();
    }

    private static void join(Thread thread) throws IOException {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("Interrupted while a client ends");
        }
    }
}
