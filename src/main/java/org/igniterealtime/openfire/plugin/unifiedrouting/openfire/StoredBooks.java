package org.igniterealtime.openfire.plugin.unifiedrouting.openfire;

import java.util.Collection;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Mid;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineChange;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineStore;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.handover.Handover;
import org.igniterealtime.openfire.plugin.unifiedrouting.subscription.SessionKey;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.OfflineBooks;
import org.jivesoftware.openfire.session.ClientSession;
import org.xmpp.packet.Message;

/** Offline sets as the database has them, with what Openfire's own store still holds. */
final class StoredBooks implements OfflineBooks {

    private final OfflineStore store;
    private final Handover handover;

    StoredBooks(OfflineStore store, Handover handover) {
        this.store = store;
        this.handover = handover;
    }

    @Override
    public void settle(String owner) {
        handover.takeOver(owner);
    }

    @Override
    public void remove(String owner, Collection<Mid> mids) {
        store.apply(List.of(new OfflineChange(owner, OptionalLong.empty(), Set.copyOf(mids), Set.of())));
    }

    @Override
    public void floodStopped(SessionKey session) {
        // Nobody floods anybody from the offline set.
    }

    @Override
    public void show(ClientSession session, Message message) {
        session.process(message);
    }
}
