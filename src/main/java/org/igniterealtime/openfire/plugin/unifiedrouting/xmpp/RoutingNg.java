package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.jivesoftware.openfire.session.ClientSession;
import org.xmpp.packet.PacketError;

/** Makes sessions routing-ng sessions (XEP-0409). What they get from then on, the rules say. Thread-safe. */
public final class RoutingNg {

    private final ClientStates states;
    private final Floods floods;
    private final AccountTurns turns;
    private final Clock clock;

    public RoutingNg(ClientStates states, Floods floods, AccountTurns turns, Clock clock) {
        this.states = states;
        this.floods = floods;
        this.turns = turns;
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
        try (AccountTurns.Turn turn = turns.take(Set.of(state.key().account()))) {
            // What was handed over before is in the archive, and what is from now on comes live.
            state.enableRoutingNg(since);
        }
        state.session().setMessageCarbonsEnabled(false);
        floods.giveHidden(state);
    }

    /** Since when a session is one; empty if it is not. */
    public Optional<Instant> since(ClientSession session) {
        return states.of(session).filter(ClientState::isRoutingNg).map(ClientState::routingNgSince);
    }

    /** A session was one when the plugin left. */
    public void restore(ClientSession session, Instant since) {
        states.of(session).ifPresent(state -> enable(state, since));
    }
}
