package org.igniterealtime.openfire.plugin.unifiedrouting.offline;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Mid;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.StoreUnavailable;
import org.xmpp.packet.JID;

/** The port's contract in a few lines: what is compared with, and what tests without a database use. */
public class InMemoryOfflineStore implements OfflineStore {

    private static final class Account {
        final TreeMap<Long, OfflineMessage> rows = new TreeMap<>();
        final Map<Mid, Boolean> eligible = new HashMap<>();
        long cursor;
        long last;
        Optional<OfflineLimit> limit = Optional.empty();
        Optional<Instant> used = Optional.empty();

        boolean isUndelivered(OfflineMessage message) {
            return eligible.get(message.mid()) && (!message.archived() || message.seq() > cursor);
        }
    }

    private final Map<String, Account> accounts = new HashMap<>();
    private boolean down;

    public synchronized void down(boolean isDown) {
        down = isDown;
    }

    /** Adds a message at the next place. */
    public OfflineMessage add(String owner, String mid, boolean archived, boolean eligible) {
        return add(owner, mid, archived, eligible, "<message/>");
    }

    public OfflineMessage add(String owner, String mid, boolean archived, boolean eligible, String stanza) {
        return add(owner, mid, archived, eligible, stanza, new JID("alice@localhost/orchard"));
    }

    public synchronized OfflineMessage add(
            String owner, String mid, boolean archived, boolean eligible, String stanza, JID from) {
        Account account = account(owner);
        OfflineMessage message =
                new OfflineMessage(++account.last, new Mid(mid), archived, from.toString(), Instant.EPOCH, stanza);
        account.rows.put(message.seq(), message);
        account.eligible.put(message.mid(), eligible);
        return message;
    }

    private Account account(String owner) {
        if (down) {
            throw new StoreUnavailable("down");
        }
        return accounts.computeIfAbsent(owner, name -> new Account());
    }

    @Override
    public synchronized OfflineMailbox mailbox(String owner) {
        Account account = account(owner);
        return new OfflineMailbox(account.cursor, Optional.empty(), account.last, account.limit, account.used);
    }

    @Override
    public synchronized List<OfflineMessage> read(String owner, long after, int max) {
        Account account = account(owner);
        return account.rows.tailMap(after, false).values().stream()
                .filter(account::isUndelivered)
                .limit(max)
                .toList();
    }

    @Override
    public synchronized OfflinePage page(String owner, long after, int max, long bytes) {
        List<OfflineMessage> all = read(owner, after, Integer.MAX_VALUE);
        List<OfflineMessage> page = new ArrayList<>();
        long length = 0;
        for (OfflineMessage message : all) {
            length += message.stanza().getBytes(StandardCharsets.UTF_8).length;
            if (page.size() == max || !page.isEmpty() && length > bytes) {
                return new OfflinePage(page, false);
            }
            page.add(message);
        }
        return new OfflinePage(page, page.size() < max);
    }

    @Override
    public synchronized List<OfflineHead> heads(String owner, Collection<Mid> mids) {
        return read(owner, -1, Integer.MAX_VALUE).stream()
                .filter(message -> mids.contains(message.mid()))
                .map(message -> new OfflineHead(
                        message.mid(), message.receivedAt(), message.stanza().getBytes(StandardCharsets.UTF_8).length))
                .toList();
    }

    @Override
    public synchronized List<OfflineMessage> find(String owner, Collection<Mid> mids) {
        return read(owner, -1, Integer.MAX_VALUE).stream()
                .filter(message -> mids.contains(message.mid()))
                .toList();
    }

    @Override
    public synchronized long count(String owner) {
        return read(owner, -1, Integer.MAX_VALUE).size();
    }

    @Override
    public synchronized void apply(Collection<OfflineChange> changes) {
        changes.forEach(this::apply);
    }

    private void apply(OfflineChange change) {
        Account account = account(change.owner());
        account.cursor = Math.max(account.cursor, change.cursor().orElse(account.cursor));
        change.taken().forEach(mid -> account.eligible.replace(mid, false));
        long old = account.cursor;
        account.rows.values().stream()
                .filter(row -> change.returned().contains(row.mid()) && row.archived() && row.seq() <= old)
                .mapToLong(OfflineMessage::seq)
                .min()
                .ifPresent(lowest -> {
                    account.rows.subMap(lowest, true, old, true).values().stream()
                            .filter(OfflineMessage::archived)
                            .forEach(row -> account.eligible.put(row.mid(), false));
                    account.cursor = lowest - 1;
                });
        change.returned().forEach(mid -> account.eligible.replace(mid, true));
    }

    /** It keeps no senders. */
    @Override
    public synchronized boolean refuseIfOver(String owner, Mid mid, int limit) {
        throw new UnsupportedOperationException();
    }

    @Override
    public synchronized void setLimit(String owner, Optional<OfflineLimit> limit) {
        account(owner).limit = limit;
    }

    @Override
    public synchronized void archiveUsed(String owner, Instant when) {
        account(owner).used = Optional.of(when);
    }
}
