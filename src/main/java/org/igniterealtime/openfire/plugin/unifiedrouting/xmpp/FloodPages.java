package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import org.dom4j.DocumentException;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Mid;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.StoreUnavailable;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineMessage;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineScan;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineStore;
import org.xmpp.packet.JID;
import org.xmpp.packet.Message;

/**
 * The pages of one session's way through its offline set. While one is given the next one is read, and made into messages;
 * nothing of it is claimed before its turn has come. Of one thread at a time.
 */
final class FloodPages {

    /** Small, so that the first message comes soon. */
    private static final int FIRST = 100;

    /** As long as messages are short. */
    private static final int MOST = 250;

    /** A page of more text is followed by a small one. */
    private static final int MUCH_TEXT = 100 * 1024;

    /** Of more text than this no messages are made in advance; a page of usual messages has less. */
    private static final int MOST_TEXT = 256 * 1024;

    private final OfflineStore store;
    private final String account;
    private final JID bareJid;
    private final OfflineScan<Holder> scan;
    private final Executor executor;
    private final StoredStanza.Parser parser = new StoredStanza.Parser();

    /** Of whoever reads ahead. */
    private StoredStanza.Parser parserAhead = new StoredStanza.Parser();

    /** Whether the last page was wanted for the most part. */
    private boolean wanted;

    private int size = FIRST;
    private boolean isLast;
    private boolean begun;
    private Map<Mid, Message> messages = Map.of();

    /** Null if no page is being read ahead, or has been. */
    private FutureTask<Page> ahead;

    private record Page(List<OfflineMessage> rows, boolean isLast, Map<Mid, Message> messages) {

        long text() {
            return rows.stream().mapToLong(row -> row.stanza().length()).sum();
        }
    }

    /** @param executor reads ahead */
    FloodPages(OfflineStore store, String account, JID bareJid, OfflineScan<Holder> scan, Executor executor) {
        this.store = store;
        this.account = account;
        this.bareJid = bareJid;
        this.scan = scan;
        this.executor = executor;
    }

    /**
     * The page that comes next. To be followed by {@link #done}.
     *
     * @throws StoreUnavailable if it cannot be read
     */
    List<OfflineMessage> next() {
        if (begun && scan.isOvertaken()) {
            drop();
        }
        FutureTask<Page> reading = ahead;
        ahead = null;
        Page page = reading == null ? page(begin(), size, rows -> Map.of()) : finished(reading);
        messages = page.messages();
        isLast = page.isLast();
        size = page.text() > MUCH_TEXT ? FIRST : MOST;
        return page.rows();
    }

    /** Whether there is nothing behind the page that was asked for last. */
    boolean isLast() {
        return isLast;
    }

    /** What of the page is wanted is claimed. */
    void claimed(List<OfflineMessage> rows, Set<Mid> mids) {
        done();
        wanted = mids.size() * 2 > rows.size();
        List<OfflineMessage> missing = rows.stream()
                .filter(row -> mids.contains(row.mid()) && !messages.containsKey(row.mid()))
                .toList();
        if (!missing.isEmpty()) {
            Map<Mid, Message> all = new HashMap<>(messages);
            all.putAll(made(missing, parser));
            messages = all;
        }
    }

    /** Begins to read the page behind the one that is claimed. */
    void readAhead() {
        if (scan.isComplete()) {
            return;
        }
        long after = begin();
        int most = size;
        boolean isMade = wanted;
        StoredStanza.Parser by = parserAhead;
        ahead = new FutureTask<>(() -> page(after, most, rows -> isMade ? made(rows, by) : Map.of()));
        try {
            executor.execute(ahead);
        } catch (RejectedExecutionException e) {
            // Whoever needs it reads it.
        }
    }

    /** The page is claimed, or it is not going to be. */
    void done() {
        if (begun) {
            begun = false;
            scan.end();
        }
    }

    /** Forgets what has been read. If it is not claimed, it will be read again. */
    void drop() {
        if (ahead != null && !ahead.isDone()) {
            ahead.cancel(false);
            // Somebody may still be using it.
            parserAhead = new StoredStanza.Parser();
        }
        ahead = null;
        messages = Map.of();
        done();
    }

    /**
     * A message of the claimed page.
     *
     * @throws DocumentException if what is stored is not well-formed
     */
    Message message(OfflineMessage row) throws DocumentException {
        Message made = messages.get(row.mid());
        return made == null ? OfflineStanza.of(row, bareJid, parser) : made;
    }

    private long begin() {
        begun = true;
        return scan.begin();
    }

    private Page page(long after, int most, Function<List<OfflineMessage>, Map<Mid, Message>> making) {
        List<OfflineMessage> rows = store.read(account, after, most);
        return new Page(rows, rows.size() < most, making.apply(rows));
    }

    private Map<Mid, Message> made(List<OfflineMessage> rows, StoredStanza.Parser by) {
        List<OfflineMessage> some = new ArrayList<>(rows.size());
        long text = 0;
        for (OfflineMessage row : rows) {
            text += row.stanza().length();
            if (text > MOST_TEXT) {
                break;
            }
            some.add(row);
        }
        return OfflineStanza.all(some, bareJid, by);
    }

    private static Page finished(FutureTask<Page> reading) {
        // If nobody has begun with it.
        reading.run();
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return reading.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof StoreUnavailable unavailable) {
                throw unavailable;
            }
            throw new IllegalStateException("Reading ahead failed", e.getCause());
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
