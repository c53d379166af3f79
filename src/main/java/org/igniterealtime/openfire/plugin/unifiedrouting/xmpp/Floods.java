package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.stream.Stream;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineLedgers;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives sessions their account's offline set (ROUTING-RULES section 6): in order, page by page, on threads of its own. While
 * a session is given it, what comes live waits behind its gate. One session of an account is given it at a time; the others
 * wait their turn and get what that one could not be given. No more is written ahead than the client acknowledges, or its
 * connection takes. Thread-safe.
 */
public final class Floods {

    private static final Logger Log = LoggerFactory.getLogger(Floods.class);

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

    private final ClientConnections connections;
    private final ClientStates states;
    private final AccountStates accountStates;
    private final Flood.Parts parts;
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
        this.accountStates = accountStates;
        this.executor = executor;
        this.parts = new Flood.Parts(
                connections,
                states,
                watch,
                accountStates,
                blockLists,
                ledgers,
                accounts,
                judge,
                (account, bareJid, scan) -> new FloodPages(store, account, bareJid, scan, executor, aheads),
                () -> stopped);
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
            waiting.stream().filter(full::replaces).forEach(Flood::isReplaced);
            List<Flood> idle = new ArrayList<>();
            waiting.stream().skip(1).filter(full::replaces).forEach(idle::add);
            stalled.stream().filter(full::replaces).forEach(idle::add);
            for (Flood other : idle) {
                waiting.remove(other);
                stalled.remove(other);
                other.isReplaced();
                other.close();
            }
            return idle;
        }

        /** Whether one that is going to look at everything makes this one needless. */
        boolean cover(Flood addition) {
            return Stream.concat(waiting.stream().skip(1), stalled.stream()).anyMatch(other -> other.covers(addition));
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
        Flood flood = new Flood(parts, state, accountStates.isShownTheArchive(state), false);
        if (state.beginFlood()) {
            start(flood);
        } else {
            flood.close();
        }
    }

    /** Gives a session what no archive shows. */
    void giveHidden(ClientState state) {
        if (!state.isFloodStopped()) {
            start(new Flood(parts, state, true, true));
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
            start(new Flood(parts, heir, hiddenOnly, true));
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
        byAccount.compute(flood.state().key().account(), (account, known) -> {
            Turns turns = known == null ? new Turns() : known;
            isNeedless[0] = flood.isAddition() && turns.cover(flood);
            if (!flood.isAddition()) {
                idle.addAll(turns.replace(flood));
            }
            isFirst[0] = !isNeedless[0] && turns.isFirst(flood);
            return turns;
        });
        idle.forEach(Flood::giveBack);
        if (isNeedless[0]) {
            flood.close();
        } else if (isFirst[0]) {
            soon(flood, 0);
        }
    }

    /** Nothing happens if another flood has taken its place; one that was told so while it stalled ends in its turn. */
    private void backToTurn(Flood stalled) {
        boolean[] isFirst = {false};
        byAccount.computeIfPresent(stalled.state().key().account(), (account, turns) -> {
            isFirst[0] = turns.stalled.remove(stalled) && turns.isFirst(stalled);
            return turns;
        });
        if (isFirst[0]) {
            soon(stalled, 0);
        }
    }

    private void soon(Flood flood, long millis) {
        try {
            executor.schedule(() -> run(flood), millis, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            Log.debug("The plugin leaves.", e);
        }
    }

    /** Whoever had its turn is done, or stalls. */
    private void next(Flood last, boolean stalls) {
        Flood[] next = {null};
        byAccount.computeIfPresent(last.state().key().account(), (account, turns) -> {
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
            executor.schedule(() -> tryAgain(flood), LONG_PAUSE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            Log.debug("The plugin leaves.", e);
        }
    }

    private void run(Flood flood) {
        giving.readLock().lock();
        try {
            if (!stopped) {
                goOn(flood);
            }
        } finally {
            giving.readLock().unlock();
        }
    }

    private void goOn(Flood flood) {
        switch (flood.advance()) {
            case ON -> soon(flood, 0);
            case WAIT -> {
                if (flood.pauses() >= PATIENCE
                        || connections.isDetached(flood.state().session())) {
                    flood.leaveTurn();
                    stall(flood);
                } else {
                    soon(flood, flood.pauses() < SHORT_PAUSES ? SHORT_PAUSE_MILLIS : PAUSE_MILLIS);
                }
            }
            case DONE -> end(flood);
        }
    }

    /** It has stalled. Who is detached or does not read is not given a turn for nothing. */
    private void tryAgain(Flood stalled) {
        if (stalled.canGoOn()) {
            stalled.comesBack();
            backToTurn(stalled);
        } else {
            later(stalled);
        }
    }

    private void end(Flood flood) {
        try {
            if (flood.end()) {
                // Left behind when all had been read, and the gate was still closed.
                giveLeftovers(flood.state().key().account());
            }
        } finally {
            next(flood, false);
        }
    }
}
