package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import java.util.ArrayList;
import java.util.List;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Admission;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Direction;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.NewEntry;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.OfflineClaim;

/**
 * Which archives have room for a message. If the recipient's has none, the message goes on to whoever is online, and its
 * sender learns of it where nobody is. Whose own archive is full learns nothing: what he sends arrives all the same.
 * Thread-safe.
 */
public final class ArchiveEntrance {

    private final Admission admission;

    public ArchiveEntrance(Admission admission) {
        this.admission = admission;
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
            // What is kept until it is delivered is not in the archive, and does not count.
            boolean isArchived = entry.claim().kind() == OfflineClaim.Kind.ARCHIVED;
            if (answer == Admission.Answer.OPEN || answer.isFull() && !isArchived) {
                admitted.add(entry);
            }
            refused |= answer.isFull() && isArchived && entry.direction() == Direction.RECEIVED;
        }
        return new Admitted(admitted, refused);
    }
}
