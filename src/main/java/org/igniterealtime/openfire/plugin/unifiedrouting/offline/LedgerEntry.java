package org.igniterealtime.openfire.plugin.unifiedrouting.offline;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Mid;

/** One message in a ledger: whether the database has it, who has it, and how often it is being routed. Not thread-safe. */
final class LedgerEntry<S> {

    /** How far a message is on its way to a session. */
    private enum Hold {
        /** It is meant for it: waiting behind a flood, or being written this moment. */
        MEANT,
        /** It is written, and not acknowledged. */
        SENT,
        /** It was written and never acknowledged: the session is ending. */
        LEFT
    }

    private final Mid mid;
    private final Map<S, Hold> holders = new HashMap<>(2);
    private final Set<S> takers = new HashSet<>(2);
    private boolean archived;
    private boolean committed;
    private long seq;
    private boolean taken;

    /** Nobody has it, and the database does not have it yet. */
    boolean awaited;

    /** The database knows that it is taken. */
    boolean saved;

    /** How many threads route it. */
    int routings;

    /** When the last of them began, or when the database got it, if that came later. */
    private long routedSince;

    /**
     * The how-manieth message of its account it was. The ledger's turns outlive entries, but are noted only while somebody goes
     * through the offline set, and not without end.
     */
    private long turn;

    /** While it was being routed, somebody passed it by, or lost it, who would have been given it. */
    private boolean passedBy;

    /** When somebody began to wait to be told what is to become of it; 0 if nobody does. */
    private long silentSince;

    LedgerEntry(Mid mid, boolean archived) {
        this.mid = mid;
        this.archived = archived;
    }

    Mid mid() {
        return mid;
    }

    void isHandedOver(long number) {
        turn = number;
    }

    long turn() {
        return turn;
    }

    void isRouted(long now) {
        routings++;
        routedSince = now;
    }

    /** Whether it is nobody's only as far as it has been routed. */
    boolean isUndecided() {
        return routings > 0 && isFree();
    }

    /** As {@link #isUndecided()}, and it has been for no longer than that. */
    boolean isUndecided(long now, long nanos) {
        return isUndecided() && now - routedSince <= nanos;
    }

    void isPassedBy() {
        passedBy = true;
    }

    boolean wasPassedBy() {
        return passedBy;
    }

    /** What is to become of it is not overdue. */
    void hasReport() {
        silentSince = 0;
    }

    /** How long nobody has said what is to become of it. */
    long nanosWithoutReport(long now) {
        if (silentSince == 0) {
            silentSince = now == 0 ? 1 : now;
        }
        return now - silentSince;
    }

    /** The database has it. Whoever routes it may have waited for that. */
    void commit(long place, boolean isArchived, long now) {
        committed = true;
        routedSince = now;
        seq = place;
        archived = isArchived;
    }

    boolean isCommitted() {
        return committed;
    }

    boolean isArchived() {
        return archived;
    }

    long seq() {
        return seq;
    }

    void meant(S session) {
        holders.put(session, Hold.MEANT);
    }

    /** What it has left stays so. */
    void sent(S session) {
        holders.merge(session, Hold.SENT, (before, now) -> before == Hold.LEFT ? before : now);
    }

    /** What is not with it stays as it is. */
    void left(S session) {
        holders.replace(session, Hold.LEFT);
    }

    void took(S session) {
        holders.remove(session);
        takers.add(session);
        taken = true;
    }

    /** Whoever it is, that session has it in another way. */
    void pass() {
        taken = true;
    }

    boolean isTaken() {
        return taken;
    }

    /** Returns whether it held it. */
    boolean release(S session) {
        boolean held = holders.remove(session) != null;
        passedBy |= held && isUndecided();
        return held;
    }

    /** Forgets that this session took it; that it is taken stays. */
    void forget(S session) {
        takers.remove(session);
    }

    boolean isHeld() {
        return !holders.isEmpty();
    }

    boolean isHeldBy(Predicate<S> sessions) {
        return holders.keySet().stream().anyMatch(sessions);
    }

    /** Nobody has it, or had it. */
    boolean isFree() {
        return !taken && holders.isEmpty();
    }

    boolean isWith(S session) {
        return holders.containsKey(session) || takers.contains(session);
    }

    boolean wasTakenBy(S session) {
        return takers.contains(session);
    }

    boolean isOnlyMeantFor(S session) {
        return holders.get(session) == Hold.MEANT;
    }

    boolean isSentTo(S session) {
        return holders.get(session) == Hold.SENT;
    }
}
