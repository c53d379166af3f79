package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

/** The namespaces that the plugin speaks. */
public final class Namespaces {

    /** XEP-0313 Message Archive Management. */
    public static final String MAM = "urn:xmpp:mam:2";

    /** ProtoXEP MAM Subscription. */
    public static final String MAM_SUB = "urn:xmpp:mam:sub:0";

    /** ProtoXEP MAM Trimming. */
    public static final String MAM_TRIM = "urn:xmpp:mamtrim:0";

    /** What the extended part of XEP-0313 is announced by. */
    public static final String MAM_EXTENDED = "urn:xmpp:mam:2#extended";

    /** ProtoXEP Message IDs. */
    public static final String MID = "urn:xmpp:mid:0";

    /** XEP-0359 Unique and Stable Stanza IDs. */
    public static final String STANZA_ID = "urn:xmpp:sid:0";

    /** XEP-0297 Stanza Forwarding. */
    public static final String FORWARD = "urn:xmpp:forward:0";

    /** XEP-0280 Message Carbons. */
    public static final String CARBONS = "urn:xmpp:carbons:2";

    /** XEP-0409 IM Routing-NG. */
    public static final String IM_NG = "urn:xmpp:im-ng:0";

    /** XEP-0334 Message Processing Hints. */
    public static final String HINTS = "urn:xmpp:hints";

    /** XEP-0203 Delayed Delivery. */
    public static final String DELAY = "urn:xmpp:delay";

    /** XEP-0059 Result Set Management. */
    public static final String RSM = "http://jabber.org/protocol/rsm";

    /** What accounts set their offline limit in, after Tigase; XEP-0160 announces offline storage by the same name. */
    public static final String MSGOFFLINE = "msgoffline";

    /** XEP-0013 Flexible Offline Message Retrieval. */
    public static final String OFFLINE = "http://jabber.org/protocol/offline";

    /** RFC 3921 §3: session establishment. */
    public static final String SESSION = "urn:ietf:params:xml:ns:xmpp-session";

    /** RFC 6120: the content namespace between a client and its server. */
    public static final String CLIENT = "jabber:client";

    private Namespaces() {}
}
