package org.igniterealtime.openfire.testclient;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Another server (RFC 6120, XEP-0220, without TLS): sends literal XML over connections of its own, and listens for those over
 * which it is answered. Whatever is said in its name it confirms.
 */
public final class RemoteServer implements AutoCloseable {

    private static final String HEADER_END =
            "xmlns='jabber:server' xmlns:db='jabber:server:dialback' xmlns:stream='" + Stanzas.STREAM + "'";
    private static final Pattern STREAM = Pattern.compile("<stream:stream[^>]*>");
    private static final Pattern VERIFY = Pattern.compile("<db:verify ([^>]*)>[^<]*</db:verify>");
    private static final Pattern RESULT = Pattern.compile("<db:result ([^>]*)>[^<]*</db:result>");
    private static final Pattern VALID = Pattern.compile("<db:result [^>]*type=[\"']valid[\"']");
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final String domain;
    private final ServerSocket listener;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final StringBuilder received = new StringBuilder();
    private int ids;

    /**
     * @param domain its address
     * @param port where it listens on loopback
     */
    public RemoteServer(String domain, int port) {
        this.domain = domain;
        try {
            listener = new ServerSocket(port, 10, InetAddress.getByName("127.0.0.1"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        daemon(this::accept);
    }

    private static void daemon(Runnable task) {
        Thread thread = new Thread(task, "remote server");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = listener.accept();
                sockets.add(socket);
                daemon(() -> listen(socket));
            }
        } catch (IOException e) {
            // It has been closed.
            return;
        }
    }

    private void listen(Socket socket) {
        try {
            Incoming in = new Incoming(socket);
            in.await(STREAM);
            write(socket, "<?xml version='1.0'?><stream:stream " + HEADER_END + " from='" + domain + "' id='a1'>");
            while (true) {
                answer(socket, in);
                synchronized (received) {
                    received.append(in.take());
                    received.notifyAll();
                }
                in.read();
            }
        } catch (IOException e) {
            // Whoever connected has gone, or this is closed.
            return;
        }
    }

    private static void answer(Socket socket, Incoming in) throws IOException {
        for (Matcher verify = in.find(VERIFY); verify != null; verify = in.find(VERIFY)) {
            String attributes = verify.group(1);
            write(
                    socket,
                    "<db:verify from='" + attribute(attributes, "to") + "' to='" + attribute(attributes, "from")
                            + "' id='" + attribute(attributes, "id") + "' type='valid'/>");
        }
        for (Matcher result = in.find(RESULT); result != null; result = in.find(RESULT)) {
            String attributes = result.group(1);
            write(
                    socket,
                    "<db:result from='" + attribute(attributes, "to") + "' to='" + attribute(attributes, "from")
                            + "' type='valid'/>");
        }
    }

    private static String attribute(String attributes, String name) {
        Matcher value =
                Pattern.compile("(?:^|\\s)" + name + "=[\"']([^\"']*)[\"']").matcher(attributes);
        if (!value.find()) {
            throw new AssertionError("no " + name + " in " + attributes);
        }
        return value.group(1);
    }

    private static void write(Socket socket, String xml) throws IOException {
        socket.getOutputStream().write(xml.getBytes(StandardCharsets.UTF_8));
    }

    /** What comes over a connection. */
    private static final class Incoming {

        private final InputStream in;
        private final byte[] buffer = new byte[1 << 14];
        private final StringBuilder text = new StringBuilder();

        Incoming(Socket socket) throws IOException {
            in = socket.getInputStream();
        }

        void read() throws IOException {
            int length = in.read(buffer);
            if (length < 0) {
                throw new SocketException("closed");
            }
            text.append(new String(buffer, 0, length, StandardCharsets.UTF_8));
        }

        /** The first that matches, taken out; null if there is none. */
        Matcher find(Pattern wanted) {
            String all = text.toString();
            Matcher found = wanted.matcher(all);
            if (!found.find()) {
                return null;
            }
            text.delete(found.start(), found.end());
            return found;
        }

        void await(Pattern wanted) throws IOException {
            while (find(wanted) == null) {
                read();
            }
        }

        /** All that came and is not taken out, but for an element of dialback that has only begun. */
        String take() {
            int end = text.indexOf("<db:");
            String taken = end < 0 ? text.toString() : text.substring(0, end);
            text.delete(0, taken.length());
            return taken;
        }
    }

    /** A connection of this server to another one. Not thread-safe. */
    public static final class Line implements AutoCloseable {

        private final Socket socket;

        private Line(Socket socket) {
            this.socket = socket;
        }

        public Line send(String xml) {
            try {
                write(socket, xml);
                return this;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** Breaks without a word, and waits until the server has noticed. */
        @Override
        public void close() {
            try (socket) {
                socket.shutdownOutput();
                socket.getInputStream().transferTo(OutputStream.nullOutputStream());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Connects to a server and proves its address. */
    public Line connect(String host, int port, String to) {
        try {
            Socket socket = new Socket();
            sockets.add(socket);
            socket.setTcpNoDelay(true);
            socket.setSoTimeout((int) PATIENCE.toMillis());
            socket.connect(new InetSocketAddress(host, port), (int) PATIENCE.toMillis());
            write(
                    socket,
                    "<?xml version='1.0'?><stream:stream " + HEADER_END + " from='" + domain + "' to='" + to + "'>");
            Incoming in = new Incoming(socket);
            in.await(STREAM);
            write(socket, "<db:result from='" + domain + "' to='" + to + "'>a key</db:result>");
            in.await(VALID);
            return new Line(socket);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sends an IQ request over a line and returns the text of its answer. */
    public String iq(Line line, String type, String from, String to, String payload) {
        String id = "remote-" + ++ids;
        line.send("<iq type='" + type + "' id='" + id + "' from='" + from + "' to='" + to + "'>" + payload + "</iq>");
        return await(Pattern.compile("<iq [^>]*id=[\"']" + id + "[\"'][^>]*(/>|>.*?</iq>)", Pattern.DOTALL))
                .group();
    }

    /** Waits until what it was sent, in all, contains this. */
    public Matcher await(Pattern wanted) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        synchronized (received) {
            while (true) {
                Matcher found = wanted.matcher(received.toString());
                if (found.find()) {
                    return found;
                }
                long left = (end - System.nanoTime()) / 1_000_000;
                if (left <= 0) {
                    throw new AssertionError("nothing that matches " + wanted + ", but: " + received);
                }
                try {
                    received.wait(left);
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }
        }
    }

    /** All that it was sent. */
    public String received() {
        synchronized (received) {
            return received.toString();
        }
    }

    @Override
    public void close() {
        List<IOException> failures = new ArrayList<>();
        try {
            listener.close();
        } catch (IOException e) {
            failures.add(e);
        }
        for (Socket socket : sockets) {
            try {
                socket.close();
            } catch (IOException e) {
                failures.add(e);
            }
        }
        if (!failures.isEmpty()) {
            throw new UncheckedIOException(failures.get(0));
        }
    }
}
