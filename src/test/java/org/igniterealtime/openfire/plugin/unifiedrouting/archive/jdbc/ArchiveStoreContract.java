package org.igniterealtime.openfire.plugin.unifiedrouting.archive.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.igniterealtime.openfire.plugin.unifiedrouting.archive.Entries.JULIET;
import static org.igniterealtime.openfire.plugin.unifiedrouting.archive.Entries.NOON;
import static org.igniterealtime.openfire.plugin.unifiedrouting.archive.Entries.messages;
import static org.igniterealtime.openfire.plugin.unifiedrouting.archive.Entries.received;
import static org.igniterealtime.openfire.plugin.unifiedrouting.archive.Entries.sent;
import static org.igniterealtime.openfire.plugin.unifiedrouting.archive.Entries.withContentHash;
import static org.igniterealtime.openfire.plugin.unifiedrouting.archive.Entries.withMessageId;
import static org.igniterealtime.openfire.plugin.unifiedrouting.archive.Entries.withStanza;

import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchivePage;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchiveQuery;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchiveStore;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchivedMessage;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Mid;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.NewEntry;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.OfflineClaim;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Paging;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.PeerFilter;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ReceivedId;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.StoreUnavailable;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.Database;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.SqlDialect;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.TestConnections;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.TestTables;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.xmpp.packet.JID;

/** What every archive store keeps to, whatever its database. Each test has tables of its own. */
@Timeout(120)
abstract class ArchiveStoreContract {

    private static final int BATCHES = 40;
    private static final int BATCH = 5;

    private TestConnections connections;
    private ArchiveStore store;

    /** Connections to a database that holds the plugin's tables and nothing else of it. */
    abstract TestConnections openDatabase() throws SQLException;

    abstract SqlDialect dialect();

    @BeforeEach
    final void open() throws SQLException {
        connections = openDatabase();
        store = newStore();
    }

    @AfterEach
    final void close() throws SQLException {
        connections.failWith(null);
        connections.close();
    }

    private ArchiveStore newStore() {
        return new JdbcArchiveStore(new Database(connections), dialect());
    }

    // append

    @Test
    void messagesGetPlacesWithoutGapsInTheOrderGiven() {
        List<ArchivedMessage> first = messages(store.append(List.of(received("romeo", "a"), received("romeo", "b"))));
        List<ArchivedMessage> second = messages(store.append(List.of(received("romeo", "c"))));

        assertThat(first).extracting(ArchivedMessage::seq).containsExactly(1L, 2L);
        assertThat(second).extracting(ArchivedMessage::seq).containsExactly(3L);
        assertThat(mids(whole("romeo"))).containsExactly("a", "b", "c");
    }

    @Test
    void aBatchMayConcernSeveralAccounts() {
        store.append(List.of(received("juliet", "j0")));

        List<ArchivedMessage> stored = messages(store.append(List.of(
                received("romeo", "r1"),
                sent("juliet", "j1", JULIET),
                received("nurse", "n1"),
                received("romeo", "r2"),
                sent("juliet", "j2", JULIET))));

        assertThat(stored)
                .extracting(ArchivedMessage::owner)
                .containsExactly("romeo", "juliet", "nurse", "romeo", "juliet");
        assertThat(stored).extracting(ArchivedMessage::seq).containsExactly(1L, 2L, 1L, 2L, 3L);
        assertThat(whole("romeo")).containsExactly(stored.get(0), stored.get(3));
        assertThat(whole("juliet")).hasSize(3).endsWith(stored.get(1), stored.get(4));
    }

    @Test
    void aBatchMayConcernMoreAccountsThanOneStatementNames() {
        List<NewEntry> entries = IntStream.range(0, 200)
                .mapToObj(i -> received("user" + i % 150, "m" + i))
                .toList();

        List<ArchivedMessage> stored = messages(store.append(entries));

        assertThat(stored)
                .extracting(message -> message.mid().value())
                .containsExactlyElementsOf(
                        entries.stream().map(entry -> entry.mid().value()).toList());
        assertThat(stored.get(0).seq()).isEqualTo(1);
        assertThat(stored.get(150).seq()).isEqualTo(2);
        assertThat(whole("user0")).containsExactly(stored.get(0), stored.get(150));
    }

    @Test
    void whatIsReadIsWhatWasWritten() {
        NewEntry in = received("romeo", "in", new JID("juliet@capulet.example"), NOON.plusMillis(1));
        NewEntry out = sent("romeo", "out", JULIET);

        List<ArchivedMessage> stored = messages(store.append(List.of(in, out)));

        assertThat(whole("romeo")).isEqualTo(stored);
        assertThat(store.find("romeo", in.mid())).contains(stored.get(0));
        assertThat(stored.get(0))
                .isEqualTo(new ArchivedMessage(
                        "romeo",
                        1,
                        in.mid(),
                        in.direction(),
                        "juliet@capulet.example",
                        NOON.plusMillis(1),
                        in.stanza()));
        assertThat(stored.get(1).peer()).isEqualTo("juliet@capulet.example/balcony");
        assertThat(stored.get(1).direction()).isEqualTo(out.direction());
    }

    @Test
    void aBatchIsWrittenAllOrNot() throws SQLException {
        store.append(List.of(received("romeo", "a"), received("juliet", "a")));

        assertThatThrownBy(() -> store.append(List.of(
                        received("juliet", "b"),
                        received("romeo", "b"),
                        received("romeo", "a"),
                        received("nurse", "a"))))
                .isInstanceOf(StoreUnavailable.class);
        assertThatThrownBy(() -> store.append(List.of(received("romeo", "c"), received("romeo", "c"))))
                .isInstanceOf(StoreUnavailable.class);

        assertThat(mids(whole("romeo"))).containsExactly("a");
        assertThat(mids(whole("juliet"))).containsExactly("a");
        assertThat(whole("nurse")).isEmpty();
        assertThat(count("romeo")).hasValue(1);
        assertThat(count("juliet")).hasValue(1);
        assertThat(count("nurse")).hasValue(0);
        assertThat(connections.allInAutoCommit()).isTrue();
        assertThat(messages(store.append(List.of(received("romeo", "b"))))
                        .get(0)
                        .seq())
                .isEqualTo(2);
    }

    @Test
    void oneMidMayStandInSeveralArchives() {
        store.append(List.of(received("romeo", "a"), received("juliet", "a")));
        assertThat(store.find("romeo", new Mid("a")).orElseThrow().owner()).isEqualTo("romeo");
        assertThat(store.find("juliet", new Mid("a")).orElseThrow().owner()).isEqualTo("juliet");
    }

    @Test
    void timesFollowTheOrderOfTheArchiveEvenIfTheClockDoesNot() {
        store.append(List.of(received("romeo", "1", JULIET, NOON)));
        List<ArchivedMessage> earlier =
                messages(store.append(List.of(received("romeo", "2", JULIET, NOON.minusSeconds(60)))));
        List<ArchivedMessage> mixed = messages(store.append(List.of(
                received("romeo", "3", JULIET, NOON.plusSeconds(2)),
                received("romeo", "4", JULIET, NOON.plusSeconds(1)),
                received("juliet", "1", JULIET, NOON.minusSeconds(60)))));

        assertThat(earlier.get(0).receivedAt()).isEqualTo(NOON);
        assertThat(mixed)
                .extracting(ArchivedMessage::receivedAt)
                .containsExactly(NOON.plusSeconds(2), NOON.plusSeconds(2), NOON.minusSeconds(60));
        assertThat(whole("romeo")).extracting(ArchivedMessage::receivedAt).isSorted();
    }

    // What fits in

    @Test
    void theLongestUserNamesAndMidsFit() {
        String user = "u".repeat(64);
        for (Mid mid : List.of(new Mid("m".repeat(Mid.MAX_LENGTH)), new Mid("é".repeat(Mid.MAX_LENGTH / 2)))) {
            store.append(List.of(received(user, mid.value())));
            assertThat(store.find(user, mid)).isPresent();
        }
    }

    @Test
    void aBatchMayBeLargerThanOneStatementMayBe() {
        String stanza = "<message><body>" + "x".repeat(100_000) + "</body></message>";
        List<NewEntry> entries = IntStream.range(0, 150)
                .mapToObj(
                        i -> i % 10 == 0 ? withStanza(received("romeo", "m" + i), stanza) : received("romeo", "m" + i))
                .toList();
        List<ArchivedMessage> stored = messages(store.append(entries));
        assertThat(whole("romeo")).isEqualTo(stored).hasSize(150);
    }

    @Test
    void theLongestAddressFitsAndIsFound() {
        JID peer = new JID("n".repeat(1023), domainOf(1023), "r".repeat(1023));
        assertThat(peer.toString()).hasSize(3071);
        JID bare = peer.asBareJID();

        store.append(List.of(received("romeo", "full", peer, NOON), received("romeo", "bare", bare, NOON)));

        assertThat(mids(whole("romeo", bare))).containsExactly("full", "bare");
        assertThat(whole("romeo", peer)).extracting(ArchivedMessage::peer).containsExactly(peer.toString());
    }

    /** Labels of a domain have 63 characters at most. */
    private static String domainOf(int length) {
        String labels = ("d".repeat(63) + '.').repeat(length / 64 + 1);
        return labels.substring(0, length).replaceAll("\\.$", "d");
    }

    @Test
    void aMebibyteFitsHoweverItHasToBeWritten() {
        for (String character : List.of("x", "&amp;", "漢", "'", "\\")) {
            String stanza = "<message><body>" + character.repeat(1 << 20) + "</body></message>";
            store.append(List.of(withStanza(received(character, "a"), stanza)));
            assertThat(whole(character).get(0).stanza().equals(stanza))
                    .as(character)
                    .isTrue();
        }
    }

    @Test
    void textOfEveryLanguageComesBackAsItWas() {
        String stanza =
                "<message><body>äß Ω … שלום 漢字 👩‍👩‍👧 𝄞 \uD83D\uDE00 \t\n 'quoted' \"too\" \\ ?</body></message>";
        JID peer = new JID("жульетта@capulet.example/балкон");
        store.append(List.of(withStanza(received("ромео", "a", peer, NOON), stanza)));

        assertThat(whole("ромео", peer)).singleElement().satisfies(message -> {
            assertThat(message.stanza()).isEqualTo(stanza);
            assertThat(message.peer()).isEqualTo(peer.toString());
        });
    }

    @Test
    void namesThatDifferInCaseAreDifferent() {
        store.append(List.of(
                received("romeo", "a", new JID("juliet@capulet.example/Balcony"), NOON), received("romeo", "A")));
        assertThat(mids(whole("romeo", new JID("juliet@capulet.example/balcony"))))
                .containsExactly("A");
        assertThat(mids(whole("romeo", new JID("juliet@capulet.example/Balcony"))))
                .containsExactly("a");
    }

    @Test
    void resourcesThatDifferInASpaceAtTheEndAreDifferent() {
        store.append(List.of(
                received("romeo", "a", new JID("juliet", "capulet.example", "balcony ", true), NOON),
                received("romeo", "b", new JID("juliet", "capulet.example", "balcony", true), NOON)));
        assertThat(mids(whole("romeo", new JID("juliet", "capulet.example", "balcony", true))))
                .containsExactly("b");
        assertThat(mids(whole("romeo", new JID("juliet", "capulet.example", "balcony ", true))))
                .containsExactly("a");
    }

    // find, page

    @Test
    void whatIsNotInTheArchiveIsNotFound() {
        store.append(List.of(received("romeo", "a")));
        assertThat(store.find("romeo", new Mid("b"))).isEmpty();
        assertThat(store.find("juliet", new Mid("a"))).isEmpty();
    }

    @Test
    void anEmptyArchiveHasOneCompleteEmptyPage() {
        assertThat(store.page(ArchiveQuery.all("nobody", Paging.fromStart(10))))
                .contains(new ArchivePage(List.of(), true, OptionalLong.of(0)));
        assertThat(store.page(ArchiveQuery.all("nobody", Paging.fromEnd(10))))
                .contains(new ArchivePage(List.of(), true, OptionalLong.of(0)));
    }

    @Test
    void pagesGoForwards() {
        appendNumbered("romeo", 5);
        assertPage(Paging.fromStart(2), false, "1", "2");
        assertPage(Paging.after(new Mid("2"), 2), false, "3", "4");
        assertPage(Paging.after(new Mid("4"), 2), true, "5");
        assertPage(Paging.after(new Mid("5"), 2), true);
        assertPage(Paging.after(new Mid("3"), 2), true, "4", "5");
    }

    @Test
    void pagesGoBackwardsWithTheirMessagesOldestFirst() {
        appendNumbered("romeo", 5);
        assertPage(Paging.fromEnd(2), false, "4", "5");
        assertPage(Paging.before(new Mid("4"), 2), false, "2", "3");
        assertPage(Paging.before(new Mid("2"), 2), true, "1");
        assertPage(Paging.before(new Mid("1"), 2), true);
        assertPage(Paging.before(new Mid("3"), 2), true, "1", "2");
    }

    /** XEP-0059 §2.1: a page may hold fewer than asked for. */
    @Test
    void aPageEndsWhereItIsLongEnough() {
        appendNumbered("romeo", 5);
        int size = received("romeo", "1").stanzaBytes();
        assertPage(Paging.fromStart(10).within(5L * size), true, "1", "2", "3", "4", "5");
        assertPage(Paging.fromStart(10).within(5L * size - 1), false, "1", "2", "3", "4");
        assertPage(Paging.fromStart(3).within(5L * size - 1), false, "1", "2", "3");
        assertPage(Paging.after(new Mid("3"), 10).within(2L * size), true, "4", "5");
        assertPage(Paging.after(new Mid("3"), 10).within(2L * size - 1), false, "4");
        assertPage(Paging.after(new Mid("4"), 10).within(1), true, "5");
        assertPage(Paging.fromEnd(10).within(2L * size), false, "4", "5");
        assertPage(Paging.fromEnd(10).within(2L * size - 1), false, "5");
        assertPage(Paging.before(new Mid("3"), 10).within(2L * size), true, "1", "2");
        assertPage(Paging.before(new Mid("3"), 10).within(2L * size - 1), false, "2");
        assertPage(Paging.before(new Mid("2"), 10).within(1), true, "1");
        assertThat(page(ArchiveQuery.all("romeo", Paging.fromStart(10).within(1)))
                        .count())
                .hasValue(5);
    }

    @Test
    void aMessageThatIsLongerThanAPageIsAPageAlone() {
        String text = "<message><body>" + "é".repeat(1_000) + "</body></message>";
        store.append(List.of(received("romeo", "1"), received("romeo", "2"), withStanza(received("romeo", "3"), text)));
        store.append(List.of(received("romeo", "4"), received("romeo", "5")));
        assertPage(Paging.fromStart(10).within(1_500), false, "1", "2");
        assertPage(Paging.after(new Mid("2"), 10).within(1_500), false, "3");
        assertPage(Paging.after(new Mid("3"), 10).within(1_500), true, "4", "5");
        assertPage(Paging.fromEnd(10).within(1_500), false, "4", "5");
        assertPage(Paging.before(new Mid("4"), 10).within(1_500), false, "3");
        assertPage(Paging.fromStart(10).within(3_000), true, "1", "2", "3", "4", "5");
    }

    @Test
    void aPageOfAConversationOrOfNamedMessagesEndsWhereItIsLongEnough() {
        JID nurse = new JID("nurse@capulet.example");
        String text = "<message><body>" + "x".repeat(500) + "</body></message>";
        store.append(IntStream.rangeClosed(1, 200)
                .mapToObj(i -> withStanza(
                        i % 2 == 0
                                ? received("romeo", String.valueOf(i))
                                : received("romeo", String.valueOf(i), nurse, NOON),
                        text))
                .toList());
        for (boolean backwards : List.of(false, true)) {
            Paging paging = new Paging(100, 3L * text.length(), backwards, Optional.empty(), Optional.empty());
            ArchivePage conversation = page(new ArchiveQuery(
                    "romeo", Optional.of(new PeerFilter(JULIET)), Optional.empty(), Optional.empty(), paging));
            assertThat(mids(conversation.messages()))
                    .isEqualTo(backwards ? List.of("196", "198", "200") : List.of("2", "4", "6"));
            assertThat(conversation.complete()).isFalse();
            Set<Mid> named = IntStream.rangeClosed(11, 90)
                    .mapToObj(i -> new Mid(String.valueOf(i)))
                    .collect(Collectors.toSet());
            ArchivePage part = page(byIds(named, paging));
            assertThat(mids(part.messages()))
                    .isEqualTo(backwards ? List.of("88", "89", "90") : List.of("11", "12", "13"));
            assertThat(part.complete()).isFalse();
        }
        ArchivePage last = page(byIds(
                Set.of(new Mid("7"), new Mid("8"), new Mid("9")),
                Paging.after(new Mid("7"), 10).within(2L * text.length())));
        assertThat(mids(last.messages())).containsExactly("8", "9");
        assertThat(last.complete()).isTrue();
    }

    @Test
    void bothBoundsHoldTogether() {
        appendNumbered("romeo", 9);
        Optional<Mid> two = Optional.of(new Mid("2"));
        Optional<Mid> eight = Optional.of(new Mid("8"));
        assertPage(new Paging(3, false, two, eight), false, "3", "4", "5");
        assertPage(new Paging(3, true, two, eight), false, "5", "6", "7");
        assertPage(new Paging(5, true, two, eight), true, "3", "4", "5", "6", "7");
        assertPage(new Paging(5, false, eight, two), true);
    }

    @Test
    void aPageOfNoneTellsTheCount() {
        appendNumbered("romeo", 3);
        assertThat(store.page(ArchiveQuery.all("romeo", Paging.fromStart(0))))
                .contains(new ArchivePage(List.of(), false, OptionalLong.of(3)));
    }

    @Test
    void aPageOfNoneIsCompleteIfNothingMatches() {
        appendNumbered("romeo", 3);
        assertThat(ofNone(JULIET)).isEqualTo(new ArchivePage(List.of(), false, OptionalLong.empty()));
        assertThat(ofNone(new JID("nurse@capulet.example")))
                .isEqualTo(new ArchivePage(List.of(), true, OptionalLong.empty()));
        assertThat(page(byIds(Set.of(new Mid("2")), Paging.after(new Mid("2"), 0)))
                        .complete())
                .isTrue();
        assertThat(page(byIds(Set.of(new Mid("2")), Paging.after(new Mid("1"), 0)))
                        .complete())
                .isFalse();
    }

    private ArchivePage ofNone(JID peer) {
        return page(new ArchiveQuery(
                "romeo", Optional.of(new PeerFilter(peer)), Optional.empty(), Optional.empty(), Paging.fromStart(0)));
    }

    @Test
    void anUnknownBoundIsNoEmptyPage() {
        appendNumbered("romeo", 2);
        store.append(List.of(received("juliet", "hers")));
        for (Mid unknown : List.of(new Mid("3"), new Mid("hers"))) {
            assertThat(store.page(ArchiveQuery.all("romeo", Paging.after(unknown, 2))))
                    .isEmpty();
            assertThat(store.page(ArchiveQuery.all("romeo", Paging.before(unknown, 2))))
                    .isEmpty();
            assertThat(store.page(ArchiveQuery.all("romeo", Paging.after(unknown, 0))))
                    .isEmpty();
        }
    }

    @Test
    void conversationsAndTimesAreTold() {
        JID tybalt = new JID("tybalt@capulet.example/street");
        JID otherJuliet = new JID("juliet@capulet.example/chamber");
        for (NewEntry entry : List.of(
                received("romeo", "1", JULIET, NOON),
                received("romeo", "2", tybalt, NOON.plusMillis(1)),
                received("romeo", "3", otherJuliet, NOON.plusMillis(2)),
                received("romeo", "4", JULIET.asBareJID(), NOON.plusMillis(3)),
                received("romeo", "5", JULIET, NOON.plusMillis(3)))) {
            store.append(List.of(entry));
        }

        assertThat(mids(whole("romeo", JULIET.asBareJID()))).containsExactly("1", "3", "4", "5");
        assertThat(mids(whole("romeo", JULIET))).containsExactly("1", "5");
        assertThat(mids(whole("romeo", new JID("nurse@capulet.example")))).isEmpty();
        assertThat(mids(between(NOON.plusMillis(1), NOON.plusMillis(2)))).containsExactly("2", "3");
        assertThat(mids(between(NOON.plusMillis(3), NOON.plusMillis(3)))).containsExactly("4", "5");
        assertThat(mids(between(NOON.plusMillis(4), NOON.plusMillis(9)))).isEmpty();
        assertThat(mids(between(NOON.plusMillis(2), NOON))).isEmpty();
    }

    @Test
    void theCountIsThatOfTheWholeArchiveAndGivenOnlyWithoutAFilter() {
        appendNumbered("romeo", 5);
        assertThat(page(ArchiveQuery.all("romeo", Paging.after(new Mid("3"), 1)))
                        .count())
                .hasValue(5);
        assertThat(page(new ArchiveQuery(
                                "romeo",
                                Optional.of(new PeerFilter(JULIET)),
                                Optional.empty(),
                                Optional.empty(),
                                Paging.fromStart(1)))
                        .count())
                .isEmpty();
    }

    @Test
    void messagesAreToldByTheirIds() {
        appendNumbered("romeo", 200);
        Set<Mid> many = IntStream.rangeClosed(1, 150)
                .mapToObj(i -> new Mid(String.valueOf(i)))
                .collect(Collectors.toSet());
        assertThat(page(byIds(many, Paging.fromStart(500))).messages()).hasSize(150);
        for (boolean backwards : List.of(false, true)) {
            ArchivePage part = page(byIds(many, new Paging(100, backwards, Optional.empty(), Optional.empty())));
            int first = backwards ? 51 : 1;
            assertThat(mids(part.messages()))
                    .isEqualTo(IntStream.range(first, first + 100)
                            .mapToObj(String::valueOf)
                            .toList());
            assertThat(part.complete()).isFalse();
        }
        assertThat(mids(page(byIds(Set.of(new Mid("9"), new Mid("7"), new Mid("8")), Paging.fromEnd(2)))
                        .messages()))
                .containsExactly("8", "9");
        assertThat(store.page(byIds(Set.of(new Mid("9"), new Mid("unknown")), Paging.fromStart(2))))
                .isEmpty();
    }

    private static ArchiveQuery byIds(Set<Mid> ids, Paging paging) {
        return new ArchiveQuery(
                "romeo",
                new ArchiveQuery.Filter(
                        Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), ids),
                paging);
    }

    @Test
    void aTimeBeyondAllTimesIsNoError() {
        appendNumbered("romeo", 2);
        assertThat(between(Instant.MIN, Instant.MAX)).hasSize(2);
        assertThat(between(Instant.MAX, Instant.MAX)).isEmpty();
        assertThat(between(Instant.MIN, Instant.MIN)).isEmpty();
    }

    @Test
    void whatWasSentIsKnownByItsIdAndAddress() {
        store.append(
                List.of(withMessageId(sent("romeo", "a", JULIET), "m1"), withMessageId(received("romeo", "b"), "m2")));
        assertThat(store.hasSent("romeo", JULIET, "m1")).isTrue();
        assertThat(store.hasSent("romeo", new JID("juliet@capulet.example/elsewhere"), "m1"))
                .isTrue();
        assertThat(store.hasSent("romeo", JULIET, "m2")).as("received").isFalse();
        assertThat(store.hasSent("romeo", JULIET, "m3")).isFalse();
        assertThat(store.hasSent("romeo", new JID("tybalt@capulet.example"), "m1"))
                .isFalse();
        assertThat(store.hasSent("juliet", JULIET, "m1")).isFalse();
        assertThat(store.hasSent("nobody", JULIET, "m1")).isFalse();
    }

    @Test
    void whatWasSentIsKnownByItsContent() {
        for (String owner : List.of("romeo", "o\\27hara", "a_b", "100%")) {
            JID self = new JID(owner, "capulet.example", "orchard", true);
            JID other = new JID("x" + owner.substring(1), "capulet.example", null, true);
            store.append(List.of(
                    withContentHash(sent(owner, "to juliet", JULIET), 1),
                    withContentHash(received(owner, "from oneself", self, NOON), Long.MIN_VALUE),
                    withContentHash(received(owner, "from another", other, NOON), 3),
                    withContentHash(received(owner, "from juliet"), 4)));

            assertThat(store.sentHashes(owner, NOON, 10)).as(owner).containsExactly(Long.MIN_VALUE, 1L);
            assertThat(store.sentHashes(owner, NOON, 1)).containsExactly(Long.MIN_VALUE);
            assertThat(store.sentHashes(owner, NOON.plusMillis(1), 10)).isEmpty();
            assertThat(store.findReceived(owner, self, Long.MIN_VALUE))
                    .contains(new ReceivedId(new Mid("from oneself"), true));
            assertThat(store.findReceived(owner, JULIET, 4)).contains(new ReceivedId(new Mid("from juliet"), true));
            assertThat(store.findReceived(owner, JULIET, 1)).as("sent").isEmpty();
            assertThat(store.findReceived(owner, JULIET, 3)).as("from another").isEmpty();
        }
        store.append(List.of(received("a_b", "like self", new JID("aXb@capulet.example"), NOON)));
        assertThat(store.sentHashes("a_b", NOON, 10)).hasSize(2);
    }

    /** Whether it is archived or kept until it is delivered. */
    @Test
    void whatWasReceivedIsKnownByItsContent() {
        JID elsewhere = new JID("juliet@capulet.example/elsewhere");
        store.append(List.of(withContentHash(received("romeo", "old", JULIET, NOON.minusSeconds(1)), 1)
                .with(OfflineClaim.OFFLINE_ONLY)));
        store.append(List.of(
                withContentHash(received("romeo", "a"), 2),
                withContentHash(received("romeo", "b", elsewhere, NOON), Long.MAX_VALUE),
                withContentHash(received("romeo", "once", JULIET, NOON), 4).with(OfflineClaim.OFFLINE_ONLY),
                withContentHash(received("romeo", "both", JULIET, NOON), 5),
                withContentHash(received("romeo", "both once", JULIET, NOON), 5).with(OfflineClaim.OFFLINE_ONLY),
                withContentHash(received("romeo", "other", new JID("tybalt@capulet.example"), NOON), 6),
                withContentHash(sent("romeo", "sent", JULIET), 7)));

        assertThat(store.receivedHashes("romeo", JULIET, NOON, 10))
                .containsExactlyInAnyOrder(2L, Long.MAX_VALUE, 4L, 5L, 5L);
        assertThat(store.receivedHashes("romeo", JULIET, NOON.minusSeconds(1), 10))
                .contains(1L);
        assertThat(store.receivedHashes("romeo", JULIET, NOON, 1)).containsExactlyInAnyOrder(5L, 5L);
        assertThat(store.receivedHashes("nobody", JULIET, NOON, 10)).isEmpty();
        assertThat(store.findReceived("romeo", JULIET, 4)).contains(new ReceivedId(new Mid("once"), false));
        assertThat(store.findReceived("romeo", JULIET, 5)).contains(new ReceivedId(new Mid("both"), true));
        assertThat(store.findReceived("romeo", JULIET, 6)).as("from another").isEmpty();
    }

    @Test
    void anIdOfAnyLengthCostsNoMessage() {
        String longest = "i".repeat(NewEntry.MAX_MESSAGE_ID);
        store.append(List.of(
                withMessageId(sent("romeo", "a", JULIET), longest),
                withMessageId(sent("romeo", "b", JULIET), longest + 'i'),
                withMessageId(sent("romeo", "c", JULIET), ""),
                withMessageId(sent("romeo", "d", JULIET), "漢".repeat(NewEntry.MAX_MESSAGE_ID))));
        assertThat(mids(whole("romeo"))).containsExactly("a", "b", "c", "d");
        assertThat(store.hasSent("romeo", JULIET, longest)).isTrue();
        assertThat(store.hasSent("romeo", JULIET, longest + 'i')).isFalse();
    }

    @Test
    void whatArrivesInTheMiddleOfAQueryByTimeIsShownOnlyIfItMatches() {
        for (int step = 1; step <= 8; step++) {
            String full = "full" + step;
            String empty = "empty" + step;
            store.append(List.of(received(full, "a", JULIET, NOON)));
            assertThat(mids(pageWithArrivalBefore(step, full, Optional.empty(), Optional.of(NOON))))
                    .as("step %d", step)
                    .containsExactly("a");
            assertThat(pageWithArrivalBefore(step, empty, Optional.empty(), Optional.of(NOON)))
                    .as("step %d", step)
                    .isEmpty();
            assertThat(pageWithArrivalBefore(step, full, Optional.of(NOON.plusSeconds(99)), Optional.empty()))
                    .as("step %d", step)
                    .isEmpty();
        }
    }

    /** Another node adds a message just before the given statement of a query, if the query has so many. */
    private List<ArchivedMessage> pageWithArrivalBefore(
            int step, String owner, Optional<Instant> start, Optional<Instant> end) {
        AtomicInteger statements = new AtomicInteger();
        connections.interrupt(() -> {
            if (statements.incrementAndGet() == step) {
                String mid = start.isPresent() ? "later" : "late";
                newStore().append(List.of(received(owner, mid, JULIET, NOON.plusSeconds(step))));
            }
        });
        try {
            return page(new ArchiveQuery(owner, Optional.empty(), start, end, Paging.fromStart(10)))
                    .messages();
        } finally {
            connections.interrupt(() -> {});
        }
    }

    // Several nodes

    @Test
    void twoNodesWriteToTheSameArchivesWithoutGapOrDeadlock() throws Exception {
        store.append(List.of(received("a", "first"), received("b", "first"), received("c", "first")));

        List<ArchivedMessage> stored = appendOnTwoNodes(List.of("a", "b", "c"));

        assertThat(stored).hasSize(2 * BATCHES * BATCH);
        for (String owner : List.of("a", "b", "c")) {
            List<ArchivedMessage> archive = whole(owner);
            assertThat(archive)
                    .extracting(ArchivedMessage::seq)
                    .containsExactlyElementsOf(
                            LongStream.rangeClosed(1, archive.size()).boxed().toList());
            assertThat(archive).extracting(ArchivedMessage::receivedAt).isSorted();
            assertThat(count(owner)).hasValue(archive.size());
            assertThat(archive.subList(1, archive.size()))
                    .containsExactlyInAnyOrderElementsOf(stored.stream()
                            .filter(message -> message.owner().equals(owner))
                            .toList());
        }
    }

    @Test
    void twoNodesMayBringTheFirstMessagesOfAnAccountAtOnce() throws Exception {
        for (int round = 0; round < 20; round++) {
            CyclicBarrier together = new CyclicBarrier(2);
            List<String> owners = List.of("x" + round, "y" + round, "z" + round);
            List<Callable<List<ArchivedMessage>>> nodes = new ArrayList<>();
            for (String node : List.of("left", "right")) {
                ArchiveStore own = newStore();
                List<NewEntry> entries =
                        owners.stream().map(owner -> received(owner, node)).toList();
                nodes.add(() -> {
                    together.await();
                    return messages(own.append(entries));
                });
            }

            List<ArchivedMessage> stored = inParallel(nodes);

            assertThat(stored).hasSize(6);
            for (String owner : owners) {
                assertThat(whole(owner)).extracting(ArchivedMessage::seq).containsExactly(1L, 2L);
                assertThat(count(owner)).hasValue(2);
            }
        }
    }

    private List<ArchivedMessage> appendOnTwoNodes(List<String> owners) throws Exception {
        List<Callable<List<ArchivedMessage>>> nodes = new ArrayList<>();
        for (String node : List.of("left", "right")) {
            ArchiveStore own = newStore();
            Random random = new Random(node.hashCode());
            nodes.add(() -> {
                List<ArchivedMessage> stored = new ArrayList<>();
                for (int batch = 0; batch < BATCHES; batch++) {
                    List<NewEntry> entries = new ArrayList<>();
                    for (int i = 0; i < BATCH; i++) {
                        String owner = owners.get(random.nextInt(owners.size()));
                        entries.add(received(owner, node + batch + '.' + i));
                    }
                    stored.addAll(messages(own.append(entries)));
                }
                return stored;
            });
        }
        return inParallel(nodes);
    }

    private static List<ArchivedMessage> inParallel(List<Callable<List<ArchivedMessage>>> nodes) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(nodes.size());
        try {
            List<ArchivedMessage> all = new ArrayList<>();
            for (Future<List<ArchivedMessage>> result : threads.invokeAll(nodes, 60, TimeUnit.SECONDS)) {
                all.addAll(result.get());
            }
            Set<String> places = new HashSet<>();
            all.forEach(message ->
                    assertThat(places.add(message.owner() + message.seq())).isTrue());
            return all;
        } finally {
            threads.shutdownNow();
        }
    }

    // Failures

    @Test
    void theProbePassesWhereTheTablesAre() {
        store.probe();
    }

    @Test
    void theProbeMissesATable() throws SQLException {
        TestTables.execute(connections, "DROP TABLE ofUnifiedMailbox");
        assertThatThrownBy(store::probe).isInstanceOf(StoreUnavailable.class);
    }

    @Test
    void theProbeMissesAColumn() throws SQLException {
        TestTables.execute(connections, "ALTER TABLE ofUnifiedMailbox DROP COLUMN messageCount");
        assertThatThrownBy(store::probe).isInstanceOf(StoreUnavailable.class);
    }

    @Test
    void aDatabaseThatCannotBeReachedIsNeverAnEmptyArchive() {
        store.append(List.of(received("romeo", "a")));
        for (Exception reason : List.of(new SQLException("no connection"), new IllegalStateException("no pool"))) {
            connections.failWith(reason);
            assertThatThrownBy(() -> store.append(List.of(received("romeo", "b"))))
                    .isInstanceOf(StoreUnavailable.class);
            assertThatThrownBy(() -> store.page(ArchiveQuery.all("romeo", Paging.fromStart(1))))
                    .isInstanceOf(StoreUnavailable.class);
            assertThatThrownBy(() -> store.find("romeo", new Mid("a"))).isInstanceOf(StoreUnavailable.class);
            assertThatThrownBy(store::probe).isInstanceOf(StoreUnavailable.class);
        }
        connections.failWith(null);
        assertThat(mids(whole("romeo"))).containsExactly("a");
    }

    @Test
    void connectionsAreGivenBackAsTheyWere() throws SQLException {
        store.append(List.of(received("romeo", "a"), received("juliet", "a")));
        whole("romeo");
        assertThat(connections.allInAutoCommit()).isTrue();
    }

    // How the tests speak

    private void appendNumbered(String owner, int messages) {
        store.append(IntStream.rangeClosed(1, messages)
                .mapToObj(i -> received(owner, String.valueOf(i)))
                .toList());
    }

    private void assertPage(Paging paging, boolean complete, String... mids) {
        ArchivePage page = page(ArchiveQuery.all("romeo", paging));
        assertThat(mids(page.messages())).containsExactly(mids);
        assertThat(page.complete()).isEqualTo(complete);
    }

    private ArchivePage page(ArchiveQuery query) {
        return store.page(query).orElseThrow();
    }

    private List<ArchivedMessage> whole(String owner) {
        return page(ArchiveQuery.all(owner, Paging.fromStart(10_000))).messages();
    }

    private List<ArchivedMessage> whole(String owner, JID with) {
        return page(new ArchiveQuery(
                        owner,
                        Optional.of(new PeerFilter(with)),
                        Optional.empty(),
                        Optional.empty(),
                        Paging.fromStart(10_000)))
                .messages();
    }

    private List<ArchivedMessage> between(Instant start, Instant end) {
        return page(new ArchiveQuery(
                        "romeo", Optional.empty(), Optional.of(start), Optional.of(end), Paging.fromStart(10_000)))
                .messages();
    }

    private OptionalLong count(String owner) {
        return page(ArchiveQuery.all(owner, Paging.fromStart(0))).count();
    }

    private static List<String> mids(List<ArchivedMessage> messages) {
        return messages.stream().map(message -> message.mid().value()).toList();
    }
}
