package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.log4j.AppenderSkeleton;
import org.apache.log4j.Logger;
import org.apache.log4j.spi.LoggingEvent;
import org.dom4j.DocumentException;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Mid;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class UnreadableRowsTest {

    private static final Mid MID = new Mid("m1");
    private static final DocumentException WHY = new DocumentException("no end");

    private final List<String> logged = new ArrayList<>();
    private final AppenderSkeleton appender = new AppenderSkeleton() {
        @Override
        protected void append(LoggingEvent event) {
            logged.add(event.getRenderedMessage());
        }

        @Override
        public void close() {
            // Holds nothing.
        }

        @Override
        public boolean requiresLayout() {
            return false;
        }
    };
    private final Clock clock = mock(Clock.class);
    private final UnreadableRows rows = new UnreadableRows(clock);
    private Instant now = Instant.parse("2026-11-26T12:00:00Z");

    @BeforeEach
    void listen() {
        when(clock.instant()).thenAnswer(call -> now);
        Logger.getLogger(UnreadableRows.class).addAppender(appender);
    }

    @AfterEach
    void listenNoMore() {
        Logger.getLogger(UnreadableRows.class).removeAppender(appender);
    }

    @Test
    void eachRowIsCountedOnceAndLoggedOnceAnHour() {
        for (int i = 0; i < 10; i++) {
            rows.met("romeo", MID, WHY);
        }
        rows.met("juliet", MID, WHY);
        assertThat(rows.count()).isEqualTo(2);
        assertThat(logged).hasSize(2).first().asString().contains("m1", "romeo");

        now = now.plus(UnreadableRows.SILENCE);
        rows.met("romeo", MID, WHY);
        rows.met("romeo", MID, WHY);
        assertThat(rows.count()).isEqualTo(2);
        assertThat(logged).hasSize(3);
    }

    @Test
    void whatIsRememberedIsBounded() {
        for (int i = 0; i <= UnreadableRows.CAPACITY; i++) {
            rows.met("romeo", new Mid("m" + i), WHY);
        }
        logged.clear();
        rows.met("romeo", new Mid("m" + UnreadableRows.CAPACITY), WHY);
        assertThat(logged).isEmpty();
        rows.met("romeo", new Mid("m0"), WHY);
        assertThat(logged).as("the first one is forgotten").hasSize(1);
    }
}
