package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.igniterealtime.openfire.plugin.unifiedrouting.rules.Copy;
import org.igniterealtime.openfire.plugin.unifiedrouting.rules.DeliveryPlan;

/** Which sessions have been given which copies of a message while it is routed, and which are to be. Of one thread. */
final class Given {

    /** What is to be done for one account, at the moment when that was asked first. */
    record Planned(List<ClientState> sessions, DeliveryPlan plan) {

        Set<Copy> copiesFor(ClientState state) {
            return plan.copiesFor(state.key().jid().getResource());
        }

        boolean isFor(Copy copy) {
            return sessions.stream().anyMatch(state -> copiesFor(state).contains(copy));
        }

        /** A session that was not there then, or could not be reached, is nobody's business. */
        boolean forbids(Copy copy, ClientState state) {
            return sessions.contains(state) && !copiesFor(state).contains(copy);
        }
    }

    private final Map<Copy, Set<ClientState>> given = new EnumMap<>(Copy.class);
    private final Set<ClientState> exempt = Collections.newSetFromMap(new IdentityHashMap<>(2));
    private Optional<Planned> recipients;
    private Optional<Planned> senders = Optional.empty();
    private Boolean withAnother;
    private boolean refused;
    private boolean reflected;

    /** Null if it was not handed over in a turn. */
    private Set<ClientState> routingNg;

    /** @return false if the session has it already */
    boolean add(Copy copy, ClientState state) {
        return given.computeIfAbsent(copy, one -> new HashSet<>(2)).add(state);
    }

    boolean has(Copy copy, ClientState state) {
        return given.getOrDefault(copy, Set.of()).contains(state);
    }

    boolean isWithNobody(Copy copy) {
        return given.getOrDefault(copy, Set.of()).isEmpty();
    }

    /** What is planned for the recipient; asked once. */
    Optional<Planned> recipients(Supplier<Optional<Planned>> planning) {
        if (recipients == null) {
            recipients = planning.get();
        }
        return recipients;
    }

    Optional<Planned> senders() {
        return senders;
    }

    void senders(Planned planned) {
        senders = Optional.of(planned);
    }

    /** Whoever was to have the message could not be reached: these get it instead. */
    void exempt(Collection<ClientState> others) {
        exempt.addAll(others);
    }

    boolean isExempt(ClientState state) {
        return exempt.contains(state);
    }

    /** Whether some session had it before it was routed again; asked once, before anybody gets it now. */
    boolean isWithAnother(BooleanSupplier question) {
        if (withAnother == null) {
            withAnother = question.getAsBoolean();
        }
        return withAnother;
    }

    /**
     * It was handed to the archive, and whoever was to have it then has it. To be told in the turn in which that was done.
     *
     * @param sessions the recipient's routing-ng sessions
     */
    void handedOver(Collection<ClientState> sessions) {
        routingNg = sessions.isEmpty() ? Set.of() : Set.copyOf(sessions);
    }

    boolean isHandedOver() {
        return routingNg != null;
    }

    /** Whether it was handed over before a session of its recipient became a routing-ng session. */
    boolean isBefore(ClientState state) {
        return isHandedOver() && state.isRoutingNg() && !routingNg.contains(state);
    }

    /** Its client has sent it before, and its sender's sessions have had it. */
    void reflected() {
        reflected = true;
    }

    boolean isReflected() {
        return reflected;
    }

    /** Its sender's own privacy list keeps it from being routed. */
    void refuse() {
        refused = true;
    }

    boolean isRefused() {
        return refused;
    }
}
