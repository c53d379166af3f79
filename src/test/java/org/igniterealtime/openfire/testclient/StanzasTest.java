package org.igniterealtime.openfire.testclient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.igniterealtime.openfire.testclient.Stanzas.parse;

import org.dom4j.Element;
import org.junit.jupiter.api.Test;

/** Predicates and readers, on the examples of the specifications. */
class StanzasTest {

    private static final String FORWARDED = "<forwarded xmlns='urn:xmpp:forward:0'>"
            + "<delay xmlns='urn:xmpp:delay' stamp='2010-07-10T23:08:25Z'/>"
            + "<message xmlns='jabber:client' from='juliet@example.test/balcony'><body>Art thou not Romeo?</body>"
            + "<stanza-id xmlns='urn:xmpp:sid:0' by='other@example.test' id='x'/>"
            + "<stanza-id xmlns='urn:xmpp:sid:0' by='romeo@example.test' id='m1'/></message></forwarded>";
    private static final Element NOTIFICATION =
            parse("<message xmlns='jabber:client'><mamsub xmlns='urn:xmpp:mam:sub:0'>"
                    + "<message-id xmlns='urn:xmpp:mid:0' id='m1'/>" + FORWARDED + "</mamsub></message>");
    private static final Element CARBON = parse("<message xmlns='jabber:client'><received xmlns='urn:xmpp:carbons:2'>"
            + FORWARDED + "</received></message>");
    private static final Element RESULT = parse("<message xmlns='jabber:client'><result xmlns='urn:xmpp:mam:2' id='m1'>"
            + FORWARDED + "</result></message>");
    private static final Element PLAIN =
            parse("<message xmlns='jabber:client'><body>Art thou not Romeo?</body></message>");

    @Test
    void eachKindOfWrapperIsRecognisedAndNoneIsTakenForAnother() {
        assertThat(Stanzas.isSubscriptionNotification()).accepts(NOTIFICATION).rejects(CARBON, RESULT, PLAIN);
        assertThat(Stanzas.isCarbon()).accepts(CARBON).rejects(NOTIFICATION, RESULT, PLAIN);
        assertThat(Stanzas.isArchiveResult()).accepts(RESULT).rejects(NOTIFICATION, CARBON, PLAIN);
        assertThat(Stanzas.plainMessage()).accepts(PLAIN).rejects(NOTIFICATION, CARBON, RESULT);
        assertThat(Stanzas.message()).accepts(NOTIFICATION, CARBON, RESULT, PLAIN);
    }

    @Test
    void bodyIsThatOfTheStanzaItself() {
        assertThat(Stanzas.withBody("Art thou not Romeo?")).accepts(PLAIN).rejects(NOTIFICATION, CARBON, RESULT);
        assertThat(Stanzas.forwarding(Stanzas.withBody("Art thou not Romeo?")))
                .accepts(NOTIFICATION, CARBON, RESULT)
                .rejects(PLAIN);
    }

    @Test
    void idsAreReadByTheirAssigner() {
        Element inner = Stanzas.forwardedMessage(NOTIFICATION);
        assertThat(Stanzas.stanzaId(inner, "romeo@example.test")).isEqualTo("m1");
        assertThat(Stanzas.stanzaId(inner, "juliet@example.test")).isNull();
        assertThat(Stanzas.notifiedMid(NOTIFICATION)).isEqualTo("m1");
        assertThat(Stanzas.notifiedMid(CARBON)).isNull();
    }

    @Test
    void requestIsNotItsOwnAnswer() {
        assertThat(Stanzas.iq("1"))
                .accepts(parse("<iq xmlns='jabber:client' id='1' type='result'/>"))
                .accepts(parse("<iq xmlns='jabber:client' id='1' type='error'/>"))
                .rejects(parse("<iq xmlns='jabber:client' id='1' type='get'/>"))
                .rejects(parse("<iq xmlns='jabber:client' id='2' type='result'/>"));
    }

    @Test
    void conditionIsTheErrorsNotItsText() {
        Element iq = parse("<iq xmlns='jabber:client' type='error'><error type='cancel'>"
                + "<text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>no</text>"
                + "<item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>");
        assertThat(Stanzas.errorCondition(iq)).isEqualTo("item-not-found");
        assertThat(Stanzas.errorCondition(PLAIN)).isNull();
        assertThat(new IqError(iq)).returns("cancel", IqError::type).returns("no", IqError::text);
    }
}
