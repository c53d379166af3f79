package org.igniterealtime.openfire.plugin.unifiedrouting.bench;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.igniterealtime.openfire.testserver.OpenfireServer;

/** A plain client that becomes available and gets what was kept for it. */
final class OfflineReceiver implements AutoCloseable {

    private static final Pattern MESSAGE_ID = Pattern.compile("<message [^>]*\\bid=[\"']([^\"']*-)(\\d+)[\"']");

    /**
     * What came.
     *
     * @param firstMillis from writing the presence until the first message had been read
     * @param lastMillis until the last one had been
     * @param outOfOrder messages that came after a later one of the same sender
     */
    record Delivery(double firstMillis, double lastMillis, int outOfOrder) {}

    private final LightClient client;

    OfflineReceiver(OpenfireServer server, String user) throws IOException {
        client = LightClient.bind(server, user);
    }

    /** Becomes available and waits for so many messages. */
    Delivery receive(int messages) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        TagCounter tags = new TagCounter();
        byte[] buffer = new byte[1 << 16];
        int received = 0;
        double first = 0;
        long start = System.nanoTime();
        client.write("<presence/>".getBytes(StandardCharsets.US_ASCII));
        while (received < messages) {
            int length = client.read(buffer);
            if (length < 0) {
                throw new IOException("The server closed the connection after " + received + " messages");
            }
            int came = tags.count(buffer, length);
            if (received == 0 && came > 0) {
                first = millisSince(start);
            }
            received += came;
            all.write(buffer, 0, length);
        }
        double last = millisSince(start);
        return new Delivery(first, last, outOfOrder(all.toString(StandardCharsets.US_ASCII), messages));
    }

    private static double millisSince(long start) {
        return (System.nanoTime() - start) / 1e6;
    }

    private static int outOfOrder(String stanzas, int expected) throws IOException {
        Map<String, Integer> latest = new HashMap<>();
        Set<String> ids = new HashSet<>();
        int outOfOrder = 0;
        Matcher matcher = MESSAGE_ID.matcher(stanzas);
        while (matcher.find()) {
            int number = Integer.parseInt(matcher.group(2));
            ids.add(matcher.group(1) + number);
            int before = latest.merge(matcher.group(1), number, Math::max);
            outOfOrder += before > number ? 1 : 0;
        }
        if (ids.size() != expected) {
            throw new IOException(ids.size() + " different messages came instead of " + expected);
        }
        return outOfOrder;
    }

    @Override
    public void close() throws IOException {
        client.close();
    }
}
