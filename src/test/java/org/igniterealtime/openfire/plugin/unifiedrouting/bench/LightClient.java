package org.igniterealtime.openfire.plugin.unifiedrouting.bench;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.concurrent.atomic.AtomicInteger;
import org.igniterealtime.openfire.testserver.OpenfireServer;
import org.igniterealtime.openfire.testserver.ServerOptions;

/**
 * An XMPP client that costs next to nothing: it logs in, and then hands out its blocking streams. It does not know XML.
 * One thread may read while another one writes.
 */
final class LightClient implements AutoCloseable {

    private static final int TIMEOUT_MILLIS = 10_000;
    private static final int QUOTED = 500;
    private static final String STREAM = "<stream:stream xmlns='jabber:client'"
            + " xmlns:stream='http://etherx.jabber.org/streams' to='%s' version='1.0'>";

    /**
     * No two sessions have the same address: Openfire 4.2 lets go of a closed one some time after its connection, and
     * would take the address from one that has just logged in.
     */
    private static final AtomicInteger LOGINS = new AtomicInteger();

    private final Socket socket = new Socket();
    private final byte[] buffer = new byte[1 << 16];

    private LightClient() {}

    /** Logs in with the password that all accounts of the servers under test have, and becomes available. */
    static LightClient login(OpenfireServer server, String user) throws IOException {
        LightClient client = bind(server, user);
        try {
            client.exchange(
                    "<presence/><iq type='get' id='settled' to='" + server.domain()
                            + "'><ping xmlns='urn:xmpp:ping'/></iq>",
                    "settled");
            return client;
        } catch (IOException e) {
            client.close();
            throw e;
        }
    }

    /** Logs in, and sends no presence. */
    static LightClient bind(OpenfireServer server, String user) throws IOException {
        LightClient client = new LightClient();
        try {
            client.socket.setTcpNoDelay(true);
            client.socket.setSoTimeout(TIMEOUT_MILLIS);
            client.socket.connect(new InetSocketAddress("127.0.0.1", server.xmppPort()), TIMEOUT_MILLIS);
            client.negotiate(server.domain(), user);
            return client;
        } catch (IOException e) {
            client.close();
            throw e;
        }
    }

    private void negotiate(String domain, String user) throws IOException {
        String stream = String.format(STREAM, domain);
        exchange(stream, "</stream:features>");
        String plain = '\0' + user + '\0' + ServerOptions.PASSWORD;
        exchange(
                "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>"
                        + Base64.getEncoder().encodeToString(plain.getBytes(StandardCharsets.UTF_8)) + "</auth>",
                "<success");
        exchange(stream, "</stream:features>");
        exchange(
                "<iq type='set' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>bench"
                        + LOGINS.incrementAndGet() + "</resource></bind></iq>",
                "</iq>");
        // COMPAT(4.2): RFC 3921 §3; later servers may ignore it, but answer.
        exchange("<iq type='set' id='session'><session xmlns='urn:ietf:params:xml:ns:xmpp-session'/></iq>", "session");
    }

    /** Sends, and reads until what came contains a text; whatever follows it in the same packet is part of the answer. */
    String exchange(String xml, String until) throws IOException {
        write(xml.getBytes(StandardCharsets.UTF_8));
        StringBuilder answer = new StringBuilder();
        int from = 0;
        while (answer.indexOf(until, from) < 0) {
            from = Math.max(0, answer.length() - until.length());
            answer.append(readText(xml, answer));
        }
        return answer.toString();
    }

    /** Benchmarks send ASCII only, so that no character is ever cut in two. */
    private String readText(String question, StringBuilder soFar) throws IOException {
        int length;
        try {
            length = read(buffer);
        } catch (SocketTimeoutException e) {
            String came = soFar.substring(0, Math.min(soFar.length(), QUOTED));
            throw new IOException("The answer to " + question + " did not come, but '" + came + "'", e);
        }
        if (length < 0) {
            throw new EOFException("The server closed the connection instead of answering " + question);
        }
        return new String(buffer, 0, length, StandardCharsets.US_ASCII);
    }

    void write(byte[] bytes) throws IOException {
        output().write(bytes);
    }

    /** Blocks until something comes, but not longer than ten seconds. Returns -1 at the end of the stream. */
    int read(byte[] bytes) throws IOException {
        return input().read(bytes);
    }

    /** What came that nobody has read; does not wait. */
    String unread() throws IOException {
        StringBuilder text = new StringBuilder();
        while (input().available() > 0) {
            text.append(readText("nothing", text));
        }
        return text.toString();
    }

    private InputStream input() throws IOException {
        return socket.getInputStream();
    }

    private OutputStream output() throws IOException {
        return socket.getOutputStream();
    }

    /** Asks the server to end the stream. It answers by closing the connection, which whoever reads sees. */
    void endStream() {
        try {
            write("</stream:stream>".getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            // The connection is gone, which is what was asked for.
        }
    }

    /** Ends the stream and waits until the server has closed it too. Idempotent. No other thread may be reading. */
    @Override
    public void close() throws IOException {
        if (socket.isConnected() && !socket.isClosed()) {
            endStream();
            awaitEnd();
        }
        socket.close();
    }

    private void awaitEnd() {
        try {
            while (read(buffer) >= 0) {
                // What still comes is of no interest.
            }
        } catch (IOException e) {
            // The connection is gone, or the server has had its time.
        }
    }
}
