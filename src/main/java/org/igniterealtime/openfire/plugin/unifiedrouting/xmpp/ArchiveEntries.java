package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Direction;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Mid;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.NewEntry;
import org.xmpp.packet.JID;
import org.xmpp.packet.Message;

/** Whose archives a message enters, and as what (ROUTING-RULES section 4, the first two rows). Thread-safe. */
public final class ArchiveEntries {

    private final BlockLists blockLists;
    private final ArchivePolicy policy;
    private final Supplier<Mid> mids;
    private final Clock clock;

    public ArchiveEntries(BlockLists blockLists, ArchivePolicy policy, Supplier<Mid> mids, Clock clock) {
        this.blockLists = blockLists;
        this.policy = policy;
        this.mids = mids;
        this.clock = clock;
    }

    /**
     * @param recipient the account that receives it, if it is one of this server
     * @param sender the account that sends it, if it is one of this server
     * @return one entry for each owner, with an id of its own; empty if nobody keeps it
     */
    List<NewEntry> of(Message message, Optional<String> recipient, Optional<String> sender) {
        if (sender.isPresent() && blockLists.blocksOutgoing(sender.get(), message)) {
            // Openfire answers not-acceptable and does not route it (XEP-0016 §2.3).
            return List.of();
        }
        String stanza = StoredStanza.of(message.getElement());
        Instant now = clock.instant();
        List<NewEntry> entries = new ArrayList<>(2);
        if (recipient.isPresent() && !blockLists.blocksIncoming(recipient.get(), message)) {
            add(entries, recipient.get(), Direction.RECEIVED, message, now, stanza);
        }
        // A message to oneself is one entry, received. An error stands in its addressee's archive only.
        if (sender.isPresent() && !sender.equals(recipient) && !isError(message)) {
            add(entries, sender.get(), Direction.SENT, message, now, stanza);
        }
        return entries;
    }

    private void add(
            List<NewEntry> entries, String owner, Direction direction, Message message, Instant now, String stanza) {
        JID peer = direction == Direction.RECEIVED ? message.getFrom() : message.getTo();
        if (policy.archives(owner, peer)) {
            Optional<String> id = Optional.ofNullable(message.getID());
            entries.add(new NewEntry(owner, mids.get(), direction, peer, now, id, stanza));
        }
    }

    private static boolean isError(Message message) {
        return "error".equals(message.getElement().attributeValue("type"));
    }
}
