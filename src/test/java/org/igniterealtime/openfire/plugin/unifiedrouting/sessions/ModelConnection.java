package org.igniterealtime.openfire.plugin.unifiedrouting.sessions;

import java.util.ArrayList;
import java.util.List;
import org.igniterealtime.openfire.plugin.unifiedrouting.sessions.Delivery.Standing;
import org.igniterealtime.openfire.testclient.RawClient;
import org.igniterealtime.openfire.testclient.Received;
import org.igniterealtime.openfire.testclient.SmState;

/** One connection of a session, and what of it was acknowledged. Used by the thread of its sequence. */
final class ModelConnection {

    final ModelSession session;
    final RawClient client;

    /** What the client had counted when this connection was resumed; 0 for the first one. */
    private final int offset;

    /** How many stanzas came before counting began. */
    private final int uncounted;

    /** Stanzas up to this count are acknowledged, and the server has read that. */
    private int takenUpTo;

    /** No acknowledgement went beyond this count. */
    private int acknowledgedUpTo = Integer.MAX_VALUE;

    /** Until when the client has seen all that the server sent; {@link Long#MAX_VALUE} while it is connected. */
    private long heardUntil = Long.MAX_VALUE;

    private final long openedAt = System.nanoTime();
    private final boolean isResumed;
    private boolean holds;

    private ModelConnection(ModelSession session, RawClient client, int offset, int uncounted, boolean isResumed) {
        this.isResumed = isResumed;
        this.session = session;
        this.client = client;
        this.offset = offset;
        this.uncounted = uncounted;
    }

    /** After binding, and after stream management was enabled where it is. */
    static ModelConnection first(ModelSession session, RawClient client) {
        return new ModelConnection(session, client, 0, uncounted(client), false);
    }

    /** After resuming with that state. */
    static ModelConnection resumed(ModelSession session, RawClient client, SmState state) {
        ModelConnection connection = new ModelConnection(session, client, state.handled(), 0, true);
        connection.takenUpTo = state.handled();
        return connection;
    }

    private static int uncounted(RawClient client) {
        while (true) {
            int before = client.received().size();
            int handled = client.state().handled();
            if (client.received().size() == before) {
                return before - handled;
            }
        }
    }

    long openedAt() {
        return openedAt;
    }

    /** What was sent before that may come as what the server had not seen acknowledged; never for the first connection. */
    long resumedAt() {
        return isResumed ? openedAt : Long.MIN_VALUE;
    }

    long heardUntil() {
        return heardUntil;
    }

    /** The connection has ended. What the server wrote and the client had not read by then was lost on the way. */
    void ended() {
        heardUntil = client.heardUntil();
    }

    boolean holds() {
        return holds;
    }

    /** From now on nothing that comes is acknowledged. */
    void hold() {
        client.holdAcks(true);
        acknowledgedUpTo = client.acknowledged();
        holds = true;
    }

    /** Acknowledges what has come, and makes sure that the server knows. */
    void acknowledge() {
        holds = false;
        acknowledgedUpTo = Integer.MAX_VALUE;
        int handled = client.state().handled();
        client.holdAcks(false);
        client.sendAck();
        client.sync();
        takenUpTo = handled;
    }

    /** The server has been told, by a resumption, how far this connection got. */
    void resumedFrom(int handled) {
        takenUpTo = Math.max(takenUpTo, handled);
        acknowledgedUpTo = takenUpTo;
    }

    /** How far it has acknowledged what came: a client must not say less when it resumes (XEP-0198 §4). */
    int acknowledged() {
        return client.acknowledged();
    }

    Standing standing(int count) {
        if (session.mode == ModelSession.Mode.PLAIN || count <= takenUpTo) {
            return Standing.TAKEN;
        }
        return count <= acknowledgedUpTo ? Standing.MAYBE : Standing.OPEN;
    }

    /** All messages that have come so far. */
    List<Delivery> deliveries() {
        List<Delivery> deliveries = new ArrayList<>();
        List<Received> received = client.received();
        for (int i = 0; i < received.size(); i++) {
            Delivery.of(received.get(i), this, offset + i + 1 - uncounted).ifPresent(deliveries::add);
        }
        return deliveries;
    }
}
