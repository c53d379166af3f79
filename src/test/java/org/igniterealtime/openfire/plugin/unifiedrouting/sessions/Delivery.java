package org.igniterealtime.openfire.plugin.unifiedrouting.sessions;

import static org.igniterealtime.openfire.testclient.Stanzas.child;
import static org.igniterealtime.openfire.testclient.Stanzas.forwardedMessage;
import static org.igniterealtime.openfire.testclient.Stanzas.isArchiveResult;
import static org.igniterealtime.openfire.testclient.Stanzas.isSubscriptionNotification;
import static org.igniterealtime.openfire.testclient.Stanzas.message;
import static org.igniterealtime.openfire.testclient.Stanzas.notifiedMid;
import static org.igniterealtime.openfire.testclient.Stanzas.stanzaId;

import java.util.Optional;
import org.dom4j.Element;
import org.igniterealtime.openfire.testclient.Received;

/**
 * A message that a session has received, in whatever form.
 *
 * @param id of the message
 * @param form how it came
 * @param delayed whether the server says that it was delayed (XEP-0203)
 * @param mid the id that the recipient's archive gave it; null where none is shown
 * @param at when it had been read
 * @param connection over which it came
 * @param count the number of the stanza in the arithmetic of XEP-0198; not positive before that was enabled
 */
record Delivery(String id, Form form, boolean delayed, String mid, long at, ModelConnection connection, int count) {

    /** How a message comes. */
    enum Form {
        RAW,
        CARBON,
        NOTIFICATION,
        ERROR
    }

    /** Whether the session has taken it (docs/routing-rules.md, section 1). */
    enum Standing {
        TAKEN,
        /** The acknowledgement may not have reached the server. */
        MAYBE,
        OPEN
    }

    /** Reads a stanza. Empty where it is none of these, or concerns a message that this account has sent. */
    static Optional<Delivery> of(Received received, ModelConnection connection, int count) {
        Element stanza = received.element();
        if (!message().test(stanza) || isArchiveResult().test(stanza)) {
            return Optional.empty();
        }
        String account = connection.session.account.jid;
        if ("error".equals(stanza.attributeValue("type"))) {
            return Optional.of(
                    of(stanza.attributeValue("id"), Form.ERROR, stanza, account, received, connection, count));
        }
        Element inner = forwardedMessage(stanza);
        if (inner == null) {
            return Optional.of(of(stanza.attributeValue("id"), Form.RAW, stanza, account, received, connection, count));
        }
        if (!inner.attributeValue("to", account).split("/")[0].equals(account)) {
            return Optional.empty();
        }
        boolean notification = isSubscriptionNotification().test(stanza);
        Delivery delivery = of(
                inner.attributeValue("id"),
                notification ? Form.NOTIFICATION : Form.CARBON,
                inner,
                account,
                received,
                connection,
                count);
        return Optional.of(notification ? delivery.withMid(notifiedMid(stanza)) : delivery);
    }

    private static Delivery of(
            String id, Form form, Element message, String account, Received received, ModelConnection over, int n) {
        Element delay = child(message, "delay", "urn:xmpp:delay");
        return new Delivery(id, form, delay != null, stanzaId(message, account), received.nanoTime(), over, n);
    }

    private Delivery withMid(String other) {
        return new Delivery(id, form, delayed, other, at, connection, count);
    }

    ModelSession session() {
        return connection.session;
    }

    Standing standing() {
        return connection.standing(count);
    }

    @Override
    public String toString() {
        return form + (delayed ? " with delay" : "") + " to " + session() + ", " + standing() + ", mid " + mid;
    }
}
