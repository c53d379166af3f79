package org.igniterealtime.openfire.testclient;

import org.dom4j.Element;
import org.dom4j.QName;

/** An IQ request was answered with an error (RFC 6120 §8.3). Immutable. */
public final class IqError extends RuntimeException {

    private final String condition;
    private final String type;
    private final String text;

    /** Reads the error of an IQ. */
    public IqError(Element iq) {
        super(iq.asXML());
        condition = Stanzas.errorCondition(iq);
        Element error = Stanzas.child(iq, "error", Stanzas.CLIENT);
        type = error == null ? null : error.attributeValue("type");
        text = error == null ? null : error.elementText(QName.get("text", Stanzas.STANZA_ERRORS));
    }

    /** The name of the defined condition, such as {@code item-not-found}; null where there is none. */
    public String condition() {
        return condition;
    }

    /** The error type, such as {@code cancel}; null where there is none. */
    public String type() {
        return type;
    }

    /** The descriptive text; null where there is none. */
    public String text() {
        return text;
    }
}
