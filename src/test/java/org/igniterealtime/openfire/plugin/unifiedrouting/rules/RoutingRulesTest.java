package org.igniterealtime.openfire.plugin.unifiedrouting.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.igniterealtime.openfire.plugin.unifiedrouting.rules.Audience.ALL_CLIENTS;
import static org.igniterealtime.openfire.plugin.unifiedrouting.rules.Audience.NO_CLIENT;
import static org.igniterealtime.openfire.plugin.unifiedrouting.rules.Audience.ONE_CLIENT;
import static org.igniterealtime.openfire.plugin.unifiedrouting.rules.Persistence.ARCHIVED;
import static org.igniterealtime.openfire.plugin.unifiedrouting.rules.Persistence.OFFLINE_ONLY;
import static org.igniterealtime.openfire.plugin.unifiedrouting.rules.Persistence.TRANSIENT;
import static org.igniterealtime.openfire.plugin.unifiedrouting.rules.RuleId.R01;
import static org.igniterealtime.openfire.plugin.unifiedrouting.rules.RuleId.R02;
import static org.igniterealtime.openfire.plugin.unifiedrouting.rules.RuleId.R03;
import static org.igniterealtime.openfire.plugin.unifiedrouting.rules.RuleId.R04;
import static org.igniterealtime.openfire.plugin.unifiedrouting.rules.RuleId.R05;
import static org.igniterealtime.openfire.plugin.unifiedrouting.rules.RuleId.R06;
import static org.igniterealtime.openfire.plugin.unifiedrouting.rules.RuleId.R07;
import static org.igniterealtime.openfire.plugin.unifiedrouting.rules.RuleId.R08;
import static org.igniterealtime.openfire.plugin.unifiedrouting.rules.RuleId.R09;
import static org.igniterealtime.openfire.plugin.unifiedrouting.rules.RuleId.R10;
import static org.igniterealtime.openfire.plugin.unifiedrouting.rules.RuleId.R11;
import static org.igniterealtime.openfire.plugin.unifiedrouting.rules.RuleId.R12;
import static org.igniterealtime.openfire.plugin.unifiedrouting.rules.RuleId.R13;
import static org.igniterealtime.openfire.plugin.unifiedrouting.rules.RuleId.R14;
import static org.igniterealtime.openfire.plugin.unifiedrouting.rules.RuleId.R15;
import static org.igniterealtime.openfire.plugin.unifiedrouting.rules.RuleId.R16;
import static org.igniterealtime.openfire.plugin.unifiedrouting.rules.RuleId.R17;
import static org.igniterealtime.openfire.plugin.unifiedrouting.rules.RuleId.R18;
import static org.igniterealtime.openfire.plugin.unifiedrouting.rules.RuleId.R19;
import static org.igniterealtime.openfire.plugin.unifiedrouting.rules.RuleId.R20;
import static org.igniterealtime.openfire.plugin.unifiedrouting.rules.Sample.BODY;
import static org.igniterealtime.openfire.plugin.unifiedrouting.rules.Sample.CHAT_STATE;
import static org.igniterealtime.openfire.plugin.unifiedrouting.rules.Sample.RECEIPT;
import static org.igniterealtime.openfire.plugin.unifiedrouting.rules.Sample.chat;
import static org.igniterealtime.openfire.plugin.unifiedrouting.rules.Sample.error;
import static org.igniterealtime.openfire.plugin.unifiedrouting.rules.Sample.hint;
import static org.igniterealtime.openfire.plugin.unifiedrouting.rules.Sample.normal;
import static org.igniterealtime.openfire.plugin.unifiedrouting.rules.Urgency.DEFERRABLE;
import static org.igniterealtime.openfire.plugin.unifiedrouting.rules.Urgency.URGENT;

import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Section 3 of the rules page, row by row. */
class RoutingRulesTest {

    private static final String OMEMO = "<encrypted xmlns='eu.siacs.conversations.axolotl'>"
            + "<header sid='1'><key rid='2'>a</key></header><payload>b</payload></encrypted>";
    private static final String OMEMO_2 = "<encrypted xmlns='urn:xmpp:omemo:2'>"
            + "<header sid='1'><keys jid='juliet@capulet.example'/></header><payload>b</payload></encrypted>";
    private static final String OMEMO_KEYS = "<encrypted xmlns='eu.siacs.conversations.axolotl'>"
            + "<header sid='1'><key rid='2'>a</key></header></encrypted>";
    private static final String EME = "<encryption xmlns='urn:xmpp:eme:0' namespace='urn:example:secret'/>";
    private static final String ESESSION =
            "<c xmlns='http://www.xmpp.org/extensions/xep-0200.html#ns'><data>AA</data></c>";
    private static final String FORWARDED = "<forwarded xmlns='urn:xmpp:forward:0'>"
            + "<message xmlns='jabber:client' type='chat'><body>Inside</body></message></forwarded>";
    private static final String CARBON = "<received xmlns='urn:xmpp:carbons:2'>" + FORWARDED + "</received>";
    private static final String SENT_CARBON = "<sent xmlns='urn:xmpp:carbons:2'>" + FORWARDED + "</sent>";
    private static final String RESULT = "<result xmlns='urn:xmpp:mam:2' id='1'>" + FORWARDED + "</result>";
    private static final String MAMSUB = "<mamsub xmlns='urn:xmpp:mam:sub:0'>" + FORWARDED + "</mamsub>";
    private static final String PRIVATE = "<private xmlns='urn:xmpp:carbons:2'/>";
    private static final String IM_NG = "<im-ng xmlns='urn:xmpp:im-ng:0'/>";
    private static final String SUBJECT = "<subject>Balconies</subject>";
    private static final String ATTENTION = "<attention xmlns='urn:xmpp:attention:0'/>";
    private static final String UNKNOWN = "<weather xmlns='urn:example:weather'>rain</weather>";
    private static final String CORRECTION = "<replace xmlns='urn:xmpp:message-correct:0' id='a'/>";
    private static final String PROPOSE = "<propose xmlns='urn:xmpp:jingle-message:0' id='c'/>";
    private static final String EVENT = "<event xmlns='http://jabber.org/protocol/pubsub#event'>"
            + "<items node='urn:xmpp:microblog:0'><item id='1'><entry xmlns='http://www.w3.org/2005/Atom'/></item>"
            + "</items></event>";
    private static final String DIRECT_INVITATION = "<x xmlns='jabber:x:conference' jid='ball@rooms.capulet.example'/>";
    private static final String MEDIATED_INVITATION =
            "<x xmlns='http://jabber.org/protocol/muc#user'><invite from='juliet@capulet.example'/></x>";
    private static final String ROOM_MARK = "<x xmlns='http://jabber.org/protocol/muc#user'/>";
    private static final String OCCUPANT = "ball@rooms.capulet.example/Juliet";

    private static final MessageContext SERVER = MessageContext.from(Origin.THIS_SERVER);
    private static final MessageContext ELSEWHERE = MessageContext.from(Origin.ELSEWHERE);
    private static final RuleSettings KEEP_UNKNOWN =
            RuleSettings.builder().unknownPayload(UnknownPayload.ARCHIVED).build();
    private static final RuleSettings ON_MENTION =
            RuleSettings.builder().groupchatUrgency(GroupchatUrgency.MENTIONS).build();

    private record Row(
            String title, Sample sample, RuleId rule, Persistence persistence, Urgency urgency, Audience audience) {
        @Override
        public String toString() {
            return title;
        }
    }

    private static Row row(String title, Sample sample, RuleId rule, Persistence persistence, Urgency urgency) {
        return row(title, sample, rule, persistence, urgency, ALL_CLIENTS);
    }

    private static Row row(
            String title, Sample sample, RuleId rule, Persistence persistence, Urgency urgency, Audience audience) {
        return new Row("§3 " + rule + ": " + title, sample, rule, persistence, urgency, audience);
    }

    static Stream<Row> wrappersAndErrors() {
        return Stream.of(
                row("carbon received", wrapper(CARBON), R01, TRANSIENT, DEFERRABLE, ONE_CLIENT),
                row("carbon sent", wrapper(SENT_CARBON), R01, TRANSIENT, DEFERRABLE, ONE_CLIENT),
                row("MAM result", wrapper(RESULT), R01, TRANSIENT, DEFERRABLE, ONE_CLIENT),
                row("mamsub notification", wrapper(MAMSUB).typed(null), R01, TRANSIENT, DEFERRABLE, ONE_CLIENT),
                row("even with store", hint("store", wrapper(CARBON)), R01, TRANSIENT, DEFERRABLE, ONE_CLIENT),
                row("forged wrapper is an ordinary message", chat(CARBON), R20, TRANSIENT, DEFERRABLE),
                row("forged wrapper beside a body", chat(MAMSUB + BODY), R14, ARCHIVED, URGENT),
                row("forged wrapper counts as unknown", chat(RESULT).under(KEEP_UNKNOWN), R20, ARCHIVED, DEFERRABLE),
                row("the server's own words are no wrapper", chat(BODY).in(SERVER), R14, ARCHIVED, URGENT),
                row("to bare", error(BODY).to(Sample.ROMEO), R02, TRANSIENT, DEFERRABLE, NO_CLIENT),
                row("without to", error(BODY).to(null), R02, TRANSIENT, DEFERRABLE, NO_CLIENT),
                row("answers a chat message, payload echoed", error(BODY), R03, ARCHIVED, DEFERRABLE),
                row(
                        "answers a chat message, nothing echoed, found by id",
                        error("").in(MessageContext.local().answeringArchived()),
                        R03,
                        ARCHIVED,
                        DEFERRABLE),
                row("answers who knows what", error(""), R03, TRANSIENT, DEFERRABLE, ONE_CLIENT),
                row("answers a chat state", error(CHAT_STATE), R03, TRANSIENT, DEFERRABLE, ONE_CLIENT),
                row("answers a receipt", error(RECEIPT), R03, ARCHIVED, DEFERRABLE),
                row("hint no-store is ignored", hint("no-store", error(BODY)), R03, ARCHIVED, DEFERRABLE),
                row("hint store is ignored", hint("store", error(CHAT_STATE)), R03, TRANSIENT, DEFERRABLE, ONE_CLIENT),
                row("hint no-copy is ignored", hint("no-copy", error(BODY)), R03, ARCHIVED, DEFERRABLE),
                row("answers a private message", error(BODY + PRIVATE), R03, ARCHIVED, DEFERRABLE, ONE_CLIENT),
                row("answers an im-ng message", error(BODY + IM_NG), R03, TRANSIENT, DEFERRABLE, ONE_CLIENT),
                row(
                        "from an occupant who is gone: the sent message had copies too",
                        error(BODY).from(OCCUPANT).in(MessageContext.from(Origin.OCCUPANT)),
                        R03,
                        ARCHIVED,
                        DEFERRABLE),
                row(
                        "the error element is no unknown payload",
                        error("").under(KEEP_UNKNOWN),
                        R03,
                        TRANSIENT,
                        DEFERRABLE,
                        ONE_CLIENT),
                row(
                        "an administrator's path that archives what is echoed",
                        error(CHAT_STATE).underPaths("/message/composing"),
                        R03,
                        ARCHIVED,
                        DEFERRABLE),
                row(
                        "an administrator's path for chat: what is echoed is read as chat",
                        error(CHAT_STATE).underPaths("/message[type=chat]/composing"),
                        R03,
                        ARCHIVED,
                        DEFERRABLE),
                row(
                        "an administrator's path against chat: so too",
                        error(BODY).underPaths("-/message[type=chat]"),
                        R03,
                        TRANSIENT,
                        DEFERRABLE,
                        ONE_CLIENT));
    }

    static Stream<Row> groupchat() {
        Sample mentionByReference = room("<body>Well?</body><reference xmlns='urn:xmpp:reference:0' type='mention'"
                        + " uri='xmpp:romeo@montague.example'/>")
                .under(ON_MENTION);
        return Stream.of(
                row("body", room(BODY), R04, TRANSIENT, URGENT, ONE_CLIENT),
                row("subject", room(SUBJECT), R04, TRANSIENT, URGENT, ONE_CLIENT),
                row("OMEMO without a body", room(OMEMO), R04, TRANSIENT, URGENT, ONE_CLIENT),
                row("chat state", room(CHAT_STATE), R04, TRANSIENT, DEFERRABLE, ONE_CLIENT),
                row("empty subject on joining", room("<subject/>"), R04, TRANSIENT, DEFERRABLE, ONE_CLIENT),
                row("hint store changes nothing", hint("store", room(BODY)), R04, TRANSIENT, URGENT, ONE_CLIENT),
                row("to a bare JID, as addressed", room(BODY).to(Sample.ROMEO), R04, TRANSIENT, URGENT),
                row("mentions: none", room(BODY).under(ON_MENTION), R04, TRANSIENT, DEFERRABLE, ONE_CLIENT),
                row("mentions: XEP-0372", mentionByReference, R04, TRANSIENT, URGENT, ONE_CLIENT),
                row(
                        "mentions: XEP-0372 of somebody else",
                        room("<body>Well?</body><reference xmlns='urn:xmpp:reference:0' type='mention'"
                                        + " uri='xmpp:tybalt@capulet.example'/>")
                                .under(ON_MENTION),
                        R04,
                        TRANSIENT,
                        DEFERRABLE,
                        ONE_CLIENT),
                row(
                        "mentions: XEP-0372 of the occupant",
                        room("<body>Well?</body><reference xmlns='urn:xmpp:reference:0' type='mention'"
                                        + " uri='xmpp:ball@rooms.capulet.example/The%20Masked'/>")
                                .in(MessageContext.from(Origin.ELSEWHERE).inRoomAs("The Masked"))
                                .under(ON_MENTION),
                        R04,
                        TRANSIENT,
                        URGENT,
                        ONE_CLIENT),
                mention("%54he%20%4dasked", "of the occupant, all of it encoded", URGENT, "The Masked"),
                mention("L%C3%89onore", "of the occupant, in UTF-8", URGENT, "L\u00e9onore"),
                mention("a%2Fb%3Fc%23d", "of an occupant with separators in the name", URGENT, "a/b?c#d"),
                mention("a+b", "plus is no space", DEFERRABLE, "a b"),
                mention("Masked?message", "of the occupant, with a query", URGENT, "Masked"),
                mention("100%25%", "a broken escape stands for itself", URGENT, "100%%"),
                mention("%C3%28", "broken UTF-8 names nobody", DEFERRABLE, "("),
                mention("Tybalt", "of another occupant", DEFERRABLE, "Masked"),
                row(
                        "mentions: XEP-0372 of the account, encoded",
                        room("<body>Well?</body><reference xmlns='urn:xmpp:reference:0' type='mention'"
                                        + " uri='XMPP:%52omeo@montague.example'/>")
                                .under(ON_MENTION),
                        R04,
                        TRANSIENT,
                        URGENT,
                        ONE_CLIENT),
                row(
                        "mentions: XEP-0372 of an occupant of another room with the same name",
                        room("<body>Well?</body><reference xmlns='urn:xmpp:reference:0' type='mention'"
                                        + " uri='xmpp:duel@rooms.capulet.example/Masked'/>")
                                .in(MessageContext.from(Origin.ELSEWHERE).inRoomAs("Masked"))
                                .under(ON_MENTION),
                        R04,
                        TRANSIENT,
                        DEFERRABLE,
                        ONE_CLIENT),
                row(
                        "mentions: the account's name in the body",
                        room("<body>O Romeo, Romeo!</body>").under(ON_MENTION),
                        R04,
                        TRANSIENT,
                        URGENT,
                        ONE_CLIENT),
                row(
                        "mentions: the name inside a word is none",
                        room("<body>Alfaromeo</body>").under(ON_MENTION),
                        R04,
                        TRANSIENT,
                        DEFERRABLE,
                        ONE_CLIENT),
                row(
                        "mentions: the nickname in the body",
                        room("<body>masked: hello</body>")
                                .in(MessageContext.from(Origin.ELSEWHERE).inRoomAs("Masked"))
                                .under(ON_MENTION),
                        R04,
                        TRANSIENT,
                        URGENT,
                        ONE_CLIENT));
    }

    static Stream<Row> hintsAndPaths() {
        return Stream.of(
                row("im-ng on a full JID", chat(BODY + IM_NG).toGarden(), R05, TRANSIENT, URGENT, ONE_CLIENT),
                row("urgency by payload", chat(CHAT_STATE + IM_NG).toGarden(), R05, TRANSIENT, DEFERRABLE, ONE_CLIENT),
                row(
                        "wins over store",
                        hint("store", chat(BODY + IM_NG).toGarden()),
                        R05,
                        TRANSIENT,
                        URGENT,
                        ONE_CLIENT),
                row("im-ng on a bare JID means nothing", chat(BODY + IM_NG), R14, ARCHIVED, URGENT),
                row("no-store", hint("no-store", chat(BODY)), R06, TRANSIENT, URGENT),
                row("no-storage, its old name", hint("no-storage", chat(BODY)), R06, TRANSIENT, URGENT),
                row("store and no-store", hint("store", hint("no-store", chat(BODY))), R06, TRANSIENT, URGENT),
                row("no-store and store", hint("no-store", hint("store", chat(BODY))), R06, TRANSIENT, URGENT),
                row(
                        "no-store beside the administrator's +",
                        hint("no-store", chat(BODY)).underPaths("+/message/body"),
                        R06,
                        TRANSIENT,
                        URGENT),
                row(
                        "no-store on a full JID",
                        hint("no-store", chat(BODY)).toGarden(),
                        R06,
                        TRANSIENT,
                        URGENT,
                        ONE_CLIENT),
                row("urgency by payload", hint("no-store", chat(RECEIPT)), R06, TRANSIENT, DEFERRABLE),
                row("no-permanent-store", hint("no-permanent-store", chat(BODY)), R07, OFFLINE_ONLY, URGENT),
                row("no-permanent-storage", hint("no-permanent-storage", chat(BODY)), R07, OFFLINE_ONLY, URGENT),
                row("urgency by payload", hint("no-permanent-store", chat(RECEIPT)), R07, OFFLINE_ONLY, DEFERRABLE),
                row(
                        "wins over store",
                        hint("store", hint("no-permanent-store", chat(CHAT_STATE))),
                        R07,
                        OFFLINE_ONLY,
                        DEFERRABLE),
                row(
                        "to a full JID: all clients, as it is kept",
                        hint("no-permanent-store", chat(BODY)).toGarden(),
                        R07,
                        OFFLINE_ONLY,
                        URGENT),
                row(
                        "no-permanent-store keeps nothing that would not be kept",
                        hint("no-permanent-store", chat(CHAT_STATE)),
                        R19,
                        TRANSIENT,
                        DEFERRABLE),
                row(
                        "no-permanent-store and the administrator's -",
                        hint("no-permanent-store", chat(BODY)).underPaths("-/message/body"),
                        R08,
                        TRANSIENT,
                        URGENT),
                row(
                        "administrator stores",
                        chat(CHAT_STATE).underPaths("/message/composing"),
                        R08,
                        ARCHIVED,
                        DEFERRABLE),
                row("administrator does not store", chat(BODY).underPaths("-/message/body"), R08, TRANSIENT, URGENT),
                row(
                        "administrator's - wins over store",
                        hint("store", chat(BODY)).underPaths("-/message/body"),
                        R08,
                        TRANSIENT,
                        URGENT),
                row(
                        "administrator's + wins over the type",
                        chat(BODY).typed("headline").underPaths("/message/body"),
                        R08,
                        ARCHIVED,
                        DEFERRABLE),
                row("store", hint("store", chat(CHAT_STATE)), R09, ARCHIVED, DEFERRABLE),
                row("store with a body", hint("store", chat(BODY)), R09, ARCHIVED, URGENT),
                row("headline with store", hint("store", chat(BODY).typed("headline")), R09, ARCHIVED, DEFERRABLE),
                row("OMEMO key transport with store", hint("store", chat(OMEMO_KEYS)), R09, ARCHIVED, DEFERRABLE));
    }

    static Stream<Row> payloads() {
        return Stream.of(
                row("headline", chat(BODY).typed("headline"), R10, TRANSIENT, DEFERRABLE),
                row(
                        "headline to a full JID",
                        chat(BODY).typed("headline").toGarden(),
                        R10,
                        TRANSIENT,
                        DEFERRABLE,
                        ONE_CLIENT),
                row("jingle propose", chat(PROPOSE), R11, ARCHIVED, URGENT),
                row("jingle accept", chat("<accept xmlns='urn:xmpp:jingle-message:0' id='c'/>"), R11, ARCHIVED, URGENT),
                row("call invite", normal("<invite xmlns='urn:xmpp:call-invites:0'/>"), R11, ARCHIVED, URGENT),
                row("correction", chat(BODY + CORRECTION), R12, ARCHIVED, DEFERRABLE),
                row("encrypted correction", chat(OMEMO + CORRECTION), R12, ARCHIVED, DEFERRABLE),
                row(
                        "retraction with fallback body",
                        chat("<retract xmlns='urn:xmpp:message-retract:1' id='a'/>"
                                + "<fallback xmlns='urn:xmpp:fallback:0'/>" + BODY),
                        R12,
                        ARCHIVED,
                        DEFERRABLE),
                row(
                        "retraction as it was before",
                        chat("<apply-to xmlns='urn:xmpp:fasten:0' id='a'/>"
                                + "<retract xmlns='urn:xmpp:message-retract:0'/>" + BODY),
                        R12,
                        ARCHIVED,
                        DEFERRABLE),
                row(
                        "retraction:0 without fastening",
                        chat("<retract xmlns='urn:xmpp:message-retract:0'/>"),
                        R12,
                        ARCHIVED,
                        DEFERRABLE),
                row(
                        "moderation",
                        normal("<moderated xmlns='urn:xmpp:message-moderate:1' by='a'/>"),
                        R12,
                        ARCHIVED,
                        DEFERRABLE),
                row(
                        "reaction",
                        chat("<reactions xmlns='urn:xmpp:reactions:0' id='a'><reaction>x</reaction></reactions>"),
                        R12,
                        ARCHIVED,
                        DEFERRABLE),
                row("fastening", chat("<apply-to xmlns='urn:xmpp:fasten:0' id='a'/>"), R12, ARCHIVED, DEFERRABLE),
                row("OMEMO with fallback body", chat(OMEMO + EME + BODY), R13, ARCHIVED, URGENT),
                row("OMEMO without body", chat(OMEMO), R13, ARCHIVED, URGENT),
                row("OMEMO 2", chat(OMEMO_2), R13, ARCHIVED, URGENT),
                row("OX", chat("<openpgp xmlns='urn:xmpp:openpgp:0'>AA</openpgp>"), R13, ARCHIVED, URGENT),
                row("OpenPGP", chat("<x xmlns='jabber:x:encrypted'>AA</x>"), R13, ARCHIVED, URGENT),
                row("EME of an unknown kind", chat(EME + UNKNOWN), R13, ARCHIVED, URGENT),
                row("EME and a body, as OTR has it", chat(EME + BODY), R13, ARCHIVED, URGENT),
                row("EME beside OpenPGP", chat(EME + "<x xmlns='jabber:x:encrypted'>AA</x>"), R13, ARCHIVED, URGENT),
                row("EME alone wakes nobody", chat(EME), R20, TRANSIENT, DEFERRABLE),
                row("EME alone is no unknown payload", chat(EME).under(KEEP_UNKNOWN), R20, TRANSIENT, DEFERRABLE),
                row("EME and a chat state", chat(EME + CHAT_STATE), R19, TRANSIENT, DEFERRABLE),
                row("EME and metadata", chat(EME + "<thread>t</thread>"), R20, TRANSIENT, DEFERRABLE),
                row("EME and a receipt", chat(EME + RECEIPT), R16, ARCHIVED, DEFERRABLE),
                row("EME and an empty body", chat(EME + "<body/>"), R20, TRANSIENT, DEFERRABLE),
                row("EME and empty OpenPGP", chat(EME + "<x xmlns='jabber:x:encrypted'/>"), R20, TRANSIENT, DEFERRABLE),
                row("EME and a forged wrapper", chat(EME + RESULT), R20, TRANSIENT, DEFERRABLE),
                row(
                        "OMEMO with an empty payload is a key transport",
                        chat("<encrypted xmlns='eu.siacs.conversations.axolotl'><header sid='1'/><payload/></encrypted>"
                                + EME),
                        R19,
                        TRANSIENT,
                        DEFERRABLE),
                row("EME alone in a room", room(EME), R04, TRANSIENT, DEFERRABLE, ONE_CLIENT),
                row("XEP-0200", chat(ESESSION), R13, ARCHIVED, URGENT),
                row("OMEMO of type normal", normal(OMEMO), R13, ARCHIVED, URGENT),
                row("body", chat(BODY), R14, ARCHIVED, URGENT),
                row("body, type normal", normal(BODY), R14, ARCHIVED, URGENT),
                row("body, invalid type", chat(BODY).typed("Chat"), R14, ARCHIVED, URGENT),
                row("body with chat state", chat(BODY + CHAT_STATE), R14, ARCHIVED, URGENT),
                row("chat state before body", chat(CHAT_STATE + BODY), R14, ARCHIVED, URGENT),
                row("second body is not empty", chat("<body/><body xml:lang='it'>Ciao</body>"), R14, ARCHIVED, URGENT),
                row("body beside OMEMO keys", chat(OMEMO_KEYS + BODY), R14, ARCHIVED, URGENT),
                row("pubsub event with a body", normal(EVENT + BODY), R14, ARCHIVED, URGENT),
                row("body to a full JID", chat(BODY).toGarden(), R14, ARCHIVED, URGENT),
                row("body without to", chat(BODY).to(null), R14, ARCHIVED, URGENT),
                row("direct invitation", normal(DIRECT_INVITATION), R15, ARCHIVED, URGENT),
                row("mediated invitation", normal(MEDIATED_INVITATION), R15, ARCHIVED, URGENT),
                row("receipt", chat(RECEIPT), R16, ARCHIVED, DEFERRABLE),
                row("receipt, type normal", normal(RECEIPT), R16, ARCHIVED, DEFERRABLE),
                row("marker", chat("<displayed xmlns='urn:xmpp:chat-markers:0' id='a'/>"), R16, ARCHIVED, DEFERRABLE),
                row(
                        "marker received",
                        chat("<received xmlns='urn:xmpp:chat-markers:0' id='a'/>"),
                        R16,
                        ARCHIVED,
                        DEFERRABLE),
                row(
                        "marker acknowledged",
                        chat("<acknowledged xmlns='urn:xmpp:chat-markers:0' id='a'/>"),
                        R16,
                        ARCHIVED,
                        DEFERRABLE),
                row("subject only", normal(SUBJECT), R17, ARCHIVED, DEFERRABLE),
                row("subject with chat state", chat(SUBJECT + CHAT_STATE), R17, ARCHIVED, DEFERRABLE),
                row("attention", chat(ATTENTION), R18, TRANSIENT, URGENT),
                row("attention with a body", chat(ATTENTION + BODY), R14, ARCHIVED, URGENT),
                row("chat state", chat(CHAT_STATE), R19, TRANSIENT, DEFERRABLE),
                row("real-time text", chat("<rtt xmlns='urn:xmpp:rtt:0' seq='1'/>"), R19, TRANSIENT, DEFERRABLE),
                row("OMEMO key transport", chat(OMEMO_KEYS), R19, TRANSIENT, DEFERRABLE),
                row("OMEMO key transport with EME", chat(OMEMO_KEYS + EME), R19, TRANSIENT, DEFERRABLE),
                row("pubsub event, type normal", normal(EVENT), R19, TRANSIENT, DEFERRABLE),
                row("Jingle", normal("<jingle xmlns='urn:xmpp:jingle:1'/>"), R19, TRANSIENT, DEFERRABLE),
                row(
                        "signal stays one beside ids",
                        chat(CHAT_STATE + "<thread>t</thread>").under(KEEP_UNKNOWN),
                        R19,
                        TRANSIENT,
                        DEFERRABLE),
                row("unknown payload", chat(UNKNOWN), R20, TRANSIENT, DEFERRABLE),
                row("unknown payload, setting archived", chat(UNKNOWN).under(KEEP_UNKNOWN), R20, ARCHIVED, DEFERRABLE),
                row("not only a signal", chat(CHAT_STATE + UNKNOWN).under(KEEP_UNKNOWN), R20, ARCHIVED, DEFERRABLE),
                row("nothing", chat("").under(KEEP_UNKNOWN), R20, TRANSIENT, DEFERRABLE),
                row("markable alone", chat("<markable xmlns='urn:xmpp:chat-markers:0'/>"), R20, TRANSIENT, DEFERRABLE),
                row("empty body", chat("<body/>"), R20, TRANSIENT, DEFERRABLE),
                row(
                        "body of another namespace",
                        chat("<body xmlns='urn:example:b'>b</body>"),
                        R20,
                        TRANSIENT,
                        DEFERRABLE));
    }

    static Stream<Row> audience() {
        return Stream.of(
                row("private to a bare JID", chat(BODY + PRIVATE), R14, ARCHIVED, URGENT, ALL_CLIENTS),
                row("private to a full JID", chat(BODY + PRIVATE).toGarden(), R14, ARCHIVED, URGENT, ONE_CLIENT),
                row("no-copy to a bare JID", hint("no-copy", chat(BODY)), R14, ARCHIVED, URGENT, ALL_CLIENTS),
                row("no-copy to a full JID", hint("no-copy", chat(BODY)).toGarden(), R14, ARCHIVED, URGENT, ONE_CLIENT),
                row("legacy sender", chat(BODY).toGarden(), R14, ARCHIVED, URGENT, ALL_CLIENTS),
                row("transient to a full JID", chat(CHAT_STATE).toGarden(), R19, TRANSIENT, DEFERRABLE, ONE_CLIENT),
                row(
                        "room PM received from a local room",
                        chat(BODY).from(OCCUPANT).toGarden().in(MessageContext.from(Origin.OCCUPANT)),
                        R14,
                        ARCHIVED,
                        URGENT,
                        ONE_CLIENT),
                row(
                        "room PM received from a remote room, by its mark",
                        chat(BODY + ROOM_MARK).from(OCCUPANT).toGarden().in(ELSEWHERE),
                        R14,
                        ARCHIVED,
                        URGENT,
                        ONE_CLIENT),
                row(
                        "room PM sent",
                        chat(BODY + ROOM_MARK)
                                .to(OCCUPANT)
                                .in(MessageContext.local().toRemoteRecipient()),
                        R14,
                        ARCHIVED,
                        URGENT,
                        ALL_CLIENTS),
                row(
                        "what carries the mark to a bare JID is no room PM",
                        chat(BODY + ROOM_MARK).from(OCCUPANT).in(ELSEWHERE),
                        R14,
                        ARCHIVED,
                        URGENT,
                        ALL_CLIENTS),
                row(
                        "a local account gains nothing by the mark",
                        chat(BODY + ROOM_MARK).toGarden(),
                        R14,
                        ARCHIVED,
                        URGENT,
                        ALL_CLIENTS));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource({"wrappersAndErrors", "groupchat", "hintsAndPaths", "payloads", "audience"})
    void decides(Row row) {
        Verdict verdict = row.sample().verdict();

        assertThat(verdict.reason().rule()).isEqualTo(row.rule());
        assertThat(verdict.persistence()).isEqualTo(row.persistence());
        assertThat(verdict.urgency()).isEqualTo(row.urgency());
        assertThat(verdict.audience()).isEqualTo(row.audience());
    }

    @Test
    void everyRuleHasARow() {
        assertThat(Stream.of(wrappersAndErrors(), groupchat(), hintsAndPaths(), payloads(), audience())
                        .flatMap(rows -> rows)
                        .map(Row::rule))
                .containsAll(Arrays.asList(RuleId.values()));
    }

    @Test
    void aReasonNamesTheRuleThatMadeItUrgent() {
        assertThat(hint("no-store", chat(BODY)).verdict().reason())
                .hasToString("R06 no-store: hint no-store; urgency by R14 body");
        assertThat(chat(BODY).verdict().reason()).hasToString("R14 body: a body");
    }

    private static Sample wrapper(String children) {
        return chat(children).from(Sample.ROMEO).toGarden().in(SERVER);
    }

    private static Row mention(String resource, String title, Urgency urgency, String nickname) {
        Sample sample = room("<body>Well?</body><reference xmlns='urn:xmpp:reference:0' type='mention'"
                        + " uri='xmpp:ball@rooms.capulet.example/" + resource + "'/>")
                .in(MessageContext.from(Origin.ELSEWHERE).inRoomAs(nickname))
                .under(ON_MENTION);
        return row("mentions: XEP-0372 " + title, sample, R04, TRANSIENT, urgency, ONE_CLIENT);
    }

    private static Sample room(String children) {
        return chat(children).typed("groupchat").from(OCCUPANT).toGarden().in(ELSEWHERE);
    }
}
