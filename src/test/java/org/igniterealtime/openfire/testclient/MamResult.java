package org.igniterealtime.openfire.testclient;

import java.time.Instant;
import java.time.OffsetDateTime;
import org.dom4j.Element;

/**
 * One archived message as a query has returned it (XEP-0313 §4.2).
 *
 * @param id its MID in the archive that was asked
 * @param message the archived message
 * @param stamp when it was received
 */
public record MamResult(String id, Element message, Instant stamp) {

    static MamResult of(Element carrier) {
        Element result = Stanzas.child(carrier, "result", Stanzas.MAM);
        Element delay = Stanzas.child(Stanzas.forwarded(carrier), "delay", Stanzas.DELAY);
        Instant stamp = OffsetDateTime.parse(delay.attributeValue("stamp")).toInstant();
        return new MamResult(result.attributeValue("id"), Stanzas.forwardedMessage(carrier), stamp);
    }
}
