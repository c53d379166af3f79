package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.dom4j.DocumentException;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Mid;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.StoreUnavailable;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineLedger;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineLedgers;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineMessage;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineScan;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineScan.Claimed;
import org.igniterealtime.openfire.plugin.unifiedrouting.rules.Audience;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xmpp.packet.JID;
import org.xmpp.packet.Message;

/**
 * One session is given its account's offline set, step by step and in order (ROUTING-RULES section 6); what comes live waits
 * behind its gate and follows, or comes all the same if this is an addition. Whose turn it is, {@link Floods} knows. Used by
 * one thread at a time.
 */
final class Flood {

    private static final Logger Log = LoggerFactory.getLogger(Flood.class);

    /** Openfire forgets what is unacknowledged above ten times as much. */
    private static final int MOST_UNACKNOWLEDGED = 1_000;

    /** What a connection may have to write while it is given more: enough that it is never idle. */
    private static final long MOST_UNWRITTEN = 64 * 1024;

    /** What it may have to write in the middle of a page. COMPAT(4.2): a session that has 5 MB to write is ended. */
    private static final long MOST_IN_A_PAGE = 512 * 1024;

    /** Parked messages that are given in one step. */
    private static final int MOST_AT_ONCE = 100;

    /** How long the end of another session is waited for. Openfire routes once more what that one did not acknowledge. */
    private static final long MOST_ENDING_NANOS = TimeUnit.SECONDS.toNanos(30);

    enum Step {
        /** There may be more. */
        ON,
        /** The client, its connection, a commit or the end of a routing has to be waited for. */
        WAIT,
        /** The session has got everything, or is gone. */
        DONE
    }

    /** Makes the pages of one session's way. */
    interface Pages {

        FloodPages of(String account, JID bareJid, OfflineScan<Holder> scan);
    }

    /**
     * What all floods need.
     *
     * @param isStopped whether nobody is given anything any more
     */
    record Parts(
            ClientConnections connections,
            ClientStates states,
            DeliveryWatch watch,
            AccountStates accountStates,
            BlockLists blockLists,
            OfflineLedgers<Holder> ledgers,
            Accounts accounts,
            Judge judge,
            Pages pages,
            BooleanSupplier isStopped) {}

    private final Parts parts;
    private final ClientState state;
    private final boolean hiddenOnly;
    private final boolean isAddition;
    private final OfflineLedger<Holder> ledger;
    private final OfflineScan<Holder> scan;
    private final JID bareJid;
    private final FloodPages pages;

    /** What is to be given next, in this order. */
    private final Deque<Due> due = new ArrayDeque<>();

    /** Everything that is wanted is given; what is left is to see that it was written. */
    private boolean isGiven;

    private int pauses;

    /** How much it was given since it was seen last that its connection had written everything. */
    private int unwritten;

    /** Another flood gives the session everything. */
    private volatile boolean replaced;

    /** When the end of another session began to be waited for; 0 if none is. */
    private long endingSince;

    /**
     * @param hiddenOnly whether only what the archive does not show is given
     * @param isAddition whether the session goes on receiving live messages meanwhile
     */
    Flood(Parts parts, ClientState state, boolean hiddenOnly, boolean isAddition) {
        this.parts = parts;
        this.state = state;
        this.hiddenOnly = hiddenOnly;
        this.isAddition = isAddition;
        this.ledger = state.ledger();
        this.scan = ledger.scan(state.raw(), hiddenOnly);
        this.bareJid = parts.accounts().bareJid(state.key().account());
        this.pages = parts.pages().of(state.key().account(), bareJid, scan);
    }

    /** Gives what it can. It never fails: what cannot be given stays undelivered. */
    Step advance() {
        Step step;
        try {
            step = next();
        } catch (StoreUnavailable e) {
            // It is tried again soon, for each session: whoever saves the cursors says that the database fails.
            Log.debug("The offline set of '{}' cannot be read; it is kept.", bareJid, e);
            state.owes();
            step = Step.DONE;
        } catch (RuntimeException | Error e) {
            // Whoever comes after it must not wait for ever.
            Log.error("Giving '{}' its offline messages failed.", state.key().jid(), e);
            step = Step.DONE;
        }
        pauses = step == Step.WAIT ? pauses + 1 : 0;
        return step;
    }

    private Step next() {
        // What was written to a session that is not available any more may have been taken all the same.
        isGiven |= isUnwanted();
        if (isOver()) {
            return Step.DONE;
        }
        if (mustWait() || !isGiven && awaitsEnd()) {
            return Step.WAIT;
        }
        Step step = isGiven ? Step.DONE : step();
        if (step == Step.DONE && !isGiven && !isOver()) {
            isGiven = true;
            return mustWait() ? Step.WAIT : Step.DONE;
        }
        return step;
    }

    /** How often it has had to wait since it got on last, or had its turn again. */
    int pauses() {
        return pauses;
    }

    /** Others have their turn. What has been read is not kept meanwhile. */
    void leaveTurn() {
        pages.drop();
    }

    /** Whether it has something to do after all. */
    boolean canGoOn() {
        try {
            return isOver() || !mustWait();
        } catch (RuntimeException e) {
            // What fails ends in its turn.
            return true;
        }
    }

    void comesBack() {
        pauses = 0;
    }

    ClientState state() {
        return state;
    }

    boolean isAddition() {
        return isAddition;
    }

    /** Whether an addition is needless, because this one has not looked at anything yet and gives its session the same. */
    boolean covers(Flood addition) {
        return state == addition.state && (addition.hiddenOnly || !hiddenOnly);
    }

    /** Another flood gives its session everything. */
    void isReplaced() {
        replaced = true;
    }

    /** Nothing is read for it any more. */
    void close() {
        scan.close();
    }

    private boolean isOver() {
        return replaced || state.isGone() || !parts.accountStates().isReachable(state);
    }

    /** Whether it takes the place of another one, which gives everything to the same session. */
    boolean replaces(Flood other) {
        return other != this && other.state == state && !other.isAddition;
    }

    private boolean isUnwanted() {
        return !isAddition && !AccountStates.isAvailable(state);
    }

    private boolean mustWait() {
        if (parts.connections().isDetached(state.session())) {
            return true;
        }
        long bytes = parts.connections().unwrittenBytes(state.session());
        if (parts.connections().countsAcknowledgements(state.session())) {
            return !isGiven && bytes > MOST_UNWRITTEN
                    || parts.connections().unacknowledged(state.session()).stanzas() >= MOST_UNACKNOWLEDGED;
        }
        if (bytes > 0) {
            return isGiven || bytes > MOST_UNWRITTEN || unwritten >= MOST_UNACKNOWLEDGED;
        }
        // Who does not acknowledge took what his connection took.
        parts.watch().sweep(state);
        unwritten = 0;
        return false;
    }

    /** What a session that is ending has, comes before what follows it. */
    private boolean awaitsEnd() {
        boolean isEnding = parts.states().of(state.key().account()).stream()
                .anyMatch(other -> other != state && parts.accountStates().isEnding(other));
        if (!isEnding) {
            endingSince = 0;
            return false;
        }
        long now = System.nanoTime();
        if (endingSince == 0) {
            endingSince = now;
        }
        return now - endingSince < MOST_ENDING_NANOS;
    }

    private Step step() {
        if (!parts.ledgers().tryOpen(ledger)) {
            return Step.WAIT;
        }
        if (due.isEmpty() && !scan.isComplete() && !read()) {
            return Step.WAIT;
        }
        return giveDue() ? drain() : Step.ON;
    }

    /**
     * Something that is to be given.
     *
     * @param row its entry in the offline set; empty if it was parked before what follows, and comes with it
     * @param parked empty if it is only in the offline set, and claimed
     */
    private record Due(Optional<OfflineMessage> row, Optional<Message> parked) {}

    /** Returns false if what comes next is not to be had yet. */
    private boolean read() {
        try {
            List<OfflineMessage> page = pages.next();
            Claimed taken = scan.claim(page, pages.isLast()).orElse(null);
            if (taken == null) {
                return false;
            }
            List<OfflineMessage> rows = taken.rows();
            Set<Mid> claimed = taken.mids();
            pages.claimed(rows, claimed);
            for (OfflineMessage row : rows) {
                if (claimed.contains(row.mid())) {
                    state.discard(row.mid());
                    due.add(new Due(Optional.of(row), Optional.empty()));
                } else if (!hiddenOnly) {
                    // Else what is parked is no part of what is given, and keeps its order.
                    unpark(row);
                }
            }
            if (rows.size() == page.size()) {
                // Else the next one begins with what is not to be had yet.
                pages.readAhead();
            }
            return true;
        } finally {
            pages.done();
        }
    }

    private void unpark(OfflineMessage row) {
        List<Message> turn = state.unpark(row.mid());
        for (int i = 0; i < turn.size(); i++) {
            boolean isLast = i == turn.size() - 1;
            due.add(new Due(isLast ? Optional.of(row) : Optional.empty(), Optional.of(turn.get(i))));
        }
    }

    /** Returns false if there is more, which has to wait. */
    private boolean giveDue() {
        for (Due next = due.peek(); next != null; next = due.peek()) {
            if (parts.isStopped().getAsBoolean()
                    || parts.connections().unwrittenBytes(state.session()) > MOST_IN_A_PAGE) {
                return false;
            }
            Optional<Message> before = parkedBefore(next);
            if (before.isPresent()) {
                write(before.get());
            } else {
                due.remove();
                give(next);
            }
        }
        pages.given();
        return !parts.isStopped().getAsBoolean();
    }

    /** What came while the set is given, and was nobody's at first, is in it behind what had been parked by then. */
    private Optional<Message> parkedBefore(Due next) {
        if (isAddition || next.parked().isPresent()) {
            return Optional.empty();
        }
        OfflineMessage row = next.row().orElseThrow();
        return state.nextBefore(ledger.turnOf(row.mid()), ServerWrapper.bare(row.peer()));
    }

    private void give(Due next) {
        if (next.row().isEmpty()) {
            write(next.parked().orElseThrow());
            return;
        }
        OfflineMessage row = next.row().get();
        try {
            give(row, next.parked().isPresent() ? next.parked().get() : pages.message(row), next);
        } catch (DocumentException | IllegalArgumentException e) {
            Log.error("Message {} in the offline set of '{}' is not XML.", row.mid(), bareJid, e);
            ledger.took(row.mid(), state.raw());
        } catch (StoreUnavailable e) {
            scan.refuse(row.mid());
            throw e;
        } catch (RuntimeException e) {
            Log.error("Message {} in the offline set of '{}' cannot be given; it is kept.", row.mid(), bareJid, e);
            scan.refuse(row.mid());
        }
    }

    private void give(OfflineMessage row, Message message, Due due) {
        if (parts.blockLists().blocksIncoming(state.key().account(), message)) {
            // Blocked since: its owner does not want it any more.
            ledger.took(row.mid(), state.raw());
        } else if (state.isGone() || isNoHeir(due, row) && isForOneClient(message)) {
            scan.refuse(row.mid());
        } else {
            write(message);
            if (ledger.isOnlyMeant(row.mid(), state.raw())) {
                // Another plugin has rejected it, or the connection is closed.
                scan.refuse(row.mid());
            }
        }
    }

    private void write(Message message) {
        unwritten++;
        parts.watch().give(state, message);
    }

    /** Whether the session was there when a message found nobody. */
    private boolean isNoHeir(Due due, OfflineMessage row) {
        return isAddition || due.parked().isEmpty() && ledger.turnOf(row.mid()) > scan.handedBefore();
    }

    /** Such a message waits for the client that it was sent to, or for the next one that comes. */
    private boolean isForOneClient(Message message) {
        return parts.judge().judge(message).verdict().audience() == Audience.ONE_CLIENT
                && !state.key().jid().equals(message.getTo());
    }

    /**
     * Gives what is parked when nothing is left that comes before it: what was handed over before it is parked, too, or
     * undelivered and awaited, or undelivered and in the database, and never goes back from one to the other.
     */
    private Step drain() {
        for (int i = 0; i < MOST_AT_ONCE; i++) {
            boolean isLast = !state.hasParked();
            // Whoever looks for the recipients of such a message may have looked before this session was there.
            boolean isUndecided = (isAddition || isLast) && scan.isUndecided();
            boolean awaits = ledger.awaitsCommit();
            if (!scan.isComplete()) {
                return Step.ON;
            }
            if (isUndecided || awaits) {
                // What is in nobody's hands and cannot be read yet comes next.
                return Step.WAIT;
            }
            if (isAddition) {
                return Step.DONE;
            }
            if (isLast) {
                if (state.open()) {
                    return Step.DONE;
                }
            } else {
                state.nextOrOpen().ifPresent(this::write);
                if (parts.connections().unwrittenBytes(state.session()) > MOST_UNWRITTEN) {
                    return Step.ON;
                }
            }
        }
        return Step.ON;
    }

    /** What it has in hand, and does not come to. */
    void giveBack() {
        for (Due next = due.poll(); next != null; next = due.poll()) {
            try {
                if (next.row().isPresent()) {
                    scan.refuse(next.row().get().mid());
                } else {
                    write(next.parked().orElseThrow());
                }
            } catch (RuntimeException e) {
                // Whoever comes after it must not wait for ever.
                Log.error("A message for '{}' cannot be given.", state.key().jid(), e);
            }
        }
    }

    /**
     * It is over; its gate is opened.
     *
     * @return whether something was left behind while it saw to what it had given
     */
    boolean end() {
        pages.drop();
        giveBack();
        if (!isAddition && !replaced && parts.accountStates().isReachable(state)) {
            // Nothing may stay behind a gate that nobody opens any more.
            Optional<Message> live = state.nextOrOpen();
            while (live.isPresent()) {
                write(live.get());
                live = state.nextOrOpen();
            }
        }
        return !scan.closeComplete() && isGiven;
    }
}
