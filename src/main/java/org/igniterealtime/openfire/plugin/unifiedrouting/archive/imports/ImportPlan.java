package org.igniterealtime.openfire.plugin.unifiedrouting.archive.imports;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Direction;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.NewEntry;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.StoreUnavailable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a slice of the other archive becomes, as far as that can be said without the archives that it goes to: entries,
 * newest first, and what is left out. Immutable.
 */
public final class ImportPlan {

    private static final Logger Log = LoggerFactory.getLogger(ImportPlan.class);

    private final List<Candidate> candidates;
    private final Map<RowOutcome, Long> unwanted;
    private final int wantedRows;

    /**
     * An entry for one owner.
     *
     * @param row the number of the row that it comes from
     * @param entry with the time at which the message was sent
     */
    public record Candidate(int row, NewEntry entry) {

        public String owner() {
            return entry.owner();
        }

        public long sentAt() {
            return entry.receivedAt().toEpochMilli();
        }
    }

    private ImportPlan(List<Candidate> candidates, Map<RowOutcome, Long> unwanted, int wantedRows) {
        this.candidates = List.copyOf(candidates);
        this.unwanted = unwanted;
        this.wantedRows = wantedRows;
    }

    /**
     * @param rows in any order; of each key either all rows or none
     * @throws StoreUnavailable if the reader needs the database and does not get it
     */
    public static ImportPlan of(List<SourceMessage> rows, SourceReader reader, ImportMids mids) {
        List<SourceMessage> newestFirst = new ArrayList<>(rows);
        newestFirst.sort(Collections.reverseOrder(SourceMessage.ORDER));
        List<Candidate> candidates = new ArrayList<>(rows.size() * 2);
        Map<RowOutcome, Long> unwanted = new EnumMap<>(RowOutcome.class);
        int wantedRows = 0;
        int repetition = 0;
        for (int i = 0; i < newestFirst.size(); i++) {
            SourceMessage row = newestFirst.get(i);
            repetition = i > 0 && row.equals(newestFirst.get(i - 1)) ? repetition + 1 : 0;
            Reading reading = read(row, reader);
            if (reading instanceof Reading.Wanted message) {
                add(candidates, i, message, row, mids, repetition);
                wantedRows++;
            } else if (reading instanceof Reading.Unwanted left) {
                unwanted.merge(left.reason(), 1L, Long::sum);
            }
        }
        return new ImportPlan(candidates, unwanted, wantedRows);
    }

    private static Reading read(SourceMessage row, SourceReader reader) {
        if (row.key().sentAt() < 0) {
            return new Reading.Unwanted(RowOutcome.UNREADABLE);
        }
        try {
            return reader.read(row);
        } catch (StoreUnavailable e) {
            throw e;
        } catch (RuntimeException e) {
            Log.warn("A row of the other archive cannot be imported: {}.", row, e);
            return new Reading.Unwanted(RowOutcome.FAILED);
        }
    }

    /** One for each local side; a message to oneself is one entry, received. */
    private static void add(
            List<Candidate> candidates,
            int index,
            Reading.Wanted message,
            SourceMessage row,
            ImportMids mids,
            int repetition) {
        Instant sentAt = Instant.ofEpochMilli(row.key().sentAt());
        Optional<String> recipient = message.recipient();
        recipient.ifPresent(owner -> candidates.add(new Candidate(
                index,
                new NewEntry(
                        owner,
                        mids.of(owner, row, repetition),
                        Direction.RECEIVED,
                        message.from(),
                        sentAt,
                        message.messageId(),
                        0,
                        message.stanza()))));
        message.sender()
                .filter(owner -> !recipient.equals(Optional.of(owner)))
                .ifPresent(owner -> candidates.add(new Candidate(
                        index,
                        new NewEntry(
                                owner,
                                mids.of(owner, row, repetition),
                                Direction.SENT,
                                message.to(),
                                sentAt,
                                message.messageId(),
                                0,
                                message.stanza()))));
    }

    /** Newest first. */
    public List<Candidate> candidates() {
        return candidates;
    }

    /** Whose archives it concerns, sorted. */
    public SortedSet<String> owners() {
        return candidates.stream().map(Candidate::owner).collect(Collectors.toCollection(TreeSet::new));
    }

    /**
     * What became of the slice.
     *
     * @param placed those of the candidates that are in an archive now
     */
    public ImportTally tally(List<Candidate> placed) {
        Map<RowOutcome, Long> outcomes = new EnumMap<>(RowOutcome.class);
        outcomes.putAll(unwanted);
        Set<Integer> imported = new HashSet<>();
        placed.forEach(candidate -> imported.add(candidate.row()));
        count(outcomes, RowOutcome.IMPORTED, imported.size());
        count(outcomes, RowOutcome.ALREADY_THERE, wantedRows - imported.size());
        return new ImportTally(outcomes, placed.size());
    }

    /** The same if the database refuses this slice, and nothing of it is in any archive. */
    public ImportTally failed() {
        Map<RowOutcome, Long> outcomes = new EnumMap<>(RowOutcome.class);
        outcomes.putAll(unwanted);
        count(outcomes, RowOutcome.FAILED, wantedRows);
        return new ImportTally(outcomes, 0);
    }

    private static void count(Map<RowOutcome, Long> outcomes, RowOutcome outcome, long rows) {
        if (rows > 0) {
            outcomes.merge(outcome, rows, Long::sum);
        }
    }
}
