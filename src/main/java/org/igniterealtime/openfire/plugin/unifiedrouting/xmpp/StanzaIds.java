package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import java.util.List;
import java.util.Optional;
import org.dom4j.Element;
import org.dom4j.QName;
import org.xmpp.packet.JID;

/** The stanza-ids of a message (XEP-0359). */
final class StanzaIds {

    private static final QName STANZA_ID = QName.get("stanza-id", Namespaces.STANZA_ID);

    private StanzaIds() {}

    /** The id that an entity gave to a message. */
    static Optional<String> find(Element message, JID by) {
        String address = by.toBareJID();
        for (Element id : message.elements(STANZA_ID)) {
            if (address.equals(id.attributeValue("by"))) {
                return Optional.ofNullable(id.attributeValue("id"));
            }
        }
        return Optional.empty();
    }

    static void add(Element message, JID by, String id) {
        message.addElement(STANZA_ID).addAttribute("by", by.toBareJID()).addAttribute("id", id);
    }

    /**
     * Removes the ids that claim to come from an account of this server, or from the server itself (XEP-0359 §3.1:
     * "stanza-ids by the entity itself MUST be deleted"). Those of others are left alone.
     *
     * @param kept the one account whose id stays, or null; of several it is the one that {@link #find} finds
     */
    static void strip(Element message, String domain, JID kept) {
        String address = kept == null ? null : kept.toBareJID();
        for (Element id : List.copyOf(message.elements(STANZA_ID))) {
            String by = id.attributeValue("by");
            if (by != null && by.equals(address)) {
                address = null;
            } else if (by == null || isOf(domain, by)) {
                message.remove(id);
            }
        }
    }

    /** Whether a message carries, at any depth, an id that an account of this server gave it, other than this one. */
    static boolean hasForeign(Element element, String domain, String own) {
        for (Element child : element.elements()) {
            if (isForeign(child, domain, own) || hasForeign(child, domain, own)) {
                return true;
            }
        }
        return false;
    }

    /** Removes what {@link #hasForeign} finds. */
    static void stripForeign(Element element, String domain, String own) {
        for (Element child : List.copyOf(element.elements())) {
            if (isForeign(child, domain, own)) {
                element.remove(child);
            } else {
                stripForeign(child, domain, own);
            }
        }
    }

    private static boolean isForeign(Element element, String domain, String own) {
        if (!element.getQName().equals(STANZA_ID)) {
            return false;
        }
        String by = element.attributeValue("by");
        return by != null && !by.equals(own) && isOf(domain, by);
    }

    private static boolean isOf(String domain, String by) {
        try {
            return domain.equals(new JID(by).getDomain());
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
