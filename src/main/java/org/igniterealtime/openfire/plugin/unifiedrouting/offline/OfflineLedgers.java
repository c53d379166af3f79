package org.igniterealtime.openfire.plugin.unifiedrouting.offline;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.AppendedEntry;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchivedMessage;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.CommitListener;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Direction;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Mid;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.OfflineClaim;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Settling;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.StoreUnavailable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The ledgers of all accounts that have sessions on this node, and what brings their changes into the database. A ledger is
 * there from the account's first session until its last one is gone and everything is saved. An account without one needs
 * none: what is committed is undelivered. Thread-safe.
 *
 * @param <S> what names a session in a ledger
 */
public final class OfflineLedgers<S> implements CommitListener {

    private static final Logger Log = LoggerFactory.getLogger(OfflineLedgers.class);

    /** Accounts in one transaction. */
    private static final int MOST = 500;

    private final OfflineStore store;
    private final Settling writer;
    private final Executor executor;
    private final LongSupplier nanoTime;
    private final ConcurrentMap<String, Account<S>> accounts = new ConcurrentHashMap<>();

    /** Held while changes are written; nobody who routes or delivers asks for it. */
    private final ReentrantLock saving = new ReentrantLock();

    private volatile boolean failing;

    private record Account<S>(OfflineLedger<S> ledger, Set<S> sessions) {}

    /**
     * @param writer of the archive, which may have under way what the database is going to be asked for
     * @param executor for what waits for the database
     */
    public OfflineLedgers(OfflineStore store, Settling writer, Executor executor) {
        this(store, writer, executor, System::nanoTime);
    }

    /** @param nanoTime by which ledgers wait, as {@link System#nanoTime()} */
    public OfflineLedgers(OfflineStore store, Settling writer, Executor executor, LongSupplier nanoTime) {
        this.store = store;
        this.writer = writer;
        this.executor = executor;
        this.nanoTime = nanoTime;
    }

    /** A session of an account is there. */
    public OfflineLedger<S> bound(String owner, S session) {
        Account<S> account = accounts.compute(owner, (name, known) -> {
            Account<S> present = known == null
                    ? new Account<>(new OfflineLedger<>(owner, nanoTime), ConcurrentHashMap.newKeySet())
                    : known;
            present.sessions().add(session);
            return present;
        });
        openSoon(account.ledger());
        return account.ledger();
    }

    /** A session is gone for good. What it held is told to the ledger by whoever knows. */
    public void unbound(String owner, S session) {
        Account<S> account = accounts.get(owner);
        if (account != null && account.sessions().remove(session)) {
            // What was found meanwhile to be with it, see below.
            account.ledger().gone(session);
            if (account.sessions().isEmpty()) {
                execute(() -> saveLast(owner));
            }
        }
    }

    /** Empty for an account that has no session on this node. */
    public Optional<OfflineLedger<S>> find(String owner) {
        Account<S> account = accounts.get(owner);
        return account == null ? Optional.empty() : Optional.of(account.ledger());
    }

    /**
     * What an owner's archive is about to be given, if that may have to be delivered.
     *
     * @param archived whether the archive will show it; else it is kept until it is delivered
     */
    public void submitted(String owner, Mid mid, boolean archived) {
        find(owner).ifPresent(ledger -> ledger.submitted(mid, archived));
    }

    /**
     * What a session holds that was there before the ledgers, under the ids of its archive.
     *
     * @param session as it is bound
     * @param holder the same session, or another name for it
     */
    public void found(OfflineLedger<S> ledger, S session, S holder, Collection<Mid> held) {
        if (held.isEmpty()) {
            return;
        }
        execute(() -> {
            try {
                open(ledger);
                ledger.found(store.find(ledger.owner(), held), holder);
                Account<S> account = accounts.get(ledger.owner());
                if (account == null || !account.sessions().contains(session)) {
                    // It has gone meanwhile.
                    ledger.gone(holder);
                }
            } catch (StoreUnavailable e) {
                Log.warn("What a session of '{}' holds is not known; it may get it twice.", ledger.owner(), e);
            }
        });
    }

    public void failed(String owner, Mid mid) {
        find(owner).ifPresent(ledger -> ledger.failed(mid));
    }

    @Override
    public void committed(List<AppendedEntry> entries) {
        for (AppendedEntry entry : entries) {
            ArchivedMessage message = entry.message();
            Account<S> account = accounts.get(message.owner());
            if (account == null) {
                continue;
            }
            if (message.direction() == Direction.RECEIVED) {
                account.ledger()
                        .committed(
                                message.mid(),
                                message.seq(),
                                entry.claim().kind() == OfflineClaim.Kind.ARCHIVED,
                                entry.isEligible());
            } else {
                // Else the next session would be looked for messages among all that its account has sent.
                account.ledger().reached(message.seq());
            }
        }
    }

    private void openSoon(OfflineLedger<S> ledger) {
        if (!ledger.isOpen()) {
            execute(() -> {
                try {
                    // If not now, it is when all are saved.
                    tryOpen(ledger);
                } catch (StoreUnavailable e) {
                    Log.debug("The offline set of '{}' cannot be read.", ledger.owner(), e);
                }
            });
        }
    }

    private void execute(Runnable task) {
        try {
            executor.execute(task);
        } catch (RejectedExecutionException e) {
            Log.debug("The plugin leaves.", e);
        }
    }

    /**
     * Reads what the database says of an account, unless that is known.
     *
     * @throws StoreUnavailable if that fails
     */
    public void open(OfflineLedger<S> ledger) {
        if (!tryOpen(ledger)) {
            writer.settle(ledger.owner());
            tryOpen(ledger);
        }
    }

    /**
     * As {@link #open}, for those who do not wait for the archive's writer.
     *
     * @return whether it is open; else it is to be tried again
     * @throws StoreUnavailable if that fails
     */
    public boolean tryOpen(OfflineLedger<S> ledger) {
        if (ledger.isOpen()) {
            return true;
        }
        long unknownUpTo = ledger.unknownUpTo();
        if (unknownUpTo < 0) {
            unknownUpTo = ledger.unknownUpTo(writer.handedOver(ledger.owner()));
        }
        if (!writer.isDone(unknownUpTo)) {
            return false;
        }
        OfflineMailbox mailbox = store.mailbox(ledger.owner());
        synchronized (ledger) {
            if (!ledger.isOpen()) {
                ledger.opened(mailbox);
            }
        }
        return true;
    }

    /**
     * Brings what is known of an account into the database, if anything is.
     *
     * @throws StoreUnavailable if that fails; it is tried again
     */
    public void settle(String owner) {
        writer.settle(owner);
        Account<S> account = accounts.get(owner);
        if (account != null) {
            open(account.ledger());
            save(List.of(account));
            open(account.ledger());
        }
    }

    /**
     * As {@link #settle}, for those who cannot wait for the archive's writer.
     *
     * @throws StoreUnavailable if that fails; it is tried again
     */
    public void saveNow(String owner) {
        Account<S> account = accounts.get(owner);
        // What is being saved this moment is a change until it is.
        if (account != null && account.ledger().changes().isPresent()) {
            save(List.of(account));
        }
    }

    /** A message that was routed before, and that no ledger knows anything of, turns out undelivered. */
    public void returned(String owner, Mid mid) {
        Account<S> account = accounts.get(owner);
        if (account != null) {
            account.ledger().returned(mid);
            execute(() -> save(owner));
        } else {
            execute(() -> {
                try {
                    writer.settle(owner);
                    store.apply(List.of(new OfflineChange(owner, OptionalLong.empty(), Set.of(), Set.of(mid))));
                } catch (StoreUnavailable e) {
                    Log.warn("Message {} of '{}' is undelivered, which cannot be noted.", mid, owner, e);
                }
            });
        }
    }

    /** Messages have been taken out of an account's offline set by its owner, or because they are too many. */
    public void removed(String owner, Collection<Mid> mids) {
        find(owner).ifPresent(ledger -> ledger.removed(mids));
    }

    /**
     * Messages have come into an account's offline set past the archive's writer, and are undelivered. Nobody can say
     * whether the cursor has passed them meanwhile; the database decides, and the ledger asks it anew.
     *
     * @param entered what is new to the account
     * @param returned what the archive had before
     */
    public void tookOver(String owner, List<AppendedEntry> entered, Collection<Mid> returned) {
        Account<S> account = accounts.get(owner);
        if (account == null) {
            return;
        }
        entered.stream()
                .filter(AppendedEntry::isArchived)
                .forEach(entry -> account.ledger().returned(entry.message().mid()));
        returned.forEach(account.ledger()::returned);
        save(owner);
    }

    /** What the writer has under way is not waited for: this thread serves others, too. Then it is saved with all others. */
    private void saveLast(String owner) {
        try {
            if (writer.isDone(writer.handedOver(owner))) {
                save(owner);
            }
        } catch (StoreUnavailable e) {
            Log.debug("The offline set of '{}' is not saved.", owner, e);
        }
    }

    private void save(String owner) {
        try {
            settle(owner);
        } catch (StoreUnavailable e) {
            Log.debug("The offline set of '{}' is not saved.", owner, e);
        }
        dropIdle(owner);
    }

    /** Brings everything into the database, as far as it answers. To be called every few seconds, and at the end. */
    public void save() {
        List<Account<S>> all = List.copyOf(accounts.values());
        try {
            tryOpen(all);
            for (int from = 0; from < all.size(); from += MOST) {
                save(all.subList(from, Math.min(all.size(), from + MOST)));
            }
            // Those in which something was returned.
            tryOpen(all);
            failing = false;
        } catch (StoreUnavailable e) {
            if (!failing) {
                Log.warn("What became of undelivered messages cannot be saved; it is tried again.", e);
            }
            failing = true;
        }
        all.forEach(account -> dropIdle(account.ledger().owner()));
    }

    private void tryOpen(List<Account<S>> all) {
        for (Account<S> account : all) {
            tryOpen(account.ledger());
        }
    }

    private void save(List<Account<S>> some) {
        saving.lock();
        try {
            List<OfflineChange> changes = new ArrayList<>();
            List<OfflineLedger<S>> changed = new ArrayList<>();
            for (Account<S> account : some) {
                account.ledger().changes().ifPresent(change -> {
                    changes.add(change);
                    changed.add(account.ledger());
                });
            }
            if (!changes.isEmpty()) {
                store.apply(changes);
                for (int i = 0; i < changes.size(); i++) {
                    changed.get(i).saved(changes.get(i));
                }
            }
        } finally {
            saving.unlock();
        }
    }

    private void dropIdle(String owner) {
        accounts.computeIfPresent(owner, (name, account) -> {
            boolean isIdle = account.sessions().isEmpty()
                    && account.ledger().isOpen()
                    && account.ledger().size() == 0
                    && account.ledger().changes().isEmpty();
            return isIdle ? null : account;
        });
    }

    /** The account is deleted, and its messages with it. */
    public void accountDeleted(String owner) {
        accounts.remove(owner);
    }

    /** How many accounts have a ledger now. */
    public int size() {
        return accounts.size();
    }
}
