package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import java.util.Collection;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Mid;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineChange;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineLedgers;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineStore;
import org.igniterealtime.openfire.plugin.unifiedrouting.subscription.SessionKey;
import org.jivesoftware.openfire.session.ClientSession;
import org.xmpp.packet.Message;

/** The books of offline sets for those who show them to their owners: the ledgers. Thread-safe. */
public final class LedgerBooks implements OfflineBooks {

    private final OfflineLedgers<Holder> ledgers;
    private final OfflineStore store;
    private final ClientStates states;
    private final DeliveryWatch watch;

    public LedgerBooks(OfflineLedgers<Holder> ledgers, OfflineStore store, ClientStates states, DeliveryWatch watch) {
        this.ledgers = ledgers;
        this.store = store;
        this.states = states;
        this.watch = watch;
    }

    @Override
    public void settle(String owner) {
        ledgers.settle(owner);
    }

    @Override
    public void remove(String owner, Collection<Mid> mids) {
        store.apply(List.of(new OfflineChange(owner, OptionalLong.empty(), Set.copyOf(mids), Set.of())));
        ledgers.removed(owner, mids);
    }

    @Override
    public void floodStopped(SessionKey session) {
        states.find(session).ifPresent(ClientState::floodStopped);
    }

    @Override
    public void show(ClientSession session, Message message) {
        watch.show(session, message);
    }
}
