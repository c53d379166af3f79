package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import java.util.Set;
import org.dom4j.QName;
import org.xmpp.packet.Message;

/** The {@code type} of a message, and nothing that only looks like it: dom4j finds attributes of any namespace. */
final class StanzaType {

    private static final QName TYPE = QName.get("type");
    private static final Set<String> KNOWN = Set.of("normal", "chat", "groupchat", "headline", "error");

    private StanzaType() {}

    static boolean is(Message message, String type) {
        return type.equals(message.getElement().attributeValue(TYPE));
    }

    /** An unknown type is to be treated as normal (RFC 6121 §5.2.2). Openfire fails on it. */
    static void removeUnknown(Message message) {
        String type = message.getElement().attributeValue(TYPE);
        if (type != null && !KNOWN.contains(type)) {
            message.getElement().remove(message.getElement().attribute(TYPE));
        }
    }
}
