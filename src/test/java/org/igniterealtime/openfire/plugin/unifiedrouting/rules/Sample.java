package org.igniterealtime.openfire.plugin.unifiedrouting.rules;

import java.io.StringReader;
import org.dom4j.DocumentException;
import org.dom4j.io.SAXReader;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.StanzaFacts;
import org.xmpp.packet.Message;

/** A stanza as it stands on the wire, with what a rule must know beside it. */
record Sample(String type, String from, String to, String children, MessageContext context, RuleSettings settings) {

    static final String JULIET = "juliet@capulet.example/balcony";
    static final String ROMEO = "romeo@montague.example";
    static final String GARDEN = ROMEO + "/garden";

    static final String BODY = "<body>Wherefore art thou?</body>";
    static final String CHAT_STATE = "<composing xmlns='http://jabber.org/protocol/chatstates'/>";
    static final String RECEIPT = "<received xmlns='urn:xmpp:receipts' id='a'/>";
    static final String ERROR =
            "<error type='cancel'>" + "<service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>";

    static Sample chat(String children) {
        return new Sample("chat", JULIET, ROMEO, children, MessageContext.local(), RuleSettings.defaults());
    }

    static Sample normal(String children) {
        return chat(children).typed(null);
    }

    static Sample error(String children) {
        return chat(children + ERROR).typed("error").toGarden();
    }

    Sample typed(String type) {
        return new Sample(type, from, to, children, context, settings);
    }

    Sample to(String to) {
        return new Sample(type, from, to, children, context, settings);
    }

    Sample toGarden() {
        return to(GARDEN);
    }

    Sample from(String from) {
        return new Sample(type, from, to, children, context, settings);
    }

    Sample and(String more) {
        return new Sample(type, from, to, children + more, context, settings);
    }

    Sample in(MessageContext context) {
        return new Sample(type, from, to, children, context, settings);
    }

    Sample under(RuleSettings settings) {
        return new Sample(type, from, to, children, context, settings);
    }

    Sample underPaths(String list) {
        return under(RuleSettings.builder().storePaths(paths(list)).build());
    }

    static Sample hint(String hint, Sample sample) {
        return sample.and("<" + hint + " xmlns='urn:xmpp:hints'/>");
    }

    static StorePaths paths(String list) {
        StorePaths.Parsed parsed = StorePaths.parse(list);
        if (parsed instanceof StorePaths.Valid valid) {
            return valid.paths();
        }
        throw new AssertionError(list + ": " + parsed);
    }

    MessageFacts facts() {
        return StanzaFacts.of(stanza(), context, settings);
    }

    Verdict verdict() {
        return RoutingRules.judge(facts(), settings);
    }

    Message stanza() {
        Message stanza = parse("<message xmlns='jabber:client'>" + children + "</message>");
        // Afterwards, as tinder refuses to make a packet with an address that is no JID; other code need not.
        attribute(stanza, "type", type);
        attribute(stanza, "from", from);
        attribute(stanza, "to", to);
        return stanza;
    }

    static void attribute(Message stanza, String name, String value) {
        if (value != null) {
            stanza.getElement().addAttribute(name, value);
        }
    }

    static Message parse(String xml) {
        try {
            return new Message(new SAXReader().read(new StringReader(xml)).getRootElement());
        } catch (DocumentException e) {
            throw new AssertionError(xml, e);
        }
    }
}
