package org.igniterealtime.openfire.testclient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Instant;
import org.igniterealtime.openfire.testclient.ScriptedServer.Line;
import org.junit.jupiter.api.Test;

/** Archive queries as they go over the wire. */
class MamQueryTest {

    @Test
    void parametersGoOutAsGiven() throws Exception {
        try (var server = ScriptedServer.afterOpening(line -> {
                    String query = line.expect("</query>");
                    assertThat(query)
                            .contains("to='romeo@example.test'")
                            .contains("<field var='FORM_TYPE' type='hidden'><value>urn:xmpp:mam:2</value></field>")
                            .contains("<field var='with'><value>o&apos;hara@example.test</value></field>")
                            .contains("<field var='start'><value>2010-07-10T23:08:25.123Z</value></field>")
                            .contains("<field var='ids'><value>a</value><value>b</value></field>")
                            .contains(
                                    "<set xmlns='http://jabber.org/protocol/rsm'><max>ten</max><before></before></set>")
                            .contains("<flip-page/>");
                    answer(line, query, "<fin xmlns='urn:xmpp:mam:2' complete='true'/>");
                });
                var client = server.connect()) {
            MamPage page = MamQuery.by(client)
                    .to("romeo@example.test")
                    .with("o'hara@example.test")
                    .start(Instant.parse("2010-07-10T23:08:25.123456Z"))
                    .ids("a", "b")
                    .max("ten")
                    .before("")
                    .flipPage()
                    .send();
            assertThat(page.complete()).isTrue();
            assertThat(page.results()).isEmpty();
            assertThat(page.count()).isNull();
        }
    }

    @Test
    void pagesToTheEndAndLeavesOtherStanzasAlone() throws Exception {
        try (var server = ScriptedServer.afterOpening(line -> {
                    page(line, "<max>2</max></set>", "a", "b", "false");
                    page(line, "<max>2</max><after>b</after></set>", "c", "d", "true");
                });
                var client = server.connect()) {
            assertThat(MamQuery.by(client).all(2)).extracting(MamResult::id).containsExactly("a", "b", "c", "d");
            assertThat(client.take(Stanzas.plainMessage())).hasSize(2);
        }
    }

    @Test
    void resultReadsIdMessageAndTime() throws Exception {
        try (var server = ScriptedServer.afterOpening(line -> page(line, "</query>", "a", "b", "true"));
                var client = server.connect()) {
            MamPage page = MamQuery.by(client).send();
            assertThat(page.ids()).containsExactly("a", "b");
            assertThat(page.bodies()).containsExactly("body of a", "body of b");
            assertThat(page.results().get(0).stamp()).isEqualTo(Instant.parse("2010-07-10T21:08:25.5Z"));
            assertThat(page)
                    .returns("a", MamPage::first)
                    .returns("b", MamPage::last)
                    .returns(4, MamPage::count);
        }
    }

    @Test
    void errorAnswerIsThrown() throws Exception {
        try (var server = ScriptedServer.afterOpening(line -> {
                    String query = line.expect("</iq>");
                    line.say("<iq type='error' id='" + attribute(query, "id") + "'><error type='cancel'>"
                            + "<item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>");
                });
                var client = server.connect()) {
            assertThatThrownBy(() -> MamQuery.by(client).after("gone").send())
                    .isInstanceOfSatisfying(
                            IqError.class,
                            error -> assertThat(error.condition()).isEqualTo("item-not-found"));
        }
    }

    private static void page(Line line, String expected, String first, String last, String complete)
            throws IOException {
        String query = line.expect("</iq>");
        assertThat(query).contains(expected);
        line.say(result(query, first) + "<message><body>live</body></message>" + result(query, last));
        answer(
                line,
                query,
                "<fin xmlns='urn:xmpp:mam:2' complete='" + complete + "'>"
                        + "<set xmlns='http://jabber.org/protocol/rsm'><first>" + first + "</first><last>" + last
                        + "</last><count>4</count></set></fin>");
    }

    private static String result(String query, String mid) {
        return "<message><result xmlns='urn:xmpp:mam:2' queryid='" + attribute(query, "queryid") + "' id='" + mid
                + "'><forwarded xmlns='urn:xmpp:forward:0'>"
                + "<delay xmlns='urn:xmpp:delay' stamp='2010-07-10T23:08:25.5+02:00'/>"
                + "<message xmlns='jabber:client'><body>body of " + mid + "</body></message>"
                + "</forwarded></result></message>";
    }

    private static void answer(Line line, String query, String payload) throws IOException {
        line.say("<iq type='result' id='" + attribute(query, "id") + "'>" + payload + "</iq>");
    }

    private static String attribute(String xml, String name) {
        return xml.replaceAll("(?s).*? " + name + "='([^']*)'.*", "$1");
    }
}
