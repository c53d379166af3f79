package org.igniterealtime.openfire.plugin.unifiedrouting.archive.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.igniterealtime.openfire.plugin.unifiedrouting.archive.Entries.messages;
import static org.igniterealtime.openfire.plugin.unifiedrouting.archive.jdbc.MonitoringArchive.DOMAIN;
import static org.igniterealtime.openfire.plugin.unifiedrouting.archive.jdbc.MonitoringArchive.chat;

import java.io.IOException;
import java.io.Writer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchivePage;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchivePreferences;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchivePreferences.Default;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchiveQuery;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchivedMessage;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.CachedPreferences;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Direction;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Mid;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.NewEntry;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Paging;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.PeerFilter;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.PreferenceStore;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.imports.ImportProgress;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.imports.ImportProgress.State;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.imports.ImportTally;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.imports.RowOutcome;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.jdbc.MonitoringArchive.Kind;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.jdbc.MonitoringArchive.Row;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.jdbc.MonitoringArchive.Seen;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.Database;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.SqlDialect;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.TestConnections;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.TestTables;
import org.igniterealtime.openfire.plugin.unifiedrouting.rules.RuleSettings;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Accounts;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.ArchiveExport;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.ArchivePolicy;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Judge;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.MonitoringMessages;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Rooms;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.xmpp.packet.JID;

/** What an import of the monitoring plugin's archive keeps to, whatever the database. */
@Timeout(300)
abstract class MonitoringImportContract {

    /** Later than all that the monitoring plugin holds, unless a test says otherwise. */
    private static final Instant ARCHIVING_SINCE = Instant.parse("2040-01-02T12:00:00Z");

    private static final int SIZE = Integer.getInteger("import.rows", 5_000);
    private static final ImportPace FAST = new ImportPace(300, 0, Duration.ofMillis(20));
    private static final Pattern BODY = Pattern.compile("<body>(.*?)</body>", Pattern.DOTALL);

    private final Set<String> accounts = new HashSet<>(MonitoringArchive.ACCOUNTS);
    private TestConnections connections;
    private FailingConnections failing;
    private JdbcArchiveStore store;
    private JdbcArchiveMaintenance maintenance;

    abstract TestConnections openDatabase() throws SQLException;

    abstract SqlDialect dialect();

    abstract String textType();

    @BeforeEach
    final void open() throws SQLException {
        connections = openDatabase();
        failing = new FailingConnections(connections);
        store = new JdbcArchiveStore(new Database(connections), dialect());
        maintenance = new JdbcArchiveMaintenance(new Database(connections), dialect());
    }

    @AfterEach
    final void close() throws SQLException {
        connections.close();
    }

    /** Else it would go on in a plugin that has left, and nobody could stop it. */
    @Test
    void whatIsClosedIsNotStarted() {
        MonitoringImport imports = newImport();
        imports.close();

        imports.start();

        assertThat(imports.progress().state()).isEqualTo(ImportProgress.State.NOT_BEGUN);
    }

    private MonitoringImport newImport() {
        return newImport(FAST);
    }

    private MonitoringImport newImport(ImportPace pace) {
        Accounts local = new Accounts() {
            @Override
            public String domain() {
                return DOMAIN;
            }

            @Override
            public Optional<String> accountOf(JID address) {
                return Optional.ofNullable(address.getNode())
                        .filter(name -> DOMAIN.equals(address.getDomain()) && accounts.contains(name));
            }
        };
        Rooms rooms = address -> address.getDomain().equals("conference." + DOMAIN);
        Judge judge = new Judge(local, rooms, store, RuleSettings::defaults);
        PreferenceStore preferences = new JdbcPreferenceStore(new Database(failing));
        ArchivePolicy policy = new ArchivePolicy(
                new CachedPreferences(preferences, Clock.systemUTC()),
                () -> Default.ALWAYS,
                (account, contact) -> false);
        return new MonitoringImport(
                new Database(failing),
                dialect(),
                () -> new MonitoringMessages(local, rooms, judge, policy),
                ARCHIVING_SINCE,
                pace);
    }

    private ImportProgress runToTheEnd() {
        return runToTheEnd(newImport());
    }

    private static ImportProgress runToTheEnd(MonitoringImport imports) {
        imports.start();
        await().atMost(Duration.ofSeconds(120))
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(5))
                .until(() -> !List.of(State.RUNNING, State.WAITING)
                        .contains(imports.progress().state()));
        return imports.progress();
    }

    // The whole

    @Test
    void eachOwnerGetsWhatConcernsItInItsOrder() throws SQLException {
        MonitoringArchive source = filled(MonitoringArchive.random(1, SIZE));

        ImportProgress progress = runToTheEnd();

        assertThat(progress.state()).isEqualTo(State.DONE);
        assertHolds(source);
        assertTally(progress.tally(), source);
        assertThat(progress.tally().entries())
                .isEqualTo(MonitoringArchive.ACCOUNTS.stream()
                        .mapToLong(owner -> source.seenBy(owner).size())
                        .sum());
    }

    @Test
    void stoppedAtAnyPointItGoesOnWhereItStood() throws SQLException {
        MonitoringArchive source = filled(MonitoringArchive.random(2, SIZE));
        Random random = new Random(2);
        ImportProgress progress;
        int stops = 0;
        do {
            MonitoringImport imports =
                    newImport(new ImportPace(1 + random.nextInt(SIZE / 20), 0, Duration.ofMillis(5)));
            long seen = imports.progress().tally().seen();
            long until = seen + random.nextInt(SIZE / 8);
            imports.start();
            await().pollInterval(Duration.ofMillis(1))
                    .until(() -> imports.progress().tally().seen() >= until
                            || imports.progress().state() == State.DONE);
            imports.stop();
            progress = imports.progress();
            assertThat(progress.failure()).isEmpty();
            assertConsistent();
            assertThat(newImport().progress().tally()).isEqualTo(progress.tally());
            stops++;
        } while (progress.state() != State.DONE);

        assertThat(stops).isGreaterThan(5);
        assertHolds(source);
        assertTally(progress.tally(), source);
    }

    @Test
    void aDatabaseThatDiesInTheMiddleOfAnythingCostsNothing() throws SQLException {
        MonitoringArchive source = filled(MonitoringArchive.random(3, 6_000));
        Random random = new Random(3);
        State state;
        int deaths = 0;
        do {
            MonitoringImport imports = newImport(new ImportPace(200, 0, Duration.ofMillis(5)));
            failing.dieAfter(random.nextInt(120));
            if (random.nextInt(4) == 0) {
                failing.loseAnswerToCommit(1 + random.nextInt(8));
            }
            imports.start();
            // It tries again soon, so that it may be running once more when it is asked again.
            State reached = await().pollInterval(Duration.ofMillis(1))
                    .until(() -> imports.progress().state(), one -> one != State.RUNNING);
            assertThat(reached).isIn(State.WAITING, State.DONE);
            boolean goesOn = random.nextBoolean();
            if (!goesOn) {
                imports.stop();
            }
            failing.revive();
            if (goesOn) {
                await().until(() -> imports.progress().state() != State.WAITING);
                imports.stop();
            }
            state = imports.progress().state();
            assertConsistent();
            deaths++;
        } while (state != State.DONE);

        assertThat(deaths).isGreaterThan(5);
        assertHolds(source);
        assertTally(newImport().progress().tally(), source);
    }

    @Test
    void aLostAnswerToACommitIsNoReasonToDoItTwiceOrToEnd() throws SQLException {
        MonitoringArchive source = filled(MonitoringArchive.random(4, 1_000));
        MonitoringImport imports = newImport(new ImportPace(100, 0, Duration.ofMillis(5)));
        // The first is that of the beginning; then reading and writing take turns.
        failing.loseAnswerToCommit(5);

        ImportProgress progress = runToTheEnd(imports);

        assertThat(progress.state()).isEqualTo(State.DONE);
        assertThat(progress.failure())
                .hasValueSatisfying(reason -> assertThat(reason).startsWith("Importing "));
        assertHolds(source);
        assertTally(progress.tally(), source);
    }

    @Test
    void aSecondTimeNothingIsBroughtAgain() throws SQLException {
        MonitoringArchive source = filled(MonitoringArchive.random(5, 5_000));
        runToTheEnd();
        Map<String, List<ArchivedMessage>> before = archives();

        MonitoringImport imports = newImport();
        ImportTally again = runToTheEnd(imports).tally();

        assertUnchanged(before);
        assertThat(again.entries()).isZero();
        assertThat(again.count(RowOutcome.IMPORTED)).isZero();
        assertThat(again.count(RowOutcome.ALREADY_THERE)).isEqualTo(source.count(Kind.WANTED));
    }

    @Test
    void aSecondTimeBringsWhatWasMissedThen() throws SQLException {
        accounts.remove("nurse");
        MonitoringArchive source = filled(MonitoringArchive.random(6, 3_000));
        runToTheEnd();
        assertThat(archive("nurse")).isEmpty();

        accounts.add("nurse");
        List<ArchivedMessage> romeo = archive("romeo");
        runToTheEnd();

        assertThat(seen("nurse")).isEqualTo(source.seenBy("nurse"));
        assertThat(archive("romeo")).isEqualTo(romeo);
    }

    @Test
    void historyIsFoundByTimeAndByPeer() throws SQLException {
        MonitoringArchive source = filled(MonitoringArchive.random(15, 3_000));
        runToTheEnd();
        store.append(List.of(entry("romeo", "own", ARCHIVING_SINCE)));
        List<Seen> history = source.seenBy("romeo");
        Random random = new Random(15);
        for (int i = 0; i < 100; i++) {
            long start = history.get(random.nextInt(history.size())).at() - random.nextInt(3) + 1;
            long end = history.get(random.nextInt(history.size())).at() - random.nextInt(3) + 1;
            JID with = new JID(MonitoringArchive.ACCOUNTS.get(i % 8) + '@' + DOMAIN);
            boolean all = random.nextBoolean();
            ArchivePage page = store.page(new ArchiveQuery(
                            "romeo",
                            all ? Optional.empty() : Optional.of(new PeerFilter(with)),
                            Optional.of(Instant.ofEpochMilli(start)),
                            Optional.of(Instant.ofEpochMilli(end)),
                            Paging.fromStart(5_000)))
                    .orElseThrow();
            assertSame(
                    "romeo",
                    seen(page.messages()),
                    history.stream()
                            .filter(message -> message.at() >= start && message.at() <= end)
                            .filter(message ->
                                    all || new JID(message.peer()).asBareJID().equals(with))
                            .toList());
        }
    }

    @Test
    void anExportHasHistoryInIt() throws IOException, SQLException {
        MonitoringArchive source = filled(MonitoringArchive.random(16, 2_000));
        runToTheEnd();
        store.append(List.of(entry("romeo", "own", ARCHIVING_SINCE)));

        long written = new ArchiveExport(maintenance)
                .write(new JID("romeo@" + DOMAIN), Writer.nullWriter())
                .messages();

        assertThat(written).isEqualTo(source.seenBy("romeo").size() + 1);
    }

    // Beside the account's own messages

    @Test
    void historyComesBeforeWhatIsThereAndEndsWhereThatBegins() throws SQLException {
        long own = 2_000_000L;
        List<ArchivedMessage> stored =
                new ArrayList<>(messages(store.append(List.of(entry("romeo", "own-1", Instant.ofEpochMilli(own))))));
        stored.addAll(messages(store.append(List.of(entry("romeo", "own-2", Instant.ofEpochMilli(own + 500))))));
        filled(MonitoringArchive.of(LongStream.range(0, 100)
                .mapToObj(i -> chat(i, "juliet", "romeo", own - 50_000 + i * 1000))
                .toList()));

        ImportTally tally = runToTheEnd().tally();

        List<ArchivedMessage> romeo = archive("romeo");
        assertThat(romeo).hasSize(52).endsWith(stored.get(0), stored.get(1));
        assertThat(romeo.get(49).receivedAt()).isEqualTo(Instant.ofEpochMilli(own - 1000));
        assertThat(romeo).extracting(ArchivedMessage::seq).startsWith(-49L).endsWith(0L, 1L, 2L);
        assertThat(archive("juliet")).hasSize(100);
        assertThat(tally.count(RowOutcome.IMPORTED)).isEqualTo(100);
        assertThat(tally.entries()).isEqualTo(150);
        assertThat(messages(store.append(List.of(entry("romeo", "own-3", Instant.ofEpochMilli(own + 900)))))
                        .get(0)
                        .seq())
                .isEqualTo(3);
        assertConsistent();
    }

    @Test
    void whatIsNewerThanTheServersOwnArchivingIsNotBrought() throws SQLException {
        long since = ARCHIVING_SINCE.toEpochMilli();
        filled(MonitoringArchive.of(List.of(
                chat(1, "juliet", "romeo", since - 1),
                chat(2, "juliet", "romeo", since),
                chat(3, "juliet", "romeo", since + 1))));

        runToTheEnd();

        assertThat(seen("romeo")).extracting(Seen::body).containsExactly("chat 1");
    }

    @Test
    void messagesThatArriveMeanwhileStayInOrderAndAreAllThere() throws Exception {
        MonitoringArchive source = filled(MonitoringArchive.random(7, SIZE));
        MonitoringImport imports = newImport(new ImportPace(200, 0.2, Duration.ofMillis(5)));
        imports.start();
        Map<String, List<String>> written = new HashMap<>();
        int number = 0;
        while (imports.progress().state() == State.RUNNING) {
            List<NewEntry> batch = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                String owner = MonitoringArchive.ACCOUNTS.get(number % MonitoringArchive.ACCOUNTS.size());
                String mid = "live-" + number++;
                batch.add(entry(owner, mid, ARCHIVING_SINCE.plusMillis(number)));
                written.computeIfAbsent(owner, name -> new ArrayList<>()).add(mid);
            }
            store.append(batch);
        }

        assertThat(imports.progress().state()).isEqualTo(State.DONE);
        assertThat(number).isGreaterThan(50);
        for (String owner : MonitoringArchive.ACCOUNTS) {
            List<ArchivedMessage> archive = archive(owner);
            List<Seen> history = source.seenBy(owner);
            assertSame(owner, seen(archive.subList(0, history.size())), history);
            assertThat(archive.subList(history.size(), archive.size()))
                    .extracting(message -> message.mid().value())
                    .isEqualTo(written.get(owner));
        }
        assertConsistent();
    }

    @Test
    void whatArrivesIntoAnArchiveThatWasEmptyIsNotOlderThanItsHistory() throws SQLException {
        filled(MonitoringArchive.of(List.of(chat(1, "juliet", "romeo", ARCHIVING_SINCE.toEpochMilli() - 10))));
        runToTheEnd();

        store.append(List.of(entry("romeo", "late", ARCHIVING_SINCE.minusMillis(2000))));

        assertConsistent();
        assertThat(archive("romeo")).hasSize(2);
    }

    // What owners have deleted

    @Test
    void whatAnOwnerTrimsDoesNotComeBack() throws SQLException {
        MonitoringArchive source = filled(MonitoringArchive.random(8, 3_000));
        MonitoringImport imports = newImport(new ImportPace(100, 0, Duration.ofMillis(5)));
        imports.start();
        await().pollInterval(Duration.ofMillis(1))
                .until(() -> imports.progress().tally().seen() > 1000);
        imports.stop();
        List<ArchivedMessage> romeo = archive("romeo");
        maintenance.trim("romeo", romeo.get(10).mid()).orElseThrow().run();
        maintenance.trimAll("juliet").run();

        assertThat(runToTheEnd().state()).isEqualTo(State.DONE);
        assertThat(runToTheEnd().state()).isEqualTo(State.DONE);

        assertThat(archive("romeo")).isEqualTo(romeo.subList(11, romeo.size()));
        assertThat(archive("juliet")).isEmpty();
        assertThat(seen("nurse")).isEqualTo(source.seenBy("nurse"));
        assertConsistent();
    }

    @Test
    void whatRetentionDeletesDoesNotComeBackTheSecondTime() throws SQLException {
        filled(MonitoringArchive.random(9, 3_000));
        runToTheEnd();
        maintenance.trimTo("romeo", 20, Long.MAX_VALUE);
        maintenance.trimBefore("nurse", archive("nurse").get(30).receivedAt());
        maintenance.deleteConversation("paris", new JID("romeo@" + DOMAIN));
        Map<String, List<ArchivedMessage>> before = archives();
        assertThat(before.get("romeo")).hasSize(20);

        runToTheEnd();

        assertUnchanged(before);
        assertConsistent();
    }

    @Test
    void anArchiveThatIsDeletedAsAWholeCanBeBroughtAgain() throws SQLException {
        MonitoringArchive source = filled(MonitoringArchive.random(10, 1_000));
        runToTheEnd();
        List<ArchivedMessage> before = archive("romeo");
        maintenance.delete("romeo");

        runToTheEnd();

        assertThat(archive("romeo")).isEqualTo(before);
        assertHolds(source);
    }

    // Rows

    @Test
    void aTimeWithMoreRowsThanASliceIsNotTorn() throws SQLException {
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            Row row = chat(i, "juliet", "romeo", 5000 + i / 500);
            // Without an id all rows of a conversation and a time have one key.
            rows.add(i % 3 > 0 ? row : withoutId(row));
        }
        rows.add(withoutId(chat(7, "juliet", "romeo", 5000)));
        rows.add(withoutId(chat(7, "juliet", "romeo", 5000)));
        MonitoringArchive source = filled(MonitoringArchive.of(rows));

        runToTheEnd(newImport(new ImportPace(7, 0, Duration.ofMillis(5))));

        assertHolds(source);
        Map<String, List<ArchivedMessage>> before = archives();
        ImportTally again = runToTheEnd(newImport(new ImportPace(20, 0, Duration.ofMillis(5))))
                .tally();
        assertThat(again.rows()).isEqualTo(Map.of(RowOutcome.ALREADY_THERE, 1002L));
        assertUnchanged(before);
    }

    private static Row withoutId(Row row) {
        return new Row(
                row.kind(),
                null,
                row.conversation(),
                row.from(),
                row.fromResource(),
                row.to(),
                row.toResource(),
                row.sentDate(),
                row.body(),
                row.text(),
                row.stanza(),
                null);
    }

    @Test
    void largeMessagesComeInSmallSlices() throws SQLException {
        String large = "x".repeat(1 << 20);
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            Row row = chat(i, "juliet", "romeo", 5000 + i / 3);
            rows.add(new Row(
                    row.kind(),
                    row.id(),
                    2,
                    row.from(),
                    row.fromResource(),
                    row.to(),
                    null,
                    row.sentDate(),
                    large + i,
                    large + i,
                    null,
                    null));
        }
        MonitoringArchive source = filled(MonitoringArchive.of(rows));

        assertThat(runToTheEnd().state()).isEqualTo(State.DONE);

        assertHolds(source);
        assertThat(longs("SELECT slices FROM ofUnifiedImport").get(0)).isGreaterThan(3);
    }

    @Test
    void noIdOfALocalAccountIsInAStanzaAndTheMessagesOwnIdIsKept() throws SQLException {
        Row row = chat(1, "juliet", "romeo", 5000);
        String stanza = "<message from='juliet@verona.example/r' to='romeo@verona.example' type='chat' id='m1'>"
                + "<body>chat 1</body>"
                + "<stanza-id xmlns='urn:xmpp:sid:0' by='romeo@verona.example' id='spoofed'/>"
                + "<stanza-id xmlns='urn:xmpp:sid:0' by='verona.example' id='spoofed'/>"
                + "<stanza-id xmlns='urn:xmpp:sid:0' by='mantua.example' id='theirs'/></message>";
        filled(MonitoringArchive.of(List.of(
                new Row(Kind.WANTED, 1L, 2, row.from(), "r", row.to(), null, 5000, "chat 1", "chat 1", stanza, null))));

        runToTheEnd();

        ArchivedMessage romeo = archive("romeo").get(0);
        ArchivedMessage juliet = archive("juliet").get(0);
        assertThat(romeo.stanza()).doesNotContain("spoofed").contains("theirs").contains("id=\"m1\"");
        assertThat(romeo.mid()).isNotEqualTo(juliet.mid());
        assertThat(romeo.mid().value()).hasSize(22);
        assertThat(store.hasSent("juliet", new JID("romeo@verona.example"), "m1"))
                .isTrue();
    }

    @Test
    void whatAnOwnerDoesNotWantArchivedIsNotBrought() throws SQLException {
        new JdbcPreferenceStore(new Database(connections))
                .save("romeo", new ArchivePreferences(Default.ALWAYS, Set.of(), Set.of(new JID("juliet@" + DOMAIN))));
        new JdbcPreferenceStore(new Database(connections)).save("nurse", ArchivePreferences.of(Default.NEVER));
        filled(MonitoringArchive.of(List.of(
                chat(1, "juliet", "romeo", 5000),
                chat(2, "mercutio", "romeo", 5001),
                chat(3, "nurse", "romeo", 5002),
                chat(4, "nurse", "nurse", 5003))));

        ImportTally tally = runToTheEnd().tally();

        assertThat(seen("romeo")).extracting(Seen::body).containsExactly("chat 2", "chat 3");
        assertThat(seen("juliet")).extracting(Seen::body).containsExactly("chat 1");
        assertThat(archive("nurse")).isEmpty();
        assertThat(tally.count(RowOutcome.NOT_KEPT)).isEqualTo(1);
    }

    @Test
    void aRowThatTheDatabaseRefusesCostsNoOther() throws SQLException {
        String tooLong = "x".repeat(70);
        accounts.add(tooLong);
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            rows.add(chat(i, "juliet", "romeo", 5000 + i));
        }
        rows.add(chat(1000, "juliet", tooLong, 5101));
        rows.add(chat(1001, tooLong, "romeo", 5301));
        filled(MonitoringArchive.of(rows));

        ImportProgress progress = runToTheEnd();

        assertThat(progress.state()).isEqualTo(State.DONE);
        assertThat(progress.tally().count(RowOutcome.FAILED)).isEqualTo(2);
        assertThat(progress.tally().count(RowOutcome.IMPORTED)).isEqualTo(400);
        assertThat(progress.tally().seen()).isEqualTo(402);
        assertThat(archive("romeo")).hasSize(400);
        assertConsistent();
    }

    @Test
    void aDatabaseThatTakesNothingMoreIsNotTheRowsFault() throws SQLException {
        filled(MonitoringArchive.random(11, 2_000));
        failing.refuse(sql -> sql.startsWith("INSERT INTO ofUnifiedArchive "));

        ImportProgress progress = runToTheEnd();

        assertThat(progress.state()).isEqualTo(State.FAILED);
        assertThat(progress.failure()).isPresent();
        assertThat(progress.tally().count(RowOutcome.FAILED)).isLessThan(50);
    }

    @Test
    void rowsOfImpossibleTimesAndAddressesAreCounted() throws SQLException {
        Row row = chat(1, "juliet", "romeo", 5000);
        filled(MonitoringArchive.of(List.of(
                row,
                chat(2, "juliet", "romeo", -5000),
                new Row(Kind.UNREADABLE, 3L, 2, "@", null, row.to(), null, 5000, "x", "x", null, null))));

        ImportTally tally = runToTheEnd().tally();

        assertThat(tally.count(RowOutcome.UNREADABLE)).isEqualTo(2);
        assertThat(tally.count(RowOutcome.IMPORTED)).isEqualTo(1);
    }

    // The table

    @Test
    void withoutTheOtherPluginThereIsNothingToImport() {
        MonitoringImport imports = newImport();
        assertThat(imports.progress().state()).isEqualTo(State.NOT_BEGUN);
        assertThat(runToTheEnd(imports).state()).isEqualTo(State.NOTHING_TO_IMPORT);
        assertThat(newImport().progress().state()).isEqualTo(State.NOT_BEGUN);
    }

    @Test
    void anEmptyTableIsDoneAtOnce() throws SQLException {
        filled(MonitoringArchive.of(List.of()));
        assertThat(runToTheEnd().state()).isEqualTo(State.DONE);
        assertThat(newImport().progress().state()).isEqualTo(State.DONE);
    }

    @Test
    void aDatabaseThatIsDownWhenItIsStartedIsWaitedFor() throws SQLException {
        MonitoringArchive source = filled(MonitoringArchive.random(12, 500));
        failing.dieAfter(0);
        MonitoringImport imports = newImport();
        imports.start();
        await().until(() -> imports.progress().state() == State.WAITING);

        failing.revive();
        await().until(() -> imports.progress().state() == State.DONE);

        assertHolds(source);
    }

    @Test
    void theTableOfTheFirstVersionsIsUnderstood() throws SQLException {
        TestTables.execute(connections, "CREATE TABLE ofConversation (conversationID BIGINT, room VARCHAR(1024))");
        TestTables.execute(
                connections,
                "CREATE TABLE ofMessageArchive (conversationID BIGINT NOT NULL, fromJID VARCHAR(1024) NOT NULL,"
                        + " toJID VARCHAR(1024) NOT NULL, sentDate BIGINT NOT NULL, body " + textType() + ")");
        for (int i = 0; i < 20; i++) {
            TestTables.execute(
                    connections,
                    "INSERT INTO ofMessageArchive VALUES (" + i % 3 + ", 'juliet@verona.example',"
                            + " 'romeo@verona.example', " + (5000 + i / 10) + ", 'text " + i + "')");
        }

        ImportProgress progress = runToTheEnd(newImport(new ImportPace(2, 0, Duration.ofMillis(5))));

        assertThat(progress.state()).isEqualTo(State.DONE);
        assertThat(archive("romeo")).hasSize(20);
        assertThat(archive("juliet")).extracting(ArchivedMessage::direction).containsOnly(Direction.SENT);
    }

    @Test
    void twoNodesDoNotImportTheSame() throws SQLException {
        MonitoringArchive source = filled(MonitoringArchive.random(13, 5_000));
        List<MonitoringImport> nodes = List.of(newImport(), newImport());
        nodes.forEach(MonitoringImport::start);
        nodes.forEach(node -> await().atMost(Duration.ofSeconds(60))
                .until(() -> !List.of(State.RUNNING, State.WAITING)
                        .contains(node.progress().state())));

        if (newImport().progress().state() != State.DONE) {
            runToTheEnd();
        }

        assertHolds(source);
        assertTally(newImport().progress().tally(), source);
    }

    @Test
    void startingWhatRunsAndStoppingWhatDoesNotIsNothing() throws SQLException {
        MonitoringArchive source = filled(MonitoringArchive.random(14, 2_000));
        MonitoringImport imports = newImport();
        imports.stop();
        imports.start();
        imports.start();
        await().until(() -> imports.progress().state() == State.DONE);
        imports.stop();
        imports.close();
        assertHolds(source);
    }

    // What is checked

    private MonitoringArchive filled(MonitoringArchive source) throws SQLException {
        source.fill(connections, textType());
        return source;
    }

    private static NewEntry entry(String owner, String mid, Instant at) {
        return new NewEntry(
                owner,
                new Mid(mid),
                Direction.RECEIVED,
                new JID("escalus@verona.example/cell"),
                at,
                "<message><body>" + mid + "</body></message>");
    }

    private Map<String, List<ArchivedMessage>> archives() {
        Map<String, List<ArchivedMessage>> archives = new HashMap<>();
        MonitoringArchive.ACCOUNTS.forEach(owner -> archives.put(owner, archive(owner)));
        return archives;
    }

    /** Through pages, forwards or backwards, whose size changes. */
    private List<ArchivedMessage> archive(String owner) {
        List<ArchivedMessage> all = new ArrayList<>();
        boolean backwards = ThreadLocalRandom.current().nextBoolean();
        Optional<Mid> bound = Optional.empty();
        while (true) {
            int max = 1 + ThreadLocalRandom.current().nextInt(400);
            Paging paging = backwards
                    ? new Paging(max, true, Optional.empty(), bound)
                    : new Paging(max, false, bound, Optional.empty());
            ArchivePage page = store.page(ArchiveQuery.all(owner, paging)).orElseThrow();
            all.addAll(backwards ? 0 : all.size(), page.messages());
            assertThat(page.count().getAsLong()).isGreaterThanOrEqualTo(all.size());
            if (page.complete()) {
                return all;
            }
            bound = Optional.of(page.messages()
                    .get(backwards ? 0 : page.messages().size() - 1)
                    .mid());
        }
    }

    private List<Seen> seen(String owner) {
        return seen(archive(owner));
    }

    private static List<Seen> seen(List<ArchivedMessage> archive) {
        return archive.stream()
                .map(message -> new Seen(
                        message.receivedAt().toEpochMilli(), message.direction(), message.peer(), body(message)))
                .toList();
    }

    private static String body(ArchivedMessage message) {
        Matcher matcher = BODY.matcher(message.stanza());
        assertThat(matcher.find()).as(message.stanza()).isTrue();
        return matcher.group(1).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    }

    private void assertHolds(MonitoringArchive source) throws SQLException {
        for (String owner : MonitoringArchive.ACCOUNTS) {
            assertSame(owner, seen(owner), source.seenBy(owner));
        }
        assertConsistent();
        assertThat(longs("SELECT lastSeq FROM ofUnifiedMailbox")).containsOnly(0L);
    }

    private void assertUnchanged(Map<String, List<ArchivedMessage>> before) {
        before.forEach((owner, archive) -> assertSame(owner, archive(owner), archive));
    }

    /** Shows the first difference, not thousands of messages. */
    private static <T> void assertSame(String owner, List<T> actual, List<T> expected) {
        for (int i = 0; i < Math.min(actual.size(), expected.size()); i++) {
            assertThat(actual.get(i)).as("%s, message %d", owner, i).isEqualTo(expected.get(i));
        }
        assertThat(actual.size()).as(owner).isEqualTo(expected.size());
    }

    private static void assertTally(ImportTally tally, MonitoringArchive source) {
        assertThat(tally.seen()).isEqualTo(source.rows().size());
        assertThat(tally.count(RowOutcome.IMPORTED)).isEqualTo(source.count(Kind.WANTED));
        assertThat(tally.count(RowOutcome.ROOM)).isEqualTo(source.count(Kind.ROOM));
        assertThat(tally.count(RowOutcome.NOT_LOCAL)).isEqualTo(source.count(Kind.REMOTE));
        assertThat(tally.count(RowOutcome.EMPTY)).isEqualTo(source.count(Kind.EMPTY));
        assertThat(tally.count(RowOutcome.NOT_KEPT)).isEqualTo(source.count(Kind.NO_STORE));
        assertThat(tally.count(RowOutcome.UNREADABLE)).isEqualTo(source.count(Kind.UNREADABLE));
        assertThat(tally.count(RowOutcome.FAILED)).isZero();
    }

    /** Order of places is order of times, and mailboxes count what is there. */
    private void assertConsistent() throws SQLException {
        try (Connection connection = connections.open();
                PreparedStatement statement = connection.prepareStatement(
                        "SELECT username, seq, receivedAt, stanzaSize FROM ofUnifiedArchive ORDER BY username, seq");
                ResultSet row = statement.executeQuery()) {
            Map<String, long[]> sums = new HashMap<>();
            Map<String, Long> newest = new HashMap<>();
            while (row.next()) {
                String owner = row.getString(1);
                assertThat(row.getLong(3)).isGreaterThanOrEqualTo(newest.getOrDefault(owner, Long.MIN_VALUE));
                newest.put(owner, row.getLong(3));
                long[] sum = sums.computeIfAbsent(owner, name -> new long[2]);
                sum[0]++;
                sum[1] += row.getLong(4);
            }
            assertMailboxes(connection, sums, newest);
        }
    }

    private static void assertMailboxes(Connection connection, Map<String, long[]> sums, Map<String, Long> newest)
            throws SQLException {
        Set<String> mailboxes = new HashSet<>();
        try (PreparedStatement statement = connection.prepareStatement(
                        "SELECT username, messageCount, byteCount, lastReceivedAt FROM ofUnifiedMailbox");
                ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                String owner = row.getString(1);
                mailboxes.add(owner);
                assertThat(new long[] {row.getLong(2), row.getLong(3)})
                        .as(owner)
                        .isEqualTo(sums.getOrDefault(owner, new long[2]));
                assertThat(row.getLong(4)).isGreaterThanOrEqualTo(newest.getOrDefault(owner, Long.MIN_VALUE));
            }
        }
        assertThat(mailboxes).containsAll(sums.keySet());
    }

    private List<Long> longs(String sql) throws SQLException {
        try (Connection connection = connections.open();
                PreparedStatement statement = connection.prepareStatement(sql);
                ResultSet row = statement.executeQuery()) {
            List<Long> values = new ArrayList<>();
            while (row.next()) {
                values.add(row.getLong(1));
            }
            return values;
        }
    }
}
