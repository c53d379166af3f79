package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Verona.JULIET;
import static org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Verona.ROMEO;
import static org.igniterealtime.openfire.plugin.unifiedrouting.xmpp.Verona.message;
import static org.mockito.ArgumentMatchers.contains;
import static org.mockito.Mockito.inOrder;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verifyNoInteractions;

import java.util.ArrayList;
import java.util.List;
import org.dom4j.Element;
import org.dom4j.QName;
import org.jivesoftware.openfire.interceptor.PacketRejectedException;
import org.jivesoftware.openfire.session.ClientSession;
import org.jivesoftware.openfire.session.LocalIncomingServerSession;
import org.jivesoftware.openfire.session.Session;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mockito.InOrder;
import org.xmpp.packet.Message;
import org.xmpp.packet.PacketError;

class ContentGuardTest {

    private final List<Message> errors = new ArrayList<>();
    private final ContentGuard guard = new ContentGuard(errors::add);
    private final ClientSession client = mock(ClientSession.class);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<body>Grüße 漢字 👩‍👩‍👧 𝄞 \uFFFD\uE000\uDBFF\uDFFF\u0085\u007F &#9;&#10;&#13;</body>",
                "<x xmlns='urn:x' xmlns:p='urn:p' a='1' p:a='2' xml:lang='de'><p:y xmlns=''/></x>",
                "<größe xmlns='urn:x'/>",
                "<x xmlns='http://www.w3.org/1999/xhtml'/>"
            })
    void whatIsXmlPasses(String content) throws PacketRejectedException {
        guard.check(message(ROMEO, JULIET, content), client);
        verifyNoInteractions(client);
        assertThat(errors).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"\0", "a\u0001b", "\u001F", "\uFFFE", "\uFFFF", "\uD83D", "\uDE00", "\uDE00\uD83D"})
    void aClientThatSendsNoXmlLosesItsStream(String forbidden) {
        Message inText = withBody("x");
        inText.getElement().addElement("x").addElement("y").setText(forbidden);
        Message inAttribute = withBody("x");
        inAttribute.getElement().addElement("x").addAttribute("a", forbidden);
        Message inId = withBody("x");
        inId.getElement().addAttribute("id", forbidden);

        for (Message message : List.of(inText, inAttribute, inId)) {
            ClientSession sender = mock(ClientSession.class);
            assertRefused(message, sender);
            InOrder order = inOrder(sender);
            order.verify(sender).deliverRawText(contains("not-well-formed"));
            order.verify(sender).close();
        }
        assertThat(errors).isEmpty();
    }

    @Test
    void aServersStreamIsNotOnlyItsSenders() {
        LocalIncomingServerSession server = mock(LocalIncomingServerSession.class);
        Message message = withBody("a\0b");
        message.setID("m1");

        assertRefused(message, server);
        assertRefused(message, null);

        verifyNoInteractions(server);
        assertThat(errors).hasSize(2).allSatisfy(error -> {
            assertThat(error.getID()).isEqualTo("m1");
            assertThat(error.getFrom()).isEqualTo(JULIET);
            assertThat(error.getTo()).isEqualTo(ROMEO);
            assertThat(error.getError().getCondition()).isEqualTo(PacketError.Condition.bad_request);
            assertThat(XmlContent.flawOf(error.getElement())).isEqualTo(XmlContent.Flaw.NONE);
        });
    }

    @Test
    void anErrorIsNotAnswered() {
        Message error = withBody("a\0b");
        error.setType(Message.Type.error);
        error.setID("\0");
        assertRefused(error, null);
        Message unasked = withBody("a\0b");
        unasked.setID("\0");
        assertRefused(unasked, null);
        assertThat(errors)
                .singleElement()
                .satisfies(answer -> assertThat(answer.getID()).isNull());
    }

    @Test
    void whatIsNestedTooDeepIsRefusedAndTheStreamGoesOn() throws PacketRejectedException {
        guard.check(nested(XmlContent.DEPTH), client);
        for (int depth : List.of(XmlContent.DEPTH + 1, 100_000)) {
            errors.clear();
            assertRefused(nested(depth), client);
            assertThat(errors).singleElement().satisfies(error -> {
                assertThat(error.getError().getCondition()).isEqualTo(PacketError.Condition.not_acceptable);
                assertThat(error.getError().getType()).isEqualTo(PacketError.Type.modify);
            });
        }
        verifyNoInteractions(client);
    }

    /** dom4j 2 takes letters that are younger than the parsers of many; dom4j 1 takes anything. */
    @Test
    void namesThatAParserDoesNotTakeAreRefused() {
        Message young = withBody("x");
        young.getElement().addElement(QName.get("x\u13A0", "urn:x"));
        Message reserved = withBody("x");
        reserved.getElement().addElement(QName.get("x", "p", "http://www.w3.org/2000/xmlns/"));
        Message inAttribute = withBody("x");
        inAttribute.getElement().addElement("x").addElement("y").addAttribute("a\u13A0", "1");
        for (Message message : List.of(young, reserved, inAttribute)) {
            errors.clear();
            assertRefused(message, client);
            assertThat(errors)
                    .singleElement()
                    .satisfies(error ->
                            assertThat(error.getError().getCondition()).isEqualTo(PacketError.Condition.bad_request));
        }
        verifyNoInteractions(client);
    }

    @Test
    void whatIsRefusedDoesNotGoOnEvenIfItsSenderCannotBeTold() {
        ContentGuard lonely = new ContentGuard(error -> {
            throw new IllegalStateException("no router");
        });
        assertThatThrownBy(() -> lonely.check(withBody("\0"), null)).isInstanceOf(PacketRejectedException.class);
    }

    private void assertRefused(Message message, Session session) {
        assertThatThrownBy(() -> guard.check(message, session)).isInstanceOf(PacketRejectedException.class);
    }

    private static Message withBody(String text) {
        Message message = message(ROMEO, JULIET, "");
        message.setBody(text);
        return message;
    }

    /** The message itself is the first level. */
    private static Message nested(int depth) {
        Message message = message(ROMEO, JULIET, "");
        Element innermost = message.getElement();
        for (int level = 1; level < depth; level++) {
            innermost = innermost.addElement("x", "urn:x");
        }
        return message;
    }
}
