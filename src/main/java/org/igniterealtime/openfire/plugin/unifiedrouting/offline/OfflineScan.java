package org.igniterealtime.openfire.plugin.unifiedrouting.offline;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Mid;

/**
 * One session's way through the offline set of its account, page by page. Where something becomes undelivered behind its
 * back, because another session is gone, it goes back for it. Between {@link #begin} and {@link #end} a page is read from the
 * database and claimed. Thread-safe; used by one thread at a time.
 *
 * @param <S> what names a session
 */
public final class OfflineScan<S> implements AutoCloseable {

    private final OfflineLedger<S> ledger;
    private final S session;
    private final boolean hiddenOnly;

    /** What is archived up to here, others have seen. */
    private final long skipped;

    /** What was claimed, and its session cannot be given. */
    private final Set<Mid> refused = new HashSet<>();

    private long position = -1;
    private boolean atEnd;

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

    OfflineScan(OfflineLedger<S> ledger, S session, boolean hiddenOnly, long skipped) {
        this.ledger = ledger;
        this.session = session;
        this.hiddenOnly = hiddenOnly;
        this.skipped = skipped;
    }

    /** Whether nothing is wanted that an archive shows. */
    boolean isHiddenOnly() {
        return hiddenOnly;
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
     * What of a page can be claimed: it is decided up to here who has it. What follows is still being routed and may be
     * somebody's the next moment, or comes after such a message.
     */
    public List<OfflineMessage> decided(List<OfflineMessage> page) {
        synchronized (ledger) {
            for (int i = 0; i < page.size(); i++) {
                if (isWanted(page.get(i)) && ledger.isUndecided(page.get(i), skipped)) {
                    return page.subList(0, i);
                }
            }
            return page;
        }
    }

    /**
     * Takes from a page what nobody has, for its session.
     *
     * @param page what the database has behind the place where the page begins
     * @param isLast whether it has nothing behind that
     * @return what the session holds now and did not before; empty if the page is to be read anew
     */
    public Optional<Set<Mid>> claim(List<OfflineMessage> page, boolean isLast) {
        synchronized (ledger) {
            if (!ledger.isOpen() || reopened) {
                // Where the cursor is will be read anew, and then the page.
                return Optional.empty();
            }
            Set<Mid> claimed = new HashSet<>();
            long from = position;
            long cleared = isLast ? Long.MAX_VALUE : page.get(page.size() - 1).seq();
            for (OfflineMessage message : page) {
                position = message.seq();
                if (refused.contains(message.mid())) {
                    cleared = Math.min(cleared, message.seq() - 1);
                } else if (isWanted(message) && ledger.claim(message, session, skipped)) {
                    claimed.add(message.mid());
                }
            }
            atEnd = isLast;
            if (atEnd || late <= position) {
                cleared = Math.min(cleared, late - 1);
                missed = Math.min(missed, late);
                late = Long.MAX_VALUE;
            }
            ledger.cleared(from, Math.min(cleared, Math.max(last, position)), !hiddenOnly);
            return Optional.of(claimed);
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
}
