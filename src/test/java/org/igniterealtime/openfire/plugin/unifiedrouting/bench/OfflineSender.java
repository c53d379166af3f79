package org.igniterealtime.openfire.plugin.unifiedrouting.bench;

import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.igniterealtime.openfire.testserver.OpenfireServer;

/** Sends to somebody who is offline, with stream management, and waits until all is acknowledged. */
final class OfflineSender implements AutoCloseable {

    private static final int WINDOW = 100;
    private static final int GROUP = 10;
    private static final byte[] REQUEST = "<r xmlns='urn:xmpp:sm:3'/>".getBytes(StandardCharsets.US_ASCII);
    private static final Pattern ACKNOWLEDGED = Pattern.compile("<a [^>]*\\bh=['\"](\\d+)['\"]");
    private static final int LONGEST_TAG = 100;

    private final LightClient client;
    private final byte[] buffer = new byte[1 << 14];
    private String tail = "";
    private int acknowledged;

    OfflineSender(OpenfireServer server, String user) throws IOException {
        client = LightClient.login(server, user);
        client.exchange("<enable xmlns='urn:xmpp:sm:3'/>", "<enabled");
    }

    /** Sends so many messages. When this returns the server has acknowledged all of them. */
    void send(ChatStanzas stanzas, int count) throws IOException {
        byte[] stanza = new byte[stanzas.length()];
        byte[] group = new byte[GROUP * stanza.length + REQUEST.length];
        System.arraycopy(REQUEST, 0, group, GROUP * stanza.length, REQUEST.length);
        int before = acknowledged;
        for (int sent = 0; sent < count; sent += GROUP) {
            for (int i = 0; i < GROUP; i++) {
                stanzas.put(stanza);
                System.arraycopy(stanza, 0, group, i * stanza.length, stanza.length);
            }
            while (sent + GROUP - (acknowledged - before) > WINDOW) {
                readAcknowledgement();
            }
            client.write(group);
        }
        while (acknowledged - before < count) {
            readAcknowledgement();
        }
    }

    private void readAcknowledgement() throws IOException {
        int length = client.read(buffer);
        if (length < 0) {
            throw new EOFException("The server closed the connection of a sender");
        }
        String text = tail + new String(buffer, 0, length, StandardCharsets.US_ASCII);
        Matcher matcher = ACKNOWLEDGED.matcher(text);
        while (matcher.find()) {
            acknowledged = Integer.parseInt(matcher.group(1));
        }
        if (text.contains("type='error'") || text.contains("type=\"error\"")) {
            throw new IOException("A sender got an error: " + text);
        }
        tail = text.substring(Math.max(0, text.length() - LONGEST_TAG));
    }

    @Override
    public void close() throws IOException {
        client.close();
    }
}
