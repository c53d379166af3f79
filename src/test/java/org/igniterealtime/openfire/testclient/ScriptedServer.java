package org.igniterealtime.openfire.testclient;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The other end of one connection, playing a script: it expects text and says text. The script runs in a thread of its own;
 * what goes wrong in it comes out of {@link #close()}.
 */
final class ScriptedServer implements AutoCloseable {

    static final String HEADER = "<?xml version='1.0' encoding='UTF-8'?><stream:stream xmlns='jabber:client'"
            + " xmlns:stream='http://etherx.jabber.org/streams' from='example.test' id='s1' version='1.0'>";
    static final String FEATURES = "<stream:features/>";

    private static final int PATIENCE_MILLIS = 5_000;

    private final ServerSocket listener;
    private final CompletableFuture<Void> done;

    private ScriptedServer(Script script) throws IOException {
        listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        done = CompletableFuture.runAsync(() -> play(script), task -> new Thread(task, "scripted-server").start());
    }

    /** What the server does after the stream has been opened. */
    interface Script {
        void play(Line line) throws IOException;
    }

    /** Answers the stream header, then plays. */
    static ScriptedServer afterOpening(Script script) throws IOException {
        return new ScriptedServer(line -> {
            line.expect("version='1.0'>");
            line.say(HEADER + FEATURES);
            script.play(line);
        });
    }

    RawClient connect() {
        return RawClient.connect(listener.getInetAddress().getHostAddress(), listener.getLocalPort(), "example.test");
    }

    private void play(Script script) {
        try (Socket socket = listener.accept()) {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(PATIENCE_MILLIS);
            script.play(new Line(socket));
        } catch (IOException e) {
            throw new AssertionError("script failed", e);
        }
    }

    /** Waits for the end of the script and fails if it has failed. */
    @Override
    public void close() throws IOException {
        try (listener) {
            done.get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new AssertionError("script of the server", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The connection as the script sees it. */
    static final class Line {
        private final Socket socket;
        private final InputStream in;

        Line(Socket socket) throws IOException {
            this.socket = socket;
            in = socket.getInputStream();
        }

        /** Reads until the given text has come, and returns all that was read. */
        String expect(String end) throws IOException {
            StringBuilder heard = new StringBuilder();
            while (!heard.toString().endsWith(end)) {
                int octet = in.read();
                if (octet < 0) {
                    throw new IOException("client has gone, expected …" + end + " but heard " + heard);
                }
                heard.append((char) octet);
            }
            return heard.toString();
        }

        /** Answers the ping of {@link RawStream#sync()}. */
        void answerPing() throws IOException {
            answerIq("urn:xmpp:ping", "");
        }

        /** Answers an IQ with a result. It must be the very next thing to come, and contain the given text. */
        void answerIq(String contains, String payload) throws IOException {
            answer(expectIq(contains), payload);
        }

        /** As {@link #answerIq}, and leaves the answer for later: returns the request's id. */
        String expectIq(String contains) throws IOException {
            String request = expect("</iq>");
            if (!request.startsWith("<iq ") || !request.contains(contains)) {
                throw new IOException("expected an IQ with " + contains + " but heard " + request);
            }
            return request.replaceAll(".*? id='([^']*)'.*", "$1");
        }

        void answer(String id, String payload) throws IOException {
            say("<iq type='result' id='" + id + "'>" + payload + "</iq>");
        }

        void say(String xml) throws IOException {
            socket.getOutputStream().write(xml.getBytes(StandardCharsets.UTF_8));
        }

        /** One octet per segment. */
        void sayInPieces(String xml) throws IOException {
            for (byte octet : xml.getBytes(StandardCharsets.UTF_8)) {
                socket.getOutputStream().write(octet);
            }
        }

        /** Returns false once the client has closed its side; throws where it has reset the connection. */
        boolean stillOpen() throws IOException {
            return in.read() >= 0;
        }
    }
}
