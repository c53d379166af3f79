package org.igniterealtime.openfire.plugin.unifiedrouting.offline;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Mid;

/**
 * The books of one account's offline set while sessions of it are bound: which message is with whom, and how far the cursor
 * (ROUTING-RULES section 6) has come. What follows for the database is asked for by {@link #changes} and written behind.
 *
 * <p>A message is <em>submitted</em>, then <em>committed</em>, which may come after all else. It is <em>routed</em>, once or,
 * when a session ends that has not acknowledged it, more often. A session <em>holds</em> it from the moment when it is meant
 * for it until it <em>took</em> it or is gone. When nobody holds a message and nobody took it, it is <em>undelivered</em>, and
 * the ledger forgets it but for its place. The cursor stands before the first message that is undelivered or held. What is
 * being routed is never forgotten: whoever took it meanwhile must not be given it again.
 *
 * <p>A cursor that is saved never passes what a session still holds. After a crash such messages are delivered again, under
 * the same MID; none is lost.
 *
 * <p>Thread-safe. No method does I/O or calls anybody.
 *
 * @param <S> what names a session; the same one always equals itself
 */
public final class OfflineLedger<S> {

    /** How long somebody is waited for who should report on a message. */
    static final Duration PATIENCE = Duration.ofSeconds(30);

    /**
     * For so long a routing keeps its message from whoever is being given the offline set; counted from when it begins, and anew
     * from the commit.
     */
    static final Duration ROUTING = Duration.ofSeconds(1);

    /** More come only where a flood takes long; the order of the oldest is not known then. */
    private static final int MOST_TURNS = 5_000;

    /** So many messages that the account has sent are soon looked through, and not worth a change of the database. */
    private static final int PASSING = 500;

    private final String owner;
    private final LongSupplier nanoTime;
    private final Map<Mid, LedgerEntry<S>> entries = new HashMap<>();
    private final Places<S> places = new Places<>();

    /** What is undelivered of the archive. */
    private final Backlog archived = new Backlog();

    /** What is undelivered and in no archive. */
    private final Backlog hidden = new Backlog();

    private final List<OfflineScan<S>> scans = new ArrayList<>();

    /** In which turn messages were handed over while somebody goes through the offline set. */
    private final Map<Mid, Long> turns = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Mid, Long> eldest) {
            return size() > MOST_TURNS;
        }
    };

    /** Saved while somebody was reading the database: what was read may not know of it yet. */
    private final List<LedgerEntry<S>> leaving = new ArrayList<>();

    private final Set<Mid> returned = new HashSet<>();
    private boolean open;

    /** What was handed over up to this number, the ledger may not know of; negative = not told yet. */
    private long unknownUpTo = -1;

    private long savedCursor;

    /** Where the cursor came to only because the account has sent something. */
    private long passing = -1;

    /**
     * The cursor is being lowered in the database, which does not know yet what is taken from now on: what the ledger's
     * own cursor passes meanwhile is behind the other one again.
     */
    private boolean lowering;

    /** The place that somebody has seen everything up to, in force when no flood is under way. */
    private long seen;

    /** Written under the lock. */
    private volatile long handed;

    private int readers;

    /** How many undelivered messages are not committed yet. */
    private int awaited;

    /** What somebody who is there would have been given is undelivered, and nobody was told. */
    private boolean leftSilently;

    public OfflineLedger(String owner) {
        this(owner, System::nanoTime);
    }

    OfflineLedger(String owner, LongSupplier nanoTime) {
        this.owner = owner;
        this.nanoTime = nanoTime;
    }

    public String owner() {
        return owner;
    }

    /**
     * Told what the database says. Until then the ledger only takes notes. All that was handed to the archive's writer
     * before the ledger existed must be committed when the mailbox is read.
     */
    public synchronized void opened(OfflineMailbox mailbox) {
        open = true;
        places.reset(mailbox.cursorSeq(), mailbox.lastSeq());
        savedCursor = mailbox.cursorSeq();
        passing = -1;
        archived.reset(mailbox.cursorSeq(), places.high());
        hidden.reset(0, places.high());
        scans.forEach(scan -> scan.reopened(mailbox.cursorSeq()));
        for (LedgerEntry<S> entry : List.copyOf(entries.values())) {
            if (entry.isCommitted()) {
                places.add(entry);
                forgetIfDone(entry);
            }
        }
        settle();
        passSeen();
    }

    /**
     * Up to where the archive's writer has to be done before the mailbox is read.
     *
     * @return negative as long as {@link #unknownUpTo(long)} has not been called
     */
    public synchronized long unknownUpTo() {
        return unknownUpTo;
    }

    /**
     * As {@link #unknownUpTo()}.
     *
     * @param handed the number of what was handed over last. The first one counts: from then on the ledger is told
     */
    public synchronized long unknownUpTo(long handed) {
        if (unknownUpTo < 0) {
            unknownUpTo = handed;
        }
        return unknownUpTo;
    }

    /** Whether {@link #opened} has to be called, for the first time or again. */
    public synchronized boolean isOpen() {
        return open;
    }

    /**
     * A message that may have to be delivered later is on its way into the database, and begins to be routed.
     *
     * @param archived whether the archive will show it; else it is kept until it is delivered
     */
    public synchronized void submitted(Mid mid, boolean archived) {
        LedgerEntry<S> entry = entries.computeIfAbsent(mid, unknown -> new LedgerEntry<>(unknown, archived));
        entry.isRouted(nanoTime.getAsLong());
        handed++;
        entry.isHandedOver(handed);
        if (!scans.isEmpty()) {
            turns.putIfAbsent(mid, handed);
        }
    }

    /** How many messages have been handed over. Takes no lock. */
    public long handed() {
        return handed;
    }

    /**
     * The how-manieth message this was.
     *
     * @return 0 if it came before somebody began to go through the offline set, or if that is not known
     */
    public synchronized long turnOf(Mid mid) {
        return turns.getOrDefault(mid, 0L);
    }

    /** A submitted message will not be in the database. */
    public synchronized void failed(Mid mid) {
        LedgerEntry<S> entry = entries.get(mid);
        if (entry != null && !entry.isCommitted()) {
            entries.remove(mid);
            isAwaited(entry, false);
        }
    }

    /** Something is in the archive at this place that needs no delivery, and all that stands before it was told before. */
    public synchronized void reached(long seq) {
        long before = places.cursor();
        places.reach(seq);
        settle();
        if (before == savedCursor || before == passing) {
            passing = places.cursor();
        }
    }

    private void isAwaited(LedgerEntry<S> entry, boolean isAwaited) {
        if (entry.awaited != isAwaited) {
            entry.awaited = isAwaited;
            awaited += isAwaited ? 1 : -1;
        }
    }

    /**
     * A message is in the database.
     *
     * @param archived whether the archive shows it; else it is kept until it is delivered
     * @param eligible whether it may have to be delivered later
     */
    public synchronized void committed(Mid mid, long seq, boolean archived, boolean eligible) {
        places.reach(seq);
        if (!eligible) {
            failed(mid);
        } else {
            // One that nobody knows was submitted before the ledger was there: nobody could tell it what became of it.
            commit(entries.computeIfAbsent(mid, unknown -> new LedgerEntry<>(unknown, archived)), seq, archived);
        }
        settle();
    }

    private void commit(LedgerEntry<S> entry, long seq, boolean archived) {
        if (entry.isCommitted()) {
            return;
        }
        entry.commit(seq, archived, nanoTime.getAsLong());
        if (entry.awaited) {
            isAwaited(entry, false);
            leaveUndelivered(entry);
        } else {
            places.add(entry);
        }
    }

    /**
     * What a session holds that was there before the ledger.
     *
     * @param messages of the offline set
     */
    public synchronized void found(Collection<OfflineMessage> messages, S session) {
        for (OfflineMessage message : messages) {
            known(message).sent(session);
        }
    }

    /** What is known of a message that reaches a session. */
    public enum Meant {
        /** It is with that session from now on. */
        NOTED,
        /** The session has it, or had it, already. */
        BEFORE,
        /** It is not in the books. */
        UNKNOWN
    }

    /** A message that is being routed reaches a session. */
    public synchronized Meant reaches(Mid mid, S session) {
        LedgerEntry<S> entry = entries.get(mid);
        if (entry == null) {
            return Meant.UNKNOWN;
        }
        if (entry.isWith(session)) {
            return Meant.BEFORE;
        }
        isAwaited(entry, false);
        entry.meant(session);
        return Meant.NOTED;
    }

    /**
     * As {@link #reaches}.
     *
     * @return whether the session may have it: false if it has it, or had it, already
     */
    public boolean meant(Mid mid, S session) {
        return reaches(mid, session) != Meant.BEFORE;
    }

    /** A message that is being routed will reach a session as an entry of the archive, if it has one. */
    public synchronized void meantAsEntry(Mid mid, S session) {
        LedgerEntry<S> entry = entries.get(mid);
        if (entry != null && entry.isArchived()) {
            meant(mid, session);
        }
    }

    /** What was meant for a session is written to it, and waits to be acknowledged. */
    public synchronized void sent(Mid mid, S session) {
        LedgerEntry<S> entry = entries.get(mid);
        if (entry != null && !entry.wasTakenBy(session)) {
            isAwaited(entry, false);
            entry.sent(session);
        }
    }

    /** A session took a message. */
    public synchronized void took(Mid mid, S session) {
        LedgerEntry<S> entry = entries.get(mid);
        if (entry != null) {
            isAwaited(entry, false);
            entry.took(session);
            forgetIfDone(entry);
            settle();
        }
    }

    /** A session acknowledged a message that was written to it. What it has left unacknowledged stays so. */
    public synchronized void acknowledged(Mid mid, S session) {
        LedgerEntry<S> entry = entries.get(mid);
        if (entry != null && entry.isSentTo(session)) {
            took(mid, session);
        }
    }

    /** What was written to a session, and is not acknowledged as far as is known. */
    public synchronized Set<Mid> awaiting(S session) {
        Set<Mid> open = new HashSet<>();
        for (LedgerEntry<S> entry : entries.values()) {
            if (entry.isSentTo(session)) {
                open.add(entry.mid());
            }
        }
        return open;
    }

    /** Whether a session holds this message or took it. */
    public synchronized boolean isWith(Mid mid, S session) {
        LedgerEntry<S> entry = entries.get(mid);
        return entry != null && entry.isWith(session);
    }

    /** Whether a message is meant for a session, and not written to it. */
    public synchronized boolean isOnlyMeant(Mid mid, S session) {
        LedgerEntry<S> entry = entries.get(mid);
        return entry != null && entry.isOnlyMeantFor(session);
    }

    /** Whether it is in the books. What is undelivered and committed is not, and what is taken and saved is not. */
    public synchronized boolean knows(Mid mid) {
        return entries.containsKey(mid);
    }

    /**
     * Whether some session holds this message or took it, whichever.
     *
     * @param isThere whether one that holds it may still take it
     */
    public synchronized boolean isWithSomebody(Mid mid, Predicate<S> isThere) {
        LedgerEntry<S> entry = entries.get(mid);
        return entry != null && (entry.isTaken() || entry.isHeldBy(isThere));
    }

    /** A session did not get what was meant for it. What becomes of it is not known yet. */
    public synchronized void released(Mid mid, S session) {
        LedgerEntry<S> entry = entries.get(mid);
        if (entry != null) {
            entry.release(session);
            forgetIfDone(entry);
            settle();
        }
    }

    /** A session that is ending has not acknowledged a message, and will not. It holds it until it is gone. */
    public synchronized void left(Mid mid, S session) {
        LedgerEntry<S> entry = entries.get(mid);
        if (entry != null) {
            entry.left(session);
        }
    }

    /** A message begins to be routed once more, because a session ends that has not acknowledged it. */
    public synchronized void routedAgain(Mid mid) {
        LedgerEntry<S> entry = entries.get(mid);
        if (entry != null) {
            entry.isRouted(nanoTime.getAsLong());
            entry.hasReport();
        }
    }

    /**
     * The routing of a message is over.
     *
     * @return whether it is undelivered, and somebody may be there who would have been given it, had that been known earlier
     */
    public synchronized boolean routed(Mid mid) {
        LedgerEntry<S> entry = entries.get(mid);
        if (entry == null) {
            return false;
        }
        entry.routings = Math.max(0, entry.routings - 1);
        boolean isLeft = entry.routings == 0 && entry.isFree() && entry.wasPassedBy();
        decideIfFree(entry);
        settle();
        return isLeft;
    }

    /**
     * All who were to be given a message have been. What that means for it is decided when it is not being routed any more.
     *
     * @return whether it is with somebody
     */
    public synchronized boolean isGivenToAll(Mid mid) {
        LedgerEntry<S> entry = entries.get(mid);
        if (entry == null) {
            return false;
        }
        decideIfFree(entry);
        settle();
        return !entry.isFree();
    }

    private void decideIfFree(LedgerEntry<S> entry) {
        if (!entry.isFree()) {
            forgetIfDone(entry);
        } else if (entry.routings == 0) {
            becomeUndelivered(entry);
        }
    }

    /** A message that the ledger knows nothing of, and whoever had it, turns out undelivered. */
    public synchronized void returned(Mid mid) {
        if (!entries.containsKey(mid)) {
            returned.add(mid);
        }
    }

    /** A session is gone. What it held is undelivered, unless somebody else has it. */
    public synchronized void gone(S session) {
        List<LedgerEntry<S>> left = new ArrayList<>();
        for (LedgerEntry<S> entry : entries.values()) {
            entry.forget(session);
            if (entry.release(session)) {
                left.add(entry);
            }
        }
        left.forEach(this::decideIfFree);
        settle();
    }

    /**
     * A session does not get what is meant for it and not written to it yet. That is undelivered, unless somebody else has it;
     * what was written to it stays with it.
     */
    public synchronized void meantNoMore(S session) {
        List<LedgerEntry<S>> released = new ArrayList<>();
        for (LedgerEntry<S> entry : entries.values()) {
            if (entry.isOnlyMeantFor(session)) {
                entry.release(session);
                released.add(entry);
            }
        }
        released.forEach(this::decideIfFree);
        settle();
    }

    private void becomeUndelivered(LedgerEntry<S> entry) {
        if (entry.isCommitted()) {
            leaveUndelivered(entry);
        } else {
            isAwaited(entry, true);
        }
    }

    private void leaveUndelivered(LedgerEntry<S> entry) {
        entries.remove(entry.mid());
        if (places.isPassed(entry)) {
            return;
        }
        places.remove(entry);
        (entry.isArchived() ? archived : hidden).add(entry.seq());
        scans.forEach(scan -> scan.missed(entry.seq()));
    }

    /** Somebody has seen all that is archived up to a place. Nobody is flooded with it from now on. */
    public synchronized void seenUpTo(long seq) {
        seen = Math.max(seen, seq);
        passSeen();
    }

    /**
     * A session is subscribed: it has seen all that is archived up to a place, and is going to be told of whatever is behind
     * that, committed by now or on its way.
     */
    public synchronized void subscribed(long seq, S session) {
        seenUpTo(open ? Math.max(seq, places.high()) : seq);
        if (scans.stream().anyMatch(scan -> !scan.isHiddenOnly())) {
            // Whoever is being given the offline set gets it, too.
            return;
        }
        for (LedgerEntry<S> entry : List.copyOf(entries.values())) {
            if (!entry.isCommitted() && entry.isFree()) {
                meantAsEntry(entry.mid(), session);
            }
        }
    }

    private void passSeen() {
        if (scans.isEmpty() && seen > places.cursor() && open) {
            places.pass(seen);
            archived.cleared(archived.after(), seen);
            settle();
        }
    }

    /**
     * The offline set begins to be given to a session. Until the end of that, what others see does not keep it from being
     * given.
     *
     * @param hiddenOnly whether nothing is wanted that an archive shows
     */
    public synchronized OfflineScan<S> scan(S session, boolean hiddenOnly) {
        OfflineScan<S> scan =
                new OfflineScan<>(this, session, hiddenOnly, new OfflineScan.Start(seen, handed), nanoTime);
        scans.add(scan);
        return scan;
    }

    /** Messages that are with nobody have been taken out of the offline set. */
    synchronized void removed(Collection<Mid> mids) {
        scans.forEach(scan -> scan.removed(mids));
    }

    synchronized void scanEnds(OfflineScan<S> scan) {
        if (scans.remove(scan) && scan.hasBegun()) {
            undecided(scan).forEach(LedgerEntry::isPassedBy);
        }
        if (scans.isEmpty()) {
            turns.clear();
        }
        passSeen();
    }

    /** Somebody is going to read the offline set. Returns the last place at which a message may be undelivered now. */
    synchronized long readBegins() {
        readers++;
        return Math.max(archived.upTo(), hidden.upTo());
    }

    /** What was read has been claimed, as far as it is wanted. */
    synchronized void readEnds() {
        readers--;
        if (readers == 0) {
            List<LedgerEntry<S>> done = List.copyOf(leaving);
            leaving.clear();
            done.forEach(this::forgetIfDone);
        }
    }

    /**
     * A message of the offline set is to be given to a session.
     *
     * @param skipped what is archived up to here is passed over
     * @return whether it may be: false if some session has it or had it
     */
    boolean claim(OfflineMessage message, S session, long skipped) {
        if (isSeen(message, skipped)) {
            return false;
        }
        LedgerEntry<S> entry = known(message);
        if (!entry.isFree()) {
            return false;
        }
        entry.meant(session);
        return true;
    }

    private boolean isSeen(OfflineMessage message, long skipped) {
        return message.archived() && message.seq() <= Math.max(places.cursor(), skipped);
    }

    /**
     * Whether a message of the offline set may be somebody's the next moment: it is in the database before it has come to those
     * who are there.
     *
     * @param skipped what is archived up to here is passed over
     */
    boolean isUndecided(OfflineMessage message, long skipped) {
        LedgerEntry<S> entry = entries.get(message.mid());
        if (entry == null || isSeen(message, skipped)) {
            return false;
        }
        // It is committed, as the page shows, and the ledger is about to be told.
        boolean isJustCommitted = !entry.isCommitted() && entry.isUndecided();
        return isJustCommitted || entry.isUndecided(nanoTime.getAsLong(), ROUTING.toNanos());
    }

    /** Whether some message may still turn out undelivered because a session was not there when somebody was looked for. */
    boolean isUndecided(OfflineScan<S> scan) {
        long now = nanoTime.getAsLong();
        return undecided(scan).anyMatch(entry -> entry.isUndecided(now, ROUTING.toNanos()));
    }

    /** What was handed over before a session was there, and is nobody's as far as it has been routed. */
    private Stream<LedgerEntry<S>> undecided(OfflineScan<S> scan) {
        return entries.values().stream()
                .filter(entry -> entry.isUndecided()
                        && entry.turn() <= scan.handedBefore()
                        && !(scan.isHiddenOnly() && entry.isArchived()));
    }

    private LedgerEntry<S> known(OfflineMessage message) {
        LedgerEntry<S> entry =
                entries.computeIfAbsent(message.mid(), mid -> new LedgerEntry<>(mid, message.archived()));
        isAwaited(entry, false);
        commit(entry, message.seq(), message.archived());
        return entry;
    }

    /** All that is undelivered between two places, the second one included, has been claimed. */
    void cleared(long from, long to, boolean alsoArchived) {
        hidden.cleared(from, to);
        if (alsoArchived) {
            archived.cleared(from, to);
        }
        settle();
    }

    /** Whether a message is undelivered that is not in the database yet. */
    public synchronized boolean awaitsCommit() {
        return awaited > 0;
    }

    /** Whether, as far as is known, some message is undelivered. */
    public synchronized boolean mayHaveUndelivered() {
        return !open || !archived.isEmpty() || !hidden.isEmpty() || awaited > 0;
    }

    public synchronized long cursor() {
        return Math.max(places.cursor(), seen);
    }

    private void settle() {
        if (open) {
            places.advance(archived).forEach(this::forgetIfDone);
        }
    }

    /**
     * An entry is kept while the database does not know what became of it, while a session may still send it back, and while
     * it is being routed.
     */
    private void forgetIfDone(LedgerEntry<S> entry) {
        if (!entry.isCommitted() || !entry.isTaken() || entry.isHeld() || entry.routings > 0) {
            return;
        }
        boolean passed = places.isPassed(entry);
        if (passed ? lowering || !open : !entry.saved) {
            return;
        }
        if (!passed && readers > 0) {
            leaving.add(entry);
        } else {
            entries.remove(entry.mid(), entry);
        }
    }

    /** What the database has to learn; empty if it knows everything. To be followed by {@link #saved} if that succeeds. */
    public synchronized Optional<OfflineChange> changes() {
        if (!open) {
            return Optional.empty();
        }
        giveUpWaiting();
        settle();
        Set<Mid> taken = new HashSet<>();
        for (LedgerEntry<S> entry : entries.values()) {
            if (entry.isCommitted() && entry.isTaken() && !entry.saved && !places.isPassed(entry)) {
                taken.add(entry.mid());
            }
        }
        long cursor = places.cursor();
        boolean isMoved = cursor != savedCursor && (cursor != passing || cursor - savedCursor >= PASSING);
        if (!isMoved && taken.isEmpty() && returned.isEmpty()) {
            return Optional.empty();
        }
        lowering = !returned.isEmpty();
        OptionalLong moved = isMoved ? OptionalLong.of(cursor) : OptionalLong.empty();
        return Optional.of(new OfflineChange(owner, moved, taken, returned));
    }

    /** Another plugin may reject a message, or routing it may fail. Nobody says so. */
    private void giveUpWaiting() {
        List<LedgerEntry<S>> silent = new ArrayList<>();
        long now = nanoTime.getAsLong();
        for (LedgerEntry<S> entry : entries.values()) {
            boolean isWaiting = entry.isCommitted() && (entry.routings > 0 || entry.isFree());
            if (!isWaiting) {
                entry.hasReport();
            } else if (entry.nanosWithoutReport(now) > PATIENCE.toNanos()) {
                silent.add(entry);
            }
        }
        for (LedgerEntry<S> entry : silent) {
            entry.routings = 0;
            leftSilently |= entry.isFree() && entry.wasPassedBy();
            decideIfFree(entry);
        }
    }

    /**
     * Whether something has become undelivered without a word of whoever routed it, and somebody may be there who would have been
     * given it. Says so once.
     */
    public synchronized boolean collectLeft() {
        boolean isLeft = leftSilently;
        leftSilently = false;
        return isLeft;
    }

    /** A change is in the database. */
    public synchronized void saved(OfflineChange change) {
        savedCursor = Math.max(savedCursor, change.cursor().orElse(savedCursor));
        for (Mid mid : change.taken()) {
            LedgerEntry<S> entry = entries.get(mid);
            if (entry != null) {
                entry.saved = true;
                places.remove(entry);
                forgetIfDone(entry);
            }
        }
        if (!change.returned().isEmpty()) {
            returned.removeAll(change.returned());
            // Where the cursor is now, the database has decided.
            open = false;
            lowering = false;
            seen = 0;
        }
        settle();
    }

    /** How many messages it has in mind; for tests, and for whoever watches memory. */
    public synchronized int size() {
        return entries.size();
    }
}
