package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import org.dom4j.Element;
import org.xmpp.packet.Message;

/**
 * A message that is written to one session beside those whom Openfire routes it to, and that is nobody else's when the
 * session ends without having acknowledged it. On the wire it cannot be told from the others. Openfire keeps what is
 * unacknowledged by {@link #createCopy}, so that it still is one when it comes back.
 */
final class SessionCopy extends Message {

    SessionCopy(Message message) {
        this(message.getElement().createCopy());
    }

    private SessionCopy(Element element) {
        super(element, true);
    }

    @Override
    public Message createCopy() {
        return new SessionCopy(this);
    }
}
