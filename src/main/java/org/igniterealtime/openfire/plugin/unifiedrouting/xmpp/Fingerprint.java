package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.dom4j.DocumentException;
import org.dom4j.Element;
import org.dom4j.QName;

/**
 * Tells whether two messages are the same one: addresses, id, attributes and content are equal. A delay (XEP-0203) does
 * not count, since who sends a message again may say that it is late.
 *
 * @param digest of the message as XML
 */
record Fingerprint(String digest) {

    private static final QName DELAY = QName.get("delay", Namespaces.DELAY);
    private static final QName STANZA_ID = QName.get("stanza-id", Namespaces.STANZA_ID);

    /**
     * @throws DocumentException if the text is no stanza
     */
    static Fingerprint of(String stanza) throws DocumentException {
        Element message = StoredStanza.parse(stanza);
        for (QName passing : List.of(DELAY, STANZA_ID)) {
            List.copyOf(message.elements(passing)).forEach(message::remove);
        }
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256").digest(message.asXML().getBytes(StandardCharsets.UTF_8));
            return new Fingerprint(HexFormat.of().formatHex(digest, 0, 16));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }
}
