package org.igniterealtime.openfire.testclient;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.dom4j.Element;

/**
 * A query of an archive (XEP-0313 §4) in the making. Values go out as they are given, so that a test can send what a server
 * must refuse. Not thread-safe; {@link #send()} may be called again.
 */
public final class MamQuery {

    private static final String RSM = "http://jabber.org/protocol/rsm";

    private final RawClient client;
    private final StringBuilder fields = new StringBuilder();
    private String formType = Stanzas.MAM;
    private String to;
    private String max;
    private String before;
    private String after;
    private boolean flipPage;

    private MamQuery(RawClient client) {
        this.client = client;
    }

    /** A query without filter and without limit of the client's own archive. */
    public static MamQuery by(RawClient client) {
        return new MamQuery(client);
    }

    /** Whose archive; without it, the own. */
    public MamQuery to(String jid) {
        to = jid;
        return this;
    }

    /** Only messages to or from this JID. */
    public MamQuery with(String jid) {
        return field("with", jid);
    }

    /** Only messages received at this time or later, to the millisecond. */
    public MamQuery start(Instant from) {
        return field("start", from.truncatedTo(ChronoUnit.MILLIS).toString());
    }

    /** Only messages received at this time or earlier, to the millisecond. */
    public MamQuery end(Instant until) {
        return field("end", until.truncatedTo(ChronoUnit.MILLIS).toString());
    }

    /** Only what the archive holds after this message. */
    public MamQuery afterId(String mid) {
        return field("after-id", mid);
    }

    /** Only what the archive holds before this message. */
    public MamQuery beforeId(String mid) {
        return field("before-id", mid);
    }

    /** Only these messages. */
    public MamQuery ids(String... mids) {
        return field("ids", mids);
    }

    /** Any other form field, or a second value for one of the above. */
    public MamQuery field(String name, String... values) {
        fields.append("<field var='").append(Xml.escape(name)).append("'>");
        for (String value : values) {
            fields.append("<value>").append(Xml.escape(value)).append("</value>");
        }
        fields.append("</field>");
        return this;
    }

    /** Another FORM_TYPE than the right one. */
    public MamQuery formType(String type) {
        formType = type;
        return this;
    }

    /** At most so many results on the page. */
    public MamQuery max(int results) {
        return max(Integer.toString(results));
    }

    /** As {@link #max(int)}, for what is not a number. */
    public MamQuery max(String results) {
        max = results;
        return this;
    }

    /** The page after this MID. */
    public MamQuery after(String mid) {
        after = mid;
        return this;
    }

    /** The page before this MID; the last page where it is empty. */
    public MamQuery before(String mid) {
        before = mid;
        return this;
    }

    /** Results of the page in reverse order (XEP-0313 §4.1.5). */
    public MamQuery flipPage() {
        flipPage = true;
        return this;
    }

    /**
     * Sends the query and collects its page.
     *
     * @throws IqError when the answer is an error
     */
    public MamPage send() {
        String queryId = client.nextId();
        Element answer = client.iq("set", to, toXml(queryId));
        List<Element> carriers = client.take(Stanzas.isArchiveResult()
                .and(e -> queryId.equals(Stanzas.child(e, "result", Stanzas.MAM).attributeValue("queryid"))));
        if ("error".equals(answer.attributeValue("type"))) {
            throw new IqError(answer);
        }
        return MamPage.of(carriers, answer);
    }

    /**
     * Pages forward to the end and returns the results of all pages.
     *
     * @throws IqError when an answer is an error
     */
    public List<MamResult> all(int pageSize) {
        List<MamResult> results = new ArrayList<>();
        max(pageSize);
        while (true) {
            MamPage page = send();
            results.addAll(page.results());
            if (page.complete()) {
                return results;
            }
            if (page.last() == null || page.last().equals(after)) {
                throw new AssertionError("a page that is not complete must name a new last MID: " + page);
            }
            after(page.last());
        }
    }

    private String toXml(String queryId) {
        return "<query xmlns='" + Stanzas.MAM + "' queryid='" + queryId + "'>" + form() + set()
                + (flipPage ? "<flip-page/>" : "") + "</query>";
    }

    private String form() {
        if (fields.isEmpty() && formType.equals(Stanzas.MAM)) {
            return "";
        }
        return "<x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE' type='hidden'><value>"
                + Xml.escape(formType) + "</value></field>" + fields + "</x>";
    }

    private String set() {
        String parameters = rsm("max", max) + rsm("after", after) + rsm("before", before);
        return parameters.isEmpty() ? "" : "<set xmlns='" + RSM + "'>" + parameters + "</set>";
    }

    private static String rsm(String name, String value) {
        return value == null ? "" : "<" + name + ">" + Xml.escape(value) + "</" + name + ">";
    }
}
