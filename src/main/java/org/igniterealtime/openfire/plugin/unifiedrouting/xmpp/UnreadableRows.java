package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Mid;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is stored and is no XML (DESIGN section 6): it is left out wherever it should be shown. Each such row is counted once,
 * and logged once in {@link #SILENCE}, however often somebody comes by. Thread-safe.
 */
public final class UnreadableRows {

    private static final Logger Log = LoggerFactory.getLogger(UnreadableRows.class);

    static final Duration SILENCE = Duration.ofHours(1);

    /** Of so many is remembered that they are known. */
    static final int CAPACITY = 1_000;

    private record Row(String owner, Mid mid) {}

    private final Clock clock;
    private final Map<Row, Instant> logged = new LinkedHashMap<>(16, 0.75f, true) {

        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Row, Instant> eldest) {
            return size() > CAPACITY;
        }
    };
    private long count;

    public UnreadableRows(Clock clock) {
        this.clock = clock;
    }

    /** A row was to be shown. */
    void met(String owner, Mid mid, Exception why) {
        if (isNews(new Row(owner, mid))) {
            Log.error("Message {} of '{}' is not XML. It is left out wherever it should be shown.", mid, owner, why);
        }
    }

    private synchronized boolean isNews(Row row) {
        Instant now = clock.instant();
        Instant last = logged.get(row);
        if (last != null && now.isBefore(last.plus(SILENCE))) {
            return false;
        }
        if (last == null) {
            count++;
        }
        logged.put(row, now);
        return true;
    }

    /** How many rows there are of which is known that they cannot be read. */
    public synchronized long count() {
        return count;
    }
}
