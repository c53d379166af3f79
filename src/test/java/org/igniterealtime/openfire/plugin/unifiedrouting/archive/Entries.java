package org.igniterealtime.openfire.plugin.unifiedrouting.archive;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.xmpp.packet.JID;

/** Entries of which a test only cares about some. */
public final class Entries {

    public static final Instant NOON = Instant.parse("2026-01-02T12:00:00Z");
    public static final JID JULIET = new JID("juliet@capulet.example/balcony");

    private Entries() {}

    public static NewEntry received(String owner, String mid) {
        return received(owner, mid, JULIET, NOON);
    }

    public static NewEntry received(String owner, String mid, JID from, Instant at) {
        return new NewEntry(owner, new Mid(mid), Direction.RECEIVED, from, at, stanza(mid));
    }

    public static NewEntry sent(String owner, String mid, JID to) {
        return new NewEntry(owner, new Mid(mid), Direction.SENT, to, NOON, stanza(mid));
    }

    public static NewEntry withStanza(NewEntry entry, String stanza) {
        return new NewEntry(entry.owner(), entry.mid(), entry.direction(), entry.peer(), entry.receivedAt(), stanza)
                .with(entry.claim());
    }

    public static NewEntry withMessageId(NewEntry entry, String id) {
        return new NewEntry(
                entry.owner(),
                entry.mid(),
                entry.direction(),
                entry.peer(),
                entry.receivedAt(),
                Optional.of(id),
                entry.contentHash(),
                entry.stanza());
    }

    public static NewEntry withContentHash(NewEntry entry, long hash) {
        return new NewEntry(
                entry.owner(),
                entry.mid(),
                entry.direction(),
                entry.peer(),
                entry.receivedAt(),
                entry.messageId(),
                hash,
                entry.stanza());
    }

    /** What an append did, where only the messages matter. */
    public static List<ArchivedMessage> messages(List<AppendedEntry> appended) {
        return appended.stream().map(AppendedEntry::message).toList();
    }

    private static String stanza(String mid) {
        return "<message><body>" + mid + "</body></message>";
    }
}
