package org.igniterealtime.openfire.plugin.unifiedrouting.archive;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.log4j.AppenderSkeleton;
import org.apache.log4j.Level;
import org.apache.log4j.Logger;
import org.apache.log4j.spi.LoggingEvent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CommitTraceTest {

    private final Logger logger = Logger.getLogger(CommitTrace.class);
    private final List<String> lines = new ArrayList<>();
    private final AppenderSkeleton appender = new AppenderSkeleton() {
        @Override
        protected void append(LoggingEvent event) {
            lines.add(event.getRenderedMessage());
        }

        @Override
        public void close() {}

        @Override
        public boolean requiresLayout() {
            return false;
        }
    };

    @BeforeEach
    void listen() {
        logger.addAppender(appender);
    }

    @AfterEach
    void stop() {
        logger.removeAppender(appender);
        logger.setLevel(null);
    }

    private static AppendedEntry entry(int seq, AppendedEntry.Result result) {
        ArchivedMessage message = new ArchivedMessage(
                "romeo", seq, new Mid("m" + seq), Direction.RECEIVED, "juliet@verona.example", Instant.EPOCH, "<m/>");
        return new AppendedEntry(message, OfflineClaim.ELIGIBLE, result);
    }

    @Test
    void saysWhenWhatWasCommitted() {
        logger.setLevel(Level.TRACE);
        assertThat(CommitTrace.now()).isPresent();
        CommitTrace.committed(
                Instant.parse("2026-11-26T07:25:00.000012345Z"),
                List.of(
                        entry(1, AppendedEntry.Result.STORED),
                        entry(2, AppendedEntry.Result.OVER_LIMIT),
                        entry(3, AppendedEntry.Result.STORED_NOT_ELIGIBLE)));
        assertThat(lines).containsExactly("committed at 1795677900000012: m1 m3");
    }

    @Test
    void takesNoTimeWhileNobodyWantsToKnow() {
        logger.setLevel(Level.DEBUG);
        assertThat(CommitTrace.now()).isEmpty();
    }
}
