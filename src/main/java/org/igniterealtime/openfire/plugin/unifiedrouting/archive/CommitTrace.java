package org.igniterealtime.openfire.plugin.unifiedrouting.archive;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says when batches were committed, and what was in them, for whoever measures what follows a commit: one line for each at
 * TRACE, {@code committed at <microseconds since 1970>: <MID> <MID> …}. While that is off it costs a look at the level.
 */
final class CommitTrace {

    private static final Logger Log = LoggerFactory.getLogger(CommitTrace.class);

    private CommitTrace() {}

    /** The time, to be asked right after a commit; empty if nobody wants to know. */
    static Optional<Instant> now() {
        return Log.isTraceEnabled() ? Optional.of(Instant.now()) : Optional.empty();
    }

    /** To be called when those who wait for the commit have been told, so that they do not wait for the line as well. */
    static void committed(Instant at, List<AppendedEntry> stored) {
        long micros = at.getEpochSecond() * 1_000_000 + at.getNano() / 1_000;
        String mids = AppendedEntry.archived(stored).stream()
                .map(message -> message.mid().value())
                .collect(Collectors.joining(" "));
        Log.trace("committed at {}: {}", micros, mids);
    }
}
