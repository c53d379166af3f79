package org.igniterealtime.openfire.plugin.unifiedrouting.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.igniterealtime.openfire.plugin.unifiedrouting.rules.Sample.BODY;
import static org.igniterealtime.openfire.plugin.unifiedrouting.rules.Sample.chat;

import java.util.stream.Stream;
import org.dom4j.DocumentHelper;
import org.dom4j.Element;
import org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.StanzaFacts;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.xmpp.packet.Message;

/** What is read from a stanza, whatever its senders do to it. */
class MessageFactsTest {

    static Stream<Arguments> children() {
        return Stream.of(
                Arguments.of("body", "<body>a</body>", "[BODY]"),
                Arguments.of("space is something said", "<body> </body>", "[BODY]"),
                Arguments.of("CDATA", "<body><![CDATA[a]]></body>", "[BODY]"),
                Arguments.of("comment before text", "<body><!-- c -->a</body>", "[BODY]"),
                Arguments.of("comment only", "<body><!-- c --></body>", "[METADATA]"),
                Arguments.of("element in a body", "<body><b xmlns='urn:example:b'>a</b></body>", "[METADATA]"),
                Arguments.of(
                        "bodies in two languages",
                        "<body xml:lang='en'/><body xml:lang='it'>a</body>",
                        "[BODY, METADATA]"),
                Arguments.of("body of a server stream", "<body xmlns='jabber:server'>a</body>", "[BODY]"),
                Arguments.of("body without namespace", "<body xmlns=''>a</body>", "[BODY]"),
                Arguments.of("body of another namespace", "<body xmlns='urn:example:b'>a</body>", "[UNKNOWN]"),
                Arguments.of(
                        "body inside something",
                        "<x xmlns='urn:example:x'><body xmlns='jabber:client'>a</body></x>",
                        "[UNKNOWN]"),
                Arguments.of("text beside children", "a<body>b</body>c", "[BODY]"),
                Arguments.of("prefix", "<h:store xmlns:h='urn:xmpp:hints'/>", "[STORE]"),
                Arguments.of("hint in the wrong namespace", "<no-store/>", "[UNKNOWN]"),
                Arguments.of("unknown hint", "<think-twice xmlns='urn:xmpp:hints'/>", "[UNKNOWN]"),
                Arguments.of("any chat state", "<gone xmlns='http://jabber.org/protocol/chatstates'/>", "[CHAT_STATE]"),
                Arguments.of(
                        "OMEMO payload elsewhere",
                        "<encrypted xmlns='urn:xmpp:omemo:2'><payload xmlns='urn:example:x'/></encrypted>",
                        "[KEY_TRANSPORT]"),
                Arguments.of(
                        "OMEMO payload deeper",
                        "<encrypted xmlns='urn:xmpp:omemo:2'><header><payload/></header></encrypted>",
                        "[KEY_TRANSPORT]"),
                Arguments.of(
                        "OMEMO payload without namespace",
                        "<encrypted xmlns='urn:xmpp:omemo:2'><payload xmlns=''>b</payload></encrypted>",
                        "[ENCRYPTED]"),
                Arguments.of(
                        "OMEMO payload with nothing in it",
                        "<encrypted xmlns='urn:xmpp:omemo:2'><payload/></encrypted>",
                        "[KEY_TRANSPORT]"),
                Arguments.of(
                        "second OMEMO payload has something in it",
                        "<encrypted xmlns='urn:xmpp:omemo:2'><payload/><payload>b</payload></encrypted>",
                        "[ENCRYPTED]"),
                Arguments.of(
                        "empty encrypted session",
                        "<c xmlns='http://www.xmpp.org/extensions/xep-0200.html#ns'/>",
                        "[METADATA]"),
                Arguments.of("empty OpenPGP", "<x xmlns='jabber:x:encrypted'/>", "[METADATA]"),
                Arguments.of(
                        "declined invitation",
                        "<x xmlns='http://jabber.org/protocol/muc#user'><decline/></x>",
                        "[UNKNOWN]"),
                Arguments.of("room mark", "<x xmlns='http://jabber.org/protocol/muc#user'/>", "[ROOM_MARK]"),
                Arguments.of(
                        "same kind twice", "<store xmlns='urn:xmpp:hints'/><store xmlns='urn:xmpp:hints'/>", "[STORE]"),
                Arguments.of("nothing", "", "[]"));
    }

    @ParameterizedTest(name = "facts: {0}")
    @MethodSource("children")
    void kindsOfChildren(String title, String children, String kinds) {
        assertThat(chat(children).facts().payloads()).hasToString(kinds);
    }

    @ParameterizedTest(name = "RFC 6121 §5.2.2: type {0} is {1}")
    @CsvSource(
            nullValues = "none",
            value = {
                "none, NORMAL",
                "normal, NORMAL",
                "chat, CHAT",
                "groupchat, GROUPCHAT",
                "headline, HEADLINE",
                "error, ERROR",
                "Chat, NORMAL",
                "'', NORMAL",
                "' chat', NORMAL",
                "urgent, NORMAL"
            })
    void types(String attribute, MessageType type) {
        assertThat(chat(BODY).typed(attribute).facts().type()).isEqualTo(type);
    }

    @ParameterizedTest(name = "RFC 7622 §3.1: {0} has a resource: {1}")
    @CsvSource(
            nullValues = "none",
            value = {
                "none, false",
                "romeo@montague.example, false",
                "romeo@montague.example/garden, true",
                "romeo@montague.example/a/b@c, true",
                "romeo@montague.example/, false",
                "montague.example/x, true",
                "@@no jid at all@@/x, true",
                "'', false"
            })
    void addresses(String to, boolean toResource) {
        assertThat(chat(BODY).to(to).facts().toResource()).isEqualTo(toResource);
    }

    @Test
    void anAttributeOfAnotherNamespaceIsNotTheType() {
        Message stanza =
                Sample.parse("<message xmlns='jabber:client' xmlns:x='urn:example:x' x:type='error' type='chat'>" + BODY
                        + "</message>");

        assertThat(facts(stanza).type()).isEqualTo(MessageType.CHAT);
    }

    @Test
    void aStanzaMadeInTheServerHasNoNamespace() {
        Message stanza = new Message();
        stanza.setBody("a");
        stanza.setSubject("b");

        assertThat(facts(stanza).payloads()).isEqualTo(PayloadKinds.of(PayloadKind.BODY, PayloadKind.SUBJECT));
    }

    @Test
    void aMebibyteIsReadAsAnyOther() {
        assertThat(chat("<body>" + "a".repeat(1 << 20) + "</body>").verdict().by(RuleId.R14))
                .isTrue();
    }

    @Test
    void fiveThousandChildrenAreAllRead() {
        String many = "<x xmlns='urn:example:x'/>".repeat(5_000);

        assertThat(chat(many + "<no-store xmlns='urn:xmpp:hints'/>").verdict().by(RuleId.R06))
                .isTrue();
    }

    @Test
    void aDeepStanzaIsNoDanger() {
        Element message = DocumentHelper.createElement("message");
        Element inner = message;
        for (int depth = 0; depth < 100_000; depth++) {
            inner = inner.addElement("x");
        }
        RuleSettings settings = RuleSettings.builder()
                .storePaths(Sample.paths("/message/*/*/*/y"))
                .build();

        assertThat(StanzaFacts.of(new Message(message), MessageContext.local(), settings)
                        .storePath())
                .isEmpty();
    }

    @Test
    void readingChangesNothing() {
        Message stanza = chat(BODY + "<x xmlns='urn:example:x'/>").stanza();
        String before = stanza.toXML();

        facts(stanza);

        assertThat(stanza.toXML()).isEqualTo(before);
    }

    @Test
    void aBuilderIsFedByNamesAndNamespaces() {
        MessageFacts facts = MessageFacts.builder(MessageContext.local())
                .type(MessageType.CHAT)
                .toResource(true)
                .child("active", "http://jabber.org/protocol/chatstates")
                .child("no-copy", "urn:xmpp:hints")
                .payload(PayloadKind.BODY)
                .build();

        assertThat(facts)
                .isEqualTo(chat(BODY + "<active xmlns='http://jabber.org/protocol/chatstates'/>"
                                + "<no-copy xmlns='urn:xmpp:hints'/>")
                        .from(Sample.ROMEO)
                        .toGarden()
                        .facts());
    }

    private static MessageFacts facts(Message stanza) {
        return StanzaFacts.of(stanza, MessageContext.local(), RuleSettings.defaults());
    }
}
