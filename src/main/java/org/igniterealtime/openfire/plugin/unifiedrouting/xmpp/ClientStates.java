package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineLedger;
import org.igniterealtime.openfire.plugin.unifiedrouting.offline.OfflineLedgers;
import org.igniterealtime.openfire.plugin.unifiedrouting.subscription.SessionKey;
import org.jivesoftware.openfire.Connection;
import org.jivesoftware.openfire.session.LocalClientSession;
import org.jivesoftware.openfire.session.Session;
import org.xmpp.packet.JID;

/** The bound sessions of this node's accounts, by account. Thread-safe. */
public final class ClientStates {

    private final OfflineLedgers<Holder> ledgers;
    private final Accounts accounts;
    private final Predicate<LocalClientSession> hasItsAddress;
    private final ConcurrentMap<String, ConcurrentMap<JID, ClientState>> byAccount = new ConcurrentHashMap<>();
    private volatile Consumer<ClientState> replaced = state -> {};

    /** Every session that is asked about has its address. */
    ClientStates(OfflineLedgers<Holder> ledgers, Accounts accounts) {
        this(ledgers, accounts, session -> true);
    }

    /** @param hasItsAddress whether a session is the one that Openfire finds by its address now */
    public ClientStates(
            OfflineLedgers<Holder> ledgers, Accounts accounts, Predicate<LocalClientSession> hasItsAddress) {
        this.ledgers = ledgers;
        this.accounts = accounts;
        this.hasItsAddress = hasItsAddress;
    }

    /** @param listener is told of a session whose address another one has now; nobody else says so */
    void onReplaced(Consumer<ClientState> listener) {
        replaced = listener;
    }

    /**
     * The state of a session; a new one for a session that is bound and was not known.
     *
     * @return empty for sessions that are not an account's, or not on this node
     */
    Optional<ClientState> of(Session session) {
        return find(session).or(() -> bound(session));
    }

    private Optional<ClientState> find(Session session) {
        if (!(session instanceof LocalClientSession client) || client.getAddress() == null) {
            return Optional.empty();
        }
        JID address = client.getAddress();
        ConcurrentMap<JID, ClientState> states = address.getNode() == null ? null : byAccount.get(address.getNode());
        ClientState state = states == null ? null : states.get(address);
        return state != null && state.session() == client ? Optional.of(state) : Optional.empty();
    }

    private Optional<ClientState> bound(Session session) {
        if (!(session instanceof LocalClientSession client)
                || client.isAnonymousUser()
                || client.getAddress() == null
                || client.getAddress().getResource() == null
                || !isThere(client)
                || !hasItsAddress.test(client)
                || accounts.accountOf(client.getAddress()).isEmpty()) {
            return Optional.empty();
        }
        SessionKey key = Sessions.keyOf(client);
        OfflineLedger<Holder> ledger = ledgers.bound(key.account(), Holder.of(key));
        ClientState state = new ClientState(client, key, ledger);
        ClientState[] earlier = new ClientState[1];
        byAccount.compute(key.account(), (account, known) -> {
            ConcurrentMap<JID, ClientState> states = known == null ? new ConcurrentHashMap<>(2) : known;
            earlier[0] = states.get(key.jid());
            if (earlier[0] == null || earlier[0].session() != client) {
                states.put(key.jid(), state);
            }
            return states;
        });
        if (earlier[0] != null && earlier[0].session() == client) {
            // Another thread has met it first.
            return Optional.of(earlier[0]);
        }
        if (earlier[0] != null) {
            replaced.accept(earlier[0]);
            ledgers.unbound(key.account(), earlier[0].raw());
        }
        return Optional.of(state);
    }

    /** Whether this was a session of an account, and is none any more. */
    boolean hasEnded(Session session) {
        return session instanceof LocalClientSession client
                && !client.isAnonymousUser()
                && client.getAddress() != null
                && client.getAddress().getResource() != null
                && !(isThere(client) && hasItsAddress.test(client));
    }

    /** Of one whose end has been told already, nobody would tell it again. */
    private static boolean isThere(LocalClientSession session) {
        if (session.isDetached()) {
            return true;
        }
        Connection connection = session.getConnection();
        return connection == null || !connection.isClosed();
    }

    /** The session of this address that is known, whether it still is there or not. */
    Optional<ClientState> at(JID address) {
        ConcurrentMap<JID, ClientState> states =
                address == null || address.getNode() == null ? null : byAccount.get(address.getNode());
        return Optional.ofNullable(states == null ? null : states.get(address));
    }

    Optional<ClientState> find(SessionKey key) {
        return at(key.jid()).filter(state -> state.key().equals(key));
    }

    Collection<ClientState> of(String account) {
        ConcurrentMap<JID, ClientState> states = byAccount.get(account);
        return states == null ? List.of() : states.values();
    }

    /** Empty for an account that has had no session for a while. */
    Optional<OfflineLedger<Holder>> ledger(String account) {
        return ledgers.find(account);
    }

    List<ClientState> all() {
        return byAccount.values().stream()
                .flatMap(states -> states.values().stream())
                .toList();
    }

    /** Forgets a session, once. */
    boolean remove(ClientState state) {
        boolean[] removed = {false};
        byAccount.computeIfPresent(state.key().account(), (account, states) -> {
            removed[0] = states.remove(state.key().jid(), state);
            return states.isEmpty() ? null : states;
        });
        ledgers.unbound(state.key().account(), state.raw());
        state.ledger().gone(state.notified());
        return removed[0];
    }
}
