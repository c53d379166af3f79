package org.igniterealtime.openfire.plugin.unifiedrouting.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.igniterealtime.openfire.plugin.unifiedrouting.wire.RoutingNgScenarios.ENABLE;
import static org.igniterealtime.openfire.plugin.unifiedrouting.wire.SubscriptionScenarios.SUBSCRIBE;
import static org.igniterealtime.openfire.plugin.unifiedrouting.wire.SubscriptionScenarios.assertResult;
import static org.igniterealtime.openfire.testclient.Stanzas.forwardedMessage;
import static org.igniterealtime.openfire.testclient.Stanzas.forwarding;
import static org.igniterealtime.openfire.testclient.Stanzas.isArchiveResult;
import static org.igniterealtime.openfire.testclient.Stanzas.isCarbon;
import static org.igniterealtime.openfire.testclient.Stanzas.isSubscriptionNotification;
import static org.igniterealtime.openfire.testclient.Stanzas.message;
import static org.igniterealtime.openfire.testclient.Stanzas.plainMessage;
import static org.igniterealtime.openfire.testclient.Stanzas.withAttribute;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.dom4j.Element;
import org.igniterealtime.openfire.testclient.MamQuery;
import org.igniterealtime.openfire.testclient.RawClient;
import org.igniterealtime.openfire.testserver.OpenfireExtension;
import org.igniterealtime.openfire.testserver.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * {@code docs/delivery-matrix.md} and the server say the same. For each kind of session there is an account with a session of
 * that kind, "this" one, and "another" one; the messages of all rows are sent one after the other, and what this session
 * has got is looked at when a last message, and its notification, have come.
 */
class DeliveryMatrixIT {

    private static final MatrixPage PAGE = MatrixPage.read();
    private static final MatrixMessages MESSAGES = new MatrixMessages();
    private static final String CARBONS = "<enable xmlns='urn:xmpp:carbons:2'/>";
    private static final String LAST = "last";

    @RegisterExtension
    static final OpenfireExtension openfire = OpenfireExtension.on(TestDatabase.HSQLDB)
            .with("plugin.unifiedrouting.offline.pair-limit", "0")
            .with(options -> {
                for (Kind kind : Kind.values()) {
                    options = options.withAccount(kind.account(), "secret");
                }
                return options;
            });

    /** How this session is made. Several kinds may be in one column: then all of them get what it says. */
    private enum Kind {
        PLAIN("plain", OptionalInt.of(0)),
        NEGATIVE("plain, away", OptionalInt.of(-1)),
        UNAVAILABLE("plain, away", OptionalInt.empty()),
        CARBONS("carbons", OptionalInt.of(0)),
        READING("reads its archive", OptionalInt.of(0)),
        SUBSCRIBED("subscribed", OptionalInt.of(0)),
        CARBONS_READING("carbons, reads its archive", OptionalInt.of(0)),
        CARBONS_SUBSCRIBED("carbons, subscribed", OptionalInt.of(0)),
        ROUTING_NG("routing-ng", OptionalInt.empty()),
        ROUTING_NG_NEGATIVE("routing-ng", OptionalInt.of(-1)),
        ROUTING_NG_AVAILABLE("routing-ng", OptionalInt.of(7)),
        SUBSCRIBED_ROUTING_NG("routing-ng, subscribed", OptionalInt.empty()),
        SUBSCRIBED_ROUTING_NG_AVAILABLE("routing-ng, subscribed", OptionalInt.of(7));

        final String column;
        final OptionalInt priority;

        Kind(String column, OptionalInt priority) {
            this.column = column;
            this.priority = priority;
        }

        String account() {
            return "m" + ordinal();
        }

        boolean isSubscribed() {
            return column.contains("subscribed");
        }

        RawClient session() {
            RawClient session = openfire.client(account(), "this");
            priority.ifPresent(session::presence);
            if (column.contains("carbons")) {
                assertResult(session.iq("set", DeliveryMatrixIT.CARBONS));
            }
            if (column.contains("reads its archive")) {
                MamQuery.by(session).send();
            }
            if (column.contains("routing-ng")) {
                assertResult(session.iq("set", ENABLE));
            }
            if (isSubscribed()) {
                assertResult(session.iq("set", SUBSCRIBE));
            }
            return session;
        }
    }

    @Test
    void everyRowIsTriedAndEveryKindOfSessionHasAColumn() {
        PAGE.rows().forEach((table, rows) -> assertThat(rows).allMatch(row -> MESSAGES.of(table, row) != null));
        assertThat(PAGE.rows())
                .containsOnlyKeys(
                        MatrixMessages.RECEIVED,
                        MatrixMessages.ONESELF,
                        MatrixMessages.BY_ANOTHER,
                        MatrixMessages.BY_THIS);
        assertThat(PAGE.columns())
                .containsExactlyInAnyOrderElementsOf(Stream.of(Kind.values())
                        .map(kind -> kind.column)
                        .distinct()
                        .toList());
    }

    static Kind[] kinds() {
        return Kind.values();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("kinds")
    void sessionGetsWhatThePageSays(Kind kind) {
        Dialogue dialogue = new Dialogue(kind);
        List<MatrixPage.Cell> cells = PAGE.cells().stream()
                .filter(cell -> cell.column().equals(kind.column))
                .toList();
        cells.forEach(dialogue::send);
        Map<String, List<String>> copies = dialogue.end();
        List<String> wrong = new ArrayList<>();
        for (MatrixPage.Cell cell : cells) {
            List<String> said = List.copyOf(cell.copies());
            List<String> got = copies.getOrDefault(dialogue.id(cell), List.of()).stream()
                    .sorted()
                    .toList();
            if (!got.equals(said)) {
                wrong.add(cell.table() + ", " + cell.row() + ": " + said + " on the page, " + got + " from the server");
            }
        }
        assertThat(wrong).isEmpty();
    }

    /** What is said between the account and its contact. */
    private static final class Dialogue {

        private final Kind kind;
        private final RawClient here;
        private final RawClient other;
        private final RawClient contact;
        private final Map<MatrixPage.Cell, String> ids = new LinkedHashMap<>();

        Dialogue(Kind kind) {
            this.kind = kind;
            other = openfire.client(kind.account(), "other").presence(-1);
            here = kind.session();
            contact = openfire.client("carol", "street").presence();
            join(here, room(), "member");
            join(contact, room(), "guest");
            join(other, otherRoom(), "member");
            join(contact, otherRoom(), "guest");
        }

        private String room() {
            return "a" + kind.account() + "@conference.localhost";
        }

        private String otherRoom() {
            return "b" + kind.account() + "@conference.localhost";
        }

        private static void join(RawClient client, String room, String nickname) {
            client.send("<presence to='" + room + "/" + nickname
                    + "'><x xmlns='http://jabber.org/protocol/muc'/></presence>");
            client.await(withAttribute("from", room + "/" + nickname));
            client.iq(
                    "set",
                    room,
                    "<query xmlns='http://jabber.org/protocol/muc#owner'>"
                            + "<x xmlns='jabber:x:data' type='submit'/></query>");
            client.take(message());
        }

        String id(MatrixPage.Cell cell) {
            return ids.get(cell);
        }

        void send(MatrixPage.Cell cell) {
            MatrixMessages.Sent sent = MESSAGES.of(cell.table(), cell.row());
            String id = "row-" + ids.size();
            ids.put(cell, id);
            RawClient sender =
                    switch (sent.by()) {
                        case CONTACT -> contact;
                        case THIS -> here;
                        case ANOTHER -> other;
                    };
            if (cell.row().contains("for a message that is archived")) {
                askedBefore(cell, sender, id);
            }
            sender.send("<message id='" + id + "'" + addressed(sent.stanza()) + "</message>");
            sender.sync();
        }

        /** What the error answers: its addressee has sent it, under the same id, and it is archived. */
        private void askedBefore(MatrixPage.Cell cell, RawClient author, String id) {
            RawClient asking = author != contact ? contact : cell.row().contains("this session") ? here : other;
            asking.send("<message id='" + id + "' to='" + author.jid() + "' type='chat'><body>asked</body></message>");
            asking.sync();
            MamQuery.by(asking).before("").max(1).send();
            if (kind.isSubscribed()) {
                here.await(isSubscriptionNotification().and(forwarding(withAttribute("id", id))));
            }
            here.sync();
            here.take(message().and(one -> id.equals(idOf(one))));
        }

        private String addressed(String stanza) {
            return stanza.replace("{bare}", here.bareJid())
                    .replace("{here}", here.jid())
                    .replace("{other}", other.jid())
                    .replace("{contact}/street", contact.jid())
                    .replace("{contact}", contact.bareJid())
                    .replace("{room}", room())
                    .replace("{otherRoom}", otherRoom());
        }

        /** What this session has got of each message, by id. */
        Map<String, List<String>> end() {
            contact.send("<message id='" + LAST + "' to='" + here.jid() + "' type='chat'><body>last</body></message>");
            contact.sync();
            here.await(plainMessage().and(withAttribute("id", LAST)));
            if (kind.isSubscribed()) {
                here.await(isSubscriptionNotification().and(forwarding(withAttribute("id", LAST))));
            }
            here.sync();
            List<Element> got = here.take(message().and(isArchiveResult().negate()));
            MatrixArchive archive = MatrixArchive.of(other);
            Map<String, List<String>> copies = new LinkedHashMap<>();
            for (Element one : got) {
                copies.computeIfAbsent(idOf(one), id -> new ArrayList<>()).add(shape(one) + archive.wrongId(one));
            }
            return copies;
        }

        private static String idOf(Element message) {
            Element forwarded = forwardedMessage(message);
            return String.valueOf((forwarded == null ? message : forwarded).attributeValue("id"));
        }

        private String shape(Element message) {
            if (isCarbon().test(message)) {
                return "carbon";
            }
            if (isSubscriptionNotification().test(message)) {
                return "note";
            }
            // Errors that are sent here are "not acceptable".
            boolean isReturned = "error".equals(message.attributeValue("type"))
                    && message.element("error").element("not-acceptable") == null;
            if (isReturned) {
                return "error";
            }
            boolean isForTheAccount =
                    String.valueOf(message.attributeValue("to")).startsWith(here.bareJid());
            return isForTheAccount ? "raw" : "reflection";
        }
    }
}
