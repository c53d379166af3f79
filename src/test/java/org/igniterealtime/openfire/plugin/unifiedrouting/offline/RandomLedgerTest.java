package org.igniterealtime.openfire.plugin.unifiedrouting.offline;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Mid;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Events in any order, compared with a model that remembers everything: what no session took and nobody has seen is in the
 * database's offline set at any time, also if the server dies now; when all is saved, nothing else is.
 */
class RandomLedgerTest {

    static List<Long> seeds() {
        return new Random(20261125).longs(400).boxed().toList();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void nothingIsLostAndNothingIsGivenTwice(long seed) {
        new Run(new Random(seed)).run(150);
    }

    /** One thread that routes a message, step by step; what it does next comes at any time. */
    private record Routing(Mid mid, Deque<String> recipients) {}

    private static final class Run {
        private final Random random;
        private long nanoTime = 1;

        /** When each began to be routed, or was committed. */
        private final Map<Mid, Long> routedAt = new HashMap<>();

        /** Seconds that the one who gives the offline set has seen go by. */
        private int seconds;

        private final InMemoryOfflineStore store = new InMemoryOfflineStore();
        private OfflineLedger<String> ledger = new OfflineLedger<>("bob", () -> nanoTime);
        private final Map<Mid, Boolean> submitted = new LinkedHashMap<>();
        private final Map<Mid, OfflineMessage> committed = new HashMap<>();
        private final Set<Mid> taken = new HashSet<>();
        private final Map<String, Set<Mid>> held = new HashMap<>();
        private final Map<String, Set<Mid>> tookBy = new HashMap<>();
        private final List<Routing> routings = new ArrayList<>();
        private final List<String> sessions = new ArrayList<>(List.of("s0"));

        /** Their connections are closed; what they held is being routed once more. */
        private final Map<String, Deque<Mid>> ending = new LinkedHashMap<>();

        private OfflineScan<String> scan;
        private String flooded;
        private long lastGiven;
        private boolean wentBack;
        private int names = 1;
        private int mids;

        Run(Random random) {
            this.random = random;
            ledger.opened(store.mailbox("bob"));
        }

        void run(int steps) {
            for (int i = 0; i < steps; i++) {
                step();
                nothingIsLost();
            }
            while (!submitted.isEmpty()) {
                commit();
            }
            List.copyOf(sessions).forEach(this::closes);
            while (!ending.isEmpty() || !routings.isEmpty()) {
                ends();
                routes();
            }
            sessions.forEach(ledger::gone);
            closeFlood();
            for (int i = 0; i < 60; i++) {
                // Some of them fail.
                save();
            }
            assertThat(offline()).as("when all is saved").isEqualTo(expected());
            assertThat(ledger.size()).isZero();
        }

        private void step() {
            switch (random.nextInt(14)) {
                case 0, 1 -> submit();
                case 2, 3 -> commit();
                case 4, 5 -> {
                    routes();
                    routes();
                    routes();
                }
                case 6 -> acknowledge();
                case 7, 8 -> flood();
                case 9 -> save();
                case 10 -> {
                    if (random.nextInt(4) == 0 && ending.size() < 3) {
                        closes(anySession());
                    }
                    sessions.add("s" + names++);
                }
                case 11, 12 -> ends();
                default -> {
                    switch (random.nextInt(12)) {
                        case 0 -> crash();
                        case 1 -> seen();
                        default -> ends();
                    }
                }
            }
        }

        private String anySession() {
            return sessions.get(random.nextInt(sessions.size()));
        }

        private void submit() {
            Mid mid = new Mid("m" + mids++);
            boolean archived = random.nextInt(4) != 0;
            ledger.submitted(mid, archived);
            routedAt.put(mid, nanoTime);
            submitted.put(mid, archived);
            route(mid);
        }

        private void route(Mid mid) {
            Deque<String> recipients = new ArrayDeque<>();
            for (int i = random.nextInt(4) == 0 ? 0 : 1 + random.nextInt(2); i > 0; i--) {
                recipients.add(anySession());
            }
            routings.add(new Routing(mid, recipients));
        }

        private void commit() {
            if (submitted.isEmpty()) {
                return;
            }
            Mid mid = submitted.keySet().iterator().next();
            boolean archived = submitted.remove(mid);
            if (random.nextInt(10) == 0) {
                ledger.failed(mid);
                forget(mid);
                return;
            }
            boolean eligible = !archived || random.nextInt(8) != 0;
            OfflineMessage row = store.add("bob", mid.value(), archived, eligible);
            ledger.committed(mid, row.seq(), archived, eligible);
            if (eligible) {
                routedAt.put(mid, nanoTime);
                committed.put(mid, row);
            } else {
                forget(mid);
            }
        }

        private void forget(Mid mid) {
            held.values().forEach(set -> set.remove(mid));
            ending.values().forEach(queue -> queue.remove(mid));
            routings.removeIf(routing -> routing.mid().equals(mid));
        }

        /** One of those that are routed comes to its next recipient, or to its end. */
        private void routes() {
            if (routings.isEmpty()) {
                return;
            }
            // None takes so long that nobody waits for it any more.
            Routing routing = routings.get(random.nextInt(Math.min(3, routings.size())));
            Mid mid = routing.mid();
            if (routing.recipients().isEmpty()) {
                if (random.nextBoolean()) {
                    assertThat(ledger.isGivenToAll(mid)).isEqualTo(taken.contains(mid) || isHeld(mid));
                }
                ledger.routed(mid);
                routings.remove(routing);
                return;
            }
            String session = routing.recipients().poll();
            if (!sessions.contains(session)) {
                return;
            }
            boolean has = heldBy(session).contains(mid) || tookBy(session).contains(mid);
            assertThat(ledger.meant(mid, session)).isEqualTo(!has);
            if (!has) {
                heldBy(session).add(mid);
                written(mid, session);
            }
        }

        private boolean isHeld(Mid mid) {
            return held.values().stream().anyMatch(set -> set.contains(mid));
        }

        private void written(Mid mid, String session) {
            if (random.nextBoolean()) {
                ledger.sent(mid, session);
            } else if (random.nextInt(5) == 0) {
                heldBy(session).remove(mid);
                ledger.released(mid, session);
                ledger.isGivenToAll(mid);
            } else {
                ledger.took(mid, session);
                isTaken(mid, session);
            }
        }

        private void isTaken(Mid mid, String session) {
            heldBy(session).remove(mid);
            tookBy(session).add(mid);
            taken.add(mid);
        }

        private Set<Mid> heldBy(String session) {
            return held.computeIfAbsent(session, name -> new LinkedHashSet<>());
        }

        private Set<Mid> tookBy(String session) {
            return tookBy.computeIfAbsent(session, name -> new HashSet<>());
        }

        private void acknowledge() {
            String session = anySession();
            assertThat(ledger.awaiting(session)).isEqualTo(heldBy(session));
            for (Mid mid : List.copyOf(heldBy(session))) {
                if (random.nextBoolean()) {
                    ledger.took(mid, session);
                    isTaken(mid, session);
                }
            }
        }

        /** The next page for the session that has its turn. */
        private void flood() {
            if (scan == null) {
                flooded = anySession();
                scan = ledger.scan(flooded, false);
                seconds = 0;
                lastGiven = -1;
            }
            if (!sessions.contains(flooded) || random.nextInt(20) == 0) {
                closeFlood();
                return;
            }
            int max = 1 + random.nextInt(5);
            long from = scan.begin();
            List<OfflineMessage> page = store.read("bob", from, max);
            if (random.nextBoolean()) {
                save();
            }
            if (random.nextBoolean()) {
                commit();
                routes();
            }
            wentBack |= from < lastGiven;
            if (random.nextInt(4) == 0 && seconds < 4) {
                seconds++;
                nanoTime += OfflineLedger.ROUTING.toNanos() + 1;
            }
            Set<Mid> claimed = scan.claim(page, page.size() < max)
                    .map(OfflineScan.Claimed::mids)
                    .orElse(Set.of());
            assertThat(claimed).as("may be somebody's the next moment").noneMatch(this::isUndecided);
            scan.end();
            for (OfflineMessage row : page) {
                if (claimed.contains(row.mid())) {
                    given(row);
                }
            }
            if (scan.isComplete()) {
                assertThat(offline())
                        .as("nothing that it could have")
                        .allMatch(mid -> isHeld(mid) || taken.contains(mid) || isRouted(mid) || refused.contains(mid));
                if (random.nextInt(3) == 0) {
                    closeFlood();
                }
            }
        }

        private final Set<Mid> refused = new HashSet<>();

        private boolean isUndecided(Mid mid) {
            return isRouted(mid) && nanoTime - routedAt.get(mid) <= OfflineLedger.ROUTING.toNanos();
        }

        private boolean isRouted(Mid mid) {
            return routings.stream().anyMatch(routing -> routing.mid().equals(mid));
        }

        private void given(OfflineMessage row) {
            Mid mid = row.mid();
            assertThat(taken).as("given once").doesNotContain(mid);
            assertThat(isHeld(mid)).as("given to one").isFalse();
            assertThat(row.seq() > lastGiven || wentBack).as("in order").isTrue();
            if (row.seq() <= lastGiven) {
                wentBack = false;
            }
            lastGiven = row.seq();
            if (random.nextInt(8) == 0) {
                scan.refuse(mid);
                refused.add(mid);
                return;
            }
            heldBy(flooded).add(mid);
            if (random.nextBoolean()) {
                ledger.sent(mid, flooded);
            } else {
                ledger.took(mid, flooded);
                isTaken(mid, flooded);
            }
        }

        private void closeFlood() {
            if (scan != null) {
                scan.close();
                scan = null;
                refused.clear();
            }
        }

        /** A connection is closed. Openfire routes what was not acknowledged once more, one after the other. */
        private void closes(String session) {
            ending.put(session, new ArrayDeque<>(heldBy(session)));
            sessions.remove(session);
            if (sessions.isEmpty()) {
                sessions.add("s" + names++);
            }
        }

        /** The next message of a session that is ending, or its end. */
        private void ends() {
            if (ending.isEmpty()) {
                return;
            }
            String session = List.copyOf(ending.keySet()).get(random.nextInt(ending.size()));
            Mid mid = ending.get(session).poll();
            if (mid == null) {
                ledger.gone(session);
                ending.remove(session);
                held.remove(session);
                tookBy.remove(session);
            } else {
                ledger.routedAgain(mid);
                routedAt.put(mid, nanoTime);
                route(mid);
            }
        }

        private void seen() {
            closeFlood();
            long last = store.mailbox("bob").lastSeq();
            committed.values().stream()
                    .filter(row -> row.archived() && row.seq() <= last)
                    .forEach(row -> taken.add(row.mid()));
            ledger.seenUpTo(last);
        }

        private void save() {
            ledger.changes().ifPresent(change -> {
                if (random.nextInt(6) == 0) {
                    return;
                }
                store.apply(List.of(change));
                ledger.saved(change);
            });
        }

        private void crash() {
            closeFlood();
            submitted.clear();
            held.clear();
            tookBy.clear();
            routings.clear();
            ending.clear();
            // Taken and not saved comes again, which is allowed.
            Set<Mid> again = offline();
            taken.removeIf(again::contains);
            ledger = new OfflineLedger<>("bob", () -> nanoTime);
            ledger.opened(store.mailbox("bob"));
        }

        private Set<Mid> offline() {
            Set<Mid> rows = new HashSet<>();
            store.read("bob", -1, Integer.MAX_VALUE).forEach(row -> rows.add(row.mid()));
            return rows;
        }

        private Set<Mid> expected() {
            Set<Mid> rows = new HashSet<>(committed.keySet());
            rows.removeAll(taken);
            return rows;
        }

        private void nothingIsLost() {
            assertThat(offline()).as("if the server dies now").containsAll(expected());
        }
    }
}
