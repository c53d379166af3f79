package org.igniterealtime.openfire.testserver;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.mina.core.buffer.IoBuffer;
import org.apache.mina.core.future.WriteFuture;
import org.apache.mina.core.service.IoHandlerAdapter;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.transport.socket.nio.NioSocketAcceptor;
import org.awaitility.Awaitility;
import org.igniterealtime.openfire.testserver.boot.GaplessClose;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Closing a connection whose client lags behind, on a real acceptor. */
class GaplessCloseTest {

    /** More than the buffers of both sides take, by far. */
    private static final int LINES = 1_000;

    /** So many that they wait in the server, and more wait behind. */
    private static final int WAITING = LINES / 2;

    private static final String PADDING = ".".repeat(1_590);
    private static final int BUFFER = 65_536;
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final BlockingQueue<IoSession> opened = new LinkedBlockingQueue<>();
    private final NioSocketAcceptor acceptor = new NioSocketAcceptor(1);
    private final Socket client = new Socket();

    @BeforeEach
    void listen() throws IOException {
        GaplessClose.install(acceptor);
        acceptor.getSessionConfig().setSendBufferSize(BUFFER);
        acceptor.setHandler(new IoHandlerAdapter() {
            @Override
            public void sessionOpened(IoSession session) {
                opened.add(session);
            }

            @Override
            public void exceptionCaught(IoSession session, Throwable cause) {
                // what was dropped, which is what this is about
            }
        });
        acceptor.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    @AfterEach
    void close() throws IOException {
        client.close();
        acceptor.dispose();
    }

    @Test
    void whatIsDroppedIsTheEndAndWhoWaitsForItIsTold() throws Exception {
        IoSession session = connect();
        List<WriteFuture> writes = writeMoreThanIsRead(session);
        // Whoever completes this write is held there, so that the other thread gets its turn.
        CountDownLatch completed = new CountDownLatch(1);
        CountDownLatch heard = new CountDownLatch(1);
        writes.get(WAITING).addListener(write -> {
            completed.countDown();
            awaitQuietly(heard);
        });
        Thread closing = new Thread(session::closeNow, "closing");
        closing.start();
        completed.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        List<Integer> came = read();
        heard.countDown();
        closing.join();
        assertThat(came)
                .hasSizeLessThan(LINES)
                .isEqualTo(IntStream.range(0, came.size()).boxed().toList());
        Awaitility.await()
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(writes).allMatch(WriteFuture::isDone));
        assertThat(writes.get(LINES - 1).isWritten()).isFalse();
        assertThat(session.getWriteRequestQueue().size()).isZero();
        assertThat(session.getScheduledWriteBytes()).isZero();
    }

    @Test
    void everythingArrivesWhereTheConnectionIsClosedAfterIt() throws Exception {
        IoSession session = connect();
        List<WriteFuture> writes = writeMoreThanIsRead(session);
        session.closeOnFlush();
        assertThat(read()).isEqualTo(IntStream.range(0, LINES).boxed().toList());
        assertThat(session.getCloseFuture().await(PATIENCE.toMillis())).isTrue();
        assertThat(writes).allMatch(WriteFuture::isWritten);
    }

    private IoSession connect() throws IOException, InterruptedException {
        client.setReceiveBufferSize(BUFFER);
        client.setSoTimeout(1_000);
        client.connect(acceptor.getLocalAddress());
        return opened.poll(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static List<WriteFuture> writeMoreThanIsRead(IoSession session) {
        List<WriteFuture> writes = new ArrayList<>();
        for (int i = 0; i < LINES; i++) {
            String line = String.format("%08d %s%n", i, PADDING);
            writes.add(session.write(IoBuffer.wrap(line.getBytes(StandardCharsets.UTF_8))));
        }
        Awaitility.await().atMost(PATIENCE).until(() -> writes.get(0).isWritten());
        return writes;
    }

    /** The numbers of the lines that come whole, until no more do. */
    private List<Integer> read() throws IOException {
        List<Integer> numbers = new ArrayList<>();
        var in = new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.UTF_8));
        try {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                if (line.endsWith(PADDING)) {
                    numbers.add(Integer.parseInt(line.substring(0, 8)));
                }
            }
        } catch (IOException e) {
            // closed with something left to read, or by nobody yet
        }
        return numbers;
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
