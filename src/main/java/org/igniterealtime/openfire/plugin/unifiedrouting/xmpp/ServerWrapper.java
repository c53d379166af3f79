package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import java.util.Set;
import org.dom4j.Element;
import org.dom4j.QName;
import org.xmpp.packet.JID;
import org.xmpp.packet.Message;

/**
 * Messages that this server makes for an account's own sessions around other messages: carbons (XEP-0280), archive
 * results (XEP-0313), notifications of subscriptions. They are never archived, stored or sent to anybody else.
 */
final class ServerWrapper {

    static final QName SENT = QName.get("sent", Namespaces.CARBONS);
    static final QName RECEIVED = QName.get("received", Namespaces.CARBONS);
    static final QName FORWARDED = QName.get("forwarded", Namespaces.FORWARD);
    static final QName MESSAGE = QName.get("message", Namespaces.CLIENT);

    private static final Set<QName> WRAPPERS = Set.of(
            SENT,
            RECEIVED,
            QName.get("result", Namespaces.MAM),
            QName.get("result", "urn:xmpp:mam:1"),
            QName.get("mamsub", Namespaces.MAM_SUB));

    /** Openfire and this plugin write them to their session and nowhere else. Other archives route their results. */
    private static final Set<QName> NEVER_ROUTED = Set.of(
            QName.get("sent", Namespaces.CARBONS),
            QName.get("received", Namespaces.CARBONS),
            QName.get("mamsub", Namespaces.MAM_SUB));

    private static final Set<QName> ANSWERS = Set.of(
            QName.get("result", Namespaces.MAM),
            QName.get("result", "urn:xmpp:mam:1"),
            QName.get("mamsub", Namespaces.MAM_SUB));

    private ServerWrapper() {}

    /** Whether this is one that a client has asked for, so that it has a place in an order of its own. */
    static boolean isAnswer(Message message) {
        return isOne(message, ANSWERS);
    }

    /** Whose conversation with the account a message belongs to that one of its sessions gets, as bare JID. */
    static String peer(Message message) {
        Element stanza = message.getElement();
        Element sent = stanza.element(SENT);
        Element received = stanza.element(RECEIVED);
        if (isOne(message) && (sent != null || received != null)) {
            Element forwarded = (sent == null ? received : sent).element(FORWARDED);
            Element copied = forwarded == null ? null : forwarded.element(MESSAGE);
            return copied == null ? "" : bare(copied.attributeValue(sent == null ? "from" : "to", ""));
        }
        return message.getFrom() == null ? "" : message.getFrom().toBareJID();
    }

    /** The bare JID of an address that was a JID's before. */
    static String bare(String address) {
        int slash = address.indexOf('/');
        return slash < 0 ? address : address.substring(0, slash);
    }

    /**
     * Whether this is one that the server never routes: then either it is left over from a session that is gone, or somebody
     * else has made it. COMPAT(4.2): a component can.
     */
    static boolean isNeverRouted(Message message) {
        return isOne(message, NEVER_ROUTED);
    }

    /**
     * Whether this is one. The server puts the full JID into what a client sends, and other servers cannot speak for this
     * domain. COMPAT(4.2): a component can; of what it makes, results of an archive cannot be told from genuine ones.
     */
    static boolean isOne(Message message) {
        return isOne(message, WRAPPERS);
    }

    private static boolean isOne(Message message, Set<QName> wrappers) {
        String sender = message.getElement().attributeValue("from", "");
        int slash = sender.indexOf('/');
        if (slash >= 0 && slash < sender.length() - 1) {
            // A full JID, as almost always: seen without making one of it.
            return false;
        }
        if (!isFromOwnAccount(message)) {
            return false;
        }
        for (Element child : message.getElement().elements()) {
            if (wrappers.contains(child.getQName())) {
                return true;
            }
        }
        return false;
    }

    private static boolean isFromOwnAccount(Message message) {
        try {
            JID from = message.getFrom();
            JID to = message.getTo();
            return from != null
                    && to != null
                    && from.getResource() == null
                    && from.toBareJID().equals(to.toBareJID());
        } catch (IllegalArgumentException e) {
            // Openfire answers what is sent to no address from there.
            return false;
        }
    }
}
