package org.igniterealtime.openfire.testclient;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An external component (XEP-0114) that sends literal XML and reads text. Not thread-safe. */
public final class ComponentClient implements AutoCloseable {

    private static final Pattern STREAM_ID = Pattern.compile("<stream:stream[^>]* id=[\"']([^\"']+)[\"'][^>]*>");
    private static final int READ_MILLIS = (int) RawStream.TIMEOUT.toMillis();

    private final Socket socket = new Socket();
    private final StringBuilder received = new StringBuilder();
    private final byte[] buffer = new byte[1 << 14];
    private int ids;

    private ComponentClient() {}

    /**
     * Connects and authenticates.
     *
     * @param domain the component's address
     */
    public static ComponentClient connect(String host, int port, String domain, String secret) {
        ComponentClient component = new ComponentClient();
        try {
            component.socket.setTcpNoDelay(true);
            component.socket.setSoTimeout(READ_MILLIS);
            component.socket.connect(new InetSocketAddress(host, port), READ_MILLIS);
            component.send("<?xml version='1.0'?><stream:stream xmlns='jabber:component:accept' xmlns:stream='"
                    + Stanzas.STREAM + "' to='" + domain + "'>");
            Matcher header = component.await(STREAM_ID);
            component.send("<handshake>" + digest(header.group(1) + secret) + "</handshake>");
            component.await(Pattern.compile("<handshake"));
            return component;
        } catch (IOException e) {
            component.close();
            throw new UncheckedIOException(e);
        } catch (AssertionError e) {
            component.close();
            throw e;
        }
    }

    private static String digest(String text) {
        try {
            MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
            return HexFormat.of().formatHex(sha1.digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** @throws UncheckedIOException when the connection is gone */
    public void send(String xml) {
        try {
            socket.getOutputStream().write(xml.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sends an IQ request and returns the text of its answer, an {@code <iq/>} that is not empty. */
    public String iq(String type, String from, String to, String payload) {
        String id = "component-" + ++ids;
        send("<iq type='" + type + "' id='" + id + "' from='" + from + "' to='" + to + "'>" + payload + "</iq>");
        return await(Pattern.compile("<iq [^>]*id=[\"']" + id + "[\"'][^>]*(/>|>.*?</iq>)", Pattern.DOTALL))
                .group();
    }

    /** Waits until what came, in all, contains this. */
    public Matcher await(Pattern wanted) {
        Matcher found = wanted.matcher(received);
        while (!found.find()) {
            if (!read()) {
                throw new AssertionError("nothing that matches " + wanted + ", but: " + received);
            }
            found = wanted.matcher(received);
        }
        return found;
    }

    /** All that came. */
    public String received() {
        return received.toString();
    }

    private boolean read() {
        try {
            InputStream in = socket.getInputStream();
            int length = in.read(buffer);
            if (length < 0) {
                return false;
            }
            received.append(new String(buffer, 0, length, StandardCharsets.UTF_8));
            return true;
        } catch (SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
