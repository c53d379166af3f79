package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Admission;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Direction;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.NewEntry;
import org.xmpp.packet.Message;
import org.xmpp.packet.PacketError;

/**
 * Which archives have room for a message, and what its sender learns if the recipient's has none: that it is not kept
 * there (ROUTING-RULES section 5, "archive over its quota"). The message itself goes on to whoever is online. Whose own
 * archive is full learns nothing: what he sends arrives all the same. Thread-safe.
 */
public final class ArchiveEntrance {

    private final Admission admission;
    private final Consumer<Message> router;

    /**
     * @param router takes messages that are to be delivered
     */
    public ArchiveEntrance(Admission admission, Consumer<Message> router) {
        this.admission = admission;
        this.router = router;
    }

    /**
     * A message's entries, sorted by what their archives say.
     *
     * @param admitted those that can be archived
     * @param refused whether the recipient's archive is full
     */
    record Admitted(List<NewEntry> admitted, boolean refused) {}

    Admitted admit(List<NewEntry> entries) {
        List<NewEntry> admitted = new ArrayList<>(entries.size());
        boolean refused = false;
        for (NewEntry entry : entries) {
            Admission.Answer answer = admission.of(entry.owner());
            if (answer == Admission.Answer.OPEN) {
                admitted.add(entry);
            }
            refused |= answer.isFull() && entry.direction() == Direction.RECEIVED;
        }
        return new Admitted(admitted, refused);
    }

    /** RFC 6121 §8.3: in the recipient's name, to the sender, with the id of what it answers. Errors get none. */
    void refuse(Message message) {
        if ("error".equals(message.getElement().attributeValue("type"))) {
            return;
        }
        Message error = message.createCopy();
        error.setFrom(message.getTo().asBareJID());
        error.setTo(message.getFrom());
        error.setError(new PacketError(
                PacketError.Condition.resource_constraint,
                PacketError.Type.wait,
                "The recipient's archive is full. This message is not kept in it.",
                "en"));
        router.accept(error);
    }
}
