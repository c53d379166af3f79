package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.igniterealtime.openfire.plugin.unifiedrouting.archive.Entries.NOON;
import static org.igniterealtime.openfire.plugin.unifiedrouting.archive.Entries.received;
import static org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Verona.ACCOUNTS;
import static org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Verona.JULIET;
import static org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Verona.ROMEO;
import static org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Verona.message;
import static org.mockito.Mockito.mock;

import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.IntStream;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchivePreferences;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchivePreferences.Default;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchiveStore;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchiveWriter;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Mid;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.NothingUnderWay;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.OfflineClaim;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.PendingMessage;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.PreferenceStore;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.WriterLimits;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.jdbc.JdbcArchiveStore;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.Database;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.TestBackend;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.TestConnections;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.CachedOfflineStore;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineChange;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineLedgers;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineLimit;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineLimits;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineMessage;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineStore;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.jdbc.JdbcOfflineStore;
import org.igniterealtime.openfire.plugin.unifiedrouting.rules.RuleSettings;
import org.igniterealtime.openfire.plugin.unifiedrouting.subscription.SubscriptionRegistry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.xmpp.packet.Message;
import org.xmpp.packet.PacketError;

/**
 * ROUTING-RULES section 5, third line: "where the last session goes between check and routing". Messages were handed over
 * without a limit, for somebody was there, and then nobody is found for them. The limit is three.
 */
class UnreceivedMessagesTest {

    private static final String ONCE = "<no-permanent-store xmlns='urn:xmpp:hints'/>";
    private static final String BODY = "<body>Ay me!</body>";

    private final TestBackend backend = TestBackend.hsqldb();
    private final List<Message> errors = new ArrayList<>();
    private final RoutedMessages routed = new RoutedMessages();
    private TestConnections connections;
    private ArchiveStore archive;
    private OfflineStore offline;
    private ArchiveWriter writer;
    private Judge judge;
    private UnreceivedMessages unreceived;

    @BeforeEach
    void start() throws SQLException {
        connections = backend.open();
        archive = new JdbcArchiveStore(new Database(connections), backend.dialect());
        offline = new JdbcOfflineStore(new Database(connections), backend.dialect());
        OfflineLedgers<Holder> ledgers = new OfflineLedgers<>(offline, new NothingUnderWay(), Runnable::run);
        writer = new ArchiveWriter(
                archive,
                ledgers,
                new WriterLimits(10, 1_000_000, 10, 1_000_000, Duration.ofSeconds(30), Duration.ofMillis(20)));
        writer.start();
        judge = new Judge(ACCOUNTS, address -> false, archive, RuleSettings::defaults);
        SubscriptionRegistry<Object> subscriptions = new SubscriptionRegistry<>();
        AccountStates accountStates = new AccountStates(
                new NoBlocks(),
                new ArchivePolicy(new NoPreferences(), () -> Default.ALWAYS, (account, contact) -> false),
                new CachedOfflineStore(offline, Clock.systemUTC(), account -> false),
                () -> new OfflineRules(
                        true,
                        new OfflineLimits(new OfflineLimit(3), false, OfflineLimit.NONE),
                        Duration.ofDays(90),
                        RuleSettings.defaults()),
                subscriptions,
                null,
                Clock.systemUTC());
        ClientStates states = new ClientStates(ledgers, ACCOUNTS);
        unreceived = new UnreceivedMessages(
                ACCOUNTS,
                judge,
                accountStates,
                states,
                new DeliveryWatch(states, null, subscriptions, routed),
                routed,
                new LiveCopies(
                        ACCOUNTS,
                        address -> Optional.empty(),
                        states,
                        accountStates,
                        new NoBlocks(),
                        routed,
                        new Returning(states, mock(ClientConnections.class))),
                ledgers,
                writer,
                new UnreceivedMessages.Outlet(errors::add, new NoListeners(), Runnable::run));
        archive.append(IntStream.range(0, 3)
                .mapToObj(i -> received("juliet", "waits" + i, ROMEO, NOON).with(OfflineClaim.ELIGIBLE))
                .toList());
    }

    @AfterEach
    void stop() throws SQLException {
        writer.close();
        connections.close();
        backend.close();
    }

    @Test
    void staysInTheArchiveAndItsSenderIsTold() {
        unreceived(BODY, OfflineClaim.ELIGIBLE, false);

        assertThat(waiting()).containsExactly("waits0", "waits1", "waits2");
        assertThat(archive.find("juliet", new Mid("new"))).isPresent();
        assertThat(errors).singleElement().satisfies(error -> {
            assertThat(error.getError().getCondition()).isEqualTo(PacketError.Condition.service_unavailable);
            assertThat(error.getError().getText()).isNotBlank();
            assertThat(error.getTo()).isEqualTo(ROMEO);
        });
    }

    @Test
    void whoReadsTheArchiveFindsItThereAndItsSenderIsNotTold() {
        offline.archiveUsed("juliet", Clock.systemUTC().instant());
        unreceived(BODY, OfflineClaim.ELIGIBLE, false);
        assertThat(waiting()).containsExactly("waits0", "waits1", "waits2");
        assertThat(archive.find("juliet", new Mid("new"))).isPresent();
        assertThat(errors).isEmpty();
    }

    /** Quota with the reaction trim, and nothing that may be trimmed: it was refused, and nobody has it. */
    @Test
    void whatAFullArchiveHasRefusedIsSaidToItsSender() {
        Message message = message(ROMEO, JULIET.asBareJID(), BODY);
        routed.note(RoutedMessages.Note.of(message, judge.judge(message)).withFullArchive());
        assertThat(unreceived.decide(message)).isTrue();
        assertThat(waiting()).hasSize(3);
        assertThat(errors)
                .singleElement()
                .satisfies(error -> assertThat(error.getError().getCondition())
                        .isEqualTo(PacketError.Condition.resource_constraint));
    }

    @Test
    void whatNoArchiveHasIsGone() {
        unreceived(BODY + ONCE, OfflineClaim.OFFLINE_ONLY, false);
        assertThat(waiting()).containsExactly("waits0", "waits1", "waits2");
        assertThat(errors).hasSize(1);
    }

    @Test
    void whatSaysNothingIsRefusedInSilence() {
        unreceived("<received xmlns='urn:xmpp:receipts' id='x'/>", OfflineClaim.ELIGIBLE, false);
        assertThat(waiting()).hasSize(3);
        assertThat(errors).isEmpty();
    }

    @Test
    void whereThereIsRoomItWaits() {
        offline.apply(List.of(new OfflineChange("juliet", OptionalLong.of(1), Set.of(), Set.of())));
        unreceived(BODY, OfflineClaim.ELIGIBLE, false);
        assertThat(waiting()).containsExactly("waits1", "waits2", "new");
        assertThat(errors).isEmpty();
    }

    /** "A limit is not asked for when a session ends and leaves messages": they were accepted. */
    @Test
    void whatASessionLeavesIsNotRefused() {
        unreceived(BODY, OfflineClaim.ELIGIBLE, true);
        assertThat(waiting()).hasSize(4);
        assertThat(errors).isEmpty();
    }

    private void unreceived(String content, OfflineClaim claim, boolean again) {
        Message message = message(ROMEO, JULIET.asBareJID(), content);
        PendingMessage pending =
                writer.submit(List.of(received("juliet", "new", ROMEO, NOON).with(claim)));
        RoutedMessages.Note note = RoutedMessages.Note.of(message, judge.judge(message));
        if (again) {
            writer.awaitSettled(writer.handedOver(), System.nanoTime());
            note = RoutedMessages.Note.again(message, judge.judge(message), new Mid("new"));
        } else {
            note = note.kept(new Mid("new"), pending);
        }
        routed.note(note);
        assertThat(unreceived.decide(message)).isTrue();
        writer.awaitSettled(writer.handedOver(), System.nanoTime());
    }

    private List<String> waiting() {
        return offline.read("juliet", 0, 10).stream()
                .map(OfflineMessage::mid)
                .map(Mid::value)
                .toList();
    }

    private static final class NoBlocks implements BlockLists {

        @Override
        public boolean blocksIncoming(String account, Message message) {
            return false;
        }

        @Override
        public boolean blocksOutgoing(String account, Message message) {
            return false;
        }
    }

    private static final class NoListeners implements UnreceivedMessages.Listeners {

        @Override
        public void stored(Message message) {
            // Nobody asks.
        }

        @Override
        public void bounced(Message message) {
            // Nobody asks.
        }
    }

    private static final class NoPreferences implements PreferenceStore {

        @Override
        public Optional<ArchivePreferences> find(String owner) {
            return Optional.empty();
        }

        @Override
        public void save(String owner, ArchivePreferences preferences) {
            throw new UnsupportedOperationException();
        }
    }
}
