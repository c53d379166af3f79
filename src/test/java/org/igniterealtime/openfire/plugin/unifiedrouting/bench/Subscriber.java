package org.igniterealtime.openfire.plugin.unifiedrouting.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.igniterealtime.openfire.testserver.OpenfireServer;

/** A subscribed session that notes when each notification arrives. It knows them by their number, not by their content. */
final class Subscriber implements AutoCloseable {

    private static final byte[] END = "</mamsub>".getBytes(StandardCharsets.US_ASCII);

    private final LightClient client;
    private final Thread reading;
    private final long[] arrivals;
    private volatile int arrived;
    private volatile boolean closing;
    private volatile IOException failure;

    /** @param most how many notifications at most */
    Subscriber(OpenfireServer server, String user, int most) throws IOException {
        arrivals = new long[most];
        client = LightClient.bind(server, user);
        client.exchange("<iq type='set' id='sub'><subscribe xmlns='urn:xmpp:mam:sub:0'/></iq>", "id=\"sub\"");
        reading = new Thread(this::read, "subscriber");
        reading.start();
    }

    private void read() {
        byte[] buffer = new byte[1 << 16];
        int matched = 0;
        try {
            int length;
            while ((length = client.read(buffer)) >= 0) {
                long now = System.nanoTime();
                for (int i = 0; i < length; i++) {
                    matched = buffer[i] == END[matched] ? matched + 1 : buffer[i] == END[0] ? 1 : 0;
                    if (matched == END.length) {
                        matched = 0;
                        arrivals[arrived] = now;
                        arrived++;
                    }
                }
            }
        } catch (IOException e) {
            if (!closing) {
                failure = e;
            }
        }
    }

    int arrived() {
        return arrived;
    }

    /** When the one with this number came. To be asked only for those that have {@link #arrived()}. */
    long arrival(int number) {
        return arrivals[number];
    }

    void requireAlive() throws IOException {
        if (failure != null) {
            throw new IOException("A subscriber got nothing any more", failure);
        }
    }

    @Override
    public void close() throws IOException {
        closing = true;
        client.endStream();
        try {
            reading.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        client.close();
    }
}
