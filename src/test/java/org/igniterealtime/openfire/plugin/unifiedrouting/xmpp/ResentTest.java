package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.InMemoryArchive;
import org.igniterealtime.openfire.plugin.unifiedrouting.subscription.SessionKey;
import org.junit.jupiter.api.Test;
import org.xmpp.packet.JID;

/** Which message is one that was sent before; messages are told by their content hash. */
class ResentTest {

    private static final JID PHONE = new JID("romeo@verona.example/phone");
    private static final JID REMOTE = new JID("mercutio@mantua.example/street");
    private static final Resent.Owners ROMEOS = new Resent.Owners(Optional.of("romeo"), Optional.empty());
    private static final SessionKey SESSION = new SessionKey(PHONE, "stream1");
    private static final SessionKey LATER_SESSION = new SessionKey(PHONE, "stream2");

    private static final Optional<String> NOBODY = Optional.empty();

    private Instant archivedAt = Instant.MAX;
    private final List<Long> archived = new CopyOnWriteArrayList<>();
    private final Map<String, List<Long>> received = new ConcurrentHashMap<>();
    private final List<String> looks = new CopyOnWriteArrayList<>();
    private Optional<ServerLines.Line> line = Optional.empty();
    private final InMemoryArchive archive = new InMemoryArchive() {
        @Override
        public List<Long> receivedHashes(String owner, JID from, Instant since, int max) {
            looks.add(owner + " of " + from);
            return List.copyOf(received.getOrDefault(owner, List.of()));
        }

        @Override
        public List<Long> sentHashes(String owner, Instant since, int max) {
            return since.isAfter(archivedAt) ? List.of() : List.copyOf(archived);
        }
    };
    private Instant now = Instant.parse("2026-11-21T12:00:00Z");
    private final Resent resent = new Resent(
            archive,
            domain -> domain.equals(REMOTE.getDomain()) ? line : Optional.empty(),
            connection -> !connection.equals("plain"),
            new Clock() {
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

    /** A program that is started each minute, and counts its messages from one. */
    @Test
    void whatWasSentByASessionWithoutAcknowledgementsIsNotMetByTheNext() {
        now = now.plus(Resent.REACH).plusMillis(1);
        archivedAt = now;
        archived.add(1L);
        resent.began(SESSION, "first");
        resent.ended(SESSION, Resent.End.UNCOUNTED);
        resent.began(LATER_SESSION, "second");
        assertThat(isAgain(LATER_SESSION, "second", 1)).isFalse();

        // What another one has sent may have been left open.
        now = now.plusSeconds(60);
        archivedAt = now;
        resent.ended(LATER_SESSION, Resent.End.OPEN);
        assertThat(isAgain(new SessionKey(PHONE, "stream3"), "third", 1)).isTrue();
    }

    /** Also just after a restart, and though one before it was cut: it has had the time to send that again. */
    @Test
    void whatWasSentBeforeAStreamWasClosedIsNotMet() {
        archivedAt = now;
        archived.add(1L);
        resent.began(SESSION, "first");
        resent.ended(SESSION, Resent.End.OPEN);
        resent.began(LATER_SESSION, "second");
        assertThat(isAgain(LATER_SESSION, "second", 1)).isTrue();
        now = now.plusSeconds(10);
        resent.ended(LATER_SESSION, Resent.End.CLEAN);
        SessionKey third = new SessionKey(PHONE, "stream3");
        resent.began(third, "third");
        assertThat(isAgain(third, "third", 1)).isFalse();

        now = now.plusSeconds(10);
        archivedAt = now;
        resent.ended(third, Resent.End.OPEN);
        assertThat(isAgain(new SessionKey(PHONE, "stream4"), "fourth", 1)).isTrue();
    }

    /** Just after a restart: it sends nothing again, but another program under its address may. */
    @Test
    void whoWantedNoAcknowledgementsClosesNothingButItsOwn() {
        archivedAt = now;
        archived.add(1L);
        resent.began(SESSION, "first");
        resent.ended(SESSION, Resent.End.CLOSED);
        resent.began(LATER_SESSION, "second");
        assertThat(isAgain(LATER_SESSION, "second", 1)).isFalse();

        now = now.plusSeconds(10);
        archivedAt = now;
        resent.ended(LATER_SESSION, Resent.End.OPEN);
        SessionKey third = new SessionKey(PHONE, "stream3");
        resent.began(third, "third");
        resent.ended(third, Resent.End.CLOSED);
        assertThat(isAgain(new SessionKey(PHONE, "stream4"), "fourth", 1)).isTrue();
    }

    @Test
    void whoIsReplacedClosesNothingByClosingItsStream() {
        archivedAt = now;
        archived.add(1L);
        resent.began(SESSION, "first");
        resent.began(LATER_SESSION, "second");
        resent.ended(SESSION, Resent.End.CLEAN);
        resent.ended(LATER_SESSION, Resent.End.UNCOUNTED);
        assertThat(isAgain(new SessionKey(PHONE, "stream3"), "third", 1)).isTrue();
    }

    /** It may have been cut before it could send anything again. */
    @Test
    void norDoesOneInBetweenCloseWhatAnEarlierOneHasLeftOpen() {
        now = now.plus(Resent.REACH).plusMillis(1);
        archivedAt = now;
        archived.add(1L);
        resent.began(SESSION, "first");
        resent.ended(SESSION, Resent.End.OPEN);
        resent.began(LATER_SESSION, "second");
        resent.ended(LATER_SESSION, Resent.End.UNCOUNTED);
        assertThat(isAgain(new SessionKey(PHONE, "stream3"), "third", 1)).isTrue();
    }

    @Test
    void whoIsReplacedMayHaveLeftSomethingOpenAndClosesNothingLater() {
        now = now.plus(Resent.REACH).plusMillis(1);
        archivedAt = now;
        archived.add(1L);
        resent.began(SESSION, "first");
        resent.began(LATER_SESSION, "second");
        resent.ended(SESSION, Resent.End.UNCOUNTED);
        resent.ended(LATER_SESSION, Resent.End.UNCOUNTED);
        assertThat(isAgain(new SessionKey(PHONE, "stream3"), "third", 1)).isTrue();
    }

    @Test
    void whoIsReplacedAndWantedNoAcknowledgementsHasLeftNothing() {
        now = now.plus(Resent.REACH).plusMillis(1);
        archivedAt = now;
        archived.add(1L);
        resent.began(SESSION, "plain");
        resent.began(LATER_SESSION, "second");
        assertThat(isAgain(LATER_SESSION, "second", 1)).isFalse();
    }

    /** What was there before the plugin may have left something open. */
    @Test
    void whatWasSentBeforeARestartIsMet() {
        archivedAt = now;
        archived.add(1L);
        resent.began(SESSION, "first");
        resent.ended(SESSION, Resent.End.UNCOUNTED);
        assertThat(isAgain(LATER_SESSION, "second", 1)).isTrue();
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
        assertThat(resent.isAgain(failing, ROMEOS)).isFalse();
        failing.end(false);
        assertThat(isAgain(SESSION, "second", 1)).isFalse();
    }

    @Test
    void whatIsStillUnderWayOverTheOldConnectionIsWaitedFor() throws Exception {
        resent.began(SESSION, "first");
        Passage first = resent.enter(SESSION, "first", 1);
        assertThat(resent.isAgain(first, ROMEOS)).isFalse();
        AtomicReference<Thread> waiting = new AtomicReference<>();
        ExecutorService threads = Executors.newSingleThreadExecutor();
        try {
            Future<Boolean> second = threads.submit(() -> {
                waiting.set(Thread.currentThread());
                return isAgain(SESSION, "second", 1);
            });
            // As long as the first one is, and no longer.
            Awaitility.await()
                    .until(() -> waiting.get() != null && waiting.get().getState() == Thread.State.TIMED_WAITING);
            archived.add(1L);
            first.end(true);
            assertThat(second.get(10, TimeUnit.SECONDS)).isTrue();
            now = now.plus(Resent.SETTLING).plusMillis(1);
            assertThat(isAgain(SESSION, "second", 1))
                    .as("it is one message, though it was met on its way")
                    .isFalse();
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
        boolean again = resent.isAgain(passage, ROMEOS);
        passage.end(true);
        return again;
    }

    @Test
    void anEndedSessionLeavesNothingBehind() {
        resent.began(SESSION, "first");
        resent.ended(SESSION, Resent.End.OPEN);
        assertThat(isAgain(LATER_SESSION, "second", 1)).isFalse();
        assertThat(isAgain(LATER_SESSION, "second", 1))
                .as("nothing of the old one can still come")
                .isFalse();
    }

    /** Brings a message, and archives it if it is new. */
    private boolean isAgain(SessionKey session, String connection, long contentHash) {
        Passage passage = resent.enter(session, connection, contentHash);
        boolean again = resent.isAgain(passage, ROMEOS);
        passage.end(true);
        return again;
    }

    // the recipient's side

    @Test
    void whatTheRecipientHasIsMetThoughTheSenderHasNothing() {
        received.put("juliet", List.of(1L));
        assertThat(isAgainFor("juliet", "second", 1)).isTrue();
        assertThat(isAgainFor("juliet", "second", 1)).as("met already").isFalse();
        assertThat(isAgainFor("juliet", "second", 2)).isFalse();
    }

    /** Both archives tell of the same message. */
    @Test
    void whatBothSidesHaveIsMetOnce() {
        archived.add(1L);
        received.put("juliet", List.of(1L));
        assertThat(isAgainFor("juliet", "second", 1)).isTrue();
        assertThat(isAgainFor("juliet", "second", 1)).isFalse();
    }

    @Test
    void whatOneSideHasMoreOfIsMetAsOften() {
        archived.add(1L);
        received.put("juliet", List.of(1L, 1L));
        assertThat(isAgainFor("juliet", "second", 1)).isTrue();
        assertThat(isAgainFor("juliet", "second", 1)).isTrue();
        assertThat(isAgainFor("juliet", "second", 1)).isFalse();
    }

    @Test
    void eachRecipientIsLookedAtOnceForAConnectionAndNotAfterTheReach() {
        resent.began(SESSION, "first");
        isAgainFor("juliet", "first", 1);
        isAgainFor("juliet", "first", 2);
        isAgainFor("benvolio", "first", 3);
        assertThat(looks).containsExactly("juliet of " + PHONE, "benvolio of " + PHONE);
        now = now.plus(Resent.REACH).plusMillis(1);
        isAgainFor("paris", "first", 4);
        assertThat(looks).hasSize(2);
    }

    /** What is archived over this connection is no earlier one. */
    @Test
    void theRecipientIsLookedAtBeforeTheFirstMessageToHim() {
        resent.began(SESSION, "first");
        assertThat(isAgainFor("juliet", "first", 1)).isFalse();
        received.put("juliet", List.of(1L));
        assertThat(isAgainFor("juliet", "first", 1)).isFalse();
    }

    @Test
    void whatIsRememberedOfAConnectionIsBounded() {
        for (int i = 0; i < Earlier.MOST_RECIPIENTS + 10; i++) {
            isAgainFor("recipient" + i, "second", i);
        }
        assertThat(looks).hasSize(Earlier.MOST_RECIPIENTS);
    }

    private boolean isAgainFor(String recipient, String connection, long contentHash) {
        Passage passage = resent.enter(SESSION, connection, contentHash);
        boolean again = resent.isAgain(passage, new Resent.Owners(Optional.of("romeo"), Optional.of(recipient)));
        passage.end(true);
        return again;
    }

    // other servers

    @Test
    void whatAnotherServerBringsOverANewConnectionIsMetOnce() {
        received.put("juliet", List.of(1L));
        line = Optional.of(new ServerLines.Line("s2s-1", now));
        assertThat(isAgainFromElsewhere(1)).isTrue();
        assertThat(isAgainFromElsewhere(1)).isFalse();
        received.put("juliet", List.of(1L, 2L));
        assertThat(isAgainFromElsewhere(2)).as("came over this connection").isFalse();
        now = now.plusSeconds(60);
        line = Optional.of(new ServerLines.Line("s2s-2", now));
        assertThat(isAgainFromElsewhere(2)).isTrue();
        assertThat(isAgainFromElsewhere(2)).isFalse();
    }

    @Test
    void aConnectionOfAnotherServerBringsNothingAgainWhenItIsOld() {
        received.put("juliet", List.of(1L));
        line = Optional.of(new ServerLines.Line("s2s-1", now));
        now = now.plus(Resent.REACH).plusMillis(1);
        assertThat(resent.enter(REMOTE, 1)).isEmpty();
        assertThat(looks).isEmpty();
    }

    @Test
    void whatComesFromNoServerCannotComeAgain() {
        assertThat(resent.enter(REMOTE, 1)).as("no connection").isEmpty();
        line = Optional.of(new ServerLines.Line("s2s-1", now));
        assertThat(resent.enter(new JID("hall@conference.verona.example/nurse"), 1))
                .isEmpty();
    }

    @Test
    void whatIsRememberedOfOtherServersIsBoundedAndGoesWithTime() {
        line = Optional.of(new ServerLines.Line("s2s-1", now));
        for (int i = 0; i < Resent.MOST_REMOTE; i++) {
            assertThat(isAgainFromElsewhere(new JID("user" + i, REMOTE.getDomain(), "x"), 1))
                    .isFalse();
        }
        assertThat(resent.enter(REMOTE, 1)).as("one too many").isEmpty();
        now = now.plus(Resent.REACH).plusMillis(1);
        line = Optional.of(new ServerLines.Line("s2s-2", now));
        assertThat(resent.enter(REMOTE, 1)).isPresent();
    }

    private boolean isAgainFromElsewhere(long contentHash) {
        return isAgainFromElsewhere(REMOTE, contentHash);
    }

    private boolean isAgainFromElsewhere(JID from, long contentHash) {
        Passage passage = resent.enter(from, contentHash).orElseThrow();
        boolean again = resent.isAgain(passage, new Resent.Owners(NOBODY, Optional.of("juliet")));
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
