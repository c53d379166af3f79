package org.igniterealtime.openfire.plugin.unifiedrouting.openfire;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.BlockLists;
import org.jivesoftware.openfire.privacy.PrivacyList;
import org.jivesoftware.openfire.privacy.PrivacyListEventListener;
import org.xmpp.packet.Message;

/**
 * Default privacy lists (XEP-0016); Openfire keeps what is blocked by XEP-0191 in them too.
 *
 * <p>Openfire caches lists, but not that an account has none: as soon as there is one list on the server, it asks the
 * database for every account of every message. That an account has none is remembered here, until a list changes or
 * {@link #MEMORY} has passed: another node, or an account that makes an old list its default, changes it without a word.
 * Thread-safe.
 */
final class PrivacyBlockLists implements BlockLists, PrivacyListEventListener {

    static final Duration MEMORY = Duration.ofSeconds(2);

    private static final int CAPACITY = 50_000;

    private final Function<String, PrivacyList> lists;
    private final LongSupplier nanoTime;
    private final Map<String, Long> withoutListSince = new ConcurrentHashMap<>();

    /**
     * @param lists an account's default list, or null
     * @param nanoTime as {@link System#nanoTime}
     */
    PrivacyBlockLists(Function<String, PrivacyList> lists, LongSupplier nanoTime) {
        this.lists = lists;
        this.nanoTime = nanoTime;
    }

    @Override
    public boolean blocksIncoming(String account, Message message) {
        PrivacyList list = defaultList(account);
        return list != null && list.shouldBlockPacket(message);
    }

    @Override
    public boolean blocksOutgoing(String account, Message message) {
        PrivacyList list = defaultList(account);
        return list != null && list.shouldBlockPacket(BlockLists.turnedRound(message));
    }

    private PrivacyList defaultList(String account) {
        Long since = withoutListSince.get(account);
        long now = nanoTime.getAsLong();
        if (since != null && now - since < MEMORY.toNanos()) {
            return null;
        }
        PrivacyList list = lists.apply(account);
        if (list == null) {
            if (withoutListSince.size() >= CAPACITY) {
                withoutListSince.clear();
            }
            withoutListSince.put(account, now);
        }
        return list;
    }

    @Override
    public void privacyListCreated(PrivacyList list) {
        withoutListSince.clear();
    }

    @Override
    public void privacyListDeleting(String listName) {
        // Who had a list is not remembered.
    }

    @Override
    public void privacyListModified(PrivacyList list) {
        withoutListSince.clear();
    }
}
