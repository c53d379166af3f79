package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

/**
 * Whether this thread is routing once more what a session has left unacknowledged. Openfire marks such messages by a delay,
 * but anybody can put one on. Thread-safe.
 */
public final class Returning {

    private final ClientStates states;
    private final ClientConnections connections;
    private final ThreadLocal<String> account = new ThreadLocal<>();

    public Returning(ClientStates states, ClientConnections connections) {
        this.states = states;
        this.connections = connections;
    }

    /** Routes, on this thread, what a session of an account has left. */
    void route(String owner, Runnable routing) {
        account.set(owner);
        try {
            routing.run();
        } finally {
            account.remove();
        }
    }

    /** Whether a message to this account is one of those. */
    public boolean isUnderWay(String owner) {
        return owner.equals(account.get())
                || states.of(owner).stream().anyMatch(state -> connections.isRoutedAgain(state.session()));
    }
}
