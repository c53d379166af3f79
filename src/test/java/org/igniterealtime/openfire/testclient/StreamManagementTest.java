package org.igniterealtime.openfire.testclient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.igniterealtime.openfire.testclient.Stanzas.message;

import java.io.IOException;
import java.net.SocketException;
import java.util.List;
import org.igniterealtime.openfire.testclient.ScriptedServer.Line;
import org.junit.jupiter.api.Test;

/** XEP-0198 from the client's side. */
class StreamManagementTest {

    private static final String M = "<message/>";
    private static final String R = "<r xmlns='urn:xmpp:sm:3'/>";

    @Test
    void countsWhatIsReceivedAfterEnabledAndAnswersAtOnce() throws Exception {
        try (var server = ScriptedServer.afterOpening(line -> {
                    line.say(M);
                    enable(line);
                    line.say(M + "<presence/>" + R);
                    assertThat(line.expect("/>")).isEqualTo(a(2));
                    line.say(M + R);
                    assertThat(line.expect("/>")).isEqualTo(a(3));
                });
                var client = server.connect()) {
            client.enableStreamManagement(true);
            client.awaitEnd();
            assertThat(client.state().handled()).isEqualTo(3);
        }
    }

    @Test
    void heldAcknowledgementIsSentWhenReleased() throws Exception {
        try (var server = ScriptedServer.afterOpening(line -> {
                    enable(line);
                    line.say(M + R + "<message id='last'/>");
                    assertThat(line.expect("/>")).isEqualTo("<presence/>");
                    assertThat(line.expect("/>")).isEqualTo(a(2));
                });
                var client = server.connect()) {
            client.holdAcks(true);
            client.enableStreamManagement(true);
            client.await(Stanzas.withAttribute("id", "last"));
            assertThat(client.acknowledged()).isZero();
            client.send("<presence/>");
            client.holdAcks(false);
            client.awaitEnd();
        }
    }

    @Test
    void stanzasSentAreKeptUntilAcknowledged() throws Exception {
        try (var server = ScriptedServer.afterOpening(line -> {
                    line.expect("<presence/>");
                    enable(line);
                    line.expect(R);
                    line.say(a(2));
                    line.expect(R);
                    line.say(a(3));
                    line.expect("</stream:stream>");
                });
                var client = server.connect()) {
            client.send("<presence/>"); // before <enable/>: not counted
            client.enableStreamManagement(false);
            client.send("<message id='1'/>", "<message id='2'/>", "<iq id='3'/>");
            assertThat(client.requestAck()).isEqualTo(2);
            assertThat(client.unackedSent()).containsExactly("<iq id='3'/>");
            client.awaitAcked();
            assertThat(client.unackedSent()).isEmpty();
        }
    }

    @Test
    void droppedClientKnowsWhatItNeedsToResume() throws Exception {
        try (var server = ScriptedServer.afterOpening(line -> {
            enable(line);
            line.say("<message id='1'/>");
            line.expect("<message id='2'/>");
            assertThat(line.stillOpen()).as("orderly FIN, no </stream:stream>").isFalse();
            line.say("<message id='too late'/>");
        })) {
            RawClient client = server.connect().enableStreamManagement(true);
            client.await(message());
            client.send("<message id='2'/>");
            client.drop();
            assertThat(client.state())
                    .isEqualTo(new SmState(null, "sm-1", "host:1", 1, 0, List.of("<message id='2'/>")));
            assertThat(client.received()).hasSize(1);
            assertThatThrownBy(() -> client.await(message())).hasMessageContaining("dropped by the test");
        }
    }

    @Test
    void closingClientAcknowledgesFirstUnlessHeld() throws Exception {
        for (boolean held : List.of(false, true)) {
            try (var server = ScriptedServer.afterOpening(line -> {
                enable(line);
                line.say(M);
                assertThat(line.expect("</stream:stream>")).isEqualTo((held ? "" : a(1)) + "</stream:stream>");
                line.say(R + "</stream:stream>");
                assertThat(line.stillOpen()).as("something after the end").isFalse();
            })) {
                RawClient client = server.connect().enableStreamManagement(true);
                client.await(message());
                client.holdAcks(held);
                client.close();
            }
        }
    }

    @Test
    void resetClientSendsRst() throws Exception {
        try (var server = ScriptedServer.afterOpening(line -> {
            line.expect("<presence/>");
            assertThatThrownBy(line::stillOpen).isInstanceOf(SocketException.class);
        })) {
            RawClient client = server.connect();
            client.send("<presence/>");
            client.reset();
            client.close();
        }
    }

    @Test
    void resumedStreamGoesOnWithTheOldCounters() throws Exception {
        SmState old = new SmState("romeo@example.test/garden", "sm-1", null, 7, 4, List.of("<m5/>", "<m6/>"));
        try (var server = ScriptedServer.afterOpening(line -> {
                    assertThat(line.expect("/>")).isEqualTo("<resume xmlns='urn:xmpp:sm:3' previd='sm-1' h='7'/>");
                    line.say("<resumed xmlns='urn:xmpp:sm:3' previd='sm-1' h='5'/>" + M + R);
                    assertThat(line.expect("/>")).isEqualTo(a(8));
                    line.say("<message id='acknowledged'/>");
                    assertThat(line.expect(R)).startsWith("<message id='7'/>");
                    line.say(a(7));
                    line.expect("</stream:stream>");
                });
                var client = server.connect()) {
            assertThat(client.tryResume(old).getName()).isEqualTo("resumed");
            assertThat(client.jid()).isEqualTo("romeo@example.test/garden");
            assertThat(client.unackedSent()).containsExactly("<m6/>");
            client.await(Stanzas.withAttribute("id", "acknowledged"));
            client.send("<message id='7'/>");
            client.awaitAcked();
        }
    }

    @Test
    void failedResumptionLeavesTheBooksToTheTest() throws Exception {
        SmState old = new SmState("romeo@example.test/garden", "sm-1", null, 7, 4, List.of("<m5/>", "<m6/>"));
        try (var server = ScriptedServer.afterOpening(line -> {
                    line.expect("/>");
                    line.say("<failed xmlns='urn:xmpp:sm:3' h='5'><item-not-found"
                            + " xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></failed>");
                    line.expect("</stream:stream>");
                });
                var client = server.connect()) {
            assertThat(client.tryResume(old).getName()).isEqualTo("failed");
            assertThat(client.jid()).isNull();
            assertThat(client.unackedSent()).containsExactly("<m6/>");
        }
    }

    @Test
    void countersWrap() {
        var sm = new StreamManagement();
        sm.resuming(new SmState(null, "sm-1", null, 0, -1, List.of("<message id='1'/>", "<message id='2'/>")));
        sm.received(Stanzas.parse("<a xmlns='urn:xmpp:sm:3' h='0'/>"));
        assertThat(sm.unackedSent()).containsExactly("<message id='2'/>");
        sm.received(Stanzas.parse("<a xmlns='urn:xmpp:sm:3' h='4294967295'/>"));
        assertThat(sm.unackedSent()).as("h that goes back means nothing").containsExactly("<message id='2'/>");
    }

    private static void enable(Line line) throws IOException {
        assertThat(line.expect("/>")).startsWith("<enable xmlns='urn:xmpp:sm:3'");
        line.say("<enabled xmlns='urn:xmpp:sm:3' id='sm-1' resume='true' location='host:1'/>");
    }

    private static String a(int h) {
        return "<a xmlns='urn:xmpp:sm:3' h='" + h + "'/>";
    }
}
