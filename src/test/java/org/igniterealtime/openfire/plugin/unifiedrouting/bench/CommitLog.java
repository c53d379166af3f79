package org.igniterealtime.openfire.plugin.unifiedrouting.bench;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.igniterealtime.openfire.testserver.OpenfireServer;
import org.igniterealtime.openfire.testserver.ServerOptions;

/**
 * When the server's archive writer had committed what, from its log. Times are those of the machine's clock, which is the same
 * for all processes and has a resolution of a microsecond.
 */
final class CommitLog {

    private static final Pattern LINE = Pattern.compile("CommitTrace - committed at (\\d+): (.*)");
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Path file;
    private final long begin;

    /** What is committed from now on. The server must have been started with {@link #switchedOn}. */
    CommitLog(OpenfireServer server) throws IOException {
        file = server.logFile();
        begin = Files.size(file);
    }

    static ServerOptions switchedOn(ServerOptions options) {
        return options.withJvmOption("-Dcommits.level=trace");
    }

    /** The machine's clock, in microseconds since 1970. */
    static long now() {
        Instant now = Instant.now();
        return now.getEpochSecond() * 1_000_000 + now.getNano() / 1_000;
    }

    /** When each of these was committed, in microseconds since 1970. */
    Map<String, Long> commits(Collection<String> mids) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (true) {
            // A line is written after those who wait for the commit have been told.
            Map<String, Long> commits = read();
            if (commits.keySet().containsAll(mids)) {
                return commits;
            }
            if (System.nanoTime() > deadline) {
                throw new IOException("The log says nothing of the commits of some of " + mids.size() + " entries");
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }

    private Map<String, Long> read() throws IOException {
        Map<String, Long> commits = new HashMap<>();
        try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
            in.seek(begin);
            byte[] bytes = new byte[Math.toIntExact(in.length() - begin)];
            in.readFully(bytes);
            // The last line may be on its way.
            String text = new String(bytes, StandardCharsets.UTF_8);
            text.substring(0, text.lastIndexOf('\n') + 1).lines().forEach(line -> {
                Matcher matcher = LINE.matcher(line);
                if (matcher.find()) {
                    Long at = Long.valueOf(matcher.group(1));
                    for (String mid : matcher.group(2).split(" ")) {
                        commits.put(mid, at);
                    }
                }
            });
        }
        return commits;
    }
}
