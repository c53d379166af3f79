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
 * @param sentAt what was sent at this time or later is not added; {@link #CLOSED} = nothing is
 * @param ofImport whether an import has put it there. If that has stopped in the middle of a time, the rest of what was
 *     sent at this time is still to be added
 */
public record ArchiveFront(long seq, long sentAt, boolean ofImport) {

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
        return new ArchiveFront(Math.min(FIRST_OWN, firstSeq), Math.min(firstAt, archivingSince), false);
    }

    /** The front of an empty archive. */
    public static ArchiveFront ofEmpty(long archivingSince) {
        return new ArchiveFront(FIRST_OWN, archivingSince, false);
    }

    /**
     * What an import adds.
     *
     * @param front where the archive begins then
     * @param candidates those that are added, newest first
     * @param messages the same, with their places
     */
    public record Added(ArchiveFront front, List<ImportPlan.Candidate> candidates, List<ArchivedMessage> messages) {}

    /**
     * Whether a candidate may be there already, so that somebody has to look.
     *
     * @param before the key that the slice comes before
     */
    public boolean mayHold(ImportPlan.Candidate candidate, SourceKey before) {
        return candidate.sentAt() == sentAt && ofImport && before.isWithinItsTime() && before.sentAt() == sentAt;
    }

    /**
     * @param candidates of this account, newest first
     * @param before the key that the slice comes before
     * @param there those of the MIDs asked for (see {@link #mayHold}) that the archive holds
     */
    public Added add(List<ImportPlan.Candidate> candidates, SourceKey before, Set<Mid> there) {
        List<ImportPlan.Candidate> added = candidates.stream()
                .filter(candidate -> candidate.sentAt() < sentAt
                        || mayHold(candidate, before)
                                && !there.contains(candidate.entry().mid()))
                .toList();
        List<ArchivedMessage> messages = new ArrayList<>(added.size());
        long place = seq;
        for (ImportPlan.Candidate candidate : added) {
            place--;
            messages.add(new ArchivedMessage(
                    candidate.owner(),
                    place,
                    candidate.entry().mid(),
                    candidate.entry().direction(),
                    candidate.entry().peer().toString(),
                    candidate.entry().receivedAt(),
                    candidate.entry().stanza()));
        }
        long oldest = added.isEmpty() ? sentAt : added.get(added.size() - 1).sentAt();
        return new Added(new ArchiveFront(place, oldest, true), added, messages);
    }
}
