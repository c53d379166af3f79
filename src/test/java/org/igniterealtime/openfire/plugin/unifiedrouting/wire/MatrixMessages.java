package org.igniterealtime.openfire.plugin.unifiedrouting.wire;

import java.util.LinkedHashMap;
import java.util.Map;

/** What is sent for each row of the delivery matrix, and by whom. {@code {…}} are addresses. */
final class MatrixMessages {

    /** Who sends. */
    enum By {
        CONTACT,
        THIS,
        ANOTHER
    }

    /**
     * A message without its id.
     *
     * @param stanza its attributes and its content
     */
    record Sent(By by, String stanza) {}

    static final String RECEIVED = "Received";
    static final String ONESELF = "To oneself";
    static final String BY_ANOTHER = "Sent by another session";
    static final String BY_THIS = "Sent by this session";

    private static final String TEXT = "<body>text</body>";
    private static final String RECEIPT = "<received xmlns='urn:xmpp:receipts' id='x'/>";
    private static final String CHAT_STATE = "<composing xmlns='http://jabber.org/protocol/chatstates'/>";
    private static final String OCCUPANT = TEXT + "<x xmlns='http://jabber.org/protocol/muc#user'/>";
    private static final String ERROR =
            "<error type='cancel'><not-acceptable" + " xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>";
    private static final Map<String, String> EXTRAS = Map.of(
            "private", "<private xmlns='urn:xmpp:carbons:2'/>",
            "no-copy", "<no-copy xmlns='urn:xmpp:hints'/>",
            "im-ng", "<im-ng xmlns='urn:xmpp:im-ng:0'/>",
            "no-store", "<no-store xmlns='urn:xmpp:hints'/>",
            "no-permanent-store", "<no-permanent-store xmlns='urn:xmpp:hints'/>");

    private final Map<String, Map<String, Sent>> tables = new LinkedHashMap<>();

    MatrixMessages() {
        received();
        toOneself();
        sent(BY_ANOTHER, By.ANOTHER);
        sent(BY_THIS, By.THIS);
    }

    private void received() {
        Map<String, String> to =
                Map.of(" to the bare JID", "{bare}", " to this session", "{here}", " to another session", "{other}");
        to.forEach((where, jid) -> {
            received("chat" + where, jid, "chat", TEXT);
            received("normal" + where, jid, "normal", TEXT);
            received("headline" + where, jid, "headline", TEXT);
            received("receipt" + where, jid, "normal", RECEIPT);
            received("chat state" + where, jid, "chat", CHAT_STATE);
            received("other error" + where, jid, "error", ERROR);
            EXTRAS.forEach((name, element) -> received(name + where, jid, "chat", TEXT + element));
        });
        received("error to the bare JID", "{bare}", "error", ERROR);
        received("error to this session, for a message that is archived", "{here}", "error", ERROR);
        received("error to another session, for a message that is archived", "{other}", "error", ERROR);
        received(
                "invitation to a room to the bare JID",
                "{bare}",
                "normal",
                "<x xmlns='jabber:x:conference' jid='{room}'/>");
        received("groupchat from a room that this session is in", "{room}", "groupchat", TEXT);
        received("groupchat from a room that another session is in", "{otherRoom}", "groupchat", TEXT);
        received("private message of a room that this session is in", "{room}/member", "chat", OCCUPANT);
        received("private message of a room that another session is in", "{otherRoom}/member", "chat", OCCUPANT);
    }

    private void received(String row, String to, String type, String content) {
        put(RECEIVED, row, new Sent(By.CONTACT, stanza(to, type, content)));
    }

    private void toOneself() {
        String noStore = TEXT + EXTRAS.get("no-store");
        put(ONESELF, "by another session to the bare JID", new Sent(By.ANOTHER, stanza("{bare}", "chat", TEXT)));
        put(ONESELF, "by another session to this one", new Sent(By.ANOTHER, stanza("{here}", "chat", TEXT)));
        put(ONESELF, "by another session to itself", new Sent(By.ANOTHER, stanza("{other}", "chat", TEXT)));
        put(
                ONESELF,
                "by another session to the bare JID, no-store",
                new Sent(By.ANOTHER, stanza("{bare}", "chat", noStore)));
        put(ONESELF, "by this session to the bare JID", new Sent(By.THIS, stanza("{bare}", "chat", TEXT)));
        put(ONESELF, "by this session to itself", new Sent(By.THIS, stanza("{here}", "chat", TEXT)));
        put(ONESELF, "by this session to another one", new Sent(By.THIS, stanza("{other}", "chat", TEXT)));
        put(ONESELF, "by this session to the bare JID, no-store", new Sent(By.THIS, stanza("{bare}", "chat", noStore)));
    }

    private void sent(String table, By by) {
        Map<String, String> to = Map.of(" to a bare JID", "{contact}", " to a full JID", "{contact}/street");
        to.forEach((where, jid) -> {
            put(table, "chat" + where, new Sent(by, stanza(jid, "chat", TEXT)));
            put(table, "normal" + where, new Sent(by, stanza(jid, "normal", TEXT)));
            put(table, "headline" + where, new Sent(by, stanza(jid, "headline", TEXT)));
            put(table, "receipt" + where, new Sent(by, stanza(jid, "normal", RECEIPT)));
            put(table, "chat state" + where, new Sent(by, stanza(jid, "chat", CHAT_STATE)));
            EXTRAS.forEach((name, element) ->
                    put(table, name + where, new Sent(by, stanza(jid, "chat", TEXT + element))));
        });
        put(table, "error, for a message that is archived", new Sent(by, stanza("{contact}/street", "error", ERROR)));
        put(table, "other error", new Sent(by, stanza("{contact}/street", "error", ERROR)));
        put(
                table,
                "private message to an occupant of a room",
                new Sent(by, stanza("{otherRoom}/guest", "chat", OCCUPANT)));
        put(
                table,
                "groupchat to a room that another session is in",
                new Sent(by, stanza("{otherRoom}", "groupchat", TEXT)));
        put(table, "groupchat to a room that this session is in", new Sent(by, stanza("{room}", "groupchat", TEXT)));
    }

    private void put(String table, String row, Sent sent) {
        tables.computeIfAbsent(table, name -> new LinkedHashMap<>()).put(row, sent);
    }

    private static String stanza(String to, String type, String content) {
        return " to='" + to + "'" + (type.equals("normal") ? "" : " type='" + type + "'") + ">" + content;
    }

    /** Null for a row that nobody knows how to try. */
    Sent of(String table, String row) {
        return tables.getOrDefault(table, Map.of()).get(row);
    }
}
