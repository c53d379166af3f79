package org.igniterealtime.openfire.plugin.unifiedrouting.archive;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.xmpp.packet.JID;

/**
 * A random archive, asked at random, or walked through page by page while it changes. All of it is done to an
 * {@link InMemoryArchive} as well, and each answer has to be the same.
 *
 * @param <P> a page as the archive under test shows it
 */
public final class PagingCase<P> {

    /** The archive under test. */
    public interface Subject<P> {

        ArchiveStore store();

        ArchiveMaintenance maintenance();

        /** Adds messages before the oldest ones, as an import does. */
        void addOlder(String owner, List<NewEntry> newestFirst);

        /** Empty if a MID that the query names is not in the archive. */
        Optional<P> ask(ArchiveQuery query, boolean flipped);

        /** What is to be shown of such a page. */
        P expected(ArchivePage page, boolean flipped);
    }

    /** What has to happen now and then, or the cases say nothing. */
    private enum Seen {
        PAGE,
        PAGE_OF_NONE,
        PAGE_CUT_BY_LENGTH,
        PAGE_OF_ONE_THAT_IS_TOO_LONG,
        PAGE_OF_NAMED_ONES_CUT_BY_LENGTH,
        UNKNOWN_MID,
        FLIPPED_WALK,
        WALK_FORWARDS_TO_THE_END,
        WALK_BACKWARDS_TO_THE_END,
        WALK_OF_MANY_PAGES,
        WALK_OF_PAGES_CUT_BY_LENGTH,
        WALK_THAT_LOST_ITS_PLACE,
        APPENDED_DURING_A_WALK,
        IMPORTED_DURING_A_WALK,
        DELETED_DURING_A_WALK
    }

    private static final int QUESTIONS = 2;
    private static final int CHANGES_PER_WALK = 6;
    private static final int MANY_PAGES = 4;
    private static final int MILLISECONDS = 30;

    /** A case of a hundred is seldom enough to be a surprise and often enough to be counted on. */
    private static final int RARELY = 100;

    private static final List<JID> PEERS = List.of(
            new JID("juliet@capulet.example"),
            new JID("juliet@capulet.example/balcony"),
            new JID("juliet@capulet.example/Balcony"),
            new JID("tybalt@capulet.example/street"),
            new JID("tybalt@capulet.example"),
            new JID("verona.example"),
            new JID("verona.example/balcony"));

    private final Subject<P> subject;
    private final Random random;
    private final Map<Seen, Integer> seen;
    private final String owner;
    private final String neighbour;
    private final InMemoryArchive model = new InMemoryArchive();

    /** Those of the owner, whether they are still there or not. */
    private final List<Mid> mids = new ArrayList<>();

    private final Set<Mid> appended = new HashSet<>();
    private final Set<Mid> imported = new HashSet<>();

    private PagingCase(Subject<P> subject, long seed, Map<Seen, Integer> seen) {
        this.subject = subject;
        this.random = new Random(seed);
        this.seen = seen;
        this.owner = "owner" + seed;
        this.neighbour = "neighbour" + seed;
    }

    /**
     * Runs many cases. The system properties {@code paging.seed}, that of the first case, and {@code paging.cases} say
     * which; a failure says them too.
     *
     * @param cases how many, unless the system property says otherwise
     */
    public static <P> void runAll(Subject<P> subject, int cases) {
        long first = Long.getLong("paging.seed", 1);
        int wanted = Integer.getInteger("paging.cases", cases);
        Map<Seen, Integer> seen = new EnumMap<>(Seen.class);
        for (long seed = first; seed < first + wanted; seed++) {
            try {
                new PagingCase<>(subject, seed, seen).run();
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("To repeat it: -Dpaging.seed=" + seed + " -Dpaging.cases=1\n" + e, e);
            }
        }
        if (wanted >= cases) {
            for (Seen what : Seen.values()) {
                assertThat(seen.getOrDefault(what, 0))
                        .as("%s in %s", what, seen)
                        .isGreaterThan(wanted / RARELY);
            }
        }
    }

    private void note(Seen what) {
        seen.merge(what, 1, Integer::sum);
    }

    private void run() {
        if (random.nextInt(3) == 0) {
            addOlder();
        }
        for (int batches = random.nextInt(4); batches > 0; batches--) {
            append();
        }
        if (random.nextInt(4) == 0) {
            change();
        }
        if (random.nextInt(3) == 0) {
            appended.clear();
            imported.clear();
            walk();
        } else {
            for (int i = 0; i < QUESTIONS; i++) {
                ask(new ArchiveQuery(owner, randomFilter(3), randomPaging()), random.nextBoolean());
            }
        }
    }

    private Optional<ArchivePage> ask(ArchiveQuery query, boolean flipped) {
        Optional<ArchivePage> expected = model.page(query);
        assertThat(subject.ask(query, flipped))
                .as("%s%s of %s", flipped ? "flipped " : "", query, model.archive(owner))
                .isEqualTo(expected.map(page -> subject.expected(page, flipped)));
        note(expected.isEmpty() ? Seen.UNKNOWN_MID : query.paging().max() == 0 ? Seen.PAGE_OF_NONE : Seen.PAGE);
        expected.filter(page -> isCutByLength(page, query)).ifPresent(page -> {
            note(Seen.PAGE_CUT_BY_LENGTH);
            if (InMemoryArchive.bytes(page.messages()) > query.paging().bytes()) {
                note(Seen.PAGE_OF_ONE_THAT_IS_TOO_LONG);
            }
            if (!query.filter().ids().isEmpty()) {
                note(Seen.PAGE_OF_NAMED_ONES_CUT_BY_LENGTH);
            }
        });
        return expected;
    }

    private static boolean isCutByLength(ArchivePage page, ArchiveQuery query) {
        return !page.complete() && page.messages().size() < query.paging().max();
    }

    // Walks

    private void walk() {
        boolean backwards = random.nextBoolean();
        boolean flipped = random.nextInt(3) == 0;
        ArchiveQuery.Filter filter = randomFilter(6);
        int size = 1 + random.nextInt(random.nextBoolean() ? 3 : 12);
        long bytes = randomBytes();
        int cut = 0;
        List<Mid> walked = new ArrayList<>();
        Optional<Mid> place = Optional.empty();
        for (int pages = 1; ; pages++) {
            ArchiveQuery query = new ArchiveQuery(
                    owner,
                    filter,
                    new Paging(
                            random.nextInt(8) == 0 ? 1 + random.nextInt(20) : size,
                            bytes,
                            backwards,
                            backwards ? Optional.empty() : place,
                            backwards ? place : Optional.empty()));
            Optional<ArchivePage> page = ask(query, flipped);
            if (page.isEmpty()) {
                // The model says so too. A client has to begin anew.
                note(Seen.WALK_THAT_LOST_ITS_PLACE);
                return;
            }
            cut += isCutByLength(page.get(), query) ? 1 : 0;
            List<Mid> found = mids(page.get().messages());
            walked.addAll(backwards ? 0 : walked.size(), found);
            if (page.get().complete()) {
                note(backwards ? Seen.WALK_BACKWARDS_TO_THE_END : Seen.WALK_FORWARDS_TO_THE_END);
                if (flipped) {
                    note(Seen.FLIPPED_WALK);
                }
                if (pages >= MANY_PAGES) {
                    note(Seen.WALK_OF_MANY_PAGES);
                }
                if (cut > 1) {
                    note(Seen.WALK_OF_PAGES_CUT_BY_LENGTH);
                }
                checkWalk(walked, filter, backwards);
                return;
            }
            place = Optional.of(backwards ? found.get(0) : found.get(found.size() - 1));
            if (pages <= CHANGES_PER_WALK && random.nextBoolean()) {
                changeDuringWalk();
            }
        }
    }

    /** What is there at the end was found, once and in order, but for what was added behind the walker's back. */
    private void checkWalk(List<Mid> walked, ArchiveQuery.Filter filter, boolean backwards) {
        List<Mid> there = mids(model.page(new ArchiveQuery(owner, filter, Paging.fromStart(Integer.MAX_VALUE)))
                .orElseThrow()
                .messages());
        Set<Mid> behind = backwards ? appended : imported;
        assertThat(walked).as("the whole walk with %s", filter).doesNotHaveDuplicates();
        assertThat(walked.stream().filter(mid -> model.find(owner, mid).isPresent()))
                .as("what the whole walk with %s found, and is still there", filter)
                .containsExactlyElementsOf(
                        there.stream().filter(mid -> !behind.contains(mid)).toList());
    }

    private static List<Mid> mids(List<ArchivedMessage> messages) {
        return messages.stream().map(ArchivedMessage::mid).toList();
    }

    // Changes

    private void changeDuringWalk() {
        List<Mid> before = mids(model.archive(owner));
        change();
        List<Mid> after = mids(model.archive(owner));
        if (!after.containsAll(before)) {
            note(Seen.DELETED_DURING_A_WALK);
        } else if (!Collections.disjoint(after, appended)) {
            note(Seen.APPENDED_DURING_A_WALK);
        } else if (!Collections.disjoint(after, imported)) {
            note(Seen.IMPORTED_DURING_A_WALK);
        }
    }

    private void change() {
        int before = model.archive(owner).size();
        switch (random.nextInt(12)) {
            case 0, 1, 2, 3, 4, 5 -> append();
            case 6 -> addOlder();
            case 7 -> {
                Mid upTo = randomMid();
                Optional<Runnable> trimming = subject.maintenance().trim(owner, upTo);
                Optional<Runnable> expected = model.trim(owner, upTo);
                assertThat(trimming.isPresent()).isEqualTo(expected.isPresent());
                trimming.ifPresent(Runnable::run);
                expected.ifPresent(Runnable::run);
            }
            case 8 -> {
                JID peer = randomPeer();
                assertThat(subject.maintenance().deleteConversation(owner, peer))
                        .isEqualTo(model.deleteConversation(owner, peer));
            }
            case 9 -> {
                long messages = random.nextBoolean() ? Long.MAX_VALUE : before * 3L / 4;
                long bytes = random.nextInt(before * 150 + 1);
                assertThat(subject.maintenance().trimTo(owner, messages, bytes))
                        .isEqualTo(model.trimTo(owner, messages, bytes));
            }
            case 10 -> {
                Instant time = randomTime();
                assertThat(subject.maintenance().trimBefore(owner, time)).isEqualTo(model.trimBefore(owner, time));
            }
            default -> {
                if (random.nextBoolean()) {
                    subject.maintenance().trimAll(owner).run();
                    model.trimAll(owner).run();
                } else {
                    subject.maintenance().delete(owner);
                    model.delete(owner);
                }
            }
        }
    }

    /** The neighbour gets some of the same MIDs. */
    private void append() {
        List<NewEntry> batch = new ArrayList<>();
        boolean together = random.nextInt(4) == 0;
        for (int i = random.nextInt(8); i >= 0; i--) {
            NewEntry entry = entry(owner, randomTime());
            batch.add(entry);
            appended.add(entry.mid());
            if (together && random.nextBoolean()) {
                batch.add(new NewEntry(
                        neighbour, entry.mid(), Direction.SENT, randomPeer(), randomTime(), entry.stanza()));
            }
        }
        assertThat(subject.store().append(batch)).isEqualTo(model.append(batch));
    }

    private void addOlder() {
        Instant oldest = model.archive(owner).stream()
                .map(ArchivedMessage::receivedAt)
                .findFirst()
                .orElseGet(this::randomTime);
        List<NewEntry> entries = IntStream.rangeClosed(0, random.nextInt(10))
                .mapToObj(i -> entry(owner, oldest.minusMillis(random.nextInt(8))))
                .sorted(Comparator.comparing(NewEntry::receivedAt).reversed())
                .toList();
        entries.forEach(entry -> imported.add(entry.mid()));
        subject.addOlder(owner, entries);
        model.addOlder(owner, entries);
    }

    // What is random

    private NewEntry entry(String account, Instant at) {
        Mid mid = new Mid(Long.toHexString(random.nextLong()));
        mids.add(mid);
        return new NewEntry(
                account,
                mid,
                random.nextBoolean() ? Direction.SENT : Direction.RECEIVED,
                randomPeer(),
                at,
                "<message><body>" + "x".repeat(random.nextInt(200)) + mid + "</body></message>");
    }

    /**
     * @param oneIn how seldom each condition is there
     */
    private ArchiveQuery.Filter randomFilter(int oneIn) {
        if (random.nextInt(4) == 0) {
            return ArchiveQuery.Filter.NONE;
        }
        return new ArchiveQuery.Filter(
                some(oneIn, new PeerFilter(randomPeer())),
                some(oneIn, randomTime()),
                some(oneIn, randomTime()),
                some(oneIn * 2, randomMid()),
                some(oneIn * 2, randomMid()),
                random.nextInt(oneIn) == 0 ? randomMids() : Set.of());
    }

    /** What a client can ask for: who names the message before which the page is to end, pages backwards. */
    private Paging randomPaging() {
        Optional<Mid> before = some(3, randomMid());
        return new Paging(random.nextInt(8), before.isPresent() || random.nextBoolean(), some(3, randomMid()), before)
                .within(randomBytes());
    }

    /** One message has 35 to 250. */
    private long randomBytes() {
        return random.nextInt(3) == 0 ? Long.MAX_VALUE : random.nextInt(random.nextBoolean() ? 200 : 2_000);
    }

    private Mid randomMid() {
        return mids.isEmpty() || random.nextInt(20) == 0 ? new Mid("unknown") : mids.get(random.nextInt(mids.size()));
    }

    private Set<Mid> randomMids() {
        Set<Mid> some = new HashSet<>();
        for (int i = random.nextInt(12); i >= 0; i--) {
            some.add(randomMid());
        }
        return some;
    }

    private <T> Optional<T> some(int oneIn, T value) {
        return random.nextInt(oneIn) == 0 ? Optional.of(value) : Optional.empty();
    }

    private JID randomPeer() {
        return PEERS.get(random.nextInt(PEERS.size()));
    }

    private Instant randomTime() {
        return Entries.NOON.plusMillis(random.nextInt(MILLISECONDS) - MILLISECONDS / 3);
    }
}
