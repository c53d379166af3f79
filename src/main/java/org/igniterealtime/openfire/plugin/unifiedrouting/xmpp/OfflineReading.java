package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.function.Consumer;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Mid;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.StoreUnavailable;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineHead;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineMessage;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflinePage;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineStore;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.handover.Handover;
import org.igniterealtime.openfire.plugin.unifiedrouting.subscription.SessionKey;
import org.jivesoftware.openfire.session.ClientSession;
import org.xmpp.packet.JID;
import org.xmpp.packet.Message;
import org.xmpp.packet.PacketError;

/**
 * An account's offline set in the hands of one of its own sessions (XEP-0013). To ask for it at all keeps that session
 * from being flooded; the account's others get their flood. Thread-safe.
 */
final class OfflineReading {

    private static final int PAGE = 200;
    private static final long PAGE_BYTES = 256 * 1024;

    private final Accounts accounts;
    private final Sessions sessions;
    private final OfflineStore store;
    private final Handover handover;
    private final OfflineBooks books;

    OfflineReading(Accounts accounts, Sessions sessions, OfflineStore store, Handover handover, OfflineBooks books) {
        this.accounts = accounts;
        this.sessions = sessions;
        this.store = store;
        this.handover = handover;
        this.books = books;
    }

    /**
     * The account whose offline set somebody may see: one's own.
     *
     * @param name whose set it is about, as in the request's address; null for one's own
     */
    Optional<String> accountOf(JID asker, String name) {
        Optional<ClientSession> session =
                asker == null ? Optional.empty() : sessions.find(asker).filter(found -> !found.isAnonymousUser());
        return session.flatMap(found -> accounts.accountOf(asker)).filter(own -> name == null || name.equals(own));
    }

    /** To be called before anything is read: nobody floods this session from now on, and all that is known is there. */
    void begin(String account, SessionKey session) {
        books.floodStopped(session);
        // What never passed us is in Openfire's own store.
        handover.takeOver(account);
        books.settle(account);
    }

    void begin(String account, JID asker) {
        sessions.find(asker).map(Sessions::keyOf).ifPresent(session -> begin(account, session));
    }

    long count(String account) {
        return store.count(account);
    }

    /** What is shown, and the name under which it is. */
    record Shown(OfflineNode node, OfflineMessage message) {}

    /** The whole set in order; read as it is asked for. */
    Iterator<Shown> all(String account) {
        return new Iterator<>() {
            private Iterator<OfflineMessage> page = List.<OfflineMessage>of().iterator();
            private long after = Long.MIN_VALUE;
            private boolean atEnd;
            private OfflineNode node;

            @Override
            public boolean hasNext() {
                if (!page.hasNext() && !atEnd) {
                    OfflinePage read = store.page(account, after, PAGE, PAGE_BYTES);
                    atEnd = read.isLast();
                    page = read.messages().iterator();
                }
                return page.hasNext();
            }

            @Override
            public Shown next() {
                if (!hasNext()) {
                    throw new NoSuchElementException();
                }
                OfflineMessage message = page.next();
                after = message.seq();
                node = node == null ? OfflineNode.of(message) : node.next(message);
                return new Shown(node, message);
            }
        };
    }

    /**
     * Reads the messages of these nodes, in their own order. A request can name thousands: as much is in memory at a time as a
     * page has.
     *
     * @param each gets them when it is certain that all of them were in the set; what is taken out of it meanwhile is left
     *     out
     * @throws StanzaError item-not-found if one of them is not in the set (XEP-0013 §2.4)
     * @throws StoreUnavailable if the database fails; some may have been given by then
     */
    void find(String account, List<OfflineNode> nodes, Consumer<Shown> each) {
        for (List<OfflineNode> page : pages(nodes, require(account, nodes))) {
            Map<Mid, OfflineMessage> found = new HashMap<>();
            store.find(account, page.stream().map(OfflineNode::mid).toList())
                    .forEach(message -> found.put(message.mid(), message));
            for (OfflineNode node : page) {
                OfflineMessage message = found.get(node.mid());
                if (message != null) {
                    each.accept(new Shown(node, message));
                }
            }
        }
    }

    /**
     * Looks for the messages of these nodes, without reading them.
     *
     * @throws StanzaError item-not-found if one of them is not in the set (XEP-0013 §2.5)
     */
    Map<Mid, OfflineHead> require(String account, List<OfflineNode> nodes) {
        Map<Mid, OfflineHead> heads = new HashMap<>();
        store.heads(account, nodes.stream().map(OfflineNode::mid).toList())
                .forEach(head -> heads.put(head.mid(), head));
        for (OfflineNode node : nodes) {
            OfflineHead head = heads.get(node.mid());
            if (head == null || !node.isOf(head)) {
                throw new StanzaError(PacketError.Condition.item_not_found);
            }
        }
        return heads;
    }

    private static List<List<OfflineNode>> pages(List<OfflineNode> nodes, Map<Mid, OfflineHead> heads) {
        List<List<OfflineNode>> pages = new ArrayList<>();
        int from = 0;
        long bytes = 0;
        for (int i = 0; i < nodes.size(); i++) {
            long length = heads.get(nodes.get(i).mid()).bytes();
            if (i > from && (i - from == PAGE || bytes + length > PAGE_BYTES)) {
                pages.add(nodes.subList(from, i));
                from = i;
                bytes = 0;
            }
            bytes += length;
        }
        pages.add(nodes.subList(from, nodes.size()));
        return pages;
    }

    void remove(String account, Collection<Mid> mids) {
        if (!mids.isEmpty()) {
            books.remove(account, mids);
        }
    }

    void show(ClientSession session, Message message) {
        books.show(session, message);
    }
}
