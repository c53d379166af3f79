package org.igniterealtime.openfire.plugin.unifiedrouting.archive.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Direction;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.ConnectionSource;
import org.igniterealtime.openfire.plugin.unifiedrouting.jdbc.TestTables;

/**
 * A monitoring plugin's archive as years leave it behind: rows of its first versions without ids and stanzas, rooms, remote
 * addresses, bursts within a millisecond, broken XML. What an owner's archive must hold after an import is worked out
 * here from what was made, not from what stands in the tables.
 */
final class MonitoringArchive {

    static final String DOMAIN = "verona.example";
    static final String ROOM = "market@conference." + DOMAIN;
    static final List<String> ACCOUNTS =
            List.of("romeo", "juliet", "mercutio", "tybalt", "nurse", "benvolio", "paris", "rosaline");

    private static final long BEGIN = 1_500_000_000_000L;
    private static final int ROOM_CONVERSATION = 1;

    /** What an owner sees of a message. */
    record Seen(long at, Direction direction, String peer, String body) {}

    /** What a row is, beside its columns. */
    enum Kind {
        WANTED,
        ROOM,
        REMOTE,
        EMPTY,
        NO_STORE,
        UNREADABLE
    }

    /** A row. Addresses are full where the resource is not null. */
    record Row(
            Kind kind,
            Long id,
            int conversation,
            String from,
            String fromResource,
            String to,
            String toResource,
            long sentDate,
            String body,
            String text,
            String stanza,
            String pmFor) {

        boolean concerns(String owner) {
            String address = owner + '@' + DOMAIN;
            return kind == Kind.WANTED && (from.equals(address) || to.equals(address));
        }

        Seen seenBy(String owner) {
            return to.equals(owner + '@' + DOMAIN)
                    ? new Seen(sentDate, Direction.RECEIVED, full(from, fromResource), text)
                    : new Seen(sentDate, Direction.SENT, full(to, toResource), text);
        }

        private static String full(String bare, String resource) {
            return resource == null ? bare : bare + '/' + resource;
        }
    }

    private static final Comparator<Row> OLDEST_FIRST = Comparator.comparingLong(Row::sentDate)
            .thenComparingLong(row -> row.id() == null ? -1 : row.id())
            .thenComparingInt(Row::conversation)
            .thenComparing(Row::from)
            .thenComparing(Row::fromResource, Comparator.nullsFirst(Comparator.naturalOrder()))
            .thenComparing(Row::to)
            .thenComparing(Row::toResource, Comparator.nullsFirst(Comparator.naturalOrder()))
            .thenComparing(Row::stanza, Comparator.nullsFirst(Comparator.naturalOrder()))
            .thenComparing(Row::body, Comparator.nullsFirst(Comparator.naturalOrder()));

    private final List<Row> rows;

    private MonitoringArchive(List<Row> rows) {
        this.rows = List.copyOf(rows);
    }

    static MonitoringArchive of(List<Row> rows) {
        return new MonitoringArchive(rows);
    }

    static MonitoringArchive random(long seed, int size) {
        Random random = new Random(seed);
        List<Row> rows = new ArrayList<>();
        long time = BEGIN;
        int id = 1000;
        for (int i = 0; i < size; i++) {
            // A tenth of the time messages come in bursts; one burst is longer than most slices.
            boolean burst = i % 1000 < 100 || i > size / 2 && i < size / 2 + 700;
            time += burst ? 0 : random.nextInt(5) == 0 ? 86_400_000L * random.nextInt(3) : 1 + random.nextInt(3000);
            boolean old = i < size / 3 || random.nextInt(50) == 0;
            Row row = row(random, i, old ? null : Long.valueOf(id++), time);
            rows.add(row);
            if (row.id() == null && random.nextInt(40) == 0) {
                rows.add(row);
            }
        }
        Collections.shuffle(rows, random);
        return new MonitoringArchive(rows);
    }

    private static Row row(Random random, int number, Long id, long time) {
        String from = account(random);
        String to = random.nextInt(60) == 0 ? from : account(random);
        int what = random.nextInt(100);
        if (what < 8) {
            from = "friend" + random.nextInt(5) + "@mantua.example";
        } else if (what < 14) {
            to = "friend" + random.nextInt(5) + "@mantua.example";
        } else if (what < 16) {
            from = "gone@" + DOMAIN;
        }
        String fromResource = random.nextInt(4) == 0 ? null : "r" + random.nextInt(3);
        String toResource = random.nextInt(2) == 0 ? null : "t" + random.nextInt(3);
        String text = "text " + number + " <&> \u00e9 \ud83c\udf39";
        int conversation = 2 + random.nextInt(3);
        String stanza = id == null && random.nextInt(3) > 0
                ? null
                : stanza(from, fromResource, to, toResource, number, text, random);
        Kind kind = from.startsWith("gone@") && !isLocal(to) ? Kind.REMOTE : Kind.WANTED;
        Row row = new Row(kind, id, conversation, from, fromResource, to, toResource, time, text, text, stanza, null);
        return spoil(row, random);
    }

    private static boolean isLocal(String address) {
        return address.endsWith('@' + DOMAIN) && !address.startsWith("gone@");
    }

    private static Row spoil(Row row, Random random) {
        switch (random.nextInt(40)) {
            case 0, 1, 2:
                return new Row(
                        Kind.ROOM,
                        row.id,
                        ROOM_CONVERSATION,
                        row.from,
                        row.fromResource,
                        ROOM,
                        null,
                        row.sentDate,
                        row.body,
                        row.text,
                        "<message type='groupchat'><body>x</body></message>",
                        null);
            case 3:
                return new Row(
                        Kind.ROOM,
                        row.id,
                        row.conversation,
                        row.from,
                        row.fromResource,
                        row.to,
                        row.toResource,
                        row.sentDate,
                        row.body,
                        row.text,
                        row.stanza,
                        account(random));
            case 4:
                // A private message that was filed under the real addresses.
                return new Row(
                        Kind.ROOM,
                        row.id,
                        row.conversation,
                        account(random),
                        "r",
                        account(random),
                        "t",
                        row.sentDate,
                        row.body,
                        row.text,
                        "<message from='" + ROOM + "/nick' to='" + account(random)
                                + "' type='chat'><body>psst</body></message>",
                        null);
            case 5:
                return new Row(
                        Kind.REMOTE,
                        row.id,
                        row.conversation,
                        "a@mantua.example",
                        null,
                        "b@mantua.example",
                        null,
                        row.sentDate,
                        row.body,
                        row.text,
                        row.stanza,
                        null);
            case 6:
                return new Row(
                        Kind.EMPTY,
                        row.id,
                        row.conversation,
                        row.from,
                        row.fromResource,
                        row.to,
                        row.toResource,
                        row.sentDate,
                        null,
                        null,
                        null,
                        null);
            case 7:
                return row.kind != Kind.WANTED
                        ? row
                        : new Row(
                                Kind.NO_STORE,
                                row.id,
                                row.conversation,
                                row.from,
                                row.fromResource,
                                row.to,
                                row.toResource,
                                row.sentDate,
                                row.body,
                                row.text,
                                "<message type='chat'><body>x</body>" + "<no-store xmlns='urn:xmpp:hints'/></message>",
                                null);
            case 8:
                // The text is there, so the message can be made anew.
                return new Row(
                        row.kind,
                        row.id,
                        row.conversation,
                        row.from,
                        row.fromResource,
                        row.to,
                        row.toResource,
                        row.sentDate,
                        row.body,
                        row.text,
                        "<message><body>torn",
                        null);
            case 9:
                return row.kind != Kind.WANTED
                        ? row
                        : new Row(
                                Kind.UNREADABLE,
                                row.id,
                                row.conversation,
                                row.from,
                                row.fromResource,
                                row.to,
                                row.toResource,
                                row.sentDate,
                                null,
                                null,
                                "<message><body>torn",
                                null);
            default:
                return row;
        }
    }

    private static String account(Random random) {
        return ACCOUNTS.get(random.nextInt(ACCOUNTS.size())) + '@' + DOMAIN;
    }

    private static String stanza(
            String from, String fromResource, String to, String toResource, int number, String text, Random random) {
        String id = random.nextInt(3) == 0 ? "" : " id='m" + number + "'";
        String stanzaId = random.nextInt(3) > 0
                ? ""
                : "<stanza-id xmlns='urn:xmpp:sid:0' by='" + to + "' id='theirs-" + number + "'/>";
        return "<message from='" + Row.full(from, fromResource) + "' to='" + Row.full(to, toResource)
                + "' type='chat'" + id + "><body>" + text.replace("&", "&amp;").replace("<", "&lt;") + "</body>"
                + stanzaId + "</message>";
    }

    List<Row> rows() {
        return rows;
    }

    long count(Kind kind) {
        return rows.stream().filter(row -> row.kind() == kind).count();
    }

    /** What an owner's archive holds of it, oldest first. */
    List<Seen> seenBy(String owner) {
        return rows.stream()
                .filter(row -> row.concerns(owner))
                .sorted(OLDEST_FIRST)
                .map(row -> row.seenBy(owner))
                .toList();
    }

    /** Makes the tables, with the columns and indices that matter, and fills them. */
    void fill(ConnectionSource source, String textType) throws SQLException {
        TestTables.execute(
                source,
                "CREATE TABLE ofConversation (conversationID BIGINT NOT NULL PRIMARY KEY, room VARCHAR(1024) NULL)");
        TestTables.execute(
                source,
                "CREATE TABLE ofMessageArchive (messageID BIGINT NULL, conversationID BIGINT NOT NULL,"
                        + " fromJID VARCHAR(1024) NOT NULL, fromJIDResource VARCHAR(255) NULL,"
                        + " toJID VARCHAR(1024) NOT NULL, toJIDResource VARCHAR(255) NULL, sentDate BIGINT NOT NULL,"
                        + " stanza " + textType + " NULL, body " + textType + " NULL, isPMforJID VARCHAR(1024) NULL)");
        TestTables.execute(source, "CREATE INDEX ofMessageArchive_sent_idx ON ofMessageArchive (sentDate)");
        TestTables.execute(source, "INSERT INTO ofConversation VALUES (1, '" + ROOM + "')");
        // Conversation 3 is missing: the plugin deletes old ones.
        TestTables.execute(source, "INSERT INTO ofConversation VALUES (2, NULL)");
        TestTables.execute(source, "INSERT INTO ofConversation VALUES (4, '')");
        if (!rows.isEmpty()) {
            add(source, rows);
        }
    }

    static void add(ConnectionSource source, List<Row> rows) throws SQLException {
        try (Connection connection = source.open();
                PreparedStatement statement = connection.prepareStatement(
                        "INSERT INTO ofMessageArchive (messageID, conversationID, fromJID, fromJIDResource, toJID,"
                                + " toJIDResource, sentDate, stanza, body, isPMforJID)"
                                + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
            connection.setAutoCommit(false);
            for (Row row : rows) {
                if (row.id() == null) {
                    statement.setNull(1, Types.BIGINT);
                } else {
                    statement.setLong(1, row.id());
                }
                statement.setLong(2, row.conversation());
                statement.setString(3, row.from());
                statement.setString(4, row.fromResource());
                statement.setString(5, row.to());
                statement.setString(6, row.toResource());
                statement.setLong(7, row.sentDate());
                statement.setString(8, row.stanza());
                statement.setString(9, row.body());
                statement.setString(10, row.pmFor());
                statement.addBatch();
            }
            statement.executeBatch();
            connection.commit();
            connection.setAutoCommit(true);
        }
    }

    /** A message between two of the accounts, as a new version files it. */
    static Row chat(long id, String from, String to, long at) {
        String text = "chat " + id;
        return new Row(
                Kind.WANTED,
                id,
                2,
                from + '@' + DOMAIN,
                "r",
                to + '@' + DOMAIN,
                null,
                at,
                text,
                text,
                "<message from='" + from + '@' + DOMAIN + "/r' to='" + to + '@' + DOMAIN + "' type='chat'><body>" + text
                        + "</body></message>",
                null);
    }

    static Set<String> accounts() {
        return Set.copyOf(ACCOUNTS);
    }
}
