package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import org.igniterealtime.openfire.plugin.unifiedrouting.rules.MessageContext;
import org.igniterealtime.openfire.plugin.unifiedrouting.rules.MessageFacts;
import org.igniterealtime.openfire.plugin.unifiedrouting.rules.RuleSettings;
import org.xmpp.packet.Message;

/**
 * Reads what rules look at from a stanza. From the element, not by tinder's accessors: {@code Message.getType()} throws
 * on a type that it does not know, {@code getTo()} on an address that is no JID. Changes nothing.
 */
public final class StanzaFacts {

    private StanzaFacts() {}

    public static MessageFacts of(Message stanza, MessageContext context, RuleSettings settings) {
        return MessageFacts.of(new DomElementView(stanza.getElement()), context, settings);
    }
}
