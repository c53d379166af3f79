package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import java.util.List;
import org.dom4j.Element;
import org.dom4j.QName;

/**
 * A 64-bit hash of a message with its addresses and its id (FNV-1a): tells a message that comes again from a new one. A
 * delay (XEP-0203) does not count, since who sends again may say that it is late. Anybody can make two messages of one
 * hash, but only of their own.
 */
final class ContentHash {

    private static final long OFFSET_BASIS = 0xcbf29ce484222325L;
    private static final long PRIME = 0x100000001b3L;
    /** What a passage through the server adds, or takes away: Openfire removes {@code <private/>} when it routes. */
    private static final List<QName> PASSING = List.of(
            QName.get("delay", Namespaces.DELAY),
            QName.get("stanza-id", Namespaces.STANZA_ID),
            QName.get("private", Namespaces.CARBONS));

    private ContentHash() {}

    /**
     * @param xml the message as text, so that it need not be made again
     */
    static long of(Element message, String xml) {
        for (int i = 0; i < message.nodeCount(); i++) {
            if (message.node(i) instanceof Element child && PASSING.contains(child.getQName())) {
                return hash(StoredStanza.of(lasting(message)));
            }
        }
        return hash(xml);
    }

    /** The message without what another passage through the server may change. */
    static Element lasting(Element message) {
        Element copy = message.createCopy();
        for (QName passing : PASSING) {
            List.copyOf(copy.elements(passing)).forEach(copy::remove);
        }
        return copy;
    }

    private static long hash(String text) {
        long hash = OFFSET_BASIS;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * PRIME;
        }
        return hash;
    }
}
