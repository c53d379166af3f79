package org.igniterealtime.openfire.plugin.unifiedrouting.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.igniterealtime.openfire.plugin.unifiedrouting.rules.AccountCondition.ALREADY_ARCHIVED;
import static org.igniterealtime.openfire.plugin.unifiedrouting.rules.AccountCondition.ARCHIVE_FULL_OF_UNDELIVERED;
import static org.igniterealtime.openfire.plugin.unifiedrouting.rules.AccountCondition.BLOCKS_PEER;
import static org.igniterealtime.openfire.plugin.unifiedrouting.rules.AccountCondition.DATABASE_DOWN;
import static org.igniterealtime.openfire.plugin.unifiedrouting.rules.AccountCondition.MAM_ACCOUNT;
import static org.igniterealtime.openfire.plugin.unifiedrouting.rules.AccountCondition.NO_ACCOUNT;
import static org.igniterealtime.openfire.plugin.unifiedrouting.rules.AccountCondition.OVER_OFFLINE_LIMIT;
import static org.igniterealtime.openfire.plugin.unifiedrouting.rules.Kept.ARCHIVE;
import static org.igniterealtime.openfire.plugin.unifiedrouting.rules.Kept.ARCHIVE_AND_OFFLINE_SET;
import static org.igniterealtime.openfire.plugin.unifiedrouting.rules.Kept.NOTHING;
import static org.igniterealtime.openfire.plugin.unifiedrouting.rules.Kept.OFFLINE_SET;
import static org.igniterealtime.openfire.plugin.unifiedrouting.rules.Sample.BODY;
import static org.igniterealtime.openfire.plugin.unifiedrouting.rules.Sample.CHAT_STATE;
import static org.igniterealtime.openfire.plugin.unifiedrouting.rules.Sample.RECEIPT;
import static org.igniterealtime.openfire.plugin.unifiedrouting.rules.Sample.chat;
import static org.igniterealtime.openfire.plugin.unifiedrouting.rules.Sample.error;
import static org.igniterealtime.openfire.plugin.unifiedrouting.rules.Sample.hint;
import static org.igniterealtime.openfire.plugin.unifiedrouting.rules.Sample.normal;
import static org.igniterealtime.openfire.plugin.unifiedrouting.rules.SenderOutcome.ARCHIVE_FULL;
import static org.igniterealtime.openfire.plugin.unifiedrouting.rules.SenderOutcome.BLOCKED;
import static org.igniterealtime.openfire.plugin.unifiedrouting.rules.SenderOutcome.CLIENT_GONE;
import static org.igniterealtime.openfire.plugin.unifiedrouting.rules.SenderOutcome.GROUPCHAT_TO_ACCOUNT;
import static org.igniterealtime.openfire.plugin.unifiedrouting.rules.SenderOutcome.NOT_DELIVERED;
import static org.igniterealtime.openfire.plugin.unifiedrouting.rules.SenderOutcome.OFFLINE_DISABLED;
import static org.igniterealtime.openfire.plugin.unifiedrouting.rules.SenderOutcome.OFFLINE_LIMIT_REACHED;
import static org.igniterealtime.openfire.plugin.unifiedrouting.rules.SenderOutcome.SILENCE;
import static org.igniterealtime.openfire.plugin.unifiedrouting.rules.SenderOutcome.STORE_DOWN;
import static org.igniterealtime.openfire.plugin.unifiedrouting.rules.SessionSnapshot.available;
import static org.igniterealtime.openfire.plugin.unifiedrouting.rules.SessionSnapshot.unavailable;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Section 5 of the rules page: nobody can receive it now. One row per line, and its edges. */
class UnreceivedTest {

    private static final String IM_NG = "<im-ng xmlns='urn:xmpp:im-ng:0'/>";
    private static final String PRIVATE = "<private xmlns='urn:xmpp:carbons:2'/>";
    private static final String INVITATION = "<x xmlns='jabber:x:conference' jid='ball@rooms.capulet.example'/>";
    private static final String OMEMO =
            "<encrypted xmlns='urn:xmpp:omemo:2'><header sid='1'/><payload>b</payload></encrypted>";
    private static final String NO_STORE = "<no-store xmlns='urn:xmpp:hints'/>";
    private static final String LIMITED = "<no-permanent-store xmlns='urn:xmpp:hints'/>";
    private static final SessionSnapshot NOBODY = available("elsewhere", -1);
    private static final RuleSettings DROP =
            RuleSettings.builder().quotaExceeded(QuotaExceeded.DROP).build();
    private static final RuleSettings NO_TRIM = RuleSettings.builder()
            .archiveQuotaReaction(ArchiveQuotaReaction.ERROR)
            .build();

    private record Row(
            String title,
            Sample sample,
            AccountState account,
            SessionSnapshot session,
            Kept kept,
            SenderOutcome outcome) {
        @Override
        public String toString() {
            return "§5 " + title;
        }
    }

    private static Row row(
            String title, Sample sample, Kept kept, SenderOutcome outcome, AccountCondition... conditions) {
        return new Row(title, sample, AccountState.of(conditions), NOBODY, kept, outcome);
    }

    static Stream<Row> somebodyCanReceive() {
        SessionSnapshot zero = available("elsewhere", 0);
        SessionSnapshot subscribed = unavailable("elsewhere").with(SessionMode.SUBSCRIBED);
        SessionSnapshot ng = unavailable("elsewhere").with(SessionMode.ROUTING_NG);
        AccountState full = AccountState.of(OVER_OFFLINE_LIMIT);
        AccountState ordinary = AccountState.ORDINARY;
        Sample gone = normal(BODY).toGarden();
        return Stream.of(
                new Row("first: a plain session with priority 0", gone, full, zero, ARCHIVE_AND_OFFLINE_SET, SILENCE),
                new Row(
                        "first: a receipt too",
                        normal(RECEIPT).toGarden(),
                        ordinary,
                        zero,
                        ARCHIVE_AND_OFFLINE_SET,
                        SILENCE),
                new Row(
                        "first: a subscribed session took it",
                        gone,
                        full,
                        subscribed,
                        ARCHIVE_AND_OFFLINE_SET,
                        SILENCE),
                new Row("first: a routing-ng session took it", gone, full, ng, ARCHIVE_AND_OFFLINE_SET, SILENCE),
                new Row(
                        "first: transient to the bare JID",
                        hint("no-store", chat(BODY)),
                        ordinary,
                        ng,
                        NOTHING,
                        SILENCE),
                new Row(
                        "first: a subscribed session takes nothing that is for one client; its account is a MAM account",
                        chat(BODY + PRIVATE).toGarden(),
                        full,
                        subscribed,
                        ARCHIVE,
                        SILENCE),
                new Row(
                        "first: a MAM-reading session makes a MAM account too",
                        gone,
                        full,
                        NOBODY.with(SessionMode.MAM_READING),
                        ARCHIVE,
                        SILENCE),
                new Row(
                        "first: what is for one client is kept beside a subscribed session",
                        chat(BODY + PRIVATE).toGarden(),
                        ordinary,
                        subscribed,
                        ARCHIVE_AND_OFFLINE_SET,
                        SILENCE),
                new Row(
                        "first: what is not archived notifies nobody",
                        hint("no-store", chat(BODY)),
                        ordinary,
                        subscribed,
                        NOTHING,
                        NOT_DELIVERED));
    }

    /** Section 4 has it taken already, but only what its author could take: the rest is judged as anybody's. */
    static Stream<Row> notesFromTheOnlySession() {
        SessionSnapshot writing = unavailable("street");
        return Stream.of(
                note("to all clients", "chat", BODY, Sample.ROMEO, ARCHIVE, SILENCE),
                note(
                        "to all clients, over the limit",
                        "chat",
                        BODY,
                        Sample.ROMEO,
                        ARCHIVE,
                        SILENCE,
                        OVER_OFFLINE_LIMIT),
                note("to all clients, offline-only", "chat", BODY + LIMITED, Sample.ROMEO, NOTHING, SILENCE),
                note("to a resource that is gone", "chat", BODY, Sample.GARDEN, ARCHIVE, SILENCE),
                note("groupchat", "groupchat", BODY, Sample.ROMEO, NOTHING, GROUPCHAT_TO_ACCOUNT),
                note("im-ng, resource gone", "chat", BODY + IM_NG, Sample.GARDEN, NOTHING, CLIENT_GONE),
                note("no-store, resource gone", "chat", BODY + NO_STORE, Sample.GARDEN, NOTHING, NOT_DELIVERED),
                note("no-store, bare JID", "chat", BODY + NO_STORE, Sample.ROMEO, NOTHING, NOT_DELIVERED),
                note("private, resource gone", "chat", BODY + PRIVATE, Sample.GARDEN, ARCHIVE_AND_OFFLINE_SET, SILENCE),
                note("private to itself", "chat", BODY + PRIVATE, Sample.ROMEO + "/street", ARCHIVE, SILENCE),
                note("database down", "chat", BODY, Sample.ROMEO, NOTHING, STORE_DOWN, DATABASE_DOWN),
                note(
                        "database down, offline-only",
                        "chat",
                        BODY + LIMITED,
                        Sample.ROMEO,
                        NOTHING,
                        STORE_DOWN,
                        DATABASE_DOWN),
                note(
                        "archive full of undelivered",
                        "chat",
                        BODY,
                        Sample.ROMEO,
                        NOTHING,
                        ARCHIVE_FULL,
                        ARCHIVE_FULL_OF_UNDELIVERED),
                new Row(
                        "to oneself: archive full, reaction error",
                        chat(BODY).from(Sample.ROMEO + "/street").under(NO_TRIM),
                        AccountState.of(AccountCondition.ARCHIVE_FULL),
                        writing,
                        NOTHING,
                        ARCHIVE_FULL),
                new Row(
                        "to oneself: archive full, but it can be delivered live",
                        chat(BODY).from(Sample.ROMEO + "/street").under(NO_TRIM),
                        AccountState.of(AccountCondition.ARCHIVE_FULL),
                        available("street", 0),
                        NOTHING,
                        SILENCE));
    }

    private static Row note(
            String title,
            String type,
            String children,
            String to,
            Kept kept,
            SenderOutcome outcome,
            AccountCondition... conditions) {
        return new Row(
                "to oneself: " + title,
                chat(children).typed(type).from(Sample.ROMEO + "/street").to(to),
                AccountState.of(conditions),
                unavailable("street"),
                kept,
                outcome);
    }

    static Stream<Row> kept() {
        return Stream.of(
                row("ARCHIVED: stored", chat(BODY), ARCHIVE_AND_OFFLINE_SET, SILENCE),
                row("ARCHIVED: stored, a receipt", chat(RECEIPT), ARCHIVE_AND_OFFLINE_SET, SILENCE),
                row("ARCHIVED: to a resource that is gone", chat(BODY).toGarden(), ARCHIVE_AND_OFFLINE_SET, SILENCE),
                row(
                        "ARCHIVED: MAM account over its limit",
                        chat(BODY),
                        ARCHIVE,
                        SILENCE,
                        MAM_ACCOUNT,
                        OVER_OFFLINE_LIMIT),
                row("OFFLINE_ONLY: stored", hint("no-permanent-store", chat(BODY)), OFFLINE_SET, SILENCE),
                row(
                        "ONE_CLIENT: the resource is gone",
                        chat(BODY + PRIVATE).toGarden(),
                        ARCHIVE_AND_OFFLINE_SET,
                        SILENCE),
                new Row(
                        "ONE_CLIENT: never to another live session",
                        chat(BODY + PRIVATE).toGarden(),
                        AccountState.ORDINARY,
                        available("elsewhere", 5),
                        ARCHIVE_AND_OFFLINE_SET,
                        SILENCE),
                row("ONE_CLIENT: from an occupant, archived only", pm(BODY), ARCHIVE, SILENCE),
                row(
                        "ONE_CLIENT: from an occupant, not to be archived",
                        hint("no-permanent-store", pm(BODY)),
                        NOTHING,
                        NOT_DELIVERED),
                row(
                        "headline kept by store",
                        hint("store", chat(BODY).typed("headline")),
                        ARCHIVE_AND_OFFLINE_SET,
                        SILENCE),
                row(
                        "headline kept by the administrator: archived only",
                        headlineOfAdministrator(BODY),
                        ARCHIVE,
                        SILENCE),
                row(
                        "headline kept by the administrator, not to be archived: nobody keeps it, silence",
                        headlineOfAdministrator(BODY + LIMITED),
                        NOTHING,
                        SILENCE),
                row("error: archived, never offline, never answered", error(BODY), ARCHIVE, SILENCE),
                row("error: over the limit all the same", error(BODY), ARCHIVE, SILENCE, OVER_OFFLINE_LIMIT));
    }

    static Stream<Row> overTheLimit() {
        Sample offlineOnly = hint("no-permanent-store", chat(BODY));
        return Stream.of(
                row("over the limit: body", chat(BODY), NOTHING, OFFLINE_LIMIT_REACHED, OVER_OFFLINE_LIMIT),
                row("over the limit: encrypted", chat(OMEMO), NOTHING, OFFLINE_LIMIT_REACHED, OVER_OFFLINE_LIMIT),
                row(
                        "over the limit: invitation",
                        normal(INVITATION),
                        NOTHING,
                        OFFLINE_LIMIT_REACHED,
                        OVER_OFFLINE_LIMIT),
                row("over the limit: silence for the rest", chat(RECEIPT), NOTHING, SILENCE, OVER_OFFLINE_LIMIT),
                row("over the limit: drop", chat(BODY).under(DROP), NOTHING, SILENCE, OVER_OFFLINE_LIMIT),
                row("over the limit: OFFLINE_ONLY", offlineOnly, NOTHING, OFFLINE_LIMIT_REACHED, OVER_OFFLINE_LIMIT),
                row(
                        "over the limit: OFFLINE_ONLY of a MAM account",
                        offlineOnly,
                        NOTHING,
                        OFFLINE_LIMIT_REACHED,
                        MAM_ACCOUNT,
                        OVER_OFFLINE_LIMIT),
                row(
                        "over the limit: the last session went meanwhile",
                        chat(BODY),
                        ARCHIVE,
                        OFFLINE_LIMIT_REACHED,
                        ALREADY_ARCHIVED,
                        OVER_OFFLINE_LIMIT));
    }

    static Stream<Row> overTheQuota() {
        return Stream.of(
                row(
                        "over its quota: trim",
                        chat(BODY),
                        ARCHIVE_AND_OFFLINE_SET,
                        SILENCE,
                        AccountCondition.ARCHIVE_FULL),
                row(
                        "over its quota: all undelivered, as error",
                        chat(BODY),
                        NOTHING,
                        ARCHIVE_FULL,
                        ARCHIVE_FULL_OF_UNDELIVERED),
                row(
                        "over its quota: error",
                        chat(BODY).under(NO_TRIM),
                        NOTHING,
                        ARCHIVE_FULL,
                        AccountCondition.ARCHIVE_FULL),
                row(
                        "over its quota: silence for a receipt",
                        chat(RECEIPT).under(NO_TRIM),
                        NOTHING,
                        SILENCE,
                        AccountCondition.ARCHIVE_FULL),
                row(
                        "over its quota: OFFLINE_ONLY is no entry",
                        hint("no-permanent-store", chat(BODY)).under(NO_TRIM),
                        OFFLINE_SET,
                        SILENCE,
                        AccountCondition.ARCHIVE_FULL),
                new Row(
                        "over its quota: still delivered live",
                        chat(BODY).under(NO_TRIM),
                        AccountState.of(AccountCondition.ARCHIVE_FULL),
                        available("elsewhere", 0),
                        NOTHING,
                        SILENCE));
    }

    static Stream<Row> transients() {
        return Stream.of(
                row("TRANSIENT with body: bare JID", hint("no-store", chat(BODY)), NOTHING, NOT_DELIVERED),
                row(
                        "TRANSIENT with body: resource gone",
                        hint("no-store", normal(BODY)).toGarden(),
                        NOTHING,
                        NOT_DELIVERED),
                row("TRANSIENT encrypted", hint("no-store", chat(OMEMO)), NOTHING, NOT_DELIVERED),
                row("TRANSIENT by the administrator", chat(BODY).underPaths("-/message/body"), NOTHING, NOT_DELIVERED),
                row(
                        "TRANSIENT im-ng: the resource is gone",
                        chat(CHAT_STATE + IM_NG).toGarden(),
                        NOTHING,
                        CLIENT_GONE),
                new Row(
                        "TRANSIENT im-ng: never re-routed",
                        chat(BODY + IM_NG).toGarden(),
                        AccountState.ORDINARY,
                        available("elsewhere", 5).with(SessionMode.ROUTING_NG),
                        NOTHING,
                        CLIENT_GONE),
                row("TRANSIENT: signal", chat(CHAT_STATE), NOTHING, SILENCE),
                row("TRANSIENT: receipt", hint("no-store", chat(RECEIPT)), NOTHING, SILENCE),
                row("TRANSIENT: headline", chat(BODY).typed("headline"), NOTHING, SILENCE),
                row("TRANSIENT: error", error(CHAT_STATE), NOTHING, SILENCE),
                row("TRANSIENT: error with im-ng", error(BODY + IM_NG), NOTHING, SILENCE),
                row("any: groupchat to a bare JID", chat(BODY).typed("groupchat"), NOTHING, GROUPCHAT_TO_ACCOUNT),
                row(
                        "any: groupchat to a resource that is gone",
                        chat(BODY).typed("groupchat").toGarden(),
                        NOTHING,
                        SILENCE));
    }

    static Stream<Row> accounts() {
        Sample offlineOnly = hint("no-permanent-store", chat(BODY));
        AccountCondition off = AccountCondition.OFFLINE_DISABLED;
        return Stream.of(
                row("unknown account: as an existing one, silence", chat(BODY), NOTHING, SILENCE, NO_ACCOUNT),
                row(
                        "unknown account: as an existing one, error",
                        hint("no-store", chat(BODY)),
                        NOTHING,
                        NOT_DELIVERED,
                        NO_ACCOUNT),
                row(
                        "unknown account: groupchat",
                        chat(BODY).typed("groupchat"),
                        NOTHING,
                        GROUPCHAT_TO_ACCOUNT,
                        NO_ACCOUNT),
                row("unknown account: storage switched off", chat(BODY), NOTHING, OFFLINE_DISABLED, NO_ACCOUNT, off),
                row("storage switched off", chat(BODY), ARCHIVE, OFFLINE_DISABLED, off),
                row("storage switched off: receipt", chat(RECEIPT), ARCHIVE, SILENCE, off),
                row("storage switched off: archived for a MAM account", chat(BODY), ARCHIVE, SILENCE, MAM_ACCOUNT, off),
                row(
                        "storage switched off: OFFLINE_ONLY of a MAM account",
                        offlineOnly,
                        NOTHING,
                        OFFLINE_DISABLED,
                        MAM_ACCOUNT,
                        off),
                row("database down", chat(BODY), NOTHING, STORE_DOWN, DATABASE_DOWN),
                row("database down: a receipt is lost too", chat(RECEIPT), NOTHING, STORE_DOWN, DATABASE_DOWN),
                row("database down: OFFLINE_ONLY", offlineOnly, NOTHING, STORE_DOWN, DATABASE_DOWN),
                row("database down: a signal needs none", chat(CHAT_STATE), NOTHING, SILENCE, DATABASE_DOWN),
                row("database down: an error is not answered", error(BODY), NOTHING, SILENCE, DATABASE_DOWN),
                new Row(
                        "database down: still delivered to online clients",
                        chat(BODY),
                        AccountState.of(DATABASE_DOWN),
                        available("elsewhere", 0),
                        NOTHING,
                        SILENCE),
                new Row(
                        "database down: a subscribed session without presence gets no entry",
                        chat(BODY),
                        AccountState.of(DATABASE_DOWN),
                        unavailable("elsewhere").with(SessionMode.SUBSCRIBED),
                        NOTHING,
                        STORE_DOWN),
                row("blocked sender", chat(BODY), NOTHING, BLOCKED, BLOCKS_PEER),
                row(
                        "blocked sender of groupchat",
                        chat(BODY).typed("groupchat").toGarden(),
                        NOTHING,
                        SILENCE,
                        BLOCKS_PEER),
                row("blocked sender of an error", error(BODY), NOTHING, SILENCE, BLOCKS_PEER));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource({
        "somebodyCanReceive",
        "notesFromTheOnlySession",
        "kept",
        "overTheLimit",
        "overTheQuota",
        "transients",
        "accounts"
    })
    void ends(Row row) {
        DeliveryPlan plan = Plans.atRecipient(row.sample(), row.account(), row.session());

        assertThat(plan.kept()).isEqualTo(row.kept());
        assertThat(plan.sender()).isEqualTo(row.outcome());
    }

    @Test
    void everyOutcomeHasARow() {
        assertThat(Stream.of(somebodyCanReceive(), kept(), overTheLimit(), overTheQuota(), transients(), accounts())
                        .flatMap(rows -> rows)
                        .map(Row::outcome))
                .containsAll(List.of(SenderOutcome.values()));
    }

    @ParameterizedTest(name = "§5: {0}")
    @EnumSource(SenderOutcome.class)
    void errorsAreWhatSection5Names(SenderOutcome outcome) {
        String expected =
                switch (outcome) {
                    case SILENCE -> "";
                    case ARCHIVE_FULL -> "resource-constraint wait";
                    case STORE_DOWN -> "internal-server-error wait";
                    case GROUPCHAT_TO_ACCOUNT,
                            CLIENT_GONE,
                            NOT_DELIVERED,
                            OFFLINE_DISABLED,
                            OFFLINE_LIMIT_REACHED,
                            BLOCKED -> "service-unavailable cancel";
                };

        assertThat(outcome.error()
                        .map(error -> error.condition() + " " + error.type())
                        .orElse(""))
                .isEqualTo(expected);
    }

    private static Sample headlineOfAdministrator(String children) {
        return chat(children).typed("headline").underPaths("+/message[type=headline]");
    }

    private static Sample pm(String children) {
        return chat(children)
                .from("ball@rooms.capulet.example/Juliet")
                .toGarden()
                .in(MessageContext.from(Origin.OCCUPANT));
    }
}
