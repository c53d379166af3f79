package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import java.util.List;
import java.util.Optional;
import org.dom4j.Element;
import org.dom4j.QName;
import org.xmpp.packet.JID;

/**
 * The stanza-ids of a message (XEP-0359). By an account: the message is in its archive under this id (XEP-0313 §5.1.1). By
 * the server itself: it is kept for the account until it is delivered, and in no archive; no client takes that for a place to
 * go on reading from, and the server knows the message again when a session leaves it unacknowledged.
 */
final class StanzaIds {

    private static final QName STANZA_ID = QName.get("stanza-id", Namespaces.STANZA_ID);

    private StanzaIds() {}

    /** The id under which a message is kept for an account, in its archive or until it is delivered. */
    static Optional<String> find(Element message, JID account) {
        return Optional.ofNullable(element(message, account)).map(id -> id.attributeValue("id"));
    }

    /** Whether the account's archive has the message. */
    static boolean isArchived(Element message, JID account) {
        return by(message, account.toBareJID()) != null;
    }

    private static Element element(Element message, JID account) {
        if (message.element(STANZA_ID) == null) {
            // As a rule, and asked of each message several times.
            return null;
        }
        Element byAccount = by(message, account.toBareJID());
        return byAccount == null && isFor(message, account.toBareJID()) ? by(message, account.getDomain()) : byAccount;
    }

    /** The server's ids are for the account that a message is for; an error repeats what another one got. */
    private static boolean isFor(Element message, String account) {
        String to = message.attributeValue("to");
        return to != null
                && (to.equals(account) || to.startsWith(account + '/'))
                && !"error".equals(message.attributeValue("type"));
    }

    private static Element by(Element message, String address) {
        for (Element id : message.elements(STANZA_ID)) {
            if (address.equals(id.attributeValue("by"))) {
                return id;
            }
        }
        return null;
    }

    /** @param archived whether the account's archive has it; else it is kept until it is delivered */
    static void add(Element message, JID account, String id, boolean archived) {
        message.addElement(STANZA_ID)
                .addAttribute("by", archived ? account.toBareJID() : account.getDomain())
                .addAttribute("id", id);
    }

    /** Takes back what {@link #add} has added. */
    static void remove(Element message, String id) {
        for (Element one : List.copyOf(message.elements(STANZA_ID))) {
            if (id.equals(one.attributeValue("id"))) {
                message.remove(one);
            }
        }
    }

    /**
     * Removes the ids that claim to come from an account of this server, or from the server itself (XEP-0359 §3.1:
     * "stanza-ids by the entity itself MUST be deleted"). Those of others are left alone.
     *
     * @param kept the one account whose id stays, or null; of several it is the one that {@link #find} finds
     */
    static void strip(Element message, String domain, JID kept) {
        if (message.element(STANZA_ID) == null) {
            return;
        }
        Element stays = kept == null ? null : element(message, kept);
        for (Element id : List.copyOf(message.elements(STANZA_ID))) {
            String by = id.attributeValue("by");
            if (id != stays && (by == null || isOf(domain, by))) {
                message.remove(id);
            }
        }
    }

    /** Whether a message carries, at any depth, an id of this server or of an account of it, other than this one's. */
    static boolean hasForeign(Element element, String domain, String own) {
        for (int i = 0; i < element.nodeCount(); i++) {
            if (element.node(i) instanceof Element child
                    && (isForeign(element, child, domain, own) || hasForeign(child, domain, own))) {
                return true;
            }
        }
        return false;
    }

    /** Removes what {@link #hasForeign} finds. */
    static void stripForeign(Element element, String domain, String own) {
        for (Element child : List.copyOf(element.elements())) {
            if (isForeign(element, child, domain, own)) {
                element.remove(child);
            } else {
                stripForeign(child, domain, own);
            }
        }
    }

    private static boolean isForeign(Element message, Element id, String domain, String own) {
        if (!id.getQName().equals(STANZA_ID)) {
            return false;
        }
        String by = id.attributeValue("by");
        if (by == null || by.equals(own)) {
            return false;
        }
        return by.equals(domain) ? !isFor(message, own) : isOf(domain, by);
    }

    private static boolean isOf(String domain, String by) {
        try {
            // Whoever reads it may not be strict about spaces.
            return domain.equals(new JID(by.strip()).getDomain());
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
