package org.igniterealtime.openfire.testclient;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.Consumer;
import javax.xml.stream.XMLStreamException;
import org.dom4j.Element;

/**
 * The TCP connection under a {@link RawClient}: writes each text as one piece, and reads with a thread of its own.
 * Thread-safe.
 */
final class XmppSocket {

    private static final int CONNECT_TIMEOUT_MILLIS = 5_000;

    private final Socket socket = new Socket();
    private final InputFromPeer in;
    private final OutputStream out;
    private final Thread reader;

    /**
     * Connects. Nothing is read before {@link #startReading()}.
     *
     * @param onElement called by the reader thread for each top-level element
     * @param onEnd called by the reader thread, once, with the reason why nothing more will come
     */
    XmppSocket(String host, int port, Consumer<Element> onElement, Consumer<String> onEnd) {
        try {
            socket.setTcpNoDelay(true);
            socket.connect(new InetSocketAddress(host, port), CONNECT_TIMEOUT_MILLIS);
            in = new InputFromPeer(socket.getInputStream());
            out = socket.getOutputStream();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot connect to " + host + ":" + port, e);
        }
        reader = new Thread(() -> read(onElement, onEnd), "raw-client-" + socket.getLocalPort());
        reader.setDaemon(true);
    }

    /** Idempotent. */
    synchronized void startReading() {
        if (reader.getState() == Thread.State.NEW) {
            reader.start();
        }
    }

    private void read(Consumer<Element> onElement, Consumer<String> onEnd) {
        String reason;
        try {
            new StreamParser(in, onElement).run();
            reason = "stream closed by the server";
        } catch (XMLStreamException e) {
            reason = in.ended ? "connection closed by the server without </stream:stream>" : e.getMessage();
        } catch (RuntimeException e) {
            reason = "reader failed: " + e;
        }
        onEnd.accept(reason);
    }

    /** @throws UncheckedIOException when the connection is gone */
    void write(String xml) {
        write(xml.getBytes(StandardCharsets.UTF_8));
    }

    /** @throws UncheckedIOException when the connection is gone */
    synchronized void write(byte[] xml) {
        try {
            out.write(xml);
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot send " + new String(xml, StandardCharsets.UTF_8), e);
        }
    }

    /** Whether what comes is left in the socket, so that the peer cannot write for ever. What was read before is not. */
    void stopReading(boolean stop) {
        in.stop(stop);
    }

    /** Sends FIN. What the peer still sends is read on, for closing a socket with unread data would send RST. */
    void finish() {
        try {
            socket.shutdownOutput();
        } catch (IOException e) {
            // already gone, which is what was asked for
        }
    }

    /** Sends RST. */
    void reset() {
        try {
            socket.setSoLinger(true, 0);
        } catch (IOException e) {
            // already gone, which is what was asked for
        }
        close();
    }

    /** Waits until the peer has ended the connection, but not for long, then closes. */
    void closeAfterPeer(Duration patience) {
        try {
            if (Thread.currentThread() != reader) {
                reader.join(patience.toMillis());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        close();
    }

    private void close() {
        in.stop(false);
        try {
            socket.close();
        } catch (IOException e) {
            // nothing left to do about it
        }
    }

    /** Tells an orderly end of the connection from XML that is not well-formed, and does not read while it is not to. */
    private static final class InputFromPeer extends FilterInputStream {
        private boolean ended; // reader thread only
        private boolean stopped;

        InputFromPeer(InputStream in) {
            super(in);
        }

        synchronized void stop(boolean stop) {
            stopped = stop;
            notifyAll();
        }

        private synchronized void awaitGo() throws IOException {
            try {
                while (stopped) {
                    wait();
                }
            } catch (InterruptedException e) {
                throw new InterruptedIOException("interrupted while not reading");
            }
        }

        @Override
        public int read() throws IOException {
            awaitGo();
            return noteEnd(super.read());
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            awaitGo();
            return noteEnd(super.read(buffer, offset, length));
        }

        private int noteEnd(int result) {
            ended |= result < 0;
            return result;
        }
    }
}
