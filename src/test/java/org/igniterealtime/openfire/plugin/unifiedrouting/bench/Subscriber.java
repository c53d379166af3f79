package org.igniterealtime.openfire.plugin.unifiedrouting.bench;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import org.igniterealtime.openfire.testserver.OpenfireServer;

/**
 * A subscribed session that notes when each notification arrives. It knows them by their number; of one session the ids are
 * kept as well, which are the same for all that were there before the first message.
 */
final class Subscriber implements AutoCloseable {

    private static final byte[] ID = "<message-id xmlns=\"urn:xmpp:mid:0\" id=\"".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] END = "</mamsub>".getBytes(StandardCharsets.US_ASCII);

    private final LightClient client;
    private final Thread reading;
    private final long[] arrivals;
    private final String[] mids;
    private final StringBuilder mid = new StringBuilder();
    private int matchedOfId;
    private volatile int arrived;
    private volatile boolean closing;
    private volatile IOException failure;

    /**
     * @param most how many notifications at most
     * @param keepsMids whether their ids are wanted
     */
    Subscriber(OpenfireServer server, String user, int most, boolean keepsMids) throws IOException {
        arrivals = new long[most];
        mids = new String[keepsMids ? most : 0];
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
            while ((length = next(buffer)) >= 0) {
                long now = CommitLog.now();
                for (int i = 0; i < length; i++) {
                    if (mids.length > 0) {
                        readMid(buffer[i]);
                    }
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

    /** Nothing may come for as long as other sessions log in. */
    private int next(byte[] buffer) throws IOException {
        try {
            return client.read(buffer);
        } catch (SocketTimeoutException e) {
            return 0;
        }
    }

    private void readMid(byte next) {
        if (matchedOfId == ID.length) {
            if (next != '"') {
                mid.append((char) next);
                return;
            }
            mids[arrived] = mid.toString();
            mid.setLength(0);
            matchedOfId = 0;
        } else {
            matchedOfId = next == ID[matchedOfId] ? matchedOfId + 1 : next == ID[0] ? 1 : 0;
        }
    }

    int arrived() {
        return arrived;
    }

    /** When the one with this number came, by {@link CommitLog#now()}. To be asked only for those that have {@link #arrived()}. */
    long arrival(int number) {
        return arrivals[number];
    }

    /** Its id, where ids are kept. */
    String mid(int number) {
        return mids[number];
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
