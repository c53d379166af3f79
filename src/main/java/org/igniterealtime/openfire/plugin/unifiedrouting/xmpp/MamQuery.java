package org.igniterealtime.openfire.plugin.unifiedrouting.xmpp;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.dom4j.Element;
import org.dom4j.QName;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchiveQuery;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchiveQuery.Filter;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Mid;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Paging;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.PeerFilter;
import org.xmpp.forms.DataForm;
import org.xmpp.forms.FormField;
import org.xmpp.packet.JID;
import org.xmpp.packet.PacketError;

/** The {@code <query/>} of XEP-0313 §4.1: from element to {@link ArchiveQuery}, and the form that describes it. */
final class MamQuery {

    private static final QName FORM = QName.get("x", "jabber:x:data");
    private static final Set<String> FIELDS = Set.of("with", "start", "end", "before-id", "after-id", "ids");

    /** How many messages may be named: each of them is looked for. */
    private static final int MOST_IDS = 1_000;

    private MamQuery() {}

    /**
     * @throws StanzaError feature-not-implemented for a field that is not known (XEP-0313 §4.1); bad-request for a wrong
     *     FORM_TYPE, a value that is no JID or no time, or too many ids; item-not-found for an id that cannot be any message's; and as
     *     {@link ResultSetRequest#read}
     */
    static ArchiveQuery read(Element query, String owner, PageSize limits) {
        Paging paging = ResultSetRequest.read(query, limits);
        Element form = query.element(FORM);
        if (form == null) {
            return ArchiveQuery.all(owner, paging);
        }
        Map<String, List<String>> fields = fields(form);
        return new ArchiveQuery(
                owner,
                new Filter(
                        single(fields, "with").map(MamQuery::peer),
                        single(fields, "start").map(MamQuery::time).map(MamQuery::roundedUp),
                        single(fields, "end").map(MamQuery::time),
                        single(fields, "after-id").map(MamQuery::mid),
                        single(fields, "before-id").map(MamQuery::mid),
                        ids(fields.getOrDefault("ids", List.of()))),
                paging);
    }

    private static Map<String, List<String>> fields(Element form) {
        Map<String, List<String>> values = new HashMap<>();
        String formType = null;
        for (Element field : form.elements("field")) {
            String name = field.attributeValue("var");
            List<String> given = field.elements("value").stream()
                    .map(MamQuery::text)
                    .filter(value -> !value.isBlank())
                    .toList();
            if ("FORM_TYPE".equals(name)) {
                formType = given.stream().findFirst().orElse(null);
            } else if (!FIELDS.contains(String.valueOf(name))) {
                throw new StanzaError(
                        PacketError.Condition.feature_not_implemented,
                        "The archive cannot be searched by " + name + '.');
            } else {
                values.put(name, given);
            }
        }
        if (!Namespaces.MAM.equals(formType)) {
            throw new StanzaError(PacketError.Condition.bad_request, "FORM_TYPE is not " + Namespaces.MAM + '.');
        }
        return values;
    }

    /**
     * A value without what surrounds it where the form is laid out in lines. Spaces at its end stay: the resource of a JID
     * may have some.
     */
    private static String text(Element value) {
        String text = value.getText().stripLeading();
        String stripped = text.stripTrailing();
        return text.indexOf('\n', stripped.length()) < 0 ? text : stripped;
    }

    private static Optional<String> single(Map<String, List<String>> fields, String name) {
        return fields.getOrDefault(name, List.of()).stream().findFirst();
    }

    private static Mid mid(String text) {
        String mid = text.stripTrailing();
        if (!Mid.isPossible(mid)) {
            throw new StanzaError(PacketError.Condition.item_not_found);
        }
        return new Mid(mid);
    }

    private static Set<Mid> ids(List<String> values) {
        Set<Mid> ids = values.stream().map(MamQuery::mid).collect(Collectors.toSet());
        if (ids.size() > MOST_IDS) {
            throw new StanzaError(
                    PacketError.Condition.bad_request, "No more than " + MOST_IDS + " ids can be asked for at once.");
        }
        return ids;
    }

    private static PeerFilter peer(String text) {
        try {
            return new PeerFilter(new JID(text.indexOf('/') < 0 ? text.stripTrailing() : text));
        } catch (IllegalArgumentException e) {
            throw new StanzaError(PacketError.Condition.bad_request, "with is not a JID.");
        }
    }

    private static Instant time(String text) {
        try {
            return Timestamps.parse(text);
        } catch (DateTimeException e) {
            throw new StanzaError(PacketError.Condition.bad_request, "A time is not as in XEP-0082.");
        }
    }

    /** The archive counts in milliseconds; a message of the millisecond in which start lies may be older than start. */
    private static Instant roundedUp(Instant start) {
        Instant millisecond = Instant.ofEpochMilli(start.toEpochMilli());
        return millisecond.equals(start) ? start : millisecond.plusMillis(1);
    }

    /** What can be asked for (XEP-0313 §4.1.4). */
    static Element form() {
        DataForm form = new DataForm(DataForm.Type.form);
        form.addField("FORM_TYPE", null, FormField.Type.hidden).addValue(Namespaces.MAM);
        form.addField("with", null, FormField.Type.jid_single);
        form.addField("start", null, FormField.Type.text_single);
        form.addField("end", null, FormField.Type.text_single);
        form.addField("before-id", null, FormField.Type.text_single);
        form.addField("after-id", null, FormField.Type.text_single);
        form.addField("ids", null, FormField.Type.list_multi);
        Element described = form.getElement();
        // Any text may be chosen (XEP-0122 §3.2), not only options, of which there are none.
        described.elements("field").stream()
                .filter(field -> "ids".equals(field.attributeValue("var")))
                .forEach(ids -> ids.addElement(QName.get("validate", "http://jabber.org/protocol/xdata-validate"))
                        .addAttribute("datatype", "xs:string")
                        .addElement("open"));
        return described;
    }
}
