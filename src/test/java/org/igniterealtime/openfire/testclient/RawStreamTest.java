package org.igniterealtime.openfire.testclient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.igniterealtime.openfire.testclient.Stanzas.body;
import static org.igniterealtime.openfire.testclient.Stanzas.child;
import static org.igniterealtime.openfire.testclient.Stanzas.message;
import static org.igniterealtime.openfire.testclient.Stanzas.presence;
import static org.igniterealtime.openfire.testclient.Stanzas.withAttribute;
import static org.igniterealtime.openfire.testclient.Stanzas.withBody;

import java.time.Duration;
import org.dom4j.Element;
import org.dom4j.Namespace;
import org.dom4j.QName;
import org.junit.jupiter.api.Test;

/** The stream: cutting it into stanzas, awaiting them, and its ends. */
class RawStreamTest {

    @Test
    void stanzaIsDeliveredWhenItsEndTagHasComeOctetByOctet() throws Exception {
        try (var server = ScriptedServer.afterOpening(line -> {
                    line.sayInPieces("<message id='1'><body>Wherefore art thou, Romeo? ❤</body></message>");
                    line.expect("<presence/>"); // not before the client has seen the message
                });
                var client = server.connect()) {
            assertThat(body(client.await(message()))).isEqualTo("Wherefore art thou, Romeo? ❤");
            client.send("<presence/>");
        }
    }

    @Test
    void emptyElementIsDeliveredWithoutAByteMore() throws Exception {
        try (var server = ScriptedServer.afterOpening(line -> {
                    line.say("<message id='1'/>");
                    line.expect("<presence/>");
                });
                var client = server.connect()) {
            assertThat(client.await(message()).attributeValue("id")).isEqualTo("1");
            client.send("<presence/>");
        }
    }

    @Test
    void stanzasOfOneSegmentKeepTheirOrder() throws Exception {
        try (var server = ScriptedServer.afterOpening(line -> {
                    line.say(" <message><body>a</body></message>\n<presence/><message><body>b</body></message>");
                    line.answerPing();
                });
                var client = server.connect()) {
            assertThat(client.takeAfterSync(message()))
                    .extracting(Stanzas::body)
                    .containsExactly("a", "b");
            assertThat(client.received())
                    .extracting(received -> received.element().getName())
                    .containsExactly("message", "presence", "message", "iq");
            assertThat(client.received()).isSortedAccordingTo((x, y) -> Long.signum(x.nanoTime() - y.nanoTime()));
        }
    }

    @Test
    void namespacesOfElementsAndAttributesAreKept() throws Exception {
        String xml =
                "<message xml:lang='it'><x:a xmlns:x='urn:a' x:k='v' k='w'><b xmlns='urn:b'><c/></b><d/></x:a></message>";
        try (var server = ScriptedServer.afterOpening(line -> line.say(xml));
                var client = server.connect()) {
            Element message = client.await(message());
            assertThat(message.attributeValue(QName.get("lang", Namespace.XML_NAMESPACE)))
                    .isEqualTo("it");
            Element a = child(message, "a", "urn:a");
            assertThat(a.attributeValue(QName.get("k", "urn:a"))).isEqualTo("v");
            assertThat(a.attributeValue(QName.get("k"))).isEqualTo("w");
            assertThat(child(child(a, "b", "urn:b"), "c", "urn:b")).isNotNull();
            assertThat(child(a, "d", "jabber:client")).isNotNull();
        }
    }

    @Test
    void entitiesAndCdataAreText() throws Exception {
        try (var server = ScriptedServer.afterOpening(line -> line.say(
                        "<message><body>a &lt;b&gt; &amp;amp; &#x41;<![CDATA[<i>&amp;]]> z</body></message>"));
                var client = server.connect()) {
            assertThat(body(client.await(message()))).isEqualTo("a <b> &amp; A<i>&amp; z");
        }
    }

    @Test
    void awaitConsumesTheFirstMatchAndLeavesTheOthers() throws Exception {
        try (var server = ScriptedServer.afterOpening(line -> {
                    line.say("<message id='1'><body>a</body></message><message id='2'><body>b</body></message>");
                    line.say("<message id='3'><body>b</body></message>");
                    line.answerPing();
                });
                var client = server.connect()) {
            assertThat(client.await(withBody("b")).attributeValue("id")).isEqualTo("2");
            assertThat(client.takeAfterSync(message()))
                    .extracting(e -> e.attributeValue("id"))
                    .containsExactly("1", "3");
        }
    }

    @Test
    void whatDoesNotComeFailsWithATranscriptOfWhatCame() throws Exception {
        try (var server = ScriptedServer.afterOpening(line -> {
                    line.say("<message><body>something else</body></message>");
                    line.expect("</stream:stream>");
                });
                var client = server.connect()) {
            assertThatThrownBy(() -> client.await(presence(), Duration.ofMillis(200)))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("PT0.2S")
                    .hasMessageContaining("something else");
        }
    }

    @Test
    void assertNoMoreSeesWhatCameBeforeTheBarrier() throws Exception {
        try (var server = ScriptedServer.afterOpening(line -> {
                    line.say("<message><body>too much</body></message>");
                    line.answerPing();
                    line.answerPing();
                });
                var client = server.connect()) {
            client.assertNoMore(presence());
            assertThatThrownBy(() -> client.assertNoMore(message()))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("too much");
        }
    }

    @Test
    void whatWasWrittenBeforeAnAnsweredRequestIsHeardAndNoMoreIsPromised() throws Exception {
        try (var server = ScriptedServer.afterOpening(line -> {
                    String ping = line.expectIq("urn:xmpp:ping");
                    line.say("<message id='1'/>");
                    line.answer(ping, "");
                    line.say("<message id='2'/>");
                });
                var client = server.connect()) {
            long opened = System.nanoTime();
            assertThat(client.heardUntil()).isLessThanOrEqualTo(opened);
            client.sync();
            long heardUntil = client.heardUntil();
            long afterTheRequest = client.received().get(0).nanoTime();
            assertThat(heardUntil).isBetween(opened, afterTheRequest);
            client.await(withAttribute("id", "2"));
            client.drop();
            assertThat(client.heardUntil())
                    .as("another stanza proves nothing, and neither does the end")
                    .isEqualTo(heardUntil);
        }
    }

    @Test
    void answerOfAnotherClientDoesNotTellWhatTheServerHasWritten() throws Exception {
        try (var server = ScriptedServer.afterOpening(line -> line.answerIq("urn:xmpp:ping", ""));
                var client = server.connect()) {
            long heardUntil = client.heardUntil();
            client.iq("get", "juliet@example.test/balcony", "<ping xmlns='urn:xmpp:ping'/>");
            assertThat(client.heardUntil()).isEqualTo(heardUntil);
        }
    }

    @Test
    void streamErrorFailsWhoAwaitsAndCanBeAwaitedItself() throws Exception {
        try (var server = ScriptedServer.afterOpening(line -> {
                    line.expect("<presence/>");
                    line.say("<stream:error><conflict xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>");
                    line.say("</stream:stream>");
                });
                var client = server.connect()) {
            client.send("<presence/>");
            assertThatThrownBy(() -> client.await(message()))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("stream error")
                    .hasMessageContaining("conflict");
            assertThat(client.awaitStreamError().elements())
                    .extracting(Element::getName)
                    .containsExactly("conflict");
            client.awaitEnd();
        }
    }

    @Test
    void endOfTheStreamFailsWhoAwaits() throws Exception {
        try (var server = ScriptedServer.afterOpening(line -> line.say("<message/></stream:stream>"));
                var client = server.connect()) {
            assertThatThrownBy(() -> client.await(presence()))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("stream closed by the server");
            assertThat(client.await(message())).as("what came before the end").isNotNull();
        }
    }

    @Test
    void endOfTheConnectionFailsWhoAwaits() throws Exception {
        try (var server = ScriptedServer.afterOpening(line -> line.say("<message><body>half"));
                var client = server.connect()) {
            assertThatThrownBy(() -> client.await(message()))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("without </stream:stream>");
        }
    }

    @Test
    void closeEndsTheStreamOnceAndNeverThrows() throws Exception {
        try (var server = ScriptedServer.afterOpening(line -> {
            line.expect("</stream:stream>");
            line.say("</stream:stream>");
            assertThat(line.stillOpen()).isFalse();
        })) {
            RawClient client = server.connect();
            client.close();
            client.close();
        }
    }

    @Test
    void saslRestartsTheStreamAndBindingNamesTheSession() throws Exception {
        try (var server = ScriptedServer.afterOpening(line -> {
                    line.expect("mechanism='PLAIN'>AHJvbWVvAHPDqWNyZXQ=</auth>"); // \0romeo\0sécret
                    line.say("<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>");
                    line.expect("version='1.0'>");
                    line.say(
                            ScriptedServer.HEADER
                                    + "<stream:features><session xmlns='urn:ietf:params:xml:ns:xmpp-session'/></stream:features>");
                    line.answerIq(
                            "<resource>garden</resource>",
                            "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>"
                                    + "<jid>romeo@example.test/garden</jid></bind>");
                    line.answerIq("urn:ietf:params:xml:ns:xmpp-session", "");
                });
                var client = server.connect().login("romeo", "sécret", "garden")) {
            assertThat(client.jid()).isEqualTo("romeo@example.test/garden");
            assertThat(client.bareJid()).isEqualTo("romeo@example.test");
        }
    }

    @Test
    void failedAuthenticationSaysWhy() throws Exception {
        try (var server = ScriptedServer.afterOpening(line -> {
                    line.expect("</auth>");
                    line.say("<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-authorized/></failure>");
                });
                var client = server.connect()) {
            assertThatThrownBy(() -> client.authenticate("romeo", "wrong"))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("not-authorized");
        }
    }
}
