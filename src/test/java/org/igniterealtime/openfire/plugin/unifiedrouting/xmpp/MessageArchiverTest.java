package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Verona.ACCOUNTS;
import static org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Verona.JULIET;
import static org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Verona.ROMEO;
import static org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Verona.TYBALT;
import static org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Verona.chat;
import static org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Verona.message;
import static org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Verona.stanzaId;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.dom4j.QName;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Admission;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchivePreferences;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchivePreferences.Default;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchiveWriter;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchivedMessage;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Direction;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Entries;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Mid;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.NothingUnderWay;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.PreferenceStore;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ScriptedStore;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.WriterLimits;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.CachedOfflineStore;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.InMemoryOfflineStore;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineLedger;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineLedgers;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineLimit;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineLimits;
import org.igniterealtime.openfire.plugin.unifiedrouting.rules.RuleSettings;
import org.igniterealtime.openfire.plugin.unifiedrouting.subscription.MidPrefixes;
import org.igniterealtime.openfire.plugin.unifiedrouting.subscription.SessionKey;
import org.igniterealtime.openfire.plugin.unifiedrouting.subscription.SubscriptionRegistry;
import org.jivesoftware.openfire.session.ClientSession;
import org.jivesoftware.openfire.session.LocalClientSession;
import org.jivesoftware.openfire.spi.BasicStreamIDFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xmpp.packet.JID;
import org.xmpp.packet.Message;
import org.xmpp.packet.Presence;

/** Which archives a message enters, on the real writer and a store in memory. Every message here is worth archiving. */
class MessageArchiverTest {

    private final ScriptedStore store = new ScriptedStore();
    private final ArchiveWriter writer = new ArchiveWriter(
            store,
            messages -> {},
            new WriterLimits(10, 1_000_000, 10, 1_000_000, Duration.ofSeconds(30), Duration.ofMillis(20)));
    private final AtomicInteger mids = new AtomicInteger();
    private final Map<String, Admission.Answer> answers = new HashMap<>();
    private final RoutedMessages routed = new RoutedMessages();
    private final OfflineLedgers<Holder> ledgers =
            new OfflineLedgers<>(new InMemoryOfflineStore(), new NothingUnderWay(), Runnable::run);
    private AcknowledgementHold hold = session -> true;
    private boolean impersonated;

    @BeforeEach
    void start() {
        writer.start();
    }

    @AfterEach
    void stop() {
        writer.close();
    }

    @Test
    void aMessageEntersTheArchivesOfBothAndCarriesTheRecipientsId() {
        Message message = chat(ROMEO, JULIET);
        String asReceived = message.toXML();

        incoming(message);

        ArchivedMessage hers = only("juliet");
        ArchivedMessage his = only("romeo");
        assertThat(hers.direction()).isEqualTo(Direction.RECEIVED);
        assertThat(hers.peer()).isEqualTo(ROMEO.toString());
        assertThat(hers.receivedAt()).isEqualTo(Entries.NOON);
        assertThat(hers.stanza()).isEqualTo(asReceived);
        assertThat(his.direction()).isEqualTo(Direction.SENT);
        assertThat(his.peer()).isEqualTo(JULIET.toString());
        assertThat(his.stanza()).isEqualTo(asReceived);
        assertThat(his.mid()).isNotEqualTo(hers.mid());
        assertThat(StanzaIds.find(message.getElement(), JULIET))
                .contains(hers.mid().value());
        assertThat(StanzaIds.find(message.getElement(), ROMEO)).isEmpty();
    }

    @Test
    void thatTheRecipientsArchiveIsFullIsNotedForWhoeverFindsNobodyToReceiveIt() {
        answers.put("juliet", Admission.Answer.FULL);
        Message message = chat(ROMEO, JULIET);

        incoming(message);

        assertThat(archive("juliet")).isEmpty();
        assertThat(only("romeo").direction()).isEqualTo(Direction.SENT);
        assertThat(message.toXML()).doesNotContain("stanza-id");
        assertThat(routed.of(message)).hasValueSatisfying(note -> {
            assertThat(note.full()).isTrue();
            assertThat(note.failed()).isFalse();
            assertThat(note.mid()).isEmpty();
        });
    }

    /** Its size does not count, so that a full archive is no reason to lose it. */
    @Test
    void whatIsKeptUntilItIsDeliveredNeedsNoRoomInTheArchive() {
        answers.put("juliet", Admission.Answer.FULL_OF_UNDELIVERED);
        Message message = chat(ROMEO, JULIET);
        message.addChildElement("no-permanent-store", "urn:xmpp:hints");
        incoming(message);
        assertThat(routed.of(message)).hasValueSatisfying(note -> {
            assertThat(note.pending()).isPresent();
            assertThat(note.full()).isFalse();
        });
    }

    @Test
    void whatIsKeptUntilItIsDeliveredIsKnownByAnIdAndNotArchived() {
        Message message = chat(ROMEO, JULIET);
        message.addChildElement("no-permanent-store", "urn:xmpp:hints");
        incoming(message);
        assertNothingArchived();
        assertThat(StanzaIds.find(message.getElement(), JULIET)).isPresent();
        assertThat(routed.of(message))
                .hasValueSatisfying(note -> assertThat(note.pending()).isPresent());
    }

    /** Else it would be the session's and nobody would know, so that the next one would be given it again. */
    @Test
    void aSessionThatComesWhileAMessageWaitsForRoomKnowsOfIt() throws InterruptedException {
        store.hold();
        incoming(chat(ROMEO, JULIET));
        store.awaitAppending();
        IntStream.range(0, 8).forEach(i -> incoming(chat(ROMEO, JULIET)));
        Message last = chat(ROMEO, JULIET);
        Thread waiting = new Thread(() -> incoming(last));
        waiting.start();
        await().until(() -> waiting.getState() == Thread.State.TIMED_WAITING);
        OfflineLedger<Holder> ledger = ledgers.bound("juliet", Holder.of(new SessionKey(JULIET, "stream")));

        store.release();
        waiting.join();

        Mid mid = StanzaIds.find(last.getElement(), JULIET).map(Mid::new).orElseThrow();
        assertThat(ledger.knows(mid)).isTrue();
    }

    @Test
    void whatIsOnItsWayIntoTheArchiveIsNotedWithItsId() {
        Message message = chat(ROMEO, JULIET);
        incoming(message);
        assertThat(routed.of(message)).hasValueSatisfying(note -> {
            assertThat(note.mid()).contains(only("juliet").mid());
            assertThat(note.pending()).isPresent();
        });
    }

    @Test
    void aFullArchiveOfTheSenderOnlyLosesTheSendersEntry() {
        answers.put("romeo", Admission.Answer.FULL);
        incoming(chat(ROMEO, JULIET));
        assertThat(archive("romeo")).isEmpty();
        assertThat(only("juliet").direction()).isEqualTo(Direction.RECEIVED);
    }

    @Test
    void theArchiveOfADeletedAccountIsClosedWithoutAWord() {
        answers.put("juliet", Admission.Answer.CLOSED);
        incoming(chat(ROMEO, JULIET));
        assertThat(archive("juliet")).isEmpty();
        assertThat(only("romeo").direction()).isEqualTo(Direction.SENT);
    }

    @Test
    void aMessageToOneselfIsOneEntryThatWasReceived() {
        incoming(chat(ROMEO, ROMEO.asBareJID()));
        assertThat(only("romeo").direction()).isEqualTo(Direction.RECEIVED);
    }

    @Test
    void onlyAccountsOfThisServerHaveAnArchive() {
        Message leaving = chat(ROMEO, TYBALT);
        incoming(leaving);
        assertThat(only("romeo").direction()).isEqualTo(Direction.SENT);
        assertThat(leaving.toXML()).doesNotContain("stanza-id");

        incoming(chat(TYBALT, JULIET));
        assertThat(only("juliet").direction()).isEqualTo(Direction.RECEIVED);
        assertThat(archive("tybalt")).isEmpty();

        incoming(chat(TYBALT, new JID("nobody@verona.example")));
        incoming(chat(TYBALT, new JID("verona.example")));
        assertThat(mids).hasValue(2);
    }

    @Test
    void anAnonymousSenderHasNoArchive() {
        ClientSession session = mock(ClientSession.class);
        when(session.isAnonymousUser()).thenReturn(true);

        archiver().interceptPacket(chat(ROMEO, JULIET), session, true, false);

        assertThat(only("juliet").peer()).isEqualTo(ROMEO.toString());
        assertThat(archive("romeo")).isEmpty();
    }

    @Test
    void whatSomebodyElseSaysInASessionsNameIsNotAmongWhatItHasSent() {
        impersonated = true;
        LocalClientSession session = mock(LocalClientSession.class);
        hold = held -> {
            throw new AssertionError("it has not brought it");
        };

        archiver().interceptPacket(chat(ROMEO, JULIET), session, true, false);

        assertThat(only("juliet").peer()).isEqualTo(ROMEO.toString());
        assertThat(archive("romeo")).isEmpty();
    }

    /** Openfire asks the other server first, and goes on when it answers. */
    @Test
    void whatIsSentToSeveralAddressesElsewhereIsAmongWhatItsSenderHasSent() {
        impersonated = true;
        String addresses = "<addresses xmlns='http://jabber.org/protocol/address'/>";
        Message elsewhere = message(ROMEO, TYBALT, "<body>Peace</body>" + addresses);
        archiver().interceptPacket(elsewhere, session(), true, false);
        assertThat(only("romeo").direction()).isEqualTo(Direction.SENT);
    }

    @Test
    void whoBlocksTheSenderDoesNotArchiveAndTheSenderDoes() {
        Message message = chat(ROMEO, JULIET);
        archiverWith(new Blocking("juliet", null)).interceptPacket(message, null, true, false);

        assertThat(archive("juliet")).isEmpty();
        assertThat(only("romeo").direction()).isEqualTo(Direction.SENT);
        assertThat(message.toXML()).doesNotContain("stanza-id");
    }

    @Test
    void whatTheSenderBlocksIsNotRoutedAndNotArchived() {
        Message message = chat(ROMEO, JULIET);
        archiverWith(new Blocking(null, "romeo")).interceptPacket(message, null, true, false);

        assertThat(archive("romeo")).isEmpty();
        assertThat(archive("juliet")).isEmpty();
        assertThat(message.getFrom())
                .as("the question must not change the message")
                .isEqualTo(ROMEO);
    }

    @Test
    void wrappersOfTheServerAreNotArchived() {
        incoming(message(JULIET.asBareJID(), JULIET, "<body>x</body><received xmlns='urn:xmpp:carbons:2'/>"));
        assertNothingArchived();
    }

    @Test
    void whatIsInTheArchiveAlreadyIsNotArchivedAgain() {
        Message message = message(ROMEO, JULIET, "<body>x</body>" + stanzaId("juliet@verona.example", "known"));
        incoming(message);
        assertNothingArchived();
        assertThat(StanzaIds.find(message.getElement(), JULIET)).contains("known");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<body>x</body><no-store xmlns='urn:xmpp:hints'/>",
                "<body>x</body><no-permanent-store xmlns='urn:xmpp:hints'/>",
                "<composing xmlns='http://jabber.org/protocol/chatstates'/>",
                "<event xmlns='http://jabber.org/protocol/pubsub#event'/>"
            })
    void whatTheRulesDoNotKeepIsNotArchived(String content) {
        incoming(message(ROMEO, JULIET, content));
        assertNothingArchived();
    }

    @Test
    void groupchatAndHeadlinesAreNotArchived() {
        for (Message.Type type : List.of(Message.Type.groupchat, Message.Type.headline)) {
            Message message = chat(ROMEO, JULIET);
            message.setType(type);
            incoming(message);
        }
        assertNothingArchived();
    }

    @Test
    void anErrorIsArchivedForItsAddresseeOnlyWhateverElseItClaimsToBe() {
        Message error = chat(ROMEO, JULIET);
        error.setType(Message.Type.error);
        error.getElement().addAttribute(QName.get("type", "x", "urn:example:x"), "chat");
        incoming(error);
        assertThat(only("juliet").direction()).isEqualTo(Direction.RECEIVED);
        assertThat(archive("romeo")).isEmpty();
    }

    @Test
    void aMessageToTheServerIsOneEntryAndDoesNotTellWhoTheAdministratorIs() {
        MessageArchiver archiver = archiver();
        Message message = chat(ROMEO, new JID("verona.example"));
        message.setID("m1");
        archiver.interceptPacket(message, null, true, false);
        Message copy = message.createCopy();
        copy.setTo(JULIET.asBareJID());
        archiver.interceptPacket(copy, null, true, false);
        assertThat(only("romeo").peer()).isEqualTo("verona.example");
        assertThat(archive("juliet")).hasSize(1);
    }

    /** Many clients give no ids. */
    @Test
    void whatFollowsAMessageToTheServerIsNoCopyOfIt() {
        MessageArchiver archiver = archiver();
        for (JID to : List.of(new JID("verona.example"), JULIET)) {
            Message message = chat(ROMEO, to);
            message.setID(null);
            message.setBody("to " + to);
            archiver.interceptPacket(message, null, true, false);
        }
        assertThat(archive("romeo")).hasSize(2);
    }

    @Test
    void aMessageThatCannotBeArchivedGoesOnWithoutId() {
        store.goDown();
        incoming(chat(ROMEO, JULIET));
        writer.awaitSettled(writer.handedOver(), System.nanoTime());
        Message message = chat(ROMEO, JULIET);
        incoming(message);
        assertThat(message.toXML()).doesNotContain("stanza-id");
        assertNothingArchived();
    }

    @Test
    void aMessageWhoseAcknowledgementIsHeldIsRoutedBeforeItIsCommitted() {
        store.hold();
        Message message = chat(ROMEO, JULIET);
        archiver().interceptPacket(message, session(), true, false);
        assertThat(StanzaIds.find(message.getElement(), JULIET)).isPresent();
        assertThat(store.archive("juliet")).isEmpty();
        Mid mid = new Mid(StanzaIds.find(message.getElement(), JULIET).orElseThrow());
        assertThat(writer.underWay(mid))
                .hasValueSatisfying(pending -> assertThat(pending.outcome()).isEmpty());
        store.release();
        assertThat(only("juliet").mid()).isEqualTo(mid);
        assertThat(writer.underWay(mid)).isEmpty();
    }

    /** Such as those of BOSH and WebSocket. */
    @Test
    void aMessageOfASessionWhoseAcknowledgementsCannotBeHeldWaitsForItsCommit() throws InterruptedException {
        hold = session -> false;
        store.hold();
        Message message = chat(ROMEO, JULIET);
        LocalClientSession webSocket = session();
        Thread routing = new Thread(() -> archiver().interceptPacket(message, webSocket, true, false));
        routing.start();
        store.awaitAppending();
        await().until(() -> routing.getState() == Thread.State.TIMED_WAITING);
        store.release();
        routing.join();
        assertThat(StanzaIds.find(message.getElement(), JULIET))
                .contains(only("juliet").mid().value());
    }

    @Test
    void whatComesFromElsewhereIsNotAcknowledgedAndDoesNotWait() {
        hold = session -> false;
        store.hold();
        Message message = chat(TYBALT, JULIET);
        incoming(message);
        assertThat(StanzaIds.find(message.getElement(), JULIET)).isPresent();
        store.release();
    }

    private static LocalClientSession session() {
        LocalClientSession session = mock(LocalClientSession.class);
        when(session.getAddress()).thenReturn(ROMEO);
        when(session.getStreamID()).thenReturn(new BasicStreamIDFactory().createStreamID());
        return session;
    }

    @Test
    void onlyIncomingMessagesBeforeTheyAreRoutedAreArchived() {
        MessageArchiver archiver = archiver();
        archiver.interceptPacket(chat(ROMEO, JULIET), null, false, false);
        archiver.interceptPacket(chat(ROMEO, JULIET), null, true, true);
        archiver.interceptPacket(new Presence(), null, true, false);
        incoming(chat(null, JULIET));
        incoming(chat(ROMEO, null));
        assertNothingArchived();
    }

    @Test
    void whateverFailsTheMessageGoesOn() {
        Message message = chat(ROMEO, JULIET);
        archiverWith(new Blocking(null, null) {
                    @Override
                    public boolean blocksIncoming(String account, Message blocked) {
                        throw new IllegalStateException("privacy lists");
                    }
                })
                .interceptPacket(message, null, true, false);
        Accounts broken = new Accounts() {
            @Override
            public String domain() {
                return Verona.DOMAIN;
            }

            @Override
            public Optional<String> accountOf(JID address) {
                throw new IllegalStateException("users");
            }
        };
        archiver(broken, new Blocking(null, null)).interceptPacket(message, null, true, false);

        assertThat(message.toXML()).isEqualTo(chat(ROMEO, JULIET).toXML());
        assertNothingArchived();
    }

    private void incoming(Message message) {
        archiver().interceptPacket(message, null, true, false);
    }

    private MessageArchiver archiver() {
        return archiverWith(new Blocking(null, null));
    }

    private MessageArchiver archiverWith(BlockLists blockLists) {
        return archiver(ACCOUNTS, blockLists);
    }

    private MessageArchiver archiver(Accounts accounts, BlockLists blockLists) {
        Clock clock = Clock.fixed(Entries.NOON, ZoneOffset.UTC);
        ArchivePolicy policy =
                new ArchivePolicy(new NoPreferences(), () -> Default.ALWAYS, (account, contact) -> false);
        Archivist archivist = new Archivist(
                new Judge(accounts, address -> false, store, RuleSettings::defaults),
                new ArchiveEntries(
                        blockLists,
                        policy,
                        claims(accounts, blockLists, policy, clock),
                        () -> new Mid("mid" + mids.incrementAndGet()),
                        new MidPrefixes(() -> "prefix"),
                        clock),
                new ArchiveEntrance(owner -> answers.getOrDefault(owner, Admission.Answer.OPEN)),
                writer,
                new Resent(store, domain -> Optional.empty(), connection -> true, clock),
                new OutgoingIds(accounts, address -> Optional.empty()),
                hold,
                routed,
                ledgers,
                new Archivist.Live(new AccountTurns(), (message, session) -> {}),
                clock);
        return new MessageArchiver(
                accounts,
                archivist,
                () -> false,
                (account, mid) -> {},
                (message, session) -> {},
                (message, session) -> impersonated);
    }

    private OfflineClaims claims(Accounts accounts, BlockLists blockLists, ArchivePolicy policy, Clock clock) {
        OfflineRules rules = new OfflineRules(
                true,
                new OfflineLimits(OfflineLimit.NONE, false, OfflineLimit.NONE),
                Duration.ofDays(90),
                RuleSettings.defaults());
        AccountStates states = new AccountStates(
                blockLists,
                policy,
                new CachedOfflineStore(new InMemoryOfflineStore(), clock, account -> false),
                () -> rules,
                new SubscriptionRegistry<>(),
                null,
                clock);
        return new OfflineClaims(states, new ClientStates(ledgers, accounts), ledgers);
    }

    /** With all that was handed over so far. */
    private List<ArchivedMessage> archive(String account) {
        writer.awaitSettled(writer.handedOver(), System.nanoTime());
        return store.archive(account);
    }

    private ArchivedMessage only(String account) {
        assertThat(archive(account)).hasSize(1);
        return archive(account).get(0);
    }

    private void assertNothingArchived() {
        assertThat(archive("romeo")).isEmpty();
        assertThat(archive("juliet")).isEmpty();
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

    /** One account that takes nothing, or one that sends nothing. */
    private static class Blocking implements BlockLists {

        private final String incoming;
        private final String outgoing;

        Blocking(String incoming, String outgoing) {
            this.incoming = incoming;
            this.outgoing = outgoing;
        }

        @Override
        public boolean blocksIncoming(String account, Message message) {
            return account.equals(incoming);
        }

        @Override
        public boolean blocksOutgoing(String account, Message message) {
            return account.equals(outgoing);
        }
    }
}
