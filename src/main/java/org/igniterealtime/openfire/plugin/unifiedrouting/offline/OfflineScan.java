package org.igniterealtime.openfire.plugin.unifiedrouting.offline;

import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Mid;

/**
 * One session's way through the offline set of its account, page by page. Where something becomes undelivered behind its
 * back, because another session is gone, it goes back for it. Between {@link #begin} and {@link #end} a page is read from the
 * database and claimed. Thread-safe; used by one thread at a time.
 *
 * @param <S> what names a session
 */
public final class OfflineScan<S> implements AutoCloseable {

    /** How long all in all what is still being routed is waited for. */
    static final Duration PATIENCE = Duration.ofSeconds(5);

    /** How much of the time between two questions counts as waiting. */
    private static final Duration MOST_BETWEEN = Duration.ofMillis(500);

    private final OfflineLedger<S> ledger;
    private final S session;
    private final boolean hiddenOnly;
    private final Start start;
    private final LongSupplier nanoTime;

    /** What was claimed, and its session cannot be given. */
    private final Set<Mid> refused = new HashSet<>();

    private long position = -1;
    private boolean atEnd;
    private boolean begun;

    /** A page is being read, or has been and is not claimed yet. */
    private boolean reading;

    /** The first place that has to be gone back to. */
    private long missed = Long.MAX_VALUE;

    /** The first place behind the page before where something became undelivered since reading began. */
    private long late = Long.MAX_VALUE;

    /** Taken out of the offline set since reading began, past the ledger. */
    private final Set<Mid> removed = new HashSet<>();

    /** The last place at which something was undelivered when reading began. */
    private long last;

    /** The database has been asked anew since reading began. */
    private boolean reopened;

    /** When it was last said that something that is still being routed has to be waited for; 0 if nothing has. */
    private long waitsSince;

    /** For how long that was waited for before. */
    private long waited;

    /**
     * How things were when a session was there.
     *
     * @param seen what is archived up to here, others have seen
     * @param handed how many messages had been handed over
     */
    record Start(long seen, long handed) {}

    /**
     * What of a page has its turn.
     *
     * @param rows up to the first message that is waited for because it is still being routed
     * @param mids what of these the session holds now and did not before
     */
    public record Claimed(List<OfflineMessage> rows, Set<Mid> mids) {}

    OfflineScan(OfflineLedger<S> ledger, S session, boolean hiddenOnly, Start start, LongSupplier nanoTime) {
        this.ledger = ledger;
        this.session = session;
        this.hiddenOnly = hiddenOnly;
        this.start = start;
        this.nanoTime = nanoTime;
    }

    /** Whether nothing is wanted that an archive shows. */
    boolean isHiddenOnly() {
        return hiddenOnly;
    }

    /** How many messages had been handed over when the session was there. */
    public long handedBefore() {
        return start.handed();
    }

    /** Whether anything has been looked at. */
    boolean hasBegun() {
        return begun;
    }

    /** Something became undelivered. */
    void missed(long seq) {
        if (atEnd || seq <= position) {
            missed = Math.min(missed, seq);
        } else {
            // A page that is being read may end behind it and be without it.
            late = Math.min(late, seq);
        }
    }

    /** The ledger knows nothing any more but what the database says, up to this place. */
    void reopened(long cursor) {
        reopened = true;
        missed(cursor + 1);
    }

    /** A page that has been read may still have them. */
    void removed(Collection<Mid> mids) {
        if (reading) {
            removed.addAll(mids);
        }
    }

    /** Whether there is nothing left to be given, as far as is known. */
    public boolean isComplete() {
        synchronized (ledger) {
            return atEnd && missed == Long.MAX_VALUE;
        }
    }

    /** A page is about to be read. Returns the place behind which it begins. */
    public long begin() {
        synchronized (ledger) {
            begun = true;
            position = Math.min(position, missed - 1);
            atEnd = false;
            missed = Long.MAX_VALUE;
            late = Long.MAX_VALUE;
            reopened = false;
            reading = true;
            last = ledger.readBegins();
            return position;
        }
    }

    /** Whether a page that has been read, and is not claimed yet, is not what comes next any more. */
    public boolean isOvertaken() {
        synchronized (ledger) {
            return reopened || missed != Long.MAX_VALUE;
        }
    }

    /**
     * Whether some message may still turn out undelivered because the session was not there when somebody was looked for, and is
     * to be waited for: not for long, since nobody may say what becomes of it. The time from one such answer to the next
     * question counts.
     */
    public boolean isUndecided() {
        synchronized (ledger) {
            return waits(ledger.isUndecided(this));
        }
    }

    private boolean waits(boolean isUndecided) {
        long now = nanoTime.getAsLong();
        // Who waits asks again soon. Longer is the time in which others had their turn, or the client did not read.
        waited += waitsSince == 0 ? 0 : Math.min(now - waitsSince, MOST_BETWEEN.toNanos());
        boolean waits = isUndecided && waited <= PATIENCE.toNanos();
        waitsSince = waits ? now == 0 ? 1 : now : 0;
        return waits;
    }

    /** Up to the first message that is still being routed and may be somebody's the next moment; what follows comes after it. */
    private List<OfflineMessage> decided(List<OfflineMessage> page) {
        int end = 0;
        while (end < page.size() && !(isWanted(page.get(end)) && ledger.isUndecided(page.get(end), start.seen()))) {
            end++;
        }
        return waits(end < page.size()) ? page.subList(0, end) : page;
    }

    /**
     * Takes from a page what nobody has, for its session.
     *
     * @param page what the database has behind the place where the page begins
     * @param isLast whether it has nothing behind that
     * @return empty if the page is to be read anew, a little later
     */
    public Optional<Claimed> claim(List<OfflineMessage> page, boolean isLast) {
        synchronized (ledger) {
            if (!ledger.isOpen() || reopened) {
                // Where the cursor is will be read anew, and then the page.
                return Optional.empty();
            }
            List<OfflineMessage> rows = decided(page);
            boolean isCut = rows.size() < page.size();
            if (isCut && rows.isEmpty()) {
                return Optional.empty();
            }
            Set<Mid> claimed = new HashSet<>();
            long from = position;
            boolean isEnd = isLast && !isCut;
            long cleared = isEnd ? Long.MAX_VALUE : rows.get(rows.size() - 1).seq();
            for (OfflineMessage message : rows) {
                position = message.seq();
                if (refused.contains(message.mid())) {
                    cleared = Math.min(cleared, message.seq() - 1);
                } else if (isWanted(message) && ledger.claim(message, session, start.seen())) {
                    claimed.add(message.mid());
                }
            }
            atEnd = isEnd;
            if (atEnd || late <= position) {
                cleared = Math.min(cleared, late - 1);
                missed = Math.min(missed, late);
                late = Long.MAX_VALUE;
            }
            ledger.cleared(from, Math.min(cleared, Math.max(last, position)), !hiddenOnly);
            return Optional.of(new Claimed(rows, claimed));
        }
    }

    private boolean isWanted(OfflineMessage message) {
        return !(hiddenOnly && message.archived())
                && !removed.contains(message.mid())
                && !refused.contains(message.mid());
    }

    /** The page is done with, also if reading it has failed. */
    public void end() {
        synchronized (ledger) {
            reading = false;
            removed.clear();
            ledger.readEnds();
        }
    }

    /** What the session was to be given and cannot get. It waits for another one. */
    public void refuse(Mid mid) {
        synchronized (ledger) {
            long missedBefore = missed;
            long lateBefore = late;
            refused.add(mid);
            ledger.released(mid, session);
            ledger.isGivenToAll(mid);
            missed = missedBefore;
            late = lateBefore;
        }
    }

    @Override
    public void close() {
        ledger.scanEnds(this);
    }

    /** Closes it. Returns whether nothing was left to be given, as far as is known. */
    public boolean closeComplete() {
        synchronized (ledger) {
            boolean isComplete = isComplete();
            close();
            return isComplete;
        }
    }
}
