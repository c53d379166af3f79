package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import org.dom4j.DocumentException;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Mid;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.StoreUnavailable;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineMessage;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflinePage;
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

    private static final int MOST = 250;

    /** More text than this no page has, but for one long message; a page of usual messages has less. */
    private static final int MOST_BYTES = 256 * 1024;

    private final OfflineStore store;
    private final String account;
    private final JID bareJid;
    private final OfflineScan<Holder> scan;
    private final Executor executor;
    private final Semaphore aheads;
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

    private record Page(List<OfflineMessage> rows, boolean isLast, Map<Mid, Message> messages) {}

    /**
     * @param executor reads ahead
     * @param aheads one of them is needed to keep a page that is not asked for yet
     */
    FloodPages(
            OfflineStore store,
            String account,
            JID bareJid,
            OfflineScan<Holder> scan,
            Executor executor,
            Semaphore aheads) {
        this.store = store;
        this.account = account;
        this.bareJid = bareJid;
        this.scan = scan;
        this.executor = executor;
        this.aheads = aheads;
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
        forgetAhead();
        Page page = reading == null ? page(begin(), size, rows -> Map.of()) : finished(reading);
        messages = page.messages();
        isLast = page.isLast();
        size = MOST;
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

    /** Begins to read the page behind the one that is claimed, unless others keep as many already as may be kept. */
    void readAhead() {
        if (scan.isComplete() || !aheads.tryAcquire()) {
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

    /** The page is given, as far as it is going to be. */
    void given() {
        messages = Map.of();
    }

    private void forgetAhead() {
        if (ahead != null) {
            ahead = null;
            aheads.release();
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
        forgetAhead();
        given();
        done();
    }

    /**
     * A message of the claimed page.
     *
     * @throws DocumentException if what is stored cannot be made into a message
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
        OfflinePage page = store.page(account, after, most, MOST_BYTES);
        return new Page(page.messages(), page.isLast(), making.apply(page.messages()));
    }

    private Map<Mid, Message> made(List<OfflineMessage> rows, StoredStanza.Parser by) {
        return OfflineStanza.all(rows, bareJid, by);
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
