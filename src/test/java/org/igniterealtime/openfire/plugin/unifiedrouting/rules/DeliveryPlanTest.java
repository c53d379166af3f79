package org.igniterealtime.openfire.plugin.unifiedrouting.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.igniterealtime.openfire.plugin.unifiedrouting.rules.Sample.BODY;
import static org.igniterealtime.openfire.plugin.unifiedrouting.rules.Sample.CHAT_STATE;
import static org.igniterealtime.openfire.plugin.unifiedrouting.rules.Sample.JULIET;
import static org.igniterealtime.openfire.plugin.unifiedrouting.rules.Sample.RECEIPT;
import static org.igniterealtime.openfire.plugin.unifiedrouting.rules.Sample.ROMEO;
import static org.igniterealtime.openfire.plugin.unifiedrouting.rules.Sample.chat;
import static org.igniterealtime.openfire.plugin.unifiedrouting.rules.Sample.error;
import static org.igniterealtime.openfire.plugin.unifiedrouting.rules.Sample.hint;
import static org.igniterealtime.openfire.plugin.unifiedrouting.rules.Sample.normal;
import static org.igniterealtime.openfire.plugin.unifiedrouting.rules.SessionSnapshot.available;
import static org.igniterealtime.openfire.plugin.unifiedrouting.rules.SessionSnapshot.unavailable;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Section 4 of the rules page: what each consumer does with the verdict, line by line. */
class DeliveryPlanTest {

    private static final String PRIVATE = "<private xmlns='urn:xmpp:carbons:2'/>";
    private static final String IM_NG = "<im-ng xmlns='urn:xmpp:im-ng:0'/>";
    private static final String ROOM_MARK = "<x xmlns='http://jabber.org/protocol/muc#user'/>";
    private static final String INVITATION = "<x xmlns='jabber:x:conference' jid='ball@rooms.capulet.example'/>";
    private static final String SUBJECT = "<subject>Balconies</subject>";
    private static final String OCCUPANT = "ball@rooms.capulet.example/Juliet";
    private static final String WRAPPER =
            "<received xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'/></received>";

    private static final SessionSnapshot GARDEN = available("garden", 5);
    private static final SessionSnapshot HOME = available("home", 0);
    private static final SessionSnapshot PARK = available("park", -1);
    private static final SessionSnapshot STREET = unavailable("street");

    private record Row(String title, Sample sample, AccountState account, List<SessionSnapshot> sessions, String plan) {
        @Override
        public String toString() {
            return title;
        }

        SessionSnapshot[] all() {
            return sessions.toArray(SessionSnapshot[]::new);
        }
    }

    private static Row row(String title, Sample sample, String plan, SessionSnapshot... sessions) {
        return row(title, sample, AccountState.ORDINARY, plan, sessions);
    }

    private static Row row(
            String title, Sample sample, AccountState account, String plan, SessionSnapshot... sessions) {
        return new Row("§4 " + title, sample, account, List.of(sessions), plan);
    }

    static Stream<Row> plainSessions() {
        Sample all = chat(BODY).under(routing(PlainRouting.ALL_OF_HIGHEST_PRIORITY));
        Sample reallyAll = chat(BODY).under(routing(PlainRouting.ALL_NON_NEGATIVE));
        SessionSnapshot away = available("away", 5).with(Show.AWAY).lastActive(9);
        SessionSnapshot recent = available("recent", 5).lastActive(7);
        return Stream.of(
                row("plain sessions: highest priority", chat(BODY), "garden RAW, home -", GARDEN, HOME),
                row("plain sessions: never a negative priority", chat(BODY), "home RAW, park -", HOME, PARK),
                row("plain sessions: never without presence", chat(BODY), "home RAW, street -", HOME, STREET),
                row("plain sessions: more available first", chat(BODY), "away -, garden RAW", away, GARDEN),
                row("plain sessions: then last active", chat(BODY), "garden -, recent RAW", GARDEN, recent),
                row("plain sessions: route.all-resources", all, "garden RAW, recent RAW, home -", GARDEN, recent, HOME),
                row(
                        "plain sessions: route.really-all-resources",
                        reallyAll,
                        "garden RAW, home RAW, park -",
                        GARDEN,
                        HOME,
                        PARK),
                row(
                        "plain sessions: headline to all",
                        chat(BODY).typed("headline"),
                        "garden RAW, home RAW, park -",
                        GARDEN,
                        HOME,
                        PARK),
                row(
                        "plain sessions: addressed, whatever its priority",
                        chat(BODY).to(ROMEO + "/park"),
                        "garden -, park RAW",
                        GARDEN,
                        PARK),
                row(
                        "plain sessions: addressed without presence",
                        chat(BODY).to(ROMEO + "/street"),
                        "garden -, street RAW",
                        GARDEN,
                        STREET),
                row(
                        "plain sessions: a routing-ng session does not outrank them",
                        chat(BODY),
                        "garden RAW, home RAW",
                        GARDEN.with(SessionMode.ROUTING_NG),
                        HOME),
                row(
                        "plain sessions: a MAM-reading one is routed to as ever",
                        chat(BODY),
                        "garden RAW",
                        GARDEN.with(SessionMode.MAM_READING)),
                row(
                        "anonymous user: live delivery",
                        chat(BODY),
                        AccountState.of(AccountCondition.NO_ACCOUNT),
                        "garden RAW",
                        GARDEN),
                row("blocked sender: nobody", chat(BODY), AccountState.of(AccountCondition.BLOCKS_PEER), "", GARDEN));
    }

    static Stream<Row> subscribedSessions() {
        SessionSnapshot subscribed = HOME.with(SessionMode.SUBSCRIBED);
        AccountState down = AccountState.of(AccountCondition.DATABASE_DOWN);
        return Stream.of(
                row("subscribed: notification beside the message", chat(BODY), "home RAW+NOTIFICATION", subscribed),
                row(
                        "subscribed: for an entry it is not routed",
                        chat(BODY),
                        "garden RAW, home NOTIFICATION",
                        GARDEN,
                        subscribed),
                row(
                        "subscribed: whatever its priority",
                        chat(BODY),
                        "park NOTIFICATION",
                        PARK.with(SessionMode.SUBSCRIBED)),
                row(
                        "subscribed: before presence",
                        chat(BODY),
                        "street NOTIFICATION",
                        STREET.with(SessionMode.SUBSCRIBED)),
                row(
                        "subscribed: whatever the type: error",
                        error(BODY),
                        "garden RAW, home NOTIFICATION",
                        GARDEN,
                        subscribed),
                row(
                        "subscribed: whatever the content: receipt",
                        chat(RECEIPT).toGarden(),
                        "garden RAW, home NOTIFICATION",
                        GARDEN,
                        subscribed),
                row(
                        "subscribed: also what one client gets",
                        chat(BODY + PRIVATE).toGarden(),
                        "garden RAW, home NOTIFICATION",
                        GARDEN,
                        subscribed),
                row("subscribed: no entry, no notification", chat(CHAT_STATE), "home RAW", subscribed),
                row(
                        "subscribed: offline-only is no entry",
                        hint("no-permanent-store", chat(BODY)),
                        "home RAW",
                        subscribed),
                row(
                        "subscribed: excluded by preferences is no entry",
                        chat(BODY),
                        AccountState.of(AccountCondition.DOES_NOT_ARCHIVE_PEER),
                        "home RAW",
                        subscribed),
                row("subscribed: database down, no entry", chat(BODY), down, "home RAW", subscribed));
    }

    static Stream<Row> routingNgSessions() {
        SessionSnapshot ng = available("ng", -1).with(SessionMode.ROUTING_NG);
        SessionSnapshot ngToo = unavailable("ng2").with(SessionMode.ROUTING_NG);
        return Stream.of(
                row("routing-ng: all, whatever presence or priority", chat(BODY), "ng RAW, ng2 RAW", ng, ngToo),
                row("routing-ng: transient to a bare JID too", chat(CHAT_STATE), "ng RAW, ng2 RAW", ng, ngToo),
                row("routing-ng: legacy sender's full JID", chat(BODY).toGarden(), "garden RAW, ng RAW", GARDEN, ng),
                row(
                        "routing-ng: once, if it is addressed itself",
                        chat(BODY).to(ROMEO + "/ng"),
                        "garden -, ng RAW, ng2 RAW",
                        GARDEN,
                        ng,
                        ngToo),
                row(
                        "routing-ng: not what is for one client",
                        chat(BODY + IM_NG).toGarden(),
                        "garden RAW, ng -",
                        GARDEN,
                        ng),
                row(
                        "routing-ng: not a chat state to another resource",
                        chat(CHAT_STATE).toGarden(),
                        "garden RAW, ng -",
                        GARDEN,
                        ng),
                row("routing-ng: an error that concerns the archive", error(BODY), "garden RAW, ng RAW", GARDEN, ng),
                row("routing-ng: no other error", error(CHAT_STATE), "garden RAW, ng -", GARDEN, ng),
                row("routing-ng: no error to a bare JID", error(BODY).to(ROMEO), "garden -, ng -", GARDEN, ng),
                row(
                        "routing-ng: no groupchat to a bare JID",
                        chat(BODY).typed("groupchat"),
                        "garden -, ng -",
                        GARDEN,
                        ng),
                row("routing-ng: offline-only", hint("no-permanent-store", chat(BODY)), "ng RAW", ng),
                row("routing-ng and subscribed", chat(BODY), "ng RAW+NOTIFICATION", ng.with(SessionMode.SUBSCRIBED)));
    }

    static Stream<Row> carbons() {
        SessionSnapshot copied = HOME.with(SessionMode.CARBONS);
        SessionSnapshot behind = PARK.with(SessionMode.CARBONS);
        SessionSnapshot both = copied.with(SessionMode.SUBSCRIBED);
        RuleSettings notToSubscribed =
                RuleSettings.builder().carbonsToSubscribed(false).build();
        return Stream.of(
                row("carbons: bare JID, the original, no wrapper", chat(BODY), "garden RAW, home RAW", GARDEN, copied),
                row(
                        "carbons: bare JID, negative priority, wrapper",
                        chat(BODY),
                        "garden RAW, park CARBON_RECEIVED",
                        GARDEN,
                        behind),
                row("carbons: full JID", chat(BODY).toGarden(), "garden RAW, home CARBON_RECEIVED", GARDEN, copied),
                row(
                        "carbons: not to the addressed one",
                        chat(BODY).to(ROMEO + "/home"),
                        "garden -, home RAW",
                        GARDEN,
                        copied),
                row(
                        "carbons: XEP-0280 §6.1 type chat",
                        chat(CHAT_STATE).toGarden(),
                        "garden RAW, home CARBON_RECEIVED",
                        GARDEN,
                        copied),
                row(
                        "carbons: XEP-0280 §6.1 normal with body",
                        normal(BODY).toGarden(),
                        "garden RAW, home CARBON_RECEIVED",
                        GARDEN,
                        copied),
                row(
                        "carbons: XEP-0280 §6.1 normal chat state",
                        normal(CHAT_STATE).toGarden(),
                        "garden RAW, home CARBON_RECEIVED",
                        GARDEN,
                        copied),
                row(
                        "carbons: XEP-0280 §6.1 receipt",
                        normal(RECEIPT).toGarden(),
                        "garden RAW, home CARBON_RECEIVED",
                        GARDEN,
                        copied),
                row(
                        "carbons: XEP-0280 §6.1 receipt request",
                        normal("<request xmlns='urn:xmpp:receipts'/>").toGarden(),
                        "garden RAW, home CARBON_RECEIVED",
                        GARDEN,
                        copied),
                row(
                        "carbons: XEP-0280 §6.1 invitation",
                        normal(INVITATION).toGarden(),
                        "garden RAW, home CARBON_RECEIVED",
                        GARDEN,
                        copied),
                row(
                        "carbons: archived, though §6.1 is silent",
                        normal(SUBJECT).toGarden(),
                        "garden RAW, home CARBON_RECEIVED",
                        GARDEN,
                        copied),
                row(
                        "carbons: error that concerns the archive",
                        error(BODY),
                        "garden RAW, home CARBON_RECEIVED",
                        GARDEN,
                        copied),
                row(
                        "carbons: error, though the resource is gone",
                        error(BODY),
                        "home CARBON_RECEIVED, park CARBON_RECEIVED",
                        copied,
                        behind),
                row("carbons: no other error", error(CHAT_STATE), "garden RAW, home -", GARDEN, copied),
                row(
                        "carbons: XEP-0280 §6.1 no groupchat",
                        chat(BODY).typed("groupchat").toGarden(),
                        "garden RAW, home -",
                        GARDEN,
                        copied),
                row(
                        "carbons: no headline",
                        chat(BODY).typed("headline").toGarden(),
                        "garden RAW, home -",
                        GARDEN,
                        copied),
                row(
                        "carbons: headline with store",
                        hint("store", chat(BODY).typed("headline")).toGarden(),
                        "garden RAW, home CARBON_RECEIVED",
                        GARDEN,
                        copied),
                row("carbons: not private", chat(BODY + PRIVATE).toGarden(), "garden RAW, home -", GARDEN, copied),
                row(
                        "carbons: not private, bare JID",
                        chat(BODY + PRIVATE),
                        "garden RAW, home -, park -",
                        GARDEN,
                        copied,
                        behind),
                row(
                        "carbons: not no-copy on a full JID",
                        hint("no-copy", chat(BODY)).toGarden(),
                        "garden RAW, home -",
                        GARDEN,
                        copied),
                row(
                        "carbons: no-copy on a bare JID is void",
                        hint("no-copy", chat(BODY)),
                        "garden RAW, home RAW, park CARBON_RECEIVED",
                        GARDEN,
                        copied,
                        behind),
                row("carbons: not im-ng", chat(BODY + IM_NG).toGarden(), "garden RAW, home -", GARDEN, copied),
                row(
                        "carbons: no-store is no secret",
                        hint("no-store", chat(BODY)).toGarden(),
                        "garden RAW, home CARBON_RECEIVED",
                        GARDEN,
                        copied),
                row("carbons: XEP-0280 §6.1 no room PM received", pm(), "garden RAW, home -", GARDEN, copied),
                row(
                        "carbons: none of a wrapper",
                        chat(WRAPPER).toGarden().from(ROMEO).in(MessageContext.from(Origin.THIS_SERVER)),
                        "garden RAW, home -",
                        GARDEN,
                        copied),
                row(
                        "carbons: none to a routing-ng session",
                        chat(CHAT_STATE).toGarden(),
                        "garden RAW, home -",
                        GARDEN,
                        copied.with(SessionMode.ROUTING_NG)),
                row(
                        "carbons.to-subscribed, default",
                        chat(BODY).toGarden(),
                        "garden RAW, home CARBON_RECEIVED+NOTIFICATION",
                        GARDEN,
                        both),
                row(
                        "carbons.to-subscribed=false",
                        chat(BODY).toGarden().under(notToSubscribed),
                        "garden RAW, home NOTIFICATION",
                        GARDEN,
                        both),
                row("carbons: none of what bounces", hint("no-store", chat(BODY)), "park -", behind));
    }

    static Stream<Row> toOneself() {
        Sample note = chat(BODY).from(ROMEO + "/garden");
        SessionSnapshot ng = HOME.with(SessionMode.ROUTING_NG);
        return Stream.of(
                row("to oneself: as to anybody", note, "garden RAW, home -", GARDEN, HOME),
                row(
                        "to oneself: once per routing-ng session",
                        note,
                        "garden RAW, home RAW",
                        GARDEN.with(SessionMode.ROUTING_NG),
                        ng),
                row(
                        "to oneself: one notification",
                        note,
                        "garden RAW+NOTIFICATION",
                        GARDEN.with(SessionMode.SUBSCRIBED)),
                row(
                        "to oneself: no carbon to the sending session",
                        note.to(ROMEO + "/home"),
                        "garden -, home RAW, park CARBON_RECEIVED",
                        GARDEN.with(SessionMode.CARBONS),
                        HOME,
                        PARK.with(SessionMode.CARBONS)),
                row("to oneself: without to", note.to(null), "garden RAW, home -", GARDEN, HOME));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource({"plainSessions", "subscribedSessions", "routingNgSessions", "carbons", "toOneself"})
    void recipientsSessionsGet(Row row) {
        assertThat(Plans.copies(Plans.atRecipient(row.sample(), row.account(), row.all())))
                .isEqualTo(row.plan());
    }

    static Stream<Row> sendersSessions() {
        Sample sent = chat(BODY).from(JULIET);
        SessionSnapshot balcony = available("balcony", 5);
        SessionSnapshot hall = HOME.with(SessionMode.CARBONS);
        SessionSnapshot ng = PARK.with(SessionMode.ROUTING_NG);
        SessionSnapshot ngBalcony = balcony.with(SessionMode.ROUTING_NG);
        SessionSnapshot subscribed = STREET.with(SessionMode.SUBSCRIBED);
        Sample roomPm =
                chat(BODY + ROOM_MARK).to(OCCUPANT).in(MessageContext.local().toRemoteRecipient());
        return Stream.of(
                row(
                        "sent carbons: not to the sending one",
                        sent,
                        "balcony -, home CARBON_SENT",
                        balcony.with(SessionMode.CARBONS),
                        hall),
                row(
                        "sent carbons: chat state",
                        chat(CHAT_STATE).toGarden(),
                        "balcony -, home CARBON_SENT",
                        balcony,
                        hall),
                row("sent carbons: XEP-0280 §6.1 room PM sent", roomPm, "balcony -, home CARBON_SENT", balcony, hall),
                row("sent carbons: not private", chat(BODY + PRIVATE), "balcony -, home -", balcony, hall),
                row("sent carbons: no groupchat", chat(BODY).typed("groupchat"), "balcony -, home -", balcony, hall),
                row(
                        "sent carbons: no-copy on a full JID",
                        hint("no-copy", chat(BODY)).toGarden(),
                        "balcony -, home -",
                        balcony,
                        hall),
                row(
                        "sent carbons: none to routing-ng",
                        chat(CHAT_STATE).toGarden(),
                        "balcony -, park -",
                        balcony,
                        ng.with(SessionMode.CARBONS)),
                row(
                        "reflection: to all routing-ng sessions, the sending one included",
                        sent,
                        "balcony REFLECTION, park REFLECTION",
                        ngBalcony,
                        ng),
                row(
                        "reflection: transient to a bare JID too",
                        chat(CHAT_STATE),
                        "balcony REFLECTION, park REFLECTION",
                        ngBalcony,
                        ng),
                row(
                        "reflection: legacy full JID",
                        sent.toGarden(),
                        "balcony REFLECTION, park REFLECTION",
                        ngBalcony,
                        ng),
                row(
                        "reflection: not what is for one client",
                        chat(BODY + IM_NG).toGarden(),
                        "balcony -, park -",
                        ngBalcony,
                        ng),
                row("reflection: never groupchat", chat(BODY).typed("groupchat"), "balcony -, park -", ngBalcony, ng),
                row("reflection: never error", error(BODY), "balcony -, park -", ngBalcony, ng),
                row(
                        "sender's archive: notification, the sending one included",
                        sent,
                        "balcony NOTIFICATION, street NOTIFICATION",
                        balcony.with(SessionMode.SUBSCRIBED),
                        subscribed),
                row("sender's archive: never for type error", error(BODY), "street -", subscribed),
                row("sender's archive: same verdict", hint("no-store", sent), "street -", subscribed),
                row(
                        "sender's archive: its own preferences",
                        sent,
                        AccountState.of(AccountCondition.DOES_NOT_ARCHIVE_PEER),
                        "street -",
                        subscribed),
                row(
                        "sender's archive: anonymous has none",
                        sent,
                        AccountState.of(AccountCondition.NO_ACCOUNT),
                        "street -",
                        subscribed),
                row(
                        "sender's archive: of type error, none; carbon of what concerns the archive",
                        error(BODY),
                        "balcony -, home CARBON_SENT",
                        balcony,
                        hall),
                row(
                        "to oneself: nothing on this side",
                        chat(BODY).from(ROMEO + "/garden"),
                        "park -, street -, home -",
                        ng,
                        subscribed,
                        hall));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("sendersSessions")
    void sendersSessionsGet(Row row) {
        assertThat(Plans.copies(Plans.atSender(row.sample(), row.account(), row.all())))
                .isEqualTo(row.plan());
    }

    private record KeptRow(
            String title, Sample sample, AccountState account, Kept kept, List<SessionSnapshot> sessions) {
        @Override
        public String toString() {
            return "§4 " + title;
        }
    }

    static Stream<KeptRow> recipientsStore() {
        AccountState ordinary = AccountState.ORDINARY;
        AccountState excludes = AccountState.of(AccountCondition.DOES_NOT_ARCHIVE_PEER);
        AccountState blocks = AccountState.of(AccountCondition.BLOCKS_PEER);
        AccountState noOffline = AccountState.of(AccountCondition.OFFLINE_DISABLED);
        List<SessionSnapshot> one = List.of(GARDEN);
        return Stream.of(
                new KeptRow("archive: ARCHIVED", chat(BODY), ordinary, Kept.ARCHIVE_AND_OFFLINE_SET, one),
                new KeptRow("archive: not blocked", chat(BODY), blocks, Kept.NOTHING, one),
                new KeptRow("archive: preferences make it offline-only", chat(BODY), excludes, Kept.OFFLINE_SET, one),
                new KeptRow("archive: not TRANSIENT", chat(CHAT_STATE), ordinary, Kept.NOTHING, one),
                new KeptRow(
                        "archive: database down",
                        chat(BODY),
                        AccountState.of(AccountCondition.DATABASE_DOWN),
                        Kept.NOTHING,
                        one),
                new KeptRow("offline set: normal", normal(BODY), ordinary, Kept.ARCHIVE_AND_OFFLINE_SET, one),
                new KeptRow(
                        "offline set: headline with store",
                        hint("store", chat(BODY).typed("headline")),
                        ordinary,
                        Kept.ARCHIVE_AND_OFFLINE_SET,
                        one),
                new KeptRow(
                        "offline set: no headline that the administrator alone keeps",
                        chat(BODY).typed("headline").underPaths("+/message/body"),
                        ordinary,
                        Kept.ARCHIVE,
                        one),
                new KeptRow(
                        "offline set: OFFLINE_ONLY",
                        hint("no-permanent-store", chat(BODY)),
                        ordinary,
                        Kept.OFFLINE_SET,
                        one),
                new KeptRow("offline set: never an error", error(BODY), ordinary, Kept.ARCHIVE, one),
                new KeptRow("offline set: never a room PM", pm(), ordinary, Kept.ARCHIVE, one),
                new KeptRow(
                        "offline set: the mark of rooms to a bare JID keeps nothing out",
                        chat(BODY + ROOM_MARK).from(OCCUPANT).in(MessageContext.from(Origin.ELSEWHERE)),
                        ordinary,
                        Kept.ARCHIVE_AND_OFFLINE_SET,
                        one),
                new KeptRow("offline set: switched off, archiving goes on", chat(BODY), noOffline, Kept.ARCHIVE, one),
                new KeptRow(
                        "to oneself: one entry",
                        chat(BODY).from(ROMEO + "/garden"),
                        ordinary,
                        Kept.ARCHIVE_AND_OFFLINE_SET,
                        List.of(GARDEN, HOME)),
                new KeptRow(
                        "to oneself: taken already by the only session",
                        chat(BODY).from(ROMEO + "/garden"),
                        ordinary,
                        Kept.ARCHIVE,
                        one),
                new KeptRow(
                        "to oneself: so too without presence",
                        chat(BODY).from(ROMEO + "/street"),
                        ordinary,
                        Kept.ARCHIVE,
                        List.of(STREET)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("recipientsStore")
    void recipientsStoreKeeps(KeptRow row) {
        DeliveryPlan plan =
                Plans.atRecipient(row.sample(), row.account(), row.sessions().toArray(SessionSnapshot[]::new));

        assertThat(plan.kept()).isEqualTo(row.kept());
    }

    static Stream<KeptRow> sendersStore() {
        AccountState ordinary = AccountState.ORDINARY;
        Sample sent = chat(BODY);
        List<SessionSnapshot> one = List.of(available("balcony", 0));
        return Stream.of(
                new KeptRow("sender's archive: ARCHIVED, nothing to deliver later", sent, ordinary, Kept.ARCHIVE, one),
                new KeptRow("sender's archive: a receipt too", chat(RECEIPT), ordinary, Kept.ARCHIVE, one),
                new KeptRow("sender's archive: same verdict", hint("no-store", sent), ordinary, Kept.NOTHING, one),
                new KeptRow(
                        "sender's archive: offline-only is the recipient's",
                        hint("no-permanent-store", sent),
                        ordinary,
                        Kept.NOTHING,
                        one),
                new KeptRow("sender's archive: never for type error", error(BODY), ordinary, Kept.NOTHING, one),
                new KeptRow(
                        "sender's archive: its own preferences",
                        sent,
                        AccountState.of(AccountCondition.DOES_NOT_ARCHIVE_PEER),
                        Kept.NOTHING,
                        one),
                new KeptRow(
                        "sender's archive: anonymous has none",
                        sent,
                        AccountState.of(AccountCondition.NO_ACCOUNT),
                        Kept.NOTHING,
                        one),
                new KeptRow(
                        "sender's archive: database down",
                        sent,
                        AccountState.of(AccountCondition.DATABASE_DOWN),
                        Kept.NOTHING,
                        one),
                new KeptRow(
                        "sender's archive: full of undelivered",
                        sent,
                        AccountState.of(AccountCondition.ARCHIVE_FULL_OF_UNDELIVERED),
                        Kept.NOTHING,
                        one),
                new KeptRow(
                        "sender's archive: trimmed",
                        sent,
                        AccountState.of(AccountCondition.ARCHIVE_FULL),
                        Kept.ARCHIVE,
                        one),
                new KeptRow(
                        "to oneself: one entry, the recipient's",
                        sent.from(ROMEO + "/garden"),
                        ordinary,
                        Kept.NOTHING,
                        List.of(GARDEN)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("sendersStore")
    void sendersStoreKeeps(KeptRow row) {
        DeliveryPlan plan =
                Plans.atSender(row.sample(), row.account(), row.sessions().toArray(SessionSnapshot[]::new));

        assertThat(plan.kept()).isEqualTo(row.kept());
        assertThat(plan.sender()).isEqualTo(SenderOutcome.SILENCE);
        assertThat(plan.push()).isFalse();
    }

    @Test
    void copiesOfSentMessagesMayWaitForAnInactiveClient() {
        SessionSnapshot hall = HOME.with(SessionMode.CARBONS);

        assertThat(Plans.atSender(
                                chat(BODY),
                                AccountState.ORDINARY,
                                hall,
                                hall.with(Activity.INACTIVE),
                                hall.with(Activity.DETACHED))
                        .sessions())
                .extracting(SessionDelivery::mayWait)
                .containsExactly(false, true, false);
    }

    @Test
    void noSessionStandsInThePlanOfWhoBlocksTheSender() {
        AccountState blocks = AccountState.of(AccountCondition.BLOCKS_PEER);

        assertThat(Plans.atRecipient(chat(BODY), blocks, GARDEN).sessions()).isEmpty();
    }

    private record WakeRow(
            String title, Sample sample, AccountState account, boolean mayWait, boolean push, SessionSnapshot session) {

        WakeRow(String title, Sample sample, boolean mayWait, boolean push, SessionSnapshot session) {
            this(title, sample, AccountState.ORDINARY, mayWait, push, session);
        }

        @Override
        public String toString() {
            return "§4 " + title;
        }
    }

    static Stream<WakeRow> clientStateAndPush() {
        SessionSnapshot inactive = GARDEN.with(Activity.INACTIVE);
        SessionSnapshot detached = GARDEN.with(Activity.DETACHED);
        SessionSnapshot negative = PARK;
        String propose = "<propose xmlns='urn:xmpp:jingle-message:0' id='c'/>";
        String attention = "<attention xmlns='urn:xmpp:attention:0'/>";
        return Stream.of(
                new WakeRow("CSI: URGENT may not wait; push", chat(BODY), false, true, inactive),
                new WakeRow("CSI: urgent without body may not wait", chat(propose), false, true, inactive),
                new WakeRow("CSI: DEFERRABLE may wait", chat(CHAT_STATE), true, false, inactive),
                new WakeRow("CSI: deferrable though archived", chat(RECEIPT), true, false, inactive),
                new WakeRow("CSI: nothing waits for an active client", chat(CHAT_STATE), false, false, GARDEN),
                new WakeRow("push: not if an active client has it", chat(BODY), false, false, GARDEN),
                new WakeRow("push: if it is detached", chat(BODY), false, true, detached),
                new WakeRow("push: not TRANSIENT", chat(attention), false, false, inactive),
                new WakeRow("push: if nobody has it", chat(BODY), false, true, negative),
                new WakeRow("push: offline-only too", hint("no-permanent-store", chat(BODY)), false, true, negative),
                new WakeRow("push: not TRANSIENT, nobody has it", hint("no-store", chat(BODY)), false, false, negative),
                new WakeRow(
                        "push: not what bounces, though it is archived",
                        chat(BODY),
                        AccountState.of(AccountCondition.OFFLINE_DISABLED),
                        false,
                        false,
                        negative),
                new WakeRow(
                        "push: not what its author has taken",
                        chat(BODY).from(ROMEO + "/street"),
                        false,
                        false,
                        STREET),
                new WakeRow(
                        "push: nor if that client is inactive",
                        chat(BODY).from(ROMEO + "/garden"),
                        false,
                        false,
                        inactive),
                new WakeRow(
                        "push: what its author sent to a resource that is gone",
                        chat(BODY + PRIVATE).from(ROMEO + "/street").toGarden(),
                        false,
                        true,
                        STREET),
                new WakeRow("CSI: a room's message with a body", room(BODY), false, false, inactive),
                new WakeRow("CSI: a room's chat state", room(CHAT_STATE), true, false, inactive),
                new WakeRow(
                        "CSI: a room's message without a mention, setting mentions",
                        room(BODY)
                                .under(RuleSettings.builder()
                                        .groupchatUrgency(GroupchatUrgency.MENTIONS)
                                        .build()),
                        true,
                        false,
                        inactive),
                new WakeRow(
                        "CSI: a room's message with a mention, setting mentions",
                        room("<body>O Romeo, Romeo!</body>")
                                .under(RuleSettings.builder()
                                        .groupchatUrgency(GroupchatUrgency.MENTIONS)
                                        .build()),
                        false,
                        false,
                        inactive));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("clientStateAndPush")
    void clientStateAndPushFollowUrgency(WakeRow row) {
        DeliveryPlan plan = Plans.atRecipient(row.sample(), row.account(), row.session());

        assertThat(plan.sessions().get(0).mayWait()).isEqualTo(row.mayWait());
        assertThat(plan.push()).isEqualTo(row.push());
    }

    @ParameterizedTest(name = "PROTOCOL §4: {0}")
    @MethodSource("legacyBorder")
    void legacyBorderAdds(String title, Sample sample, List<PayloadKind> additions) {
        assertThat(LegacyBorder.additions(sample.facts())).containsExactlyInAnyOrderElementsOf(additions);
    }

    static Stream<Arguments> legacyBorder() {
        MessageContext leaving = MessageContext.local().toRemoteRecipient();
        List<PayloadKind> all = List.of(PayloadKind.NO_STORE, PayloadKind.NO_COPY, PayloadKind.PRIVATE);
        return Stream.of(
                Arguments.of("im-ng leaves", chat(BODY + IM_NG).toGarden().in(leaving), all),
                Arguments.of(
                        "what is there is not added",
                        hint("no-copy", chat(BODY + IM_NG + PRIVATE)).toGarden().in(leaving),
                        List.of(PayloadKind.NO_STORE)),
                Arguments.of("im-ng stays", chat(BODY + IM_NG).toGarden(), List.of()),
                Arguments.of(
                        "im-ng means nothing on a bare JID", chat(BODY + IM_NG).in(leaving), List.of()),
                Arguments.of(
                        "a room keeps its history",
                        chat(BODY + IM_NG).typed("groupchat").in(leaving),
                        List.of()),
                Arguments.of(
                        "groupchat to a full JID is no message for one client",
                        chat(BODY + IM_NG).typed("groupchat").toGarden().in(leaving),
                        List.of()),
                Arguments.of(
                        "a private message to an occupant",
                        chat(BODY + IM_NG).to(OCCUPANT).in(leaving),
                        all),
                Arguments.of("others leave unaltered", chat(BODY).in(leaving), List.of()));
    }

    private static Sample room(String children) {
        return chat(children).typed("groupchat").from(OCCUPANT).toGarden().in(MessageContext.from(Origin.ELSEWHERE));
    }

    private static Sample pm() {
        return chat(BODY).from(OCCUPANT).toGarden().in(MessageContext.from(Origin.OCCUPANT));
    }

    private static RuleSettings routing(PlainRouting routing) {
        return RuleSettings.builder().plainRouting(routing).build();
    }
}
