package org.igniterealtime.openfire.plugin.unifiedrouting.subscription;

import java.util.Collection;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/**
 * Which sessions are subscribed to their account's archive. A subscription belongs to the session and ends with it.
 * Thread-safe; subscribing twice and unsubscribing without a subscription change nothing.
 */
public final class SubscriptionRegistry {

    private final ConcurrentHashMap<String, Set<SessionKey>> byAccount = new ConcurrentHashMap<>();

    public void subscribe(SessionKey session) {
        byAccount.compute(session.account(), (account, sessions) -> {
            Set<SessionKey> all = sessions == null ? ConcurrentHashMap.newKeySet() : sessions;
            all.add(session);
            return all;
        });
    }

    public void unsubscribe(SessionKey session) {
        byAccount.computeIfPresent(session.account(), (account, sessions) -> {
            sessions.remove(session);
            return sessions.isEmpty() ? null : sessions;
        });
    }

    /**
     * Forgets what earlier sessions of this address left behind.
     *
     * @param current the session that has the address now
     */
    public void replaced(SessionKey current) {
        endAll(current.account(), session -> session.jid().equals(current.jid()) && !session.equals(current));
    }

    /** Forgets everything about an account that is no more. */
    public void accountDeleted(String account) {
        byAccount.remove(account);
    }

    private void endAll(String account, Predicate<SessionKey> ended) {
        byAccount.computeIfPresent(account, (name, sessions) -> {
            sessions.removeIf(ended);
            return sessions.isEmpty() ? null : sessions;
        });
    }

    public boolean isSubscribed(SessionKey session) {
        return subscribersOf(session.account()).contains(session);
    }

    /** How many sessions are subscribed now; an estimate while others subscribe and leave. */
    public int sessionCount() {
        return byAccount.values().stream().mapToInt(Set::size).sum();
    }

    /** How many accounts have a subscribed session now; an estimate in the same way. */
    public int accountCount() {
        return byAccount.size();
    }

    /** The sessions that hear of an account's archive now. A live view; empty if there are none. */
    public Collection<SessionKey> subscribersOf(String account) {
        Set<SessionKey> sessions = byAccount.get(account);
        return sessions == null ? Set.of() : sessions;
    }
}
