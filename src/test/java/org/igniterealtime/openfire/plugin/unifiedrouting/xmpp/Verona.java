package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import java.util.Optional;
import java.util.Set;
import org.dom4j.DocumentException;
import org.dom4j.DocumentHelper;
import org.dom4j.Element;
import org.xmpp.packet.JID;
import org.xmpp.packet.Message;

/** The server of the tests: the domain verona.example, where Romeo and Juliet have accounts. */
final class Verona {

    static final String DOMAIN = "verona.example";
    static final JID ROMEO = new JID("romeo@verona.example/orchard");
    static final JID JULIET = new JID("juliet@verona.example/balcony");
    static final JID TYBALT = new JID("tybalt@capulet.example/street");

    static final Accounts ACCOUNTS = new Accounts() {
        @Override
        public String domain() {
            return DOMAIN;
        }

        @Override
        public Optional<String> accountOf(JID address) {
            return Optional.ofNullable(address)
                    .filter(jid -> DOMAIN.equals(jid.getDomain()) && jid.getNode() != null)
                    .map(JID::getNode)
                    .filter(Set.of("romeo", "juliet")::contains);
        }
    };

    private Verona() {}

    /** XML with apostrophes, as Openfire hands it to interceptors: without the content namespace. */
    static Element xml(String text) {
        try {
            return DocumentHelper.parseText(text).getRootElement();
        } catch (DocumentException e) {
            throw new IllegalArgumentException(text, e);
        }
    }

    static Message message(JID from, JID to, String content) {
        Message message = new Message(xml("<message type='chat'>" + content + "</message>"), true);
        message.setFrom(from);
        message.setTo(to);
        return message;
    }

    static Message chat(JID from, JID to) {
        return message(from, to, "<body>Ay me!</body>");
    }

    static String stanzaId(String by, String id) {
        return "<stanza-id xmlns='urn:xmpp:sid:0' by='" + by + "' id='" + id + "'/>";
    }

    static String delayFrom(String entity) {
        return "<delay xmlns='urn:xmpp:delay' from='" + entity + "' stamp='2026-01-02T12:00:00.000Z'/>";
    }
}
