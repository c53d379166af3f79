package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Verona.ACCOUNTS;
import static org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Verona.JULIET;
import static org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Verona.ROMEO;
import static org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Verona.message;
import static org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Verona.stanzaId;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import org.dom4j.Element;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchivePreferences;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Entries;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.InMemoryArchive;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Mid;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.NothingUnderWay;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.PendingMessage;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.PreferenceStore;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.CachedOfflineStore;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.InMemoryOfflineStore;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineLedgers;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineLimit;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineLimits;
import org.igniterealtime.openfire.plugin.unifiedrouting.rules.RuleSettings;
import org.igniterealtime.openfire.plugin.unifiedrouting.subscription.SubscriptionRegistry;
import org.jivesoftware.openfire.privacy.PrivacyList;
import org.jivesoftware.openfire.session.LocalClientSession;
import org.jivesoftware.openfire.spi.BasicStreamIDFactory;
import org.junit.jupiter.api.Test;
import org.xmpp.packet.JID;
import org.xmpp.packet.Message;
import org.xmpp.packet.Presence;

/** Juliet has several sessions. What Openfire does with a message is played by the tests. */
class LiveCopiesTest {

    private static final String TEXT = "<body>Ay me!</body>";
    private static final String HERS = stanzaId("juliet@verona.example", "hers");
    private static final String NO_STORE = "<no-store xmlns='urn:xmpp:hints'/>";
    private static final String DELAYED = "<delay xmlns='urn:xmpp:delay' from='verona.example' stamp='"
            + Timestamps.format(Entries.NOON.plusSeconds(5)) + "'/>";

    private final OfflineLedgers<Holder> ledgers =
            new OfflineLedgers<>(new InMemoryOfflineStore(), new NothingUnderWay(), Runnable::run);
    private final ClientStates states = new ClientStates(ledgers, ACCOUNTS);
    private final RoutedMessages routed = new RoutedMessages();
    private final Judge judge = new Judge(ACCOUNTS, address -> false, new InMemoryArchive(), RuleSettings::defaults);
    private final List<String> blocking = new ArrayList<>();
    private final Returning returning = new Returning(states, mock(ClientConnections.class));
    private final LiveCopies copies = newCopies();

    private LiveCopies newCopies() {
        Clock clock = Clock.fixed(Entries.NOON, ZoneOffset.UTC);
        BlockLists lists = new BlockLists() {
            @Override
            public boolean blocksIncoming(String account, Message message) {
                return blocking.contains("from " + message.getFrom().getNode());
            }

            @Override
            public boolean blocksOutgoing(String account, Message message) {
                return blocking.contains("to " + message.getTo().getNode());
            }
        };
        ClientConnections connections = mock(ClientConnections.class);
        when(connections.isConnected(any())).thenReturn(true);
        PreferenceStore noPreferences = new PreferenceStore() {
            @Override
            public Optional<ArchivePreferences> find(String owner) {
                return Optional.empty();
            }

            @Override
            public void save(String owner, ArchivePreferences preferences) {
                throw new UnsupportedOperationException();
            }
        };
        AccountStates accountStates = new AccountStates(
                lists,
                new ArchivePolicy(noPreferences, () -> ArchivePreferences.Default.ALWAYS, (account, contact) -> false),
                new CachedOfflineStore(new InMemoryOfflineStore(), clock, account -> false),
                () -> new OfflineRules(
                        true,
                        new OfflineLimits(OfflineLimit.NONE, false, OfflineLimit.NONE),
                        Duration.ofDays(90),
                        RuleSettings.defaults()),
                new SubscriptionRegistry<>(),
                connections,
                clock);
        return new LiveCopies(ACCOUNTS, address -> Optional.empty(), states, accountStates, lists, routed, returning);
    }

    /** A session that gets what {@link LiveCopies} lets through. */
    private final class Client {
        final LocalClientSession session = mock(LocalClientSession.class);
        final List<Message> got = new ArrayList<>();
        final ClientState state;

        Client(JID account, String resource, int priority) {
            when(session.getAddress()).thenReturn(new JID(account.getNode(), account.getDomain(), resource));
            when(session.getStreamID()).thenReturn(new BasicStreamIDFactory().createStreamID());
            when(session.getLastActiveDate()).thenReturn(new Date(0));
            Presence presence = new Presence();
            presence.setPriority(priority);
            when(session.getPresence()).thenReturn(presence);
            state = states.of(session).orElseThrow();
            doAnswer(call -> {
                        route(call.getArgument(0));
                        return null;
                    })
                    .when(session)
                    .process(any());
        }

        /** Openfire, or the plugin, writes a message to it. */
        void route(Message message) {
            if (copies.mayPass(message, state)) {
                got.add(message);
            }
        }

        Client routingNg() {
            state.enableRoutingNg(Entries.NOON);
            return this;
        }

        Client carbons() {
            when(session.isMessageCarbonsEnabled()).thenReturn(true);
            return this;
        }
    }

    private Client juliet(String resource, int priority) {
        return new Client(JULIET, resource, priority);
    }

    private Message noted(Message message) {
        routed.note(RoutedMessages.Note.of(message, judge.judge(message)));
        return message;
    }

    private void complete(Message message) {
        copies.complete(routed.of(message).orElseThrow());
    }

    private static Message toBareJid(String content) {
        return message(ROMEO, JULIET.asBareJID(), content);
    }

    private static Message carbon(String direction, Message of, Client to) {
        Message carbon = new Message();
        carbon.setFrom(to.session.getAddress().asBareJID());
        carbon.setTo(to.session.getAddress());
        Element copied = of.getElement().createCopy();
        carbon.getElement()
                .addElement(direction, Namespaces.CARBONS)
                .addElement("forwarded", Namespaces.FORWARD)
                .add(ClientNamespace.declareOn(copied));
        return carbon;
    }

    @Test
    void withoutCarbonsAndRoutingNgOpenfireDoesAsItLikes() {
        Client low = juliet("low", 0);
        Client high = juliet("high", 5);
        Message message = noted(toBareJid(TEXT));
        low.route(message);
        complete(message);
        assertThat(low.got).containsExactly(message);
        assertThat(high.got).isEmpty();
    }

    @Test
    void routingNgSessionsThatOpenfireLeavesOutGetACopyOfTheirOwn() {
        Client plain = juliet("plain", 5);
        Client hidden = juliet("hidden", -1).routingNg();
        Message message = noted(toBareJid(TEXT + HERS));
        String before = message.toXML();
        plain.route(message);
        complete(message);
        complete(message);
        assertThat(plain.got).containsExactly(message);
        assertThat(hidden.got).hasSize(1).first().isInstanceOf(SessionCopy.class);
        assertThat(hidden.got.get(0).toXML()).isEqualTo(before);
        assertThat(message.toXML()).as("one object serves several sessions").isEqualTo(before);
    }

    @Test
    void whatOpenfireGivesARoutingNgSessionIsNotGivenAgain() {
        Client chosen = juliet("chosen", 9).routingNg();
        Message message = noted(toBareJid(TEXT));
        chosen.route(message);
        chosen.route(message);
        complete(message);
        assertThat(chosen.got).containsExactly(message);
    }

    @Test
    void plainSessionDoesNotCompeteWithARoutingNgSession() {
        Client chosen = juliet("chosen", 9).routingNg();
        Client plain = juliet("plain", 0);
        Message message = noted(toBareJid(TEXT));
        chosen.route(message);
        complete(message);
        assertThat(plain.got).hasSize(1);
    }

    @Test
    void whoIsTheOnlyOneGetsTheMessageItself() {
        Client only = juliet("only", -1).routingNg();
        Message message = noted(toBareJid(TEXT + NO_STORE));
        complete(message);
        assertThat(only.got).containsExactly(message);
    }

    @Test
    void whatTheLedgerKnowsIsGivenAsItIs() {
        Client plain = juliet("plain", 5);
        Client hidden = juliet("hidden", -1).routingNg();
        Message message = noted(toBareJid(TEXT + HERS));
        routed.of(message)
                .map(note -> note.kept(new Mid("hers"), mock(PendingMessage.class)))
                .ifPresent(routed::note);
        ledgers.submitted("juliet", new Mid("hers"), true);
        plain.route(message);
        complete(message);
        assertThat(hidden.got).containsExactly(message);
    }

    @Test
    void whatComesBackAndIsArchivedWasGivenOrIsFoundInTheArchive() {
        Client plain = juliet("plain", 5);
        Client hidden = juliet("hidden", -1).routingNg();
        Message message = toBareJid(TEXT + HERS);
        routed.note(RoutedMessages.Note.again(message, judge.judge(message), new Mid("hers")));
        ledgers.submitted("juliet", new Mid("hers"), true);
        plain.route(message);
        complete(message);
        assertThat(plain.got).containsExactly(message);
        assertThat(hidden.got).isEmpty();
    }

    @Test
    void whatIsHandedOverComesToRoutingNgSessionsBeforeItIsRouted() {
        Client hidden = juliet("hidden", -1).routingNg();
        Client chosen = juliet("chosen", 9).routingNg();
        Client plain = juliet("plain", 5);
        Message message = noted(toBareJid(TEXT + HERS));
        copies.handedOver(message, Optional.empty());
        assertThat(hidden.got).hasSize(1);
        assertThat(chosen.got).hasSize(1);
        assertThat(plain.got).isEmpty();
        chosen.route(message);
        complete(message);
        assertThat(hidden.got).hasSize(1);
        assertThat(chosen.got).hasSize(1);
        assertThat(plain.got).hasSize(1);
    }

    @Test
    void copiesOfWhatIsForOneClientAreKeptBack() {
        Client addressed = juliet("addressed", 0);
        Client copied = juliet("copied", 0).carbons();
        Client all = juliet("all", 0).routingNg();
        Message message =
                noted(message(ROMEO, addressed.session.getAddress(), TEXT + "<no-copy xmlns='urn:xmpp:hints'/>"));
        copied.route(carbon("received", message, copied));
        addressed.route(message);
        complete(message);
        assertThat(addressed.got).containsExactly(message);
        assertThat(copied.got).isEmpty();
        assertThat(all.got).isEmpty();
    }

    @Test
    void carbonsThatOpenfireDoesNotMakeAreMade() {
        Client addressed = juliet("addressed", 0);
        Client copied = juliet("copied", 0).carbons();
        Client all = juliet("all", 0).routingNg();
        Message message = message(ROMEO, addressed.session.getAddress(), TEXT + HERS);
        message.setType(Message.Type.normal);
        noted(message);
        addressed.route(message);
        all.route(carbon("received", message, all));
        complete(message);
        assertThat(copied.got).hasSize(1);
        Element received = copied.got.get(0).getElement().element("received");
        assertThat(received.getNamespaceURI()).isEqualTo("urn:xmpp:carbons:2");
        Element inner = received.element("forwarded").element("message");
        assertThat(inner.getNamespaceURI()).isEqualTo("jabber:client");
        assertThat(StanzaIds.find(inner, JULIET)).contains("hers");
        assertThat(all.got).hasSize(1);
        assertThat(ServerWrapper.isOne(all.got.get(0))).isFalse();
    }

    @Test
    void whatIsSentIsReflectedUnderTheSendersId() {
        Client sending = new Client(ROMEO, ROMEO.getResource(), 0).routingNg();
        Client other = new Client(ROMEO, "street", -1).routingNg();
        Client plain = new Client(ROMEO, "plain", 1);
        Client copied = new Client(ROMEO, "copied", 1).carbons();
        Message message = noted(toBareJid(TEXT + HERS));
        routed.of(message).map(note -> note.sentAs(new Mid("his"))).ifPresent(routed::note);
        copies.sent(message, sending.session);
        for (Client client : List.of(sending, other)) {
            assertThat(client.got).hasSize(1).first().isInstanceOf(SessionCopy.class);
            assertThat(StanzaIds.find(client.got.get(0).getElement(), ROMEO)).contains("his");
            assertThat(StanzaIds.find(client.got.get(0).getElement(), JULIET)).isEmpty();
        }
        complete(message);
        assertThat(plain.got).isEmpty();
        assertThat(copied.got).hasSize(1);
        Element inner = copied.got
                .get(0)
                .getElement()
                .element("sent")
                .element("forwarded")
                .element("message");
        assertThat(StanzaIds.find(inner, ROMEO)).contains("his");
        assertThat(StanzaIds.find(inner, JULIET)).isEmpty();
    }

    @Test
    void onlyTheSendersOwnSessionBringsWhatIsReflected() {
        Client romeo = new Client(ROMEO, ROMEO.getResource(), 0).routingNg();
        Client other = new Client(ROMEO, "street", 0).routingNg();
        Message message = noted(toBareJid(TEXT));
        copies.sent(message, null);
        copies.sent(message, other.session);
        copies.sent(toBareJid("<body>Never judged</body>"), romeo.session);
        assertThat(romeo.got).isEmpty();
    }

    @Test
    void whoBecomesRoutingNgAfterItWasHandedOverFindsItInTheArchive() {
        Client sending = new Client(ROMEO, ROMEO.getResource(), 0);
        Client other = new Client(ROMEO, "street", 0);
        Message message = noted(toBareJid(TEXT + HERS));
        routed.of(message).map(note -> note.sentAs(new Mid("his"))).ifPresent(routed::note);
        copies.handedOver(message, Optional.of(sending.session));
        other.routingNg();
        copies.sent(message, sending.session);
        assertThat(other.got).isEmpty();
    }

    @Test
    void whatTheSendersArchiveDoesNotShowIsReflectedLate() {
        Client sending = new Client(ROMEO, ROMEO.getResource(), 0);
        Client other = new Client(ROMEO, "street", 0);
        Message message = noted(toBareJid(TEXT + HERS));
        copies.handedOver(message, Optional.of(sending.session));
        other.routingNg();
        copies.sent(message, sending.session);
        assertThat(other.got).hasSize(1);
    }

    @Test
    void whatItsSendersOwnListBlocksIsNeitherReflectedNorCopied() {
        Client romeo = new Client(ROMEO, ROMEO.getResource(), 0).routingNg();
        Client copied = new Client(ROMEO, "copied", 0).carbons();
        Client juliet = juliet("all", 0).routingNg();
        blocking.add("to juliet");
        Message message = noted(toBareJid(TEXT));
        copies.sent(message, romeo.session);
        complete(message);
        assertThat(romeo.got).isEmpty();
        assertThat(copied.got).isEmpty();
        assertThat(juliet.got).isEmpty();
    }

    @Test
    void whoIsBlockedReachesNobody() {
        Client juliet = juliet("all", 0).routingNg();
        Client quiet = juliet("quiet", 0).routingNg();
        PrivacyList active = mock(PrivacyList.class);
        when(active.shouldBlockPacket(any())).thenReturn(true);
        when(quiet.session.getActiveList()).thenReturn(active);
        Message message = noted(toBareJid(TEXT));
        complete(message);
        assertThat(juliet.got).hasSize(1);
        assertThat(quiet.got).isEmpty();

        blocking.add("from romeo");
        Message blocked = noted(toBareJid(TEXT));
        complete(blocked);
        assertThat(juliet.got).hasSize(1);
    }

    @Test
    void whatComesBackFromASessionIsNotNewToRoutingNgSessions() {
        Client before = juliet("before", 0).routingNg();
        Client after = juliet("after", 0);
        after.state.enableRoutingNg(Entries.NOON.plusSeconds(9));
        Client copied = juliet("copied", -1).carbons();
        Message message = noted(toBareJid(TEXT + NO_STORE + DELAYED));
        Client romeo = new Client(ROMEO, ROMEO.getResource(), 0).routingNg();
        returning.route("juliet", () -> {
            before.route(message);
            copied.route(carbon("received", message, copied));
            complete(message);
            copies.sent(message, romeo.session);
        });
        assertThat(before.got).isEmpty();
        assertThat(after.got).hasSize(1);
        assertThat(copied.got).isEmpty();
        assertThat(romeo.got).isEmpty();
    }

    @Test
    void aDelayThatAnybodyCanPutOnHidesNothing() {
        Client all = juliet("all", 0).routingNg();
        Client copied = juliet("copied", -1).carbons();
        Client romeo = new Client(ROMEO, ROMEO.getResource(), 0).routingNg();
        Message message = noted(toBareJid(TEXT + HERS + DELAYED));
        copies.sent(message, romeo.session);
        complete(message);
        assertThat(all.got).hasSize(1);
        assertThat(copied.got).hasSize(1);
        assertThat(romeo.got).hasSize(1);
    }

    @Test
    void whatAnotherSessionHasComesToNobodyElse() {
        Client having = juliet("having", 0).routingNg();
        Client plain = juliet("plain", 0);
        Mid mid = new Mid("hers");
        ledgers.submitted("juliet", mid, true);
        having.state.ledger().sent(mid, having.state.raw());
        Message message = toBareJid(TEXT + HERS);
        routed.note(RoutedMessages.Note.again(message, judge.judge(message), mid));
        plain.route(message);
        complete(message);
        assertThat(plain.got).isEmpty();
    }

    @Test
    void whoStepsInForASessionThatCouldNotBeReachedGetsTheMessage() {
        juliet("all", -1).routingNg();
        juliet("best", 9);
        Client second = juliet("second", 0);
        Message message = noted(toBareJid(TEXT));
        second.route(message);
        assertThat(second.got).isEmpty();
        routed.of(message).orElseThrow().given().exempt(List.of(second.state));
        second.route(message);
        assertThat(second.got).containsExactly(message);
    }

    @Test
    void whatIsForNobodyWhoIsThereIsDecidedElsewhere() {
        Client other = juliet("other", 0).routingNg();
        Message message = noted(message(ROMEO, new JID("juliet@verona.example/gone"), TEXT + NO_STORE));
        complete(message);
        assertThat(other.got).isEmpty();
        other.route(message);
        assertThat(other.got).containsExactly(message);
    }

    @Test
    void copyOfACopyIsOneToo() {
        Message message = toBareJid(TEXT);
        Message copy = new SessionCopy(message).createCopy();
        assertThat(copy).isInstanceOf(SessionCopy.class);
        assertThat(copy.toXML()).isEqualTo(message.toXML());
        copy.setID("other");
        assertThat(message.getID()).isNull();
    }
}
