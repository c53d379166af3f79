package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.stream.Stream;
import org.dom4j.DocumentException;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Mid;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.StoreUnavailable;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineLedger;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineLedgers;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineMessage;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineScan;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineStore;
import org.igniterealtime.openfire.plugin.unifiedrouting.rules.Audience;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xmpp.packet.JID;
import org.xmpp.packet.Message;

/**
 * Gives sessions their account's offline set (ROUTING-RULES section 6): in order, page by page, on threads of its own. While
 * a session is given it, what comes live waits behind its gate. One session of an account is given it at a time; the others
 * wait their turn and get what that one could not be given. No more is written ahead than the client acknowledges, or its
 * connection takes. Thread-safe.
 */
public final class Floods {

    private static final Logger Log = LoggerFactory.getLogger(Floods.class);

    /** Openfire forgets what is unacknowledged above ten times as much. */
    private static final int MOST_UNACKNOWLEDGED = 1_000;

    /** What a connection may have to write while it is given more: enough that it is never idle. */
    private static final long MOST_UNWRITTEN = 64 * 1024;

    /** What it may have to write in the middle of a page. COMPAT(4.2): a session that has 5 MB to write is ended. */
    private static final long MOST_IN_A_PAGE = 512 * 1024;

    /** Parked messages that are given in one step. */
    private static final int MOST_AT_ONCE = 100;

    /** Pages that are kept before they are asked for, however many floods wait for their turn on a thread. */
    private static final int MOST_AHEAD = 4;

    private static final long SHORT_PAUSE_MILLIS = 1;
    private static final long PAUSE_MILLIS = 20;
    private static final int SHORT_PAUSES = 10;
    private static final long LONG_PAUSE_MILLIS = 500;

    /** How long a page takes at most; else its client does not read, and nobody waits for that. */
    private static final long MOST_GIVING_SECONDS = 5;

    /** After so many pauses in a row a session that does not get on leaves its turn to others. */
    private static final int PATIENCE = 100;

    /** How long the end of another session is waited for. Openfire routes once more what that one did not acknowledge. */
    private static final long MOST_ENDING_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final ClientConnections connections;
    private final ClientStates states;
    private final DeliveryWatch watch;
    private final AccountStates accountStates;
    private final BlockLists blockLists;
    private final OfflineLedgers<Holder> ledgers;
    private final OfflineStore store;
    private final Accounts accounts;
    private final Judge judge;
    private final ScheduledExecutorService executor;
    private final ConcurrentMap<String, Turns> byAccount = new ConcurrentHashMap<>();
    private final Semaphore aheads = new Semaphore(MOST_AHEAD);

    /** Those who give hold it to read; nobody gives any more when it was held to write. */
    private final ReentrantReadWriteLock giving = new ReentrantReadWriteLock();

    private volatile boolean stopped;

    public Floods(
            ClientConnections connections,
            ClientStates states,
            DeliveryWatch watch,
            AccountStates accountStates,
            BlockLists blockLists,
            OfflineLedgers<Holder> ledgers,
            OfflineStore store,
            Accounts accounts,
            Judge judge,
            ScheduledExecutorService executor) {
        this.connections = connections;
        this.states = states;
        this.watch = watch;
        this.accountStates = accountStates;
        this.blockLists = blockLists;
        this.ledgers = ledgers;
        this.store = store;
        this.accounts = accounts;
        this.judge = judge;
        this.executor = executor;
    }

    /** The sessions of an account that are to be given its offline set. */
    private static final class Turns {

        /** The first one is being given it. */
        final Deque<Flood> waiting = new ArrayDeque<>();

        /** They have begun and cannot go on now: nobody waits for them. */
        final Set<Flood> stalled = new HashSet<>();

        boolean isEmpty() {
            return waiting.isEmpty() && stalled.isEmpty();
        }

        /** Queues it. Returns whether it is its turn. */
        boolean isFirst(Flood flood) {
            waiting.add(flood);
            return waiting.size() == 1;
        }

        /**
         * A session is given everything anew: whatever was to give it that before gives it nothing more.
         *
         * @return those that will never have their turn; they may have something in hand
         */
        List<Flood> replace(Flood full) {
            waiting.forEach(other -> other.replaced |= full.replaces(other));
            List<Flood> idle = new ArrayList<>();
            waiting.stream().skip(1).filter(full::replaces).forEach(idle::add);
            stalled.stream().filter(full::replaces).forEach(idle::add);
            for (Flood other : idle) {
                waiting.remove(other);
                stalled.remove(other);
                other.replaced = true;
                other.scan.close();
            }
            return idle;
        }

        /** Whether one that is going to look at everything makes this one needless. */
        boolean cover(Flood addition) {
            return Stream.concat(waiting.stream().skip(1), stalled.stream())
                    .anyMatch(other -> other.state == addition.state && (addition.hiddenOnly || !other.hiddenOnly));
        }
    }

    /** Nobody is given anything any more, as long as somebody watches what is written. What is left stays undelivered. */
    void stop() {
        stopped = true;
        try {
            if (giving.writeLock().tryLock(MOST_GIVING_SECONDS, TimeUnit.SECONDS)) {
                try {
                    all().forEach(Flood::giveBack);
                } finally {
                    giving.writeLock().unlock();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private List<Flood> all() {
        List<Flood> all = new ArrayList<>();
        for (String account : byAccount.keySet()) {
            byAccount.computeIfPresent(account, (same, turns) -> {
                all.addAll(turns.waiting);
                all.addAll(turns.stalled);
                return turns;
            });
        }
        return all;
    }

    /** Begins, if this session is to be given the offline set and is not yet. Returns at once; its gate is closed then. */
    void begin(ClientState state) {
        if (!AccountStates.isAvailable(state) || state.isFloodStopped() || state.isReady()) {
            return;
        }
        // It is there before anything is parked: what is handed over from then on has a turn.
        Flood flood = new Flood(state, accountStates.isShownTheArchive(state), false);
        if (state.beginFlood()) {
            start(flood);
        } else {
            flood.scan.close();
        }
    }

    /** Gives a session what no archive shows. */
    void giveHidden(ClientState state) {
        if (!state.isFloodStopped()) {
            start(new Flood(state, true, true));
        }
    }

    /** Whether some session of an account gets what another one leaves behind. */
    boolean isServed(String account) {
        return !heirs(account).isEmpty();
    }

    /** A session has left something behind; another one that was given everything gets that, too. */
    void giveLeftovers(String account) {
        List<ClientState> heirs = heirs(account);
        if (heirs.isEmpty() || !heirs.get(0).ledger().mayHaveUndelivered()) {
            return;
        }
        ClientState heir = heirs.get(0);
        add(heir, accountStates.isShownTheArchive(heir));
        if (!isFree(heir)) {
            // What no archive shows need not wait for it.
            heirs.stream().filter(this::isFree).findFirst().ifPresent(other -> add(other, true));
        }
    }

    private void add(ClientState heir, boolean hiddenOnly) {
        // One that is being given everything goes back for it.
        if (!heir.isClosed()) {
            start(new Flood(heir, hiddenOnly, true));
        }
    }

    /** Who is to have what another session leaves behind, the first one everything. */
    private List<ClientState> heirs(String account) {
        return states.of(account).stream()
                .filter(state -> AccountStates.isAvailable(state)
                        && state.isReady()
                        && !state.isFloodStopped()
                        && accountStates.isReachable(state))
                .sorted(Comparator.comparing(accountStates::isShownTheArchive).thenComparing(state -> !isFree(state)))
                .toList();
    }

    /** Whether it can be given something now. */
    private boolean isFree(ClientState state) {
        return !state.isClosed() && !connections.isDetached(state.session());
    }

    private void start(Flood flood) {
        boolean[] isNeedless = {false};
        boolean[] isFirst = {false};
        List<Flood> idle = new ArrayList<>();
        byAccount.compute(flood.state.key().account(), (account, known) -> {
            Turns turns = known == null ? new Turns() : known;
            isNeedless[0] = flood.isAddition && turns.cover(flood);
            if (!flood.isAddition) {
                idle.addAll(turns.replace(flood));
            }
            isFirst[0] = !isNeedless[0] && turns.isFirst(flood);
            return turns;
        });
        idle.forEach(Flood::giveBack);
        if (isNeedless[0]) {
            flood.scan.close();
        } else if (isFirst[0]) {
            soon(flood, 0);
        }
    }

    /** Nothing happens if another flood has taken its place; one that was told so while it stalled ends in its turn. */
    private void backToTurn(Flood stalled) {
        boolean[] isFirst = {false};
        byAccount.computeIfPresent(stalled.state.key().account(), (account, turns) -> {
            isFirst[0] = turns.stalled.remove(stalled) && turns.isFirst(stalled);
            return turns;
        });
        if (isFirst[0]) {
            soon(stalled, 0);
        }
    }

    private void soon(Flood flood, long millis) {
        try {
            executor.schedule(flood, millis, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            Log.debug("The plugin leaves.", e);
        }
    }

    /** Whoever had its turn is done, or stalls. */
    private void next(Flood last, boolean stalls) {
        Flood[] next = {null};
        byAccount.computeIfPresent(last.state.key().account(), (account, turns) -> {
            turns.waiting.remove(last);
            if (stalls) {
                turns.stalled.add(last);
            }
            next[0] = turns.waiting.peek();
            return turns.isEmpty() ? null : turns;
        });
        if (next[0] != null) {
            soon(next[0], 0);
        }
    }

    /** It is somebody else's turn until it can go on. */
    private void stall(Flood flood) {
        next(flood, true);
        later(flood);
    }

    private void later(Flood flood) {
        try {
            executor.schedule(flood::tryAgain, LONG_PAUSE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            Log.debug("The plugin leaves.", e);
        }
    }

    private enum Step {
        /** There may be more. */
        ON,
        /** The client, its connection or a commit has to be waited for. */
        WAIT,
        /** The session has got everything, or is gone. */
        DONE
    }

    private final class Flood implements Runnable {
        final ClientState state;
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

        /** How many messages had been handed over when it began. */
        private final long handedBefore;

        /**
         * @param hiddenOnly whether only what the archive does not show is given
         * @param isAddition whether the session goes on receiving live messages meanwhile
         */
        Flood(ClientState state, boolean hiddenOnly, boolean isAddition) {
            this.state = state;
            this.hiddenOnly = hiddenOnly;
            this.isAddition = isAddition;
            this.ledger = state.ledger();
            this.scan = ledger.scan(state.raw(), hiddenOnly);
            this.handedBefore = ledger.handed();
            this.bareJid = accounts.bareJid(state.key().account());
            this.pages = new FloodPages(store, state.key().account(), bareJid, scan, executor, aheads);
        }

        @Override
        public void run() {
            giving.readLock().lock();
            try {
                if (!stopped) {
                    goOn();
                }
            } finally {
                giving.readLock().unlock();
            }
        }

        private void goOn() {
            Step step;
            try {
                // What was written to a session that is not available any more may have been taken all the same.
                isGiven |= isUnwanted();
                step = isOver()
                        ? Step.DONE
                        : mustWait() || !isGiven && awaitsEnd() ? Step.WAIT : isGiven ? Step.DONE : step();
                if (step == Step.DONE && !isGiven && !isOver()) {
                    isGiven = true;
                    step = mustWait() ? Step.WAIT : Step.DONE;
                }
            } catch (StoreUnavailable e) {
                Log.warn("The offline set of '{}' cannot be read; it is kept.", bareJid, e);
                state.owes();
                step = Step.DONE;
            } catch (RuntimeException e) {
                Log.error(
                        "Giving '{}' its offline messages failed.", state.key().jid(), e);
                step = Step.DONE;
            }
            switch (step) {
                case ON -> {
                    pauses = 0;
                    soon(this, 0);
                }
                case WAIT -> {
                    pauses++;
                    if (pauses >= PATIENCE || connections.isDetached(state.session())) {
                        pages.drop();
                        stall(this);
                    } else {
                        soon(this, pauses < SHORT_PAUSES ? SHORT_PAUSE_MILLIS : PAUSE_MILLIS);
                    }
                }
                case DONE -> end();
            }
        }

        /** It has stalled. Who is detached or does not read is not given a turn for nothing. */
        private void tryAgain() {
            if (canGoOn()) {
                pauses = 0;
                backToTurn(this);
            } else {
                later(this);
            }
        }

        private boolean canGoOn() {
            try {
                return isOver() || !mustWait();
            } catch (RuntimeException e) {
                // What fails ends in its turn.
                return true;
            }
        }

        private boolean isOver() {
            return replaced || state.isGone() || !accountStates.isReachable(state);
        }

        private boolean replaces(Flood other) {
            return other != this && other.state == state && !other.isAddition;
        }

        private boolean isUnwanted() {
            return !isAddition && !AccountStates.isAvailable(state);
        }

        private boolean mustWait() {
            if (connections.isDetached(state.session())) {
                return true;
            }
            long bytes = connections.unwrittenBytes(state.session());
            if (connections.countsAcknowledgements(state.session())) {
                return !isGiven && bytes > MOST_UNWRITTEN
                        || connections.unacknowledged(state.session()).stanzas() >= MOST_UNACKNOWLEDGED;
            }
            if (bytes > 0) {
                return isGiven || bytes > MOST_UNWRITTEN || unwritten >= MOST_UNACKNOWLEDGED;
            }
            // Who does not acknowledge took what his connection took.
            watch.sweep(state);
            unwritten = 0;
            return false;
        }

        /** What a session that is ending has, comes before what follows it. */
        private boolean awaitsEnd() {
            boolean isEnding = states.of(state.key().account()).stream()
                    .anyMatch(other -> other != state && accountStates.isEnding(other));
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
            if (!ledgers.tryOpen(ledger)) {
                return Step.WAIT;
            }
            if (due.isEmpty() && !scan.isComplete()) {
                if (!read()) {
                    return Step.WAIT;
                }
                pages.readAhead();
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
                List<OfflineMessage> rows = scan.decided(page);
                boolean isCut = rows.size() < page.size();
                if (isCut && rows.isEmpty()) {
                    return false;
                }
                Set<Mid> claimed = scan.claim(rows, pages.isLast() && !isCut).orElse(null);
                if (claimed == null) {
                    return false;
                }
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
                if (stopped || connections.unwrittenBytes(state.session()) > MOST_IN_A_PAGE) {
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
            return !stopped;
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
            if (blockLists.blocksIncoming(state.key().account(), message)) {
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
            watch.give(state, message);
        }

        /** Whether the session was there when a message found nobody. */
        private boolean isNoHeir(Due due, OfflineMessage row) {
            return isAddition || due.parked().isEmpty() && ledger.turnOf(row.mid()) > handedBefore;
        }

        /** Such a message waits for the client that it was sent to, or for the next one that comes. */
        private boolean isForOneClient(Message message) {
            return judge.judge(message).verdict().audience() == Audience.ONE_CLIENT
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
                boolean isUndecided = (isAddition || isLast) && ledger.isUndecided(handedBefore, hiddenOnly);
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
                    if (connections.unwrittenBytes(state.session()) > MOST_UNWRITTEN) {
                        return Step.ON;
                    }
                }
            }
            return Step.ON;
        }

        /** What it has in hand, and does not come to. */
        private void giveBack() {
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

        private void end() {
            try {
                pages.drop();
                giveBack();
                if (!isAddition && !replaced && accountStates.isReachable(state)) {
                    // Nothing may stay behind a gate that nobody opens any more.
                    Optional<Message> live = state.nextOrOpen();
                    while (live.isPresent()) {
                        write(live.get());
                        live = state.nextOrOpen();
                    }
                }
                boolean goesBack = isGiven && !scan.isComplete();
                scan.close();
                if (goesBack) {
                    // Left behind when all had been read, and the gate was still closed.
                    giveLeftovers(state.key().account());
                }
            } finally {
                next(this, false);
            }
        }
    }
}
