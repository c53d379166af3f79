package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchiveOutcome;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchiveWriter;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchivedMessage;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Direction;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Mid;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.NewEntry;
import org.igniterealtime.openfire.plugin.unifiedrouting.rules.Persistence;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xmpp.packet.Message;

/**
 * Puts a message into the archives it belongs into, once, and tells its recipient's MID by a stanza-id. Returns when
 * that is done, or certain not to happen. Thread-safe.
 */
public final class Archivist {

    private static final Logger Log = LoggerFactory.getLogger(Archivist.class);

    private final Judge judge;
    private final ArchiveEntries entries;
    private final ArchiveWriter writer;
    private final SentCarbons sentCarbons;
    private final RoomCopies roomCopies;

    public Archivist(Judge judge, ArchiveEntries entries, ArchiveWriter writer, SentCarbons sentCarbons, Clock clock) {
        this.judge = judge;
        this.entries = entries;
        this.writer = writer;
        this.sentCarbons = sentCarbons;
        this.roomCopies = new RoomCopies(clock);
    }

    /**
     * @param message gets the recipient's stanza-id if it is archived for the recipient
     * @param recipient the account that receives it, if it is one of this server
     * @param sender the account that sends it, if it is one of this server
     */
    void archive(Message message, Optional<String> recipient, Optional<String> sender) {
        Judge.Judged judged = judge.judge(message);
        if (judged.verdict().persistence() != Persistence.ARCHIVED) {
            return;
        }
        boolean isRoomCopy = recipient.isPresent() && judged.facts().isPrivateMessageOfRoom();
        if (isRoomCopy) {
            Optional<Mid> copied = roomCopies.copyOf(recipient.get(), message);
            if (copied.isPresent()) {
                stamp(message, copied.get());
                return;
            }
        }
        List<NewEntry> owned = entries.of(message, recipient, sender);
        if (!owned.isEmpty()) {
            store(message, owned, isRoomCopy);
        }
    }

    static void stamp(Message message, Mid mid) {
        StanzaIds.add(message.getElement(), message.getTo(), mid.value());
    }

    private void store(Message message, List<NewEntry> owned, boolean isRoomCopy) {
        ArchiveOutcome outcome = writer.archive(owned);
        if (outcome instanceof ArchiveOutcome.Stored stored) {
            sentCarbons.remember(stored.messages());
            for (ArchivedMessage archived : stored.messages()) {
                if (archived.direction() == Direction.RECEIVED) {
                    if (isRoomCopy) {
                        roomCopies.remember(archived.owner(), message, archived.mid());
                    }
                    stamp(message, archived.mid());
                }
            }
        } else if (outcome instanceof ArchiveOutcome.Failed failed) {
            Log.debug(
                    "A message from '{}' to '{}' is not archived.",
                    message.getFrom(),
                    message.getTo(),
                    failed.reason());
        }
    }
}
