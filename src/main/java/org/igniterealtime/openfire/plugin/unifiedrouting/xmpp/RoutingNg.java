package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import org.jivesoftware.openfire.session.ClientSession;
import org.xmpp.packet.PacketError;

/** Makes sessions routing-ng sessions (XEP-0409). What they get from then on, the rules say. Thread-safe. */
public final class RoutingNg {

    private final ClientStates states;
    private final Floods floods;
    private final Clock clock;

    public RoutingNg(ClientStates states, Floods floods, Clock clock) {
        this.states = states;
        this.floods = floods;
        this.clock = clock;
    }

    /**
     * Enables it, unless it is, until the session ends. Carbons end by it (XEP-0409 §5); what no archive shows is given to
     * the session.
     *
     * @throws StanzaError if the session is not on this node
     */
    void enable(ClientSession session) {
        ClientState state =
                states.of(session).orElseThrow(() -> new StanzaError(PacketError.Condition.internal_server_error));
        if (!state.isRoutingNg()) {
            enable(state, clock.instant());
        }
    }

    private void enable(ClientState state, Instant since) {
        state.enableRoutingNg(since);
        state.session().setMessageCarbonsEnabled(false);
        floods.giveHidden(state);
    }

    /** Since when a session has it; empty if it has not. */
    public Optional<Instant> since(ClientSession session) {
        return states.of(session).map(ClientState::routingNgSince);
    }

    /** A session has had it before the plugin went and came back. */
    public void restore(ClientSession session, Instant since) {
        states.of(session).ifPresent(state -> enable(state, since));
    }
}
