package org.igniterealtime.openfire.plugin.unifiedrouting.sessions;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A bound session with all its connections. Used by the thread of its sequence. */
final class ModelSession {

    /** How the client is connected. */
    enum Mode {
        /** Without stream management. */
        PLAIN,
        /** With acknowledgements. */
        ACKED,
        /** With acknowledgements and resumption. */
        RESUMABLE
    }

    /**
     * A presence without an address.
     *
     * @param sentAt {@link System#nanoTime()} before it was written
     * @param processedAt when the server was known to have worked it off
     */
    record Presence(long sentAt, long processedAt) {}

    final ModelAccount account;
    final String resource;
    final Mode mode;
    final List<ModelConnection> connections = new ArrayList<>();

    /** Sent and not known to be processed. */
    final List<SentMessage> unconfirmed = new ArrayList<>();

    /** Each presence that it has sent about itself. */
    final List<Presence> presences = new ArrayList<>();

    /** Whether the last of them says that it is there. */
    boolean available;

    /** When it subscribed or read the archive first, {@link System#nanoTime()} after that; for ever if never. */
    long readsArchiveSince = Long.MAX_VALUE;

    /** When it subscribed, once or more often: {@link System#nanoTime()} after each. */
    final List<Long> subscriptions = new ArrayList<>();

    /** The same before each: what a subscription brings may come before its answer. */
    final List<Long> subscribing = new ArrayList<>();

    /** When the server was known to have let go of it. */
    long goneAt = Long.MAX_VALUE;

    /** Whether the count of what the server has handled is right; after a resumption it may not be. */
    boolean countIsReliable = true;

    /** Whether another session was bound to its address while it was detached. */
    boolean replaced;

    private final int number;

    ModelSession(ModelAccount account, String resource, Mode mode, int number) {
        this.account = account;
        this.resource = resource;
        this.mode = mode;
        this.number = number;
    }

    String jid() {
        return account.jid + "/" + resource;
    }

    ModelConnection connection() {
        return connections.get(connections.size() - 1);
    }

    Stream<Delivery> deliveries() {
        return connections.stream().flatMap(connection -> connection.deliveries().stream());
    }

    /** Whether the server may have handed it something in that time which its client did not see. */
    boolean wasDeaf(long from, long until) {
        for (int i = 0; i < connections.size(); i++) {
            long heardAgain =
                    i + 1 < connections.size() ? connections.get(i + 1).openedAt() : goneAt;
            if (connections.get(i).heardUntil() < until && from < heardAgain) {
                return true;
            }
        }
        return false;
    }

    @Override
    public String toString() {
        return account.name + "/" + resource + "[" + number + " " + mode + "]";
    }
}
