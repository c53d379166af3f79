package org.igniterealtime.openfire.plugin.unifiedrouting.rules;

import java.util.Objects;
import java.util.Optional;
import org.xmpp.packet.JID;

/**
 * A message with its verdict, on its way.
 *
 * @param from the sender, empty for what the server itself makes
 * @param to the recipient
 */
public record JudgedMessage(MessageFacts facts, Verdict verdict, Optional<JID> from, Optional<JID> to) {

    /**
     * @param from may be null
     * @param to null for the sender's own bare JID (RFC 6120 §10.3)
     */
    public static JudgedMessage of(MessageFacts facts, Verdict verdict, JID from, JID to) {
        Optional<JID> sender = Optional.ofNullable(from);
        return new JudgedMessage(facts, verdict, sender, Optional.ofNullable(to).or(() -> sender.map(JID::asBareJID)));
    }

    public boolean isToOneself() {
        return from.isPresent()
                && to.isPresent()
                && Objects.equals(from.get().getNode(), to.get().getNode())
                && from.get().getDomain().equals(to.get().getDomain());
    }

    boolean isAddressedTo(SessionSnapshot session) {
        return facts.toResource() && isResource(to, session);
    }

    boolean isSentBy(SessionSnapshot session) {
        return isResource(from, session);
    }

    private static boolean isResource(Optional<JID> jid, SessionSnapshot session) {
        return jid.map(JID::getResource).filter(session.resource()::equals).isPresent();
    }
}
