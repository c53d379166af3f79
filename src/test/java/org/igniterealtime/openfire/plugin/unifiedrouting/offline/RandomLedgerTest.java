package org.igniterealtime.openfire.plugin.unifiedrouting.offline;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
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

    private static final class Run {
        private final Random random;
        private final InMemoryOfflineStore store = new InMemoryOfflineStore();
        private OfflineLedger<String> ledger = new OfflineLedger<>("bob");
        private final List<Mid> submitted = new ArrayList<>();
        private final Map<Mid, OfflineMessage> committed = new HashMap<>();
        private final Set<Mid> taken = new HashSet<>();
        private final Map<String, Set<Mid>> held = new HashMap<>();
        private final Map<String, Set<Mid>> tookBy = new HashMap<>();
        private final List<String> sessions = new ArrayList<>(List.of("s0"));
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
            List.copyOf(sessions).forEach(this::goes);
            for (int i = 0; i < 60; i++) {
                // Some of them fail; and what nobody reported on is waited for.
                save();
            }
            assertThat(offline()).as("when all is saved").isEqualTo(expected());
            assertThat(ledger.size()).isZero();
        }

        private void step() {
            switch (random.nextInt(12)) {
                case 0, 1 -> submit();
                case 2, 3 -> commit();
                case 4, 5 -> route();
                case 6 -> acknowledge();
                case 7 -> flood();
                case 8 -> save();
                case 9 -> {
                    if (random.nextInt(4) == 0) {
                        goes(anySession());
                    }
                    sessions.add("s" + names++);
                }
                case 10 -> {
                    if (random.nextInt(5) == 0) {
                        seen();
                    }
                }
                default -> {
                    if (random.nextInt(6) == 0) {
                        crash();
                    }
                }
            }
        }

        private String anySession() {
            return sessions.get(random.nextInt(sessions.size()));
        }

        private void submit() {
            Mid mid = new Mid("m" + mids++);
            ledger.submitted(mid);
            submitted.add(mid);
            if (random.nextBoolean()) {
                routeTo(mid);
            }
        }

        private void commit() {
            if (submitted.isEmpty()) {
                return;
            }
            Mid mid = submitted.remove(0);
            if (random.nextInt(10) == 0) {
                ledger.failed(mid);
                held.values().forEach(set -> set.remove(mid));
                return;
            }
            boolean eligible = random.nextInt(8) != 0;
            boolean archived = !eligible || random.nextInt(5) != 0;
            OfflineMessage row = store.add("bob", mid.value(), archived, eligible);
            ledger.committed(mid, row.seq(), archived, eligible);
            if (eligible) {
                committed.put(mid, row);
            } else {
                held.values().forEach(set -> set.remove(mid));
            }
        }

        private void route() {
            List<Mid> all = new ArrayList<>(submitted);
            committed.keySet().stream().filter(mid -> !taken.contains(mid)).forEach(all::add);
            if (!all.isEmpty()) {
                routeTo(all.get(random.nextInt(all.size())));
            }
        }

        private void routeTo(Mid mid) {
            if (random.nextInt(4) == 0 || sessions.isEmpty()) {
                ledger.routed(mid);
                return;
            }
            String session = anySession();
            boolean known = ledger.meant(mid, session);
            boolean has = heldBy(session).contains(mid) || tookBy(session).contains(mid);
            if (has) {
                return;
            }
            assertThat(known).isTrue();
            give(mid, session);
        }

        /** A session that the ledger knows nothing of any more is not told to have it either. */
        private void give(Mid mid, String session) {
            if (random.nextBoolean()) {
                ledger.sent(mid, session);
                if (ledger.isWith(mid, session)) {
                    heldBy(session).add(mid);
                }
            } else if (random.nextInt(5) == 0) {
                ledger.released(mid, session);
                ledger.routed(mid);
            } else {
                boolean known = ledger.isWith(mid, session);
                ledger.took(mid, session);
                if (known) {
                    heldBy(session).remove(mid);
                    tookBy(session).add(mid);
                    taken.add(mid);
                }
            }
        }

        private Set<Mid> heldBy(String session) {
            return held.computeIfAbsent(session, name -> new LinkedHashSet<>());
        }

        private Set<Mid> tookBy(String session) {
            return tookBy.computeIfAbsent(session, name -> new HashSet<>());
        }

        private void acknowledge() {
            String session = anySession();
            Set<Mid> open = heldBy(session);
            Set<Mid> rest = new LinkedHashSet<>();
            for (Mid mid : open) {
                if (random.nextBoolean()) {
                    rest.add(mid);
                }
            }
            Set<Mid> done = new HashSet<>(open);
            done.removeAll(rest);
            assertThat(ledger.awaiting(session)).isEqualTo(open);
            done.forEach(mid -> ledger.took(mid, session));
            taken.addAll(done);
            tookBy(session).addAll(done);
            open.retainAll(rest);
        }

        private void flood() {
            String session = anySession();
            long skipped = ledger.floodBegins();
            long position = -1;
            int max = 1 + random.nextInt(5);
            while (true) {
                ledger.readBegins();
                long last = ledger.undeliveredUpTo();
                List<OfflineMessage> page = store.read("bob", position, max);
                if (random.nextBoolean()) {
                    save();
                }
                List<Mid> claimed = new ArrayList<>();
                for (OfflineMessage row : page) {
                    boolean isWith = held.values().stream().anyMatch(set -> set.contains(row.mid()));
                    if (ledger.claim(row, session, skipped)) {
                        assertThat(taken).doesNotContain(row.mid());
                        assertThat(isWith).isFalse();
                        claimed.add(row.mid());
                    }
                }
                ledger.scanned(
                        position,
                        page.size() < max ? last : page.get(page.size() - 1).seq());
                ledger.readEnds();
                claimed.forEach(mid -> give(mid, session));
                // What was rejected is undelivered again.
                claimed.forEach(ledger::routed);
                if (page.size() < max || random.nextInt(6) == 0) {
                    break;
                }
                position = page.get(page.size() - 1).seq();
            }
            ledger.floodEnds();
        }

        private void goes(String session) {
            ledger.gone(session);
            held.remove(session);
            tookBy.remove(session);
            sessions.remove(session);
            if (sessions.isEmpty()) {
                sessions.add("s" + names++);
            }
        }

        private void seen() {
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
            submitted.clear();
            held.clear();
            tookBy.clear();
            // Taken and not saved comes again, which is allowed.
            Set<Mid> again = offline();
            taken.removeIf(again::contains);
            ledger = new OfflineLedger<>("bob");
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
