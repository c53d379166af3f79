package org.igniterealtime.openfire.plugin.unifiedrouting.bench;

import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.ArchiveQuery;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Mid;
import org.igniterealtime.openfire.plugin.unifiedrouting.archive.Paging;

/** A client that reads pages of its archive (XEP-0313). It sends no presence, so that nothing else comes to it. */
final class WireReader implements PageSource, AutoCloseable {

    private static final String RESULT = "<result ";

    private final LightClient client;
    private int asked;

    WireReader(LightClient client) {
        this.client = client;
    }

    @Override
    public int read(ArchiveQuery query) throws IOException {
        asked++;
        String answer = client.exchange(
                "<iq type='set' id='q" + asked + "'><query xmlns='urn:xmpp:mam:2'>" + form(query.filter())
                        + set(query.paging()) + "</query></iq>",
                "</iq>");
        int results = 0;
        for (int at = answer.indexOf(RESULT); at >= 0; at = answer.indexOf(RESULT, at + 1)) {
            results++;
        }
        return results;
    }

    private static String form(ArchiveQuery.Filter filter) {
        StringBuilder fields = new StringBuilder();
        filter.with().ifPresent(with -> add(fields, "with", value(with.jid().toString())));
        filter.start().ifPresent(start -> add(fields, "start", value(time(start))));
        filter.end().ifPresent(end -> add(fields, "end", value(time(end))));
        filter.afterId().ifPresent(id -> add(fields, "after-id", value(id.value())));
        filter.beforeId().ifPresent(id -> add(fields, "before-id", value(id.value())));
        if (!filter.ids().isEmpty()) {
            StringBuilder values = new StringBuilder();
            filter.ids().forEach(id -> values.append(value(id.value())));
            add(fields, "ids", values.toString());
        }
        return fields.isEmpty()
                ? ""
                : "<x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE' type='hidden'>"
                        + value("urn:xmpp:mam:2") + "</field>" + fields + "</x>";
    }

    private static void add(StringBuilder fields, String name, String values) {
        fields.append("<field var='").append(name).append("'>").append(values).append("</field>");
    }

    private static String value(String text) {
        return "<value>" + text + "</value>";
    }

    private static String time(Instant time) {
        return time.toString();
    }

    private static String set(Paging paging) {
        return "<set xmlns='http://jabber.org/protocol/rsm'><max>" + paging.max() + "</max>"
                + element("after", paging.after())
                + (paging.backwards() && paging.before().isEmpty() ? "<before/>" : element("before", paging.before()))
                + "</set>";
    }

    private static String element(String name, Optional<Mid> mid) {
        return mid.map(id -> "<" + name + ">" + id.value() + "</" + name + ">").orElse("");
    }

    @Override
    public void close() throws IOException {
        client.close();
    }
}
