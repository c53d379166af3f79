package org.igniterealtime.openfire.plugin.unifiedrouting.archive.imports;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchivedMessage;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Mid;

/**
 * The older end of one account's archive, where an import adds to it. Places go down from there while times do, so that
 * the order of times stays the order of places, and the newer end is not touched. Immutable.
 *
 * @param seq the lowest place given away
 * @param sentAt nothing that was sent after this time is added; what was sent at this time only if it is not there yet.
 *     {@link #CLOSED} = nothing is
 */
public record ArchiveFront(long seq, long sentAt) {

    /** The owner has deleted the oldest messages and does not want older ones. */
    public static final long CLOSED = Long.MIN_VALUE;

    /** Messages that arrive get places from 1 on; an import's are below. */
    private static final long FIRST_OWN = 1;

    /**
     * The front of an archive that nothing was imported into yet.
     *
     * @param firstSeq the place of its first message
     * @param firstAt the time of that
     * @param archivingSince since when the server archives itself
     */
    public static ArchiveFront of(long firstSeq, long firstAt, long archivingSince) {
        return new ArchiveFront(Math.min(FIRST_OWN, firstSeq), Math.min(firstAt, archivingSince) - 1);
    }

    /** The front of an empty archive. */
    public static ArchiveFront ofEmpty(long archivingSince) {
        return new ArchiveFront(FIRST_OWN, archivingSince - 1);
    }

    /**
     * What an import adds.
     *
     * @param front where the archive begins then
     * @param candidates those that are added, newest first
     * @param messages the same, with their places
     */
    public record Added(ArchiveFront front, List<ImportPlan.Candidate> candidates, List<ArchivedMessage> messages) {}

    /** Whether a candidate may be there already, so that somebody has to look. */
    public boolean mayHold(ImportPlan.Candidate candidate) {
        return candidate.sentAt() == sentAt;
    }

    /**
     * @param candidates of this account, newest first
     * @param there those of the MIDs asked for (see {@link #mayHold}) that the archive holds
     */
    public Added add(List<ImportPlan.Candidate> candidates, Set<Mid> there) {
        long place = seq;
        long time = sentAt;
        List<ImportPlan.Candidate> added = new ArrayList<>(candidates.size());
        List<ArchivedMessage> messages = new ArrayList<>(candidates.size());
        for (ImportPlan.Candidate candidate : candidates) {
            if (candidate.sentAt() > time || there.contains(candidate.entry().mid())) {
                continue;
            }
            place--;
            time = candidate.sentAt();
            added.add(candidate);
            messages.add(new ArchivedMessage(
                    candidate.owner(),
                    place,
                    candidate.entry().mid(),
                    candidate.entry().direction(),
                    candidate.entry().peer().toString(),
                    candidate.entry().receivedAt(),
                    candidate.entry().stanza()));
        }
        return new Added(new ArchiveFront(place, time), added, messages);
    }
}
