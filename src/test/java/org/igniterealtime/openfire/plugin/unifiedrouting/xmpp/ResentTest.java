package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.InMemoryArchive;
import org.igniterealtime.openfire.plugin.unifiedrouting.subscription.SessionKey;
import org.junit.jupiter.api.Test;
import org.xmpp.packet.JID;

/** Which message is one that was sent before; messages are told by their content hash. */
class ResentTest {

    private static final JID PHONE = new JID("romeo@verona.example/phone");
    private static final SessionKey SESSION = new SessionKey(PHONE, "stream1");
    private static final SessionKey LATER_SESSION = new SessionKey(PHONE, "stream2");

    private final List<Long> archived = new CopyOnWriteArrayList<>();
    private final InMemoryArchive archive = new InMemoryArchive() {
        @Override
        public List<Long> sentHashes(String owner, Instant since, int max) {
            return List.copyOf(archived);
        }
    };
    private Instant now = Instant.parse("2026-11-21T12:00:00Z");
    private final Resent resent = new Resent(archive, new Clock() {
        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now;
        }
    });

    @Test
    void whatAnEarlierSessionSentIsMetOnceForEachTime() {
        archived.addAll(List.of(1L, 1L));
        assertThat(isAgain(LATER_SESSION, "second", 1)).isTrue();
        assertThat(isAgain(LATER_SESSION, "second", 1)).isTrue();
        assertThat(isAgain(LATER_SESSION, "second", 1)).isFalse();
        assertThat(isAgain(LATER_SESSION, "second", 2)).isFalse();
    }

    @Test
    void withinAFirstConnectionTheSameWordsAreNewMessages() {
        resent.began(SESSION, "first");
        assertThat(isAgain(SESSION, "first", 1)).isFalse();
        assertThat(isAgain(SESSION, "first", 1)).isFalse();
    }

    @Test
    void nothingIsMetAfterTheReach() {
        resent.began(SESSION, "first");
        isAgain(SESSION, "first", 7);
        archived.add(1L);
        assertThat(isAgain(SESSION, "second", 2)).isFalse();
        now = now.plus(Resent.REACH).plusMillis(1);
        assertThat(isAgain(SESSION, "second", 1)).isFalse();
    }

    /** After a resumption the rest of the old connection and the new one come by in any order. */
    @Test
    void afterAResumptionWhateverComesFirstIsArchivedAndTheOtherIsNot() {
        resent.began(SESSION, "first");
        assertThat(isAgain(SESSION, "second", 1)).isFalse();
        assertThat(isAgain(SESSION, "second", 1)).isTrue();
        assertThat(isAgain(SESSION, "second", 1)).isFalse();

        now = now.plus(Resent.SETTLING).plusMillis(1);
        assertThat(isAgain(SESSION, "second", 5)).isFalse();
        assertThat(isAgain(SESSION, "second", 5)).isFalse();
    }

    @Test
    void whatCouldNotBeArchivedTheFirstTimeIsArchivedTheSecond() {
        resent.began(SESSION, "first");
        Passage failing = resent.enter(SESSION, "second", 1);
        assertThat(resent.isAgain(failing)).isFalse();
        failing.end(false);
        assertThat(isAgain(SESSION, "second", 1)).isFalse();
    }

    @Test
    void whatIsStillUnderWayOverTheOldConnectionIsWaitedFor() throws Exception {
        resent.began(SESSION, "first");
        Passage first = resent.enter(SESSION, "first", 1);
        assertThat(resent.isAgain(first)).isFalse();
        ExecutorService threads = Executors.newSingleThreadExecutor();
        try {
            Future<Boolean> second = threads.submit(() -> isAgain(SESSION, "second", 1));
            archived.add(1L);
            first.end(true);
            assertThat(second.get(10, TimeUnit.SECONDS)).isTrue();
        } finally {
            threads.shutdownNow();
        }
    }

    /** Each enters before the other asks: neither may wait for the other. */
    @Test
    void twoConnectionsNeverWaitForEachOther() throws Exception {
        resent.began(SESSION, "first");
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            for (int round = 0; round < 200; round++) {
                CountDownLatch entered = new CountDownLatch(2);
                String old = "old" + round;
                String present = "present" + round;
                Future<Boolean> one = threads.submit(() -> passTogether(old, entered));
                Future<Boolean> other = threads.submit(() -> passTogether(present, entered));
                one.get(10, TimeUnit.SECONDS);
                other.get(10, TimeUnit.SECONDS);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private boolean passTogether(String connection, CountDownLatch entered) throws InterruptedException {
        Passage passage = resent.enter(SESSION, connection, 9);
        entered.countDown();
        entered.await();
        boolean again = resent.isAgain(passage);
        passage.end(true);
        return again;
    }

    @Test
    void anEndedSessionLeavesNothingBehind() {
        resent.began(SESSION, "first");
        resent.ended(SESSION);
        assertThat(isAgain(LATER_SESSION, "second", 1)).isFalse();
        assertThat(isAgain(LATER_SESSION, "second", 1))
                .as("nothing of the old one can still come")
                .isFalse();
    }

    /** Brings a message, and archives it if it is new. */
    private boolean isAgain(SessionKey session, String connection, long contentHash) {
        Passage passage = resent.enter(session, connection, contentHash);
        boolean again = resent.isAgain(passage);
        passage.end(true);
        return again;
    }

    @Test
    void patienceHasAnEnd() {
        Passage passage = resent.enter(SESSION, "first", 1);
        assertThat(passage.awaitArchived(Duration.ofMillis(1))).isFalse();
        passage.end(false);
    }
}
