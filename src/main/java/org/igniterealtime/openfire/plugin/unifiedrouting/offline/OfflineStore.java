package org.igniterealtime.openfire.plugin.unifiedrouting.offline;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Mid;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.StoreUnavailable;

/**
 * Where offline sets are kept: the eligible messages of the archive behind the cursor, and what is kept until it is
 * delivered only. Implementations are thread-safe; every method throws {@link StoreUnavailable} when the database fails,
 * and has then changed nothing.
 */
public interface OfflineStore {

    /** @return {@link OfflineMailbox#EMPTY} for an account of which nothing is kept */
    OfflineMailbox mailbox(String owner);

    /**
     * Reads a part of the offline set, in order.
     *
     * @param after only messages behind this place
     * @param max how many at most
     */
    List<OfflineMessage> read(String owner, long after, int max);

    /**
     * Reads a part of the offline set that needs not much memory, in order.
     *
     * @param after only messages behind this place
     * @param max how many at most, at least 1
     * @param bytes how long all of them are at most as text in UTF-8, unless it is one alone
     */
    OfflinePage page(String owner, long after, int max, long bytes);

    /** Which of these messages are in the offline set, in no order. Reads no message, however long they are. */
    List<OfflineHead> heads(String owner, Collection<Mid> mids);

    /** Those of these messages that are in the offline set, in order. */
    List<OfflineMessage> find(String owner, Collection<Mid> mids);

    /** How many messages the offline set has. */
    long count(String owner);

    /** Applies changes, all or none. */
    void apply(Collection<OfflineChange> changes);

    /**
     * Holds an account to its limit where nobody asked for it when the message came, because somebody was there. A message
     * that is undelivered and has as many undelivered ones of the same sender before it is not delivered any more: it stays
     * in the archive, or is gone if it is in the offline set only.
     *
     * @param limit how many undelivered messages of one sender there may be
     * @return whether that is so
     */
    boolean refuseIfOver(String owner, Mid mid, int limit);

    /** @param limit empty: the administrator's */
    void setLimit(String owner, Optional<OfflineLimit> limit);

    /** Notes that a session queried the account's archive or subscribed to it. Never moves the time back. */
    void archiveUsed(String owner, Instant when);
}
